"""Places kept for municipalities and regions, and what becomes of them."""

from datetime import timedelta

import pytest

from portal import courses, enrolment, journeys
from portal.courses.models import CourseRun
from portal.enrolment import rules
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.people.models import Person
from portal.worker import keep_places
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to

pytestmark = pytest.mark.usefixtures("app")


def someone(municipality="telavi"):
    return factories.person_with_account(municipality=municipality)


def enrolled(run, person):
    return enrolment.enrol(run.id, person.id, by=person.id)


def agrees(run):
    """The log of the run replays to what the enrolments say, and nothing is given but by the rule."""
    commit()
    played = enrolment.replay_of(run.id)
    return (played.disagreements, played.states) == ([], enrolment.states_in(run.id))


def test_a_municipality_has_no_more_places_than_its_quota():
    run = factories.run()
    factories.place_rules(run, {"telavi": 2})
    states = [enrolled(run, someone()).state for _ in range(3)]
    assert states == ["confirmed", "confirmed", "waiting"]
    assert enrolled(run, someone("kutaisi")).state == "confirmed"
    assert agrees(run)


def test_places_kept_for_one_municipality_are_not_given_to_another():
    run = factories.run(capacity=3)
    factories.place_rules(run, {"telavi": 2})
    first, second = enrolled(run, someone("kutaisi")), enrolled(run, person := someone("kutaisi"))
    assert (first.state, second.state, second.state_reason) == ("confirmed", "waiting", "kept_for_others")
    assert "kept for other municipalities" in mails_to(person)[-1].body or "სხვა მუნიციპალიტეტებისთვის" in mails_to(person)[-1].body
    assert [enrolled(run, someone()).state for _ in range(2)] == ["confirmed", "confirmed"]
    assert agrees(run)


def test_a_place_that_becomes_free_goes_to_the_municipality_for_which_it_is_kept():
    run = factories.run(capacity=2)
    factories.place_rules(run, {"telavi": 1})
    leaver, other = someone(), someone("kutaisi")
    for person in (leaver, other):
        enrolled(run, person)
    earlier, own = enrolled(run, someone("kutaisi")), enrolled(run, someone())
    enrolment.withdraw(run.id, leaver.id, by=leaver.id)
    assert (earlier.state, own.state) == ("waiting", "confirmed")
    assert agrees(run)


def test_unused_quota_goes_to_everybody_when_its_time_has_come(app):
    run = factories.run(capacity=2)
    factories.place_rules(run, {"telavi": 2}, quotas_end_at=clock.now() + timedelta(hours=1))
    waiting = enrolled(run, person := someone("kutaisi"))
    commit()
    run_id, waiting_id, person_id = run.id, waiting.id, person.id
    assert keep_places() == 0
    with clock.frozen(clock.now() + timedelta(hours=1, seconds=1)):
        assert keep_places() == 1
        assert keep_places() == 0
    assert enrolment.states_in(run_id)[waiting_id] == "confirmed"
    assert kinds_to(db.session.get(Person, person_id)) == ["waiting_list_joined", "place_freed"]
    run = db.session.get(CourseRun, run_id)
    assert agrees(run)


def test_a_smaller_hall_drops_nobody_and_takes_no_place_that_is_kept(cast):
    run = factories.run(capacity=5)
    factories.place_rules(run, {"telavi": 3})
    enrolled(run, someone("kutaisi"))
    with pytest.raises(rules.QuotaTakenError):
        journeys.change_capacity(run, 3, by=cast.staff.id)
    with pytest.raises(rules.CapacityTakenError):
        journeys.change_capacity(run, 0, by=cast.staff.id)
    assert journeys.change_capacity(run, 4, by=cast.staff.id) == 0


def test_a_quota_cannot_be_less_than_what_is_given_of_it(cast):
    run = factories.run(capacity=5)
    for _ in range(2):
        enrolled(run, someone())
    telavi = factories.municipality("telavi").id
    values = courses.PlaceRuleValues(
        quotas=(courses.QuotaValues(municipality_id=telavi, places=1),), quotas_end_at=run.starts_at - timedelta(days=1)
    )
    with pytest.raises(rules.QuotaExceededError):
        journeys.change_place_rules(run, values, by=cast.staff.id)


def test_more_is_not_kept_than_there_is(cast):
    run = factories.run(capacity=3)
    enrolled(run, someone("kutaisi"))
    telavi = factories.municipality("telavi").id
    ends_at = run.starts_at - timedelta(days=1)
    for places, refused in ((4, courses.WrongValuesError), (3, rules.QuotaTakenError)):
        values = courses.PlaceRuleValues(quotas=(courses.QuotaValues(municipality_id=telavi, places=places),), quotas_end_at=ends_at)
        with pytest.raises(refused):
            journeys.change_place_rules(run, values, by=cast.staff.id)


def test_taking_a_quota_away_gives_its_places_to_those_who_wait(cast):
    run = factories.run(capacity=1)
    factories.place_rules(run, {"telavi": 1})
    waiting = enrolled(run, someone("kutaisi"))
    assert journeys.change_place_rules(run, courses.PlaceRuleValues(), by=cast.staff.id) == 1
    assert waiting.state == "confirmed"
    assert agrees(run)


def test_a_region_keeps_places_for_all_its_municipalities(cast):
    run = factories.run(capacity=3)
    region = factories.municipality("telavi").region_id
    values = courses.PlaceRuleValues(
        quotas=(courses.QuotaValues(region_id=region, places=2),), quotas_end_at=run.starts_at - timedelta(days=1)
    )
    journeys.change_place_rules(run, values, by=cast.staff.id)
    states = [enrolled(run, someone(code)).state for code in ("kutaisi", "kutaisi", "telavi", "sighnaghi", "telavi")]
    assert states == ["confirmed", "waiting", "confirmed", "confirmed", "waiting"]
    assert agrees(run)


def test_only_people_of_invited_municipalities_enrol():
    run = factories.run()
    factories.place_rules(run, invited=("telavi",))
    assert enrolled(run, someone()).state == "confirmed"
    with pytest.raises(rules.NotInvitedError):
        enrolled(run, someone("kutaisi"))


def test_whoever_has_a_post_in_an_invited_municipality_enrols_with_it():
    run = factories.run()
    factories.place_rules(run, invited=("telavi",))
    person = someone("kutaisi")
    factories.post(person, "telavi")
    assert enrolled(run, person).municipality_id == factories.municipality("telavi").id


def test_the_first_of_the_municipality_with_most_left_is_next():
    run = factories.run(capacity=4)
    factories.place_rules(run, {"telavi": 2, "kutaisi": 2}, quotas_end_at=run.starts_at - timedelta(days=1))
    batumi = [enrolled(run, someone("batumi")) for _ in range(2)]
    line = [one.place.enrolment_id for one in enrolment.lines_of([run.id])[run.id]]
    assert line == [one.id for one in batumi]
    assert {one.state for one in batumi} == {"waiting"}
    assert enrolment.waiting_positions([run.id])[batumi[1].id] == 2
