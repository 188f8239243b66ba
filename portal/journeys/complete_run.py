"""A run is over: it becomes completed, and each of its participants completed it or did not, by the course's certificate rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import certificates, courses, enrolment, qualifications
from portal.courses.models import RunState
from portal.foundation import clock
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.models import CourseRun

MAY_COMPLETE = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING)


def can_be_completed(run: CourseRun) -> bool:
    """True when ``run`` was published and its last session is over, so that staff may complete it."""
    return run.state in MAY_COMPLETE and run.ends_at is not None and run.ends_at <= clock.now()


def complete_run(run: CourseRun, *, by: int) -> None:
    """Complete ``run``, and note for everyone with a place whether they completed it: all the course asks for is there, or it asks nothing.

    Done again, it brings that up to date with corrections made since; whoever holds a certificate completed the run. Raises
    ``RefusedError`` when the run was not published, was cancelled, or has a session that is not over.
    """
    run = courses.lock_run(run.id)
    if run.state != RunState.COMPLETED:
        if not can_be_completed(run):
            raise RefusedError(N_("Only a published run whose last session is over can be completed."))
        courses.mark_completed(run, by=by)
    completed = {candidate.enrolment.id for candidate in certificates.candidates_of_run(run) if candidate.completes}
    enrolment.set_outcomes(run.id, completed, by=by)
    qualifications.wake()
