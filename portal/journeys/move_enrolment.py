"""Staff move somebody from one run to another: the place there becomes free, and they get one here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import attendance, courses, enrolment
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.models import CourseRun
    from portal.enrolment.models import Enrolment


def move_enrolment(place: Enrolment, to_run: CourseRun, *, by: int, reason: str) -> Enrolment:
    """Move the person of ``place`` to ``to_run``; both runs are locked, in the order of their ids. Returns the enrolment there.

    Raises as ``enrolment.move_place``, and ``RefusedError`` when attendance of the person was recorded: what they did stays where they did it.
    """
    for run_id in sorted({place.run_id, to_run.id}):
        courses.lock_run(run_id)
    if attendance.was_marked(place.id):
        raise RefusedError(
            N_("Attendance of this person is recorded in the training held so far, so they stay in it. They can be added to the other one.")
        )
    return enrolment.move_place(place.id, to_run.id, by=by, reason=reason)
