"""A run does not take place: it is cancelled, every place ends, and everybody concerned is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment
from portal.courses.models import RunState

if TYPE_CHECKING:
    from portal.courses.models import CourseRun


def cancel_run(run: CourseRun, reason: str, *, by: int) -> int:
    """Cancel ``run`` for ``reason``, which stands in the mails; returns how many people were told, trainers among them.

    Raises ``RefusedError`` when the run is completed or cancelled already. A draft that nobody knew of tells nobody.
    """
    run = courses.lock_run(run.id)
    was_draft = run.state == RunState.DRAFT
    courses.mark_cancelled(run, by=by, reason=reason)
    if was_draft:
        return 0
    return enrolment.cancel_places(run.id, by=by, reason=reason) + courses.tell_trainers_cancelled(run, reason)
