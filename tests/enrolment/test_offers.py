"""A freed place that is offered: taken, declined, or left unanswered; by page and by link."""

import re
from datetime import timedelta

import pytest

from portal import enrolment
from portal.enrolment import rules
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.people.models import Person
from portal.worker import keep_places
from tests import factories
from tests.enrolment.mailbox import calendar_after, kinds_to, mails_to

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def offer():
    """A run of one place that was freed, and the two who waited for it."""
    run = factories.run(capacity=1)
    factories.place_rules(run, freed_places="offered", offer_hours=24)
    people = [factories.person_with_account() for _ in range(3)]
    places = [enrolment.enrol(run.id, person.id, by=person.id) for person in people]
    enrolment.withdraw(run.id, people[0].id, by=people[0].id)
    return run, people, places


def agrees(run_id):
    commit()
    played = enrolment.replay_of(run_id)
    return (played.disagreements, played.states) == ([], enrolment.states_in(run_id))


def link_in(person):
    return enrolment.get_answer_link(re.search(r"/answers/([\w-]+)", mails_to(person, "place_offered")[-1].body)[1])


def test_a_freed_place_is_offered_to_the_next_and_kept_for_them(offer):
    run, _people, (_, first, second) = offer
    assert (first.state, second.state) == ("offered", "waiting")
    assert first.offer_ends_at == pytest.approx(clock.now() + timedelta(hours=24), abs=timedelta(minutes=1))
    assert enrolment.places_of([run.id])[run.id].free == 0
    assert agrees(run.id)


def test_whoever_takes_it_has_the_place(offer):
    run, people, (_, first, _second) = offer
    enrolment.accept_offer(first, by=people[1].id)
    assert (first.state, first.offer_ends_at) == ("confirmed", None)
    assert kinds_to(people[1]) == ["waiting_list_joined", "place_offered", "place_given"]
    assert len(calendar_after(mails_to(people[1]))) == 2
    enrolment.accept_offer(first, by=people[1].id)
    assert len(kinds_to(people[1])) == 3
    assert agrees(run.id)


def test_whoever_declines_leaves_it_to_the_next(offer):
    run, people, (_, first, second) = offer
    enrolment.withdraw(run.id, people[1].id, by=people[1].id)
    assert (first.state, first.state_reason, second.state) == ("withdrawn", "offer_declined", "offered")
    assert agrees(run.id)


def test_whoever_does_not_answer_in_time_loses_it_to_the_next(offer):
    run, people, (_, first, second) = offer
    commit()
    run_id, first_id, second_id, person_id = run.id, first.id, second.id, people[1].id
    assert keep_places() == 0
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=1)):
        assert keep_places() == 1
    assert enrolment.states_in(run_id)[first_id] == "withdrawn"
    assert enrolment.states_in(run_id)[second_id] == "offered"
    assert kinds_to(db.session.get(Person, person_id)) == ["waiting_list_joined", "place_offered", "offer_ended"]
    assert agrees(run_id)


def test_an_offer_cannot_be_taken_after_its_end(offer):
    _run, people, (_, first, _second) = offer
    with clock.frozen(clock.now() + timedelta(hours=25)), pytest.raises(rules.OfferEndedError):
        enrolment.accept_offer(first, by=people[1].id)


def test_an_offer_ends_when_the_training_begins_at_the_latest():
    now = clock.now()
    assert rules.offer_ends_at(now, 48, now + timedelta(hours=3)) == now + timedelta(hours=3)


def test_the_link_in_the_mail_takes_the_place_once(offer):
    _run, people, (_, first, _second) = offer
    link = link_in(people[1])
    assert enrolment.is_open(link, first)
    enrolment.answer(link, accepts=True)
    assert first.state == "confirmed"
    with pytest.raises(rules.OfferEndedError):
        enrolment.answer(link, accepts=False)
    assert first.state == "confirmed"


def test_the_link_in_the_mail_declines_the_place(offer):
    _run, people, (_, first, second) = offer
    enrolment.answer(link_in(people[1]), accepts=False)
    assert (first.state, second.state) == ("withdrawn", "offered")


def test_whoever_has_another_training_by_then_is_told(offer):
    run, people, (_, first, _second) = offer
    other = factories.run(starts_at=run.starts_at)
    enrolment.enrol(other.id, people[1].id, by=people[1].id)
    with pytest.raises(rules.ClashError):
        enrolment.accept_offer(first, by=people[1].id)


def test_an_answer_that_is_refused_leaves_the_question_open(offer):
    run, people, (_, first, _second) = offer
    factories.enrolment(factories.run(starts_at=run.starts_at), people[1])
    link = link_in(people[1])
    with pytest.raises(rules.ClashError):
        enrolment.answer(link, accepts=True)
    assert enrolment.is_open(link, first)


def test_somebody_nominated_declines_by_the_link(cast):
    run = factories.run(capacity=1)
    place = enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id, municipality_id=factories.municipality("telavi").id)
    following = enrolment.enrol(run.id, cast.colleague.id, by=cast.colleague.id)
    token = re.search(r"/answers/([\w-]+)", mails_to(cast.learner, "nominated")[-1].body)[1]
    enrolment.answer(enrolment.get_answer_link(token), accepts=False)
    assert (place.state, place.state_reason, following.state) == ("withdrawn", "declined", "confirmed")


def test_who_is_offered_a_place_does_not_take_part_when_the_run_is_over(offer):
    run, people, (_, first, _second) = offer
    enrolment.set_outcomes(run.id, set(), by=None)
    assert (first.state, kinds_to(people[1])[-1]) == ("cancelled", "no_place_freed")
