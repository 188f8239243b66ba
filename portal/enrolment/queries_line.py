"""What can be asked about the places that are kept, and about the line of those who wait."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import courses, municipalities
from portal.courses.models import CourseRun
from portal.enrolment import rules
from portal.enrolment.models import TAKES_PLACE, Enrolment, EnrolmentState
from portal.enrolment.rules_line import Blocked, Home, Ranked, Seats, WaitingPlace, in_line
from portal.foundation.database import db
from portal.municipalities.models import Municipality
from portal.qualifications.models import DueCourse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from portal.courses import QuotaValues
    from portal.enrolment.queries import Applicant

_RUNS: sa.BindParameter[int] = sa.bindparam("runs", expanding=True)
_SEATS = (
    sa.select(
        CourseRun.id,
        CourseRun.capacity,
        CourseRun.quotas_end_at,
        CourseRun.quotas_released_at.is_(None),
        sa.func.count(Enrolment.id),
    )
    .outerjoin(Enrolment, sa.and_(Enrolment.run_id == CourseRun.id, Enrolment.state.in_(TAKES_PLACE)))
    .where(CourseRun.id.in_(_RUNS))
    .group_by(CourseRun.id, CourseRun.capacity, CourseRun.quotas_end_at, CourseRun.quotas_released_at)
    .order_by(CourseRun.id)
)
_TAKEN_FROM = (
    sa.select(Enrolment.run_id, Enrolment.municipality_id, sa.func.count())
    .where(Enrolment.run_id.in_(_RUNS), Enrolment.state.in_(TAKES_PLACE), Enrolment.municipality_id.is_not(None))
    .group_by(Enrolment.run_id, Enrolment.municipality_id)
    .order_by(Enrolment.run_id, Enrolment.municipality_id)
)
_IS_DUE = sa.exists().where(DueCourse.person_id == Enrolment.person_id, DueCourse.course_id == CourseRun.course_id)
"""A course falls due that closes a gap of what the person's post calls for: they stand in front of the others."""
_WAITING = (
    sa.select(Enrolment.run_id, Enrolment.id, Enrolment.queued_at, Enrolment.municipality_id, Municipality.region_id, _IS_DUE.label("due"))
    .join(CourseRun, CourseRun.id == Enrolment.run_id)
    .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
    .where(Enrolment.run_id.in_(_RUNS), Enrolment.state == EnrolmentState.WAITING)
    .order_by(Enrolment.run_id, Enrolment.queued_at, Enrolment.id)
)


@dataclass(frozen=True, slots=True)
class Line:
    """Those who wait for a place in one run, in the order of the published rule, and the places of that run."""

    ranked: list[Ranked]
    seats: Seats


def seats_of_runs(run_ids: Collection[int]) -> dict[int, Seats]:
    """The places of each of the runs: one statement, and three more where one of them has quotas."""
    found: dict[int, Seats] = {}
    with_quotas = []
    for run_id, capacity, ends_at, unreleased, taken in db.session.execute(_SEATS, {"runs": list(run_ids)}):
        found[run_id] = Seats(capacity=capacity, taken=taken, in_force=ends_at is not None and unreleased, quotas_end_at=ends_at)
        with_quotas += [] if ends_at is None else [run_id]
    if with_quotas:
        _set_quotas({run_id: found[run_id] for run_id in with_quotas}, courses.quotas_of_runs(with_quotas))
    return found


def seats_of(run_id: int) -> Seats:
    """As ``seats_of_runs``, for one run."""
    return seats_of_runs([run_id])[run_id]


def seats_with(run_id: int, quotas: Sequence[QuotaValues]) -> Seats:
    """The places of a run as they would be if these quotas were in force."""
    seats = seats_of(run_id)
    seats.in_force = bool(quotas)
    _set_quotas({run_id: seats}, {run_id: quotas})
    return seats


def _set_quotas(found: Mapping[int, Seats], quotas_of: Mapping[int, Sequence[QuotaValues]]) -> None:
    region_of = municipalities.regions_by_municipality()
    for run_id, seats in found.items():
        seats.region_of = region_of
        seats.municipality_quotas = {
            quota.municipality_id: quota.places for quota in quotas_of[run_id] if quota.municipality_id is not None
        }
        seats.region_quotas = {quota.region_id: quota.places for quota in quotas_of[run_id] if quota.region_id is not None}
        seats.by_municipality, seats.by_region = Counter(), Counter()
    for run_id, municipality_id, number in db.session.execute(_TAKEN_FROM, {"runs": list(found)}):
        assert municipality_id is not None  # noqa: S101  (the statement leaves them out)
        found[run_id].by_municipality[municipality_id] += number
        found[run_id].by_region[region_of[municipality_id]] += number


def taken_by_municipality(run_id: int) -> Counter[int]:
    """How many places of a run the people of each municipality have, whether it has a quota or not."""
    rows = db.session.execute(_TAKEN_FROM, {"runs": [run_id]})
    return Counter({municipality_id: number for _run, municipality_id, number in rows if municipality_id is not None})


def seats_to_give(run: CourseRun, taken: int) -> Seats:
    """The places of the run, of which so many are ``taken``; what quotas keep of them is read only while that counts."""
    kept = run.quotas_end_at is not None and run.quotas_released_at is None and taken < run.capacity
    return seats_of(run.id) if kept else Seats(capacity=run.capacity, taken=taken)


def find_block(run: CourseRun, applicant: Applicant) -> Blocked | None:
    """Say why no place of the run is free for this applicant now, though some may be for others; None when one is."""
    invited = courses.invited_to([run.id]).get(run.id) if run.invited_only else None
    held = rules.choose_post(applicant.posts, run.version.target_categories, invited)
    seats = seats_to_give(run, applicant.taken)
    return seats.find_block(seats.home_of(held.municipality_id if held else None))


def waiting_places(run_ids: Collection[int]) -> dict[int, list[WaitingPlace]]:
    """Those who wait for a place in each of the runs, with what decides about their place in line. Every id has its list."""
    found: dict[int, list[WaitingPlace]] = {run_id: [] for run_id in run_ids}
    rows = db.session.execute(_WAITING, {"runs": list(found)}).all() if found else []
    for row in rows:
        home = Home(row.municipality_id, row.region_id)
        place = WaitingPlace(enrolment_id=row.id, queued_at=row.queued_at, home=home, goal_due=row.due)
        found[row.run_id].append(place)
    return found


def read_lines(run_ids: Collection[int]) -> dict[int, Line]:
    """The line of those who wait for each of the runs, with its places; runs for which nobody waits are not named."""
    waiting = {run_id: places for run_id, places in waiting_places(run_ids).items() if places}
    seats = seats_of_runs(waiting) if waiting else {}
    return {run_id: Line(list(in_line(places, seats[run_id])), seats[run_id]) for run_id, places in waiting.items()}


def lines_of(run_ids: Collection[int]) -> dict[int, list[Ranked]]:
    """The line of those who wait for each of the runs, in the order of the published rule, with what put each in their place."""
    lines: defaultdict[int, list[Ranked]] = defaultdict(list)
    lines.update({run_id: line.ranked for run_id, line in read_lines(run_ids).items()})
    return lines


def waiting_positions(run_ids: Collection[int]) -> dict[int, int]:
    """Where each waiting enrolment of these runs stands in the line of its run, from 1; keyed by the enrolment's id."""
    return {ranked.place.enrolment_id: ranked.position for line in lines_of(run_ids).values() for ranked in line}


def waiting_enrolments(run_id: int) -> dict[int, Enrolment]:
    """Those who wait for a place in a run, by their ids, with the person."""
    waiting = sa.select(Enrolment).where(Enrolment.run_id == run_id, Enrolment.state == EnrolmentState.WAITING)
    return {one.id: one for one in db.session.scalars(waiting.options(joinedload(Enrolment.person)).order_by(Enrolment.id))}


def waiting_list(run_id: int) -> list[Enrolment]:
    """Those who wait for a place in a run, in the order of the published rule, with the person."""
    waiting = waiting_enrolments(run_id)
    return [waiting[ranked.place.enrolment_id] for ranked in lines_of([run_id])[run_id]]
