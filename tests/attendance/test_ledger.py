"""The ledger in the database: facts are added and never changed; summaries follow from the newest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal import attendance
from portal.attendance.models import AttendanceFact, Mark
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.attendance.hall import Hall

NEWEST = 10**9


@pytest.fixture
def hall(cast):
    return Hall(cast, day=-1)


def record(hall, by, *wishes, session: int = 0, **values) -> attendance.Recorded:
    return attendance.record_marks(hall.sessions[session].id, wishes, by=by.id, **({"seen": NEWEST} | values))


def wish(hall, index: int = 0, mark: Mark = Mark.PRESENT, **values) -> attendance.MarkWish:
    return attendance.MarkWish(hall.keys[index], mark, **values)


def test_nobody_is_marked_on_a_day_that_has_not_come(cast):
    hall = Hall(cast, day=0)
    record(hall, cast.trainer, wish(hall))
    with pytest.raises(attendance.TooEarlyError):
        record(hall, cast.trainer, wish(hall), session=1)
    with clock.frozen(hall.sessions[1].starts_at):
        assert record(hall, cast.trainer, wish(hall), session=1).first == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE attendance_fact SET mark = 'absent', from_minute = NULL, to_minute = NULL", "DELETE FROM attendance_fact"]
)
def test_the_database_refuses_to_change_or_delete_a_fact(hall, cast, statement):
    record(hall, cast.trainer, wish(hall))
    commit()
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()
    assert hall.marks() == [(hall.keys[0], "present")]


@pytest.mark.parametrize(
    "values",
    [
        {"mark": "present"},
        {"mark": "absent", "from_minute": 0, "to_minute": 60},
        {"mark": "present", "from_minute": 60, "to_minute": 60},
        {"mark": "present", "from_minute": -1, "to_minute": 60},
    ],
)
def test_the_database_refuses_minutes_that_cannot_be(hall, cast, values):
    values = {"session_id": hall.session.id, "enrolment_id": hall.keys[0], "recorded_by": cast.trainer.id, **values}
    with pytest.raises(sa.exc.IntegrityError):
        factories.add(AttendanceFact(recorded_at=hall.session.starts_at, **values))
    db.session.rollback()


def test_summaries_of_a_run_hold_everyone_with_a_place(hall, cast):
    record(hall, cast.trainer, wish(hall, 0), wish(hall, 1, late=30, left=30), wish(hall, 2, Mark.EXCUSED, reason="ავად არის"))
    record(hall, cast.trainer, wish(hall, 1))
    found = attendance.summaries_of_run(hall.run.id)
    assert [found[key].attended_minutes for key in hall.keys] == [480, 480, 0]
    assert found[hall.keys[2]].excused_minutes == 480
    hall.enrolments[0].state = "withdrawn"
    db.session.flush()
    assert attendance.summaries_of_run(hall.run.id).keys() == set(hall.keys[1:])


def test_summaries_of_a_person_are_by_enrolment(hall, cast):
    other = factories.enrolment(factories.run(), hall.people[0])
    record(hall, cast.trainer, wish(hall, 0))
    found = attendance.summaries_of_person(hall.people[0].id)
    assert {key: summary.percent for key, summary in found.items()} == {hall.keys[0]: 50, other.id: 0}
    assert attendance.summaries_of_person(cast.learner.id) == {}


def test_a_cancelled_session_counts_for_nothing(hall, cast):
    record(hall, cast.trainer, wish(hall, 0))
    hall.session.cancelled = True
    db.session.flush()
    summary = attendance.summaries_of_run(hall.run.id)[hall.keys[0]]
    assert (summary.attended_minutes, summary.total_minutes) == (0, 480)


def test_a_session_that_does_not_exist_is_not_found(cast):
    with pytest.raises(NotFoundError):
        attendance.record_marks(10**9, [], by=cast.trainer.id)


def test_the_result_says_what_became_of_the_form(hall, cast):
    assert record(hall, cast.trainer, wish(hall, 0), wish(hall, 1)) == attendance.Recorded(2, 0, 0)
    stranger = attendance.MarkWish(factories.enrolment(factories.run(), cast.learner).id, Mark.PRESENT)
    assert record(hall, cast.trainer, wish(hall, 0, Mark.ABSENT), wish(hall, 1), stranger) == attendance.Recorded(0, 1, 1)


def test_one_form_sent_by_many_threads_at_once_is_recorded_once(app, hall, cast):
    wishes, session_id, by = [wish(hall, 0), wish(hall, 1), wish(hall, 2)], hall.session.id, cast.trainer.id
    commit()
    together = Barrier(4)

    def send() -> int:
        with app.app_context():
            together.wait(10)
            with writing():
                return attendance.record_marks(session_id, wishes, by=by, seen=0, client="form").first

    with ThreadPoolExecutor(4) as pool:
        written = sorted(future.result(30) for future in [pool.submit(send) for _ in range(4)])
    assert written == [0, 0, 0, 3]
    assert len(hall.marks()) == 3


def test_two_who_mark_at_once_contradict_each_other_and_one_is_told(app, hall, cast):
    session_id, people = hall.session.id, {cast.trainer.id: Mark.PRESENT, cast.staff.id: Mark.ABSENT}
    key = hall.keys[0]
    commit()
    together = Barrier(2)

    def send(by: int) -> str:
        with app.app_context():
            together.wait(10)
            try:
                with writing():
                    attendance.record_marks(session_id, [attendance.MarkWish(key, people[by])], by=by, seen=0)
            except attendance.MarksRefusedError as error:
                return "told" if key in error.contradictions else "?"
            return "saved"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(future.result(30) for future in [pool.submit(send, by) for by in people])
    assert ended == ["saved", "told"]
    assert len(hall.marks()) == 1


@pytest.mark.parametrize("table", ["head_count", "attendance_appeal"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET session_id = session_id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_what_was_counted_or_disputed(hall, cast, table, verb):
    attendance.count_heads(hall.session.id, 3, by=cast.trainer.id)
    attendance.make_appeal(hall.session.id, hall.enrolments[0], "ვესწრებოდი", by=hall.people[0].id)
    commit()
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        db.session.execute(sa.text(verb.format(table)))
    db.session.rollback()
