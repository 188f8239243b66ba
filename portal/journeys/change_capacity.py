"""A run gets more or fewer places; more go to those who wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment
from portal.courses.models import RunState

if TYPE_CHECKING:
    from portal.courses.models import CourseRun


def change_capacity(run: CourseRun, capacity: int, *, by: int) -> int:
    """Give ``run`` this capacity and fill what became free from the waiting list; returns how many got a place.

    Raises ``EnrolmentRefusedError`` when more people have a place already, and what ``courses.set_capacity`` raises.
    """
    run = courses.lock_run(run.id)
    enrolment.check_capacity(run.id, capacity)
    courses.set_capacity(run, capacity, by=by)
    return 0 if run.state == RunState.DRAFT else len(enrolment.fill_free_places(run.id, by=by))
