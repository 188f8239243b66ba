"""Several hands write one ledger: phones without a network, forms, the portal's own reading of it in SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import attendance, courses, journeys
from portal.attendance.models import AttendanceFact, Mark
from portal.attendance.queries import ledger_of_session, still_stands
from portal.attendance.services import NoPlaceError
from portal.courses.models import AttendanceBase, ExcusedCounts
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests.attendance.hall import Hall


@pytest.fixture
def hall(cast):
    return Hall(cast, day=-1)


def operation(hall, index: int = 0, mark: Mark = Mark.PRESENT, *, device: str = "a", sequence: int = 1, seen_id: int = 0, **values):
    return attendance.Operation(
        client_id=f"{device}-{sequence}-{index}",
        device=device,
        sequence=sequence,
        wish=attendance.MarkWish(hall.keys[index], mark, **values),
        done_at=hall.session.starts_at,
        seen_id=seen_id,
    )


def receive(hall, cast, *operations):
    return attendance.receive_marks(hall.session.id, operations, by=cast.trainer.id)


def record(hall, cast, *wishes, seen: int = 10**9):
    return attendance.record_marks(hall.session.id, wishes, by=cast.trainer.id, seen=seen)


def row(hall, index: int = 0):
    return next(row for row in attendance.roll(hall.session.id) if row.enrolment_id == hall.keys[index])


def test_an_operation_that_comes_again_changes_nothing(hall, cast):
    operations = [operation(hall, index) for index in range(3)]
    assert receive(hall, cast, *operations) == attendance.Received(3, 0, {})
    before = hall.marks()
    assert receive(hall, cast, *operations, operations[0]) == attendance.Received(0, 3, {})
    assert hall.marks() == before


def test_an_operation_keeps_when_it_was_made_but_never_a_time_to_come(hall, cast):
    fast = operation(hall, 1)
    receive(hall, cast, operation(hall), attendance.Operation(**{**_values(fast), "done_at": clock.now() + timedelta(days=3)}))
    made, ahead = hall.facts()
    assert made.done_at == hall.session.starts_at
    assert ahead.done_at <= clock.now()


def _values(operation):
    return {name: getattr(operation, name) for name in operation.__slots__}


def test_what_cannot_be_recorded_keeps_no_other_operation_out(hall, cast):
    hall.enrolments[1].state = "withdrawn"
    db.session.flush()
    received = receive(hall, cast, operation(hall, 0, late=500), operation(hall, 1), operation(hall, 2))
    assert received.recorded == 1
    assert isinstance(received.refused["a-1-1"], NoPlaceError)
    assert set(received.refused) == {"a-1-0", "a-1-1"}
    assert hall.marks() == [(hall.keys[2], "present")]


def test_two_phones_leave_a_contradiction_that_a_person_settles_in_the_roll_call(hall, cast):
    receive(hall, cast, operation(hall))
    receive(hall, cast, operation(hall, mark=Mark.ABSENT, device="b"))
    assert [fact.mark for fact in (row(hall).fact, *row(hall).against)] == ["absent", "present"]
    assert attendance.summaries_of_run(hall.run.id)[hall.keys[0]].disputed_sessions == 1
    record(hall, cast, attendance.MarkWish(hall.keys[0], Mark.PRESENT))
    assert (row(hall).fact.mark, row(hall).against) == ("present", ())
    assert len(hall.facts()) == 3


def test_a_form_that_did_not_show_what_a_phone_recorded_is_refused_even_to_its_owner(hall, cast):
    receive(hall, cast, operation(hall))
    with pytest.raises(attendance.MarksRefusedError) as refused:
        record(hall, cast, attendance.MarkWish(hall.keys[0], Mark.ABSENT), seen=0)
    assert set(refused.value.contradictions) == {hall.keys[0]}


def test_a_phone_that_was_told_of_a_mark_corrects_it(hall, cast):
    record(hall, cast, attendance.MarkWish(hall.keys[0], Mark.ABSENT))
    receive(hall, cast, operation(hall, seen_id=hall.facts()[0].id))
    assert (row(hall).fact.mark, row(hall).against) == ("present", ())
    (correction,) = attendance.corrections_of(hall.session.id)
    assert (correction.before.mark, correction.after.mark) == ("absent", "present")


def test_facts_that_contradict_each_other_are_no_correction(hall, cast):
    receive(hall, cast, operation(hall), operation(hall, mark=Mark.ABSENT, device="b"))
    assert attendance.corrections_of(hall.session.id) == []


def test_a_phone_cannot_claim_to_know_of_facts_to_come(hall, cast):
    receive(hall, cast, operation(hall, seen_id=10**9))
    receive(hall, cast, operation(hall, mark=Mark.ABSENT, device="b"))
    assert row(hall).against


def test_marks_of_a_completed_run_that_come_late_are_followed_by_its_outcomes(hall, cast):
    hall.run.state = "completed"
    hall.run.version.attendance_percent = 50
    db.session.flush()
    journeys.receive_marks(hall.run.id, hall.session.id, [operation(hall)], by=cast.trainer.id)
    db.session.flush()
    assert hall.enrolments[0].state == "completed"


def test_what_was_known_on_a_day_stays_what_was_known_then(hall, cast):
    monday = clock.now()
    with clock.frozen(monday):
        record(hall, cast, attendance.MarkWish(hall.keys[0], Mark.PRESENT))
    with clock.frozen(monday + timedelta(hours=2)):
        record(hall, cast, attendance.MarkWish(hall.keys[0], Mark.ABSENT))
    attended = {
        hours: attendance.summaries_of_run(hall.run.id, known_at=monday + timedelta(hours=hours))[hall.keys[0]].attended_minutes
        for hours in (-1, 0, 1, 2)
    }
    assert attended == {-1: 0, 0: 480, 1: 480, 2: 0}
    then = attendance.attendance_of_run(hall.run.id, known_at=monday + timedelta(hours=1))
    assert [person.summary.attended_minutes for person in then.people] == [480, 0, 0]


def test_the_policy_of_the_run_decides_what_counts(hall, cast):
    hall.run.excused_counts, hall.run.attendance_base = ExcusedCounts.LEFT_OUT, AttendanceBase.HELD
    record(hall, cast, attendance.MarkWish(hall.keys[0], Mark.PRESENT), attendance.MarkWish(hall.keys[1], Mark.EXCUSED, reason="ავად"))
    with clock.frozen(hall.sessions[1].ends_at):
        found = attendance.summaries_of_run(hall.run.id)
    assert [found[key].total_minutes for key in hall.keys] == [480, 0, 480]
    assert [found[key].percent for key in hall.keys] == [100, 0, 0]
    assert attendance.attendance_of_run(hall.run.id).policy == courses.AttendanceRuleValues("held", "left_out", 0, 0)


def test_counts_say_of_how_many_facts_contradict_each_other(hall, cast):
    receive(hall, cast, operation(hall), operation(hall, mark=Mark.ABSENT, device="b"), operation(hall, 1), operation(hall, 1, device="b"))
    session = attendance.get_taught_session(hall.session.id, taught_by=None)
    assert attendance.counts_of([session])[session.id] == attendance.SessionCounts(expected=3, marked=2, present=1, disputed=1)


OPERATIONS = st.lists(
    st.tuples(st.sampled_from("ab-"), st.integers(1, 3), st.sampled_from(["present", "absent", "late"]), st.integers(0, 6)), max_size=7
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPERATIONS)
def test_the_database_and_the_rule_say_alike_which_facts_stand(hall, cast, made):
    """Over any ledger of forms ("-") and of two phones, whatever each says that it knew."""
    commit()
    first = 0
    for number, (device, sequence, mark, seen) in enumerate(made):
        there = mark != "absent"
        fact = AttendanceFact(
            session_id=hall.session.id,
            enrolment_id=hall.keys[0],
            mark="present" if there else "absent",
            from_minute=(30 if mark == "late" else 0) if there else None,
            to_minute=480 if there else None,
            recorded_by=cast.trainer.id,
            recorded_at=clock.now(),
            device=None if device == "-" else device,
            sequence=sequence,
            seen_id=None if device == "-" else min(first + seen - 1, first + number - 1) if seen else 0,
        )
        db.session.add(fact)
        db.session.flush()
        first = first or fact.id
    of = attendance.rules.standing(ledger_of_session(hall.session.id)).get((hall.keys[0], hall.session.id))
    by_rule = {fact.words for fact in (of.fact, *of.against)} if of else set()
    rows = db.session.execute(
        sa.select(AttendanceFact.mark, AttendanceFact.from_minute, AttendanceFact.to_minute).where(
            AttendanceFact.session_id == hall.session.id, still_stands()
        )
    )
    by_database = {tuple(row) for row in rows}
    assert by_database == by_rule or not by_database
    db.session.rollback()
