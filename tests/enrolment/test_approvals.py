"""Approvals in bulk, in time and against the rules of places; what can be taken back, and what people are told of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import enrolment
from portal.enrolment.models import DecisionStage, Enrolment, Verdict
from portal.enrolment.rules import NothingToUndoError, NotWaitingForDecisionError, OwnApplicationError, TooLateToApproveError
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from portal.worker import keep_places
from tests import factories
from tests.enrolment.mailbox import calendar_after, kinds_to, mails_to

STAFF, EMPLOYER = DecisionStage.STAFF, DecisionStage.EMPLOYER


def apply_for(run, person):
    return enrolment.enrol(run.id, person.id, by=person.id)


def official(number, municipality="telavi"):
    return factories.person_with_account(f"სახელი{number}", "გვარი", municipality=municipality)


@pytest.fixture
def run(cast):
    return factories.run_decided_by("staff", capacity=1)


def test_those_approved_together_get_places_by_the_published_rule(cast):
    run = factories.run_decided_by("staff", capacity=2, quotas={"kutaisi": 1})
    early, later, kept = apply_for(run, cast.learner), apply_for(run, cast.trainer), apply_for(run, cast.colleague)
    enrolment.decide_many([early, later, kept], STAFF, approve=True, by=cast.staff.id)
    assert [one.state for one in (early, later, kept)] == ["confirmed", "waiting", "confirmed"]


def test_what_the_employer_approves_waits_for_the_staff_and_nobody_is_written_to(cast):
    asked = apply_for(factories.run_decided_by("employer_then_staff"), cast.learner)
    assert asked.stage == "employer"
    enrolment.decide(asked, EMPLOYER, approve=True, by=cast.coordinator.id, words="We need this.")
    assert (asked.state, asked.stage) == ("applied", "staff")
    assert kinds_to(cast.learner) == ["application_received"]


def test_what_the_employer_rejects_is_over(cast):
    asked = apply_for(factories.run_decided_by("employer_then_staff"), cast.learner)
    enrolment.decide(asked, EMPLOYER, approve=False, by=cast.coordinator.id, words="Not this year.")
    assert asked.state == "rejected"
    with pytest.raises(NotWaitingForDecisionError):
        enrolment.decide(asked, STAFF, approve=True, by=cast.staff.id)


def test_the_worker_passes_on_what_the_employer_leaves_lying(cast):
    number = apply_for(factories.run_decided_by("employer_then_staff"), cast.learner).id
    commit()
    assert keep_places() == 0
    later = clock.now() + timedelta(days=5, minutes=1)
    with clock.frozen(later):
        assert keep_places() == 1
        assert keep_places() == 0
    asked = db.session.get(Enrolment, number)
    assert (asked.stage, asked.decide_by) == ("staff", later + timedelta(days=5))
    (decision,) = enrolment.decisions_on([number])[number]
    assert (decision.verdict, decision.by) == (Verdict.PASSED_ON, None)


def test_nobody_decides_on_their_own_application_or_takes_back_what_was_decided_on_it(cast, run):
    asked = apply_for(run, cast.staff)
    with pytest.raises(OwnApplicationError):
        enrolment.decide(asked, STAFF, approve=True, by=cast.staff.id)
    enrolment.decide(asked, STAFF, approve=False, by=cast.administrator.id, words="No.")
    with pytest.raises(OwnApplicationError):
        enrolment.undo_decision(asked, STAFF, by=cast.staff.id)
    assert asked.state == "rejected"


def test_the_place_of_an_approval_that_is_undone_goes_to_the_next_and_out_of_the_calendar(cast, run):
    asked, following = apply_for(run, cast.learner), apply_for(run, cast.trainer)
    for one in (asked, following):
        enrolment.decide(one, STAFF, approve=True, by=cast.staff.id)
    assert (asked.state, following.state) == ("confirmed", "waiting")
    enrolment.undo_decision(asked, STAFF, by=cast.staff.id, words="A mix-up.")
    assert (asked.state, asked.stage, following.state) == ("applied", "staff", "confirmed")
    told = mails_to(cast.learner)[-1]
    assert (told.kind, told.calendar_method) == ("decision_undone", "CANCEL")
    assert "A mix-up." in told.body
    assert kinds_to(cast.trainer)[-1] == "place_freed"


def test_who_is_approved_again_is_told_again_and_the_calendar_believes_it(cast, run):
    asked = apply_for(run, cast.learner)
    for _turn in range(2):
        enrolment.decide(asked, STAFF, approve=True, by=cast.staff.id)
        enrolment.undo_decision(asked, STAFF, by=cast.administrator.id)
    enrolment.decide(asked, STAFF, approve=True, by=cast.staff.id)
    expected = ["application_received", *["application_approved", "decision_undone"] * 2, "application_approved"]
    assert kinds_to(cast.learner) == expected
    assert len(set(db.session.scalars(sa.select(OutboxMessage.event_key)))) == len(expected)
    events = calendar_after(mails_to(cast.learner)).values()
    assert events
    assert {str(event.get("status", "CONFIRMED")) for event in events} == {"CONFIRMED"}


def test_what_the_employer_takes_back_waits_for_the_employer_again_until_the_staff_have_decided(cast):
    asked = apply_for(factories.run_decided_by("employer_then_staff"), cast.learner)
    enrolment.decide(asked, EMPLOYER, approve=True, by=cast.coordinator.id)
    enrolment.undo_decision(asked, EMPLOYER, by=cast.coordinator.id)
    assert asked.stage == "employer"
    assert kinds_to(cast.learner) == ["application_received"]
    enrolment.decide(asked, EMPLOYER, approve=True, by=cast.coordinator.id)
    enrolment.decide(asked, STAFF, approve=True, by=cast.staff.id)
    with pytest.raises(NothingToUndoError):
        enrolment.undo_decision(asked, EMPLOYER, by=cast.coordinator.id)


def test_nothing_is_undone_for_somebody_who_withdrew_or_applied_anew(cast, run):
    asked = apply_for(run, cast.learner)
    enrolment.decide(asked, STAFF, approve=False, by=cast.staff.id, words="No.")
    anew = apply_for(run, cast.learner)
    enrolment.decide(anew, STAFF, approve=True, by=cast.staff.id)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    for one in (asked, anew):
        with pytest.raises(NothingToUndoError):
            enrolment.undo_decision(one, STAFF, by=cast.staff.id)


def test_once_the_training_has_begun_nobody_is_approved_and_nothing_undone_but_people_can_be_rejected(cast, run):
    run.capacity = 5
    approved, asked = apply_for(run, cast.learner), apply_for(run, cast.trainer)
    enrolment.decide(approved, STAFF, approve=True, by=cast.staff.id)
    with clock.frozen(run.starts_at + timedelta(hours=1)):
        with pytest.raises(TooLateToApproveError):
            enrolment.decide(asked, STAFF, approve=True, by=cast.staff.id)
        with pytest.raises(NothingToUndoError):
            enrolment.undo_decision(approved, STAFF, by=cast.staff.id)
        enrolment.decide(asked, STAFF, approve=False, by=cast.staff.id, words="Too late.")
    assert asked.state == "rejected"


def test_somebody_who_has_another_training_by_now_is_not_approved_and_keeps_no_other_from_it(cast, run):
    run.capacity = 5
    other = factories.run(starts_at=run.starts_at)
    busy, free = apply_for(run, cast.learner), apply_for(run, cast.trainer)
    enrolment.enrol(other.id, cast.learner.id, by=cast.learner.id)
    outcomes = enrolment.decide_many([busy, free], STAFF, approve=True, by=cast.staff.id)
    assert {one.enrolment.id: one.refusal.code if one.refusal else None for one in outcomes} == {busy.id: "clash", free.id: None}
    assert (busy.state, free.state) == ("applied", "confirmed")


def test_a_hundred_are_decided_at_once_and_each_is_told(cast):
    run = factories.run_decided_by("staff", capacity=60)
    with factories.together():
        people = [official(number) for number in range(100)]
    asked = [apply_for(run, person) for person in people]
    outcomes = enrolment.decide_many(asked, STAFF, approve=True, by=cast.staff.id)
    assert [one.enrolment.state for one in outcomes] == ["confirmed"] * 60 + ["waiting"] * 40
    assert len(db.session.scalars(sa.select(OutboxMessage.id).where(OutboxMessage.kind == "application_approved")).all()) == 100
    assert not enrolment.applications(STAFF)


def test_decisions_stand_in_the_history_with_who_made_them(cast, run):
    asked = apply_for(run, cast.learner)
    enrolment.decide(asked, STAFF, approve=True, by=cast.staff.id)
    enrolment.undo_decision(asked, STAFF, by=cast.administrator.id, words="A secret reason.")
    commit()
    rows = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.subject_kind == "enrolment").order_by(HistoryRow.id)).all()
    assert [(row.change["reason"], row.actor_id) for row in rows] == [
        ("applied", cast.learner.id),
        ("approved", cast.staff.id),
        ("at_once", cast.staff.id),
        ("decision_undone", cast.administrator.id),
    ]
    assert not any("secret" in str(row.change) for row in rows)
