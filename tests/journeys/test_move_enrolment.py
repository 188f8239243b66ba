"""Staff move somebody from one run to another."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import enrolment, journeys
from portal.attendance.models import AttendanceFact
from portal.enrolment.models import Enrolment
from portal.foundation import clock, transaction
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.enrolment.mailbox import calendar_after, events_of, kinds_to, mails_to


@pytest.fixture
def there(cast):
    """A run at the same time as the other."""
    return factories.run(factories.course(title_en="Public procurement"), capacity=2)


def enrolled(run, person):
    return enrolment.enrol(run.id, person.id, by=person.id)


def moved(place, run, cast):
    new = journeys.move_enrolment(place, run, by=cast.staff.id, reason="ჯგუფები გაერთიანდა")
    commit()
    return new


def states_of(person):
    rows = db.session.execute(
        sa.select(Enrolment.state, Enrolment.state_reason).where(Enrolment.person_id == person.id).order_by(Enrolment.id)
    )
    return [tuple(row) for row in rows]


def test_the_place_is_given_up_there_and_given_here_though_both_are_at_the_same_time(cast, there):
    here = factories.run()
    new = moved(enrolled(here, cast.learner), there, cast)
    assert states_of(cast.learner) == [("withdrawn", "moved"), ("confirmed", "at_once")]
    assert (new.run_id, new.enrolled_by) == (there.id, cast.staff.id)


def test_two_mails_tell_it_and_the_calendar_follows(cast, there):
    cast.learner.language = "en"
    here = factories.run()
    moved(enrolled(here, cast.learner), there, cast)
    assert kinds_to(cast.learner) == ["place_given", "moved_to_run", "nominated"]
    left, came = mails_to(cast.learner)[1:]
    assert left.subject == "You were moved to another training: Public procurement"
    assert "withdr" not in left.body
    assert [str(event["status"]) for event in events_of(left.calendar)] == ["CANCELLED"] * 2
    assert [str(event["status"]) for event in events_of(came.calendar)] == ["CONFIRMED"] * 2
    statuses = sorted(str(event["status"]) for event in calendar_after(mails_to(cast.learner)).values())
    assert statuses == ["CANCELLED", "CANCELLED", "CONFIRMED", "CONFIRMED"]


def test_the_freed_place_goes_to_the_next_in_line(cast, there):
    here = factories.run(capacity=1)
    place = enrolled(here, cast.learner)
    next_one = enrolled(here, cast.colleague)
    moved(place, there, cast)
    assert next_one.state == "confirmed"
    assert kinds_to(cast.colleague)[-1] == "place_freed"


def test_a_waiting_place_is_moved_without_a_word_to_the_calendar(cast, there):
    here = factories.run(capacity=0)
    moved(enrolled(here, cast.learner), there, cast)
    assert states_of(cast.learner) == [("withdrawn", "moved"), ("confirmed", "at_once")]
    assert mails_to(cast.learner, "moved_to_run")[0].calendar is None


@pytest.mark.parametrize("waiting", [False, True])
def test_where_no_place_is_free_or_others_wait_the_person_keeps_the_old_one(cast, waiting):
    place = enrolled(factories.run(), cast.learner)
    full = factories.run(capacity=1)
    factories.enrolment(full, cast.colleague, "waiting" if waiting else "confirmed")
    full.starts_at += timedelta(days=1)
    commit()
    with pytest.raises(enrolment.NoPlaceToMoveToError):
        journeys.move_enrolment(place, full, by=cast.staff.id, reason="გაერთიანება")
    transaction.abandon()
    db.session.expire_all()
    assert states_of(cast.learner) == [("confirmed", "at_once")]
    assert kinds_to(cast.learner) == ["place_given"]


def test_recorded_attendance_stays_where_it_is(cast, there):
    place = enrolled(factories.run(), cast.learner)
    day = factories.session(place.run, clock.now())
    factories.add(
        AttendanceFact(session_id=day.id, enrolment_id=place.id, mark="absent", recorded_by=cast.staff.id, recorded_at=clock.now())
    )
    with pytest.raises(RefusedError, match="Attendance of this person is recorded"):
        journeys.move_enrolment(place, there, by=cast.staff.id, reason="გაერთიანება")
    assert states_of(cast.learner) == [("confirmed", "at_once")]


def test_who_is_in_the_other_run_already_stays(cast, there):
    place = enrolled(factories.run(starts_at=clock.now() + timedelta(days=40)), cast.learner)
    enrolled(there, cast.learner)
    with pytest.raises(enrolment.AlreadyEnrolledError):
        journeys.move_enrolment(place, there, by=cast.staff.id, reason="გაერთიანება")


@pytest.mark.parametrize("state", ["completed", "not_completed", "cancelled", "rejected", "withdrawn"])
def test_only_a_place_or_a_waiting_place_is_moved(cast, there, state):
    place = factories.enrolment(factories.run(), cast.learner, state)
    with pytest.raises(enrolment.NotEnrolledError):
        journeys.move_enrolment(place, there, by=cast.staff.id, reason="გაერთიანება")


def test_a_double_click_moves_once(cast, there):
    place = enrolled(factories.run(), cast.learner)
    assert moved(place, there, cast).id == moved(place, there, cast).id
    assert kinds_to(cast.learner) == ["place_given", "moved_to_run", "nominated"]


def test_on_the_day_a_place_is_given_as_to_those_who_come_without_one(cast):
    place = enrolled(factories.run(), cast.learner)
    today = factories.run(starts_at=clock.now() - timedelta(hours=1), state="running")
    assert moved(place, today, cast).state_reason == "on_the_day"


def test_the_history_says_why(cast, there):
    moved(enrolled(factories.run(), cast.learner), there, cast)
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "enrolment:withdrawn")).one()
    assert row.change["reason"] == "moved"
    assert row.actor_id == cast.staff.id


def test_who_was_moved_elsewhere_meanwhile_is_not_said_to_be_moved_here(cast, there):
    """A form that was given up comes late and moves them to one run; the next form must not take their waiting place for its own doing."""
    waiting = factories.run(capacity=0)
    enrolled(waiting, cast.learner)
    place = enrolled(factories.run(), cast.learner)
    moved(place, there, cast)
    with pytest.raises(enrolment.NotEnrolledError):
        moved(place, waiting, cast)


def test_a_double_click_on_the_day_moves_once(cast):
    here, today = factories.run(), factories.run(starts_at=clock.now() - timedelta(hours=1), state="running")
    place = enrolled(here, cast.learner)
    assert moved(place, today, cast) is moved(place, today, cast)
