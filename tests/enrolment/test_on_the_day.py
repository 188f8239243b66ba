"""Walk-ins, outcomes, and the end of a run."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import enrolment
from portal.enrolment import rules
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.enrolment.mailbox import kinds_to


def running(**values):
    """A run whose first day began an hour ago."""
    return factories.run(starts_at=clock.now() - timedelta(hours=1), state="running", **values)


def admitted(run, person, cast):
    return enrolment.admit_on_the_day(run.id, person.id, by=cast.trainer.id)


def test_a_walk_in_gets_a_free_place(cast):
    place = admitted(running(), cast.learner, cast)
    assert (place.state, place.state_reason, place.enrolled_by) == ("confirmed", "on_the_day", cast.trainer.id)


def test_a_walk_in_without_a_post_is_let_in(cast):
    guest = factories.person("ია", "ქურდაძე")
    assert admitted(running(), guest, cast).municipality_id is None


def test_no_walk_in_beyond_the_capacity(cast):
    run = running(capacity=1)
    admitted(run, cast.colleague, cast)
    with pytest.raises(rules.FullError):
        admitted(run, cast.learner, cast)


def test_admitting_twice_is_one_place(cast):
    run = running()
    assert admitted(run, cast.learner, cast).id == admitted(run, cast.learner, cast).id


def test_before_the_first_day_nobody_is_admitted_past_the_list(cast):
    with pytest.raises(rules.NotTheDayError):
        admitted(factories.run(), cast.learner, cast)


def test_whoever_waits_and_comes_gets_the_place_and_those_passed_are_noted(cast):
    run = running(capacity=1)
    first = factories.enrolment(run, cast.neighbour, "waiting", queued_at=clock.now() - timedelta(days=2))
    here = factories.enrolment(run, cast.learner, "waiting")
    assert admitted(run, cast.learner, cast).id == here.id
    assert (here.state, first.state) == ("confirmed", "waiting")
    commit()
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "enrolment:confirmed")).one()
    assert row.change["passed"] == [[first.id, "on_the_day"]]


def test_somebody_nominated_onto_the_waiting_list_is_admitted_and_told_both(cast):
    run = factories.run(capacity=1)
    enrolment.enrol(run.id, cast.colleague.id, by=cast.colleague.id)
    enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id)
    with clock.frozen(run.starts_at):
        enrolment.withdraw(run.id, cast.colleague.id, by=cast.staff.id, after_deadline=True)
        run.state = "running"
        db.session.flush()
        assert admitted(run, cast.learner, cast).state == "confirmed"
    assert kinds_to(cast.learner) == ["nominated", "place_given"]


def test_the_outcome_says_who_completed_and_nobody_waits_any_more(cast):
    run = running()
    done, missed = factories.enrolment(run, cast.learner), factories.enrolment(run, cast.colleague)
    waiting = factories.enrolment(run, cast.neighbour, "waiting")
    gone = factories.enrolment(run, cast.coordinator, "withdrawn")
    enrolment.set_outcomes(run.id, {done.id}, by=cast.staff.id)
    assert [place.state for place in (done, missed, waiting, gone)] == ["completed", "not_completed", "cancelled", "withdrawn"]
    enrolment.set_outcomes(run.id, {done.id, missed.id}, by=cast.staff.id)
    assert missed.state == "completed"
