"""Giving a place back, and who gets it then."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import enrolment
from portal.enrolment import rules
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow, personal_values
from portal.foundation.transaction import commit
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to
from tests.statements import counting


def enrolled(run, *people):
    return [enrolment.enrol(run.id, person.id, by=person.id) for person in people]


def left(run, person, **values):
    return enrolment.withdraw(run.id, person.id, by=person.id, **values)


def test_withdrawing_frees_the_place_and_is_confirmed_by_mail(cast):
    run = factories.run()
    enrolled(run, cast.learner)
    assert left(run, cast.learner).state == "withdrawn"
    assert enrolment.places_of([run.id])[run.id].taken == 0
    assert kinds_to(cast.learner) == ["place_given", "withdrawn"]


def test_the_next_in_line_gets_the_place_at_once(cast):
    run = factories.run(capacity=1)
    _place, second, third = enrolled(run, cast.colleague, cast.learner, cast.neighbour)
    left(run, cast.colleague)
    assert (second.state, second.state_reason, third.state) == ("confirmed", "place_freed", "waiting")
    assert kinds_to(cast.learner) == ["waiting_list_joined", "place_freed"]
    assert kinds_to(cast.neighbour) == ["waiting_list_joined"]
    assert enrolment.waiting_positions([run.id])[third.id] == 1


def test_the_place_comes_from_the_portal_and_not_from_the_one_who_left(cast):
    run = factories.run(capacity=1)
    _place, second = enrolled(run, cast.colleague, cast.learner)
    left(run, cast.colleague)
    commit()
    given = sa.select(HistoryRow.actor_id).where(HistoryRow.action == "enrolment:confirmed", HistoryRow.subject_id == str(second.id))
    assert db.session.scalars(given).all() == [None]


def test_withdrawing_twice_does_nothing_more(cast):
    run = factories.run(capacity=1)
    enrolled(run, cast.learner, cast.colleague, cast.neighbour)
    first = left(run, cast.learner)
    assert left(run, cast.learner).id == first.id
    assert kinds_to(cast.learner) == ["place_given", "withdrawn"]
    assert enrolment.places_of([run.id])[run.id] == enrolment.Places(capacity=1, taken=1, waiting=1)


def test_leaving_the_waiting_list_moves_nobody_into_a_place(cast):
    run = factories.run(capacity=1)
    enrolled(run, cast.colleague, cast.learner, cast.neighbour)
    assert left(run, cast.learner).state == "withdrawn"
    assert kinds_to(cast.neighbour) == ["waiting_list_joined"]


def test_leaving_the_waiting_list_is_confirmed_in_words_of_its_own(cast):
    cast.learner.language = "en"
    run = factories.run(capacity=0)
    enrolled(run, cast.learner)
    gone = left(run, cast.learner)
    assert (gone.state_reason, gone.outcome) == ("left_waiting_list", "left_waiting_list")
    (mail,) = mails_to(cast.learner, "waiting_list_left")
    assert mail.subject.startswith("You have left the waiting list:")
    assert "You have left the waiting list of this training." in mail.body
    assert mail.calendar is None


@pytest.mark.parametrize(("capacity", "subject"), [(1, "You no longer have a place:"), (0, "You are no longer on the waiting list:")])
def test_whoever_is_taken_off_by_staff_is_not_told_that_they_withdrew(cast, capacity, subject):
    cast.learner.language = "en"
    run = factories.run(capacity=capacity)
    enrolled(run, cast.learner)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.staff.id)
    mail = mails_to(cast.learner)[-1]
    assert mail.subject.startswith(subject)
    assert "The association has taken you off" in mail.body


def test_after_the_deadline_only_staff_can_withdraw_somebody(cast):
    run = factories.run(cancel_until=clock.now() - timedelta(minutes=1))
    enrolled(run, cast.learner)
    with pytest.raises(rules.TooLateToWithdrawError):
        left(run, cast.learner)
    assert enrolment.withdraw(run.id, cast.learner.id, by=cast.staff.id, after_deadline=True).state == "withdrawn"


def test_whoever_has_no_place_cannot_give_one_back(cast):
    run = factories.run()
    with pytest.raises(rules.NotEnrolledError):
        left(run, cast.learner)
    factories.enrolment(run, cast.learner, "completed")
    with pytest.raises(rules.NotEnrolledError):
        left(run, cast.learner, after_deadline=True)


def test_the_reason_is_kept_sealed(cast):
    run = factories.run()
    enrolled(run, cast.learner)
    left(run, cast.learner, reason="ავად ვარ")
    commit()
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "enrolment:withdrawn")).one()
    assert "ავად" not in f"{row.change}{row.personal}"
    assert personal_values(row) == {"words": "ავად ვარ"}


def test_nobody_withdraws_by_themselves_from_a_run_that_began_before_its_deadline_for_withdrawing(cast):
    run = factories.run(starts_at=clock.now() - timedelta(days=2), state="running", cancel_until=clock.now() + timedelta(days=30))
    factories.enrolment(run, cast.learner)
    with pytest.raises(rules.TooLateToWithdrawError):
        enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    assert enrolment.withdraw(run.id, cast.learner.id, by=cast.staff.id, after_deadline=True).state == "withdrawn"


def test_somebody_who_took_another_training_meanwhile_is_passed_over_with_the_reason(cast):
    run = factories.run(capacity=1)
    _place, second, third = enrolled(run, cast.colleague, cast.learner, cast.neighbour)
    enrolled(factories.run(code="OTHER", starts_at=run.starts_at), cast.learner)
    left(run, cast.colleague)
    assert (second.state, second.state_reason) == ("rejected", "clash")
    assert third.state == "confirmed"
    assert kinds_to(cast.learner) == ["waiting_list_joined", "place_given", "passed_over"]


def test_somebody_whose_post_has_ended_is_passed_over(cast):
    run = factories.run(capacity=1)
    _place, second, third = enrolled(run, cast.colleague, cast.learner, cast.neighbour)
    held = db.session.scalars(sa.select(factories.Post).where(factories.Post.person_id == cast.learner.id)).one()
    held.ends_on = clock.today() - timedelta(days=1)
    left(run, cast.colleague)
    assert (second.state, second.state_reason) == ("rejected", "no_post")
    assert third.state == "confirmed"


def test_no_place_stays_free_while_somebody_waits(cast):
    run = factories.run(capacity=2)
    places = enrolled(run, cast.colleague, cast.coordinator, cast.learner, cast.neighbour)
    left(run, cast.colleague)
    left(run, cast.coordinator)
    assert [place.state for place in places] == ["withdrawn", "withdrawn", "confirmed", "confirmed"]
    assert enrolment.places_of([run.id])[run.id] == enrolment.Places(capacity=2, taken=2, waiting=0)


def test_once_the_run_has_begun_a_freed_place_waits_for_whoever_comes(cast):
    run = factories.run(capacity=1)
    _place, waiting = enrolled(run, cast.colleague, cast.learner)
    with clock.frozen(run.starts_at + timedelta(hours=1)):
        enrolment.withdraw(run.id, cast.colleague.id, by=cast.staff.id, after_deadline=True)
        assert waiting.state == "waiting"
        assert enrolment.admit_on_the_day(run.id, cast.learner.id, by=cast.trainer.id).state == "confirmed"


def test_filling_an_open_run_by_hand_gives_as_many_places_as_there_are(cast):
    run = factories.run(capacity=0)
    enrolled(run, cast.colleague, cast.learner, cast.neighbour)
    run.capacity = 2
    db.session.flush()
    given = enrolment.fill_free_places(run.id, by=cast.staff.id)
    assert [place.person_id for place in given] == [cast.colleague.id, cast.learner.id]
    assert enrolment.fill_free_places(run.id, by=cast.staff.id) == []


def test_the_next_is_found_with_as_many_statements_for_many_as_for_few(cast, app):
    def statements_of(waiting):
        run = factories.run(capacity=1, starts_at=clock.now() + timedelta(days=10 + waiting))
        (place,) = enrolled(run, cast.colleague)
        for _ in range(waiting):
            someone = factories.person()
            factories.post(someone)
            factories.enrolment(run, someone, "waiting")
        with counting() as statements:
            enrolment.withdraw(run.id, place.person_id, by=place.person_id)
        return len(statements)

    assert statements_of(2) == statements_of(30)


def test_mails_name_the_reference(cast):
    run = factories.run()
    (place,) = enrolled(run, cast.learner)
    assert place.reference in mails_to(cast.learner)[0].body


def test_what_became_of_a_place_since_the_page_loaded_it_counts(cast):
    run = factories.run()
    (place,) = enrolled(run, cast.learner)
    meanwhile = sa.update(type(place)).where(type(place).id == place.id).values(state="withdrawn", state_reason="withdrawn", steps=1)
    db.session.execute(meanwhile, execution_options={"synchronize_session": False})
    assert place.state == "confirmed"
    left(run, cast.learner)
    assert (place.state, kinds_to(cast.learner)) == ("withdrawn", ["place_given"])
