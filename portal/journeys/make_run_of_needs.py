"""Staff make a run for what municipalities need: a draft that invites them, keeps the places that they asked for, and serves their needs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from portal import courses, needs
from portal.foundation import clock
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.courses.models import Course, CourseRun
    from portal.needs.models import TrainingNeed

OPENS, CLOSES = time(9), time(18)
CLOSES_BEFORE, QUOTAS_END_BEFORE, CANCEL_BEFORE = timedelta(days=3), timedelta(days=7), timedelta(days=1)
OTHER_COURSE: Final = N_("One of these needs names another course.")


def make_run_of_needs(need_ids: Sequence[int], course: Course, *, form: str, venue_id: int | None, capacity: int, by: int) -> CourseRun:
    """Make a draft run of ``course`` for these needs; staff then finish its days and publish it.

    Its deadlines follow from the first day on which all could begin. Raises ``needs.NeedTakenError`` when a need is not open any more,
    ``RefusedError`` when one names another course, and what ``courses.create_run`` raises. The same sent twice by one person is one run.
    """
    needs.lock_needs(need_ids)
    if before := _find_made(need_ids, by=by):
        return before
    wanted = needs.lock_open_needs(need_ids)
    if any(need.course_id not in {None, course.id} for need in wanted):
        raise RefusedError(OTHER_COURSE)
    first = needs.first_day((need.starts_on for need in wanted), clock.today())
    values = courses.RunValues(
        form=form,
        venue_id=venue_id,
        enrolment_opens_at=_at(datetime.combine(clock.today(), OPENS)),
        enrolment_closes_at=_at(datetime.combine(first - CLOSES_BEFORE, CLOSES)),
        cancel_until=_at(datetime.combine(first - CANCEL_BEFORE, CLOSES)),
    )
    run = courses.create_run(course, values, capacity=capacity, by=by)
    courses.set_place_rules(run, _place_rules(wanted, capacity, _at(datetime.combine(first - QUOTAS_END_BEFORE, CLOSES))), by=by)
    needs.plan_needs(wanted, run, by=by)
    return run


def _find_made(need_ids: Sequence[int], *, by: int) -> CourseRun | None:
    """The run that this person made for all of these needs, which the caller holds."""
    links = needs.serving(need_ids)
    runs = {link.run_id: link.run for link in links.values()}
    same = len(links) == len(set(need_ids)) and len(runs) == 1 and all(link.planned_by == by for link in links.values())
    return next(iter(runs.values())) if same else None


def _place_rules(wanted: Sequence[TrainingNeed], capacity: int, quotas_end_at: datetime) -> courses.PlaceRuleValues:
    asked: Counter[int] = Counter()
    for need in wanted:
        asked[need.municipality_id] += need.people
    return courses.PlaceRuleValues(
        invited_only=True,
        invited_ids=tuple(sorted(asked)),
        quotas=tuple(
            courses.QuotaValues(municipality_id=one, places=places) for one, places in sorted(needs.shares(asked, capacity).items())
        ),
        quotas_end_at=quotas_end_at,
    )


def _at(local: datetime) -> datetime:
    return local.replace(tzinfo=clock.TBILISI)
