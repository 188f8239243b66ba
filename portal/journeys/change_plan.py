"""A run changes: its place, its form, its days. Whoever has a place, waits or teaches is told what it was and is, and their calendars follow.

Each of these returns how many people were told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import attendance, courses, enrolment
from portal.courses.models import RunState
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.courses import Move, RunValues, SessionValues, VenueValues
    from portal.courses.models import CourseRun, CourseSession, Venue


def change_run(run: CourseRun, values: RunValues, *, by: int) -> int:
    """Change a run, and tell everybody concerned when its place or form changed. Raises as ``courses`` does."""
    run = courses.lock_run(run.id)
    return _tell(run, courses.change_run(run, values, by=by))


def change_session(session: CourseSession, values: SessionValues, *, by: int) -> int:
    """Change a training day, and tell everybody concerned when its times or link changed. Raises as ``move_session``."""
    run = courses.lock_run_of(session)
    if (values.starts_at, values.ends_at) != (session.starts_at, session.ends_at):
        _refuse_when_marked(session)
    return _follow(run, courses.change_session(session, values, by=by))


def move_session(session: CourseSession, starts_at: datetime, ends_at: datetime, *, by: int) -> int:
    """Move a training day to other times (aware), and tell everybody concerned.

    Raises ``RefusedError`` when attendance was recorded: marks are minutes of this day, and would be hours of another.
    """
    run = courses.lock_run_of(session)
    _refuse_when_marked(session)
    return _follow(run, courses.move_session(session, starts_at, ends_at, by=by))


def add_session(run: CourseRun, values: SessionValues, *, by: int) -> int:
    """Add a training day, and tell everybody concerned. A draft tells nobody."""
    run = courses.lock_run(run.id)
    day = courses.add_session(run, values, by=by)
    return 0 if run.state == RunState.DRAFT else _follow(run, [courses.new_day(day)])


def cancel_session(session: CourseSession, *, by: int) -> int:
    """Strike a training day out, and tell everybody concerned. A draft tells nobody, and nobody is told twice. Raises as ``move_session``."""
    run = courses.lock_run_of(session)
    if session.cancelled:
        return 0
    _refuse_when_marked(session)
    courses.cancel_session(session, by=by)
    if run.state == RunState.DRAFT:
        return 0
    told = enrolment.tell_day_cancelled(session) + courses.tell_trainers_day_cancelled(session)
    enrolment.fill_free_places(run.id, by=None)
    return told


def change_venue(venue: Venue, values: VenueValues, *, by: int) -> int:
    """Change a venue, and tell everybody in the runs still to come there. Raises as ``courses`` does."""
    return sum(_tell(run, [move]) for run, move in courses.change_venue(venue, values, by=by))


def _refuse_when_marked(session: CourseSession) -> None:
    if attendance.is_marked(session.id):
        raise RefusedError(
            N_("Attendance of this training day is recorded, so its times stay. Who was absent can be corrected in the roll call.")
        )


def _follow(run: CourseRun, moves: Sequence[Move]) -> int:
    """Tell everybody. Where the first day is later now, places that became free meanwhile go to those who wait."""
    told = _tell(run, moves)
    if moves:
        enrolment.fill_free_places(run.id, by=None)
    return told


def _tell(run: CourseRun, moves: Sequence[Move]) -> int:
    return enrolment.tell_moved(run.id, moves) + courses.tell_trainers_moved(run, moves) if moves else 0
