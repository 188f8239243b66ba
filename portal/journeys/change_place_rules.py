"""Who a run is for, who decides, what is kept for whom: its place rules change, or the time for kept places is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment
from portal.courses.models import RunState

if TYPE_CHECKING:
    from portal.courses import PlaceRuleValues
    from portal.courses.models import CourseRun


def change_place_rules(run: CourseRun, values: PlaceRuleValues, *, by: int) -> int:
    """Give places by these rules from now on; returns how many of those who wait got one or an offer by it.

    Nobody loses a place. Raises ``EnrolmentRefusedError`` when the quotas do not fit the places given already, and what
    ``courses.set_place_rules`` raises.
    """
    run = courses.lock_run(run.id)
    courses.set_place_rules(run, values, by=by)
    if run.quotas_released_at is None:
        enrolment.check_quotas(run.id, values.quotas)
    return 0 if run.state == RunState.DRAFT else len(enrolment.fill_free_places(run.id, by=None))


def release_quotas(run_id: int) -> int:
    """Let what the quotas of the run still keep go to everybody, by the portal itself; returns how many of those who wait got a place by it."""
    run = courses.lock_run(run_id)
    courses.release_quotas(run, enrolment.seats_of(run.id).unused(), by=None)
    return len(enrolment.fill_free_places(run.id, by=None))
