"""A run is published: visitors see it, and whoever asked to hear when its course runs again is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment

if TYPE_CHECKING:
    from portal.courses.models import CourseRun


def publish_run(run: CourseRun, *, by: int | None) -> int:
    """Open a draft as ``courses.publish_run``, which says what it raises; returns how many of those who had asked were told."""
    run = courses.lock_run(run.id)
    courses.publish_run(run, by=by)
    return enrolment.tell_interested(run, by=by)
