"""The plan of a municipality for a year: what it needs, the trainings to come in which it has places, and what its people did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import attendance
from portal.courses.models import CourseRun, CourseVersion, RunInvitation, RunQuota, RunState
from portal.enrolment.models import HOLDS_PLACE, Enrolment, EnrolmentState
from portal.foundation.clock import TBILISI
from portal.foundation.database import db
from portal.needs.models import NeedState
from portal.needs.queries import Posted, find_budget, needs_of

PUBLIC = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING, RunState.COMPLETED)
IN_PLAN = (NeedState.OPEN, NeedState.PLANNED, NeedState.DONE)


@dataclass(slots=True)
class PlannedRun:
    """A run that begins in the year, as far as it concerns the municipality: places kept for it, and its people with a place or an outcome."""

    run: CourseRun
    version: CourseVersion
    quota: int | None
    people: set[int] = field(default_factory=set)
    completed: int = 0
    minutes: int = 0

    @property
    def is_done(self) -> bool:
        """Whether it is over, with outcomes."""
        return self.run.state == RunState.COMPLETED

    @property
    def hours(self) -> Decimal:
        """Contact hours that its people attended."""
        return attendance.hours(self.minutes)


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a plan. ``people_taught`` counts each person once; ``cost_done`` is the part of ``cost`` of needs that were served."""

    asked: int
    kept: int
    to_come: int
    participations: int
    people_taught: int
    completed: int
    hours: Decimal
    cost: Decimal
    cost_done: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """A municipality's year. ``budget`` is the money that it plans for training, None when it did not say."""

    year: int
    needs: list[Posted]
    coming: list[PlannedRun]
    done: list[PlannedRun]
    budget: Decimal | None

    @property
    def totals(self) -> Totals:
        """Its sums."""
        return Totals(
            asked=sum(one.need.people for one in self.needs),
            kept=sum(one.quota or 0 for one in self.coming),
            to_come=sum(len(one.people) for one in self.coming),
            participations=sum(len(one.people) for one in self.done),
            people_taught=len(set().union(*(one.people for one in self.done))),
            completed=sum(one.completed for one in self.done),
            hours=attendance.hours(sum(one.minutes for one in self.done)),
            cost=_cost(self.needs),
            cost_done=_cost(one for one in self.needs if one.state == NeedState.DONE),
        )

    @property
    def left(self) -> Decimal | None:
        """What the costs leave of the budget, negative when they are more; None without one."""
        return None if self.budget is None else self.budget - self.totals.cost


if TYPE_CHECKING:
    from collections.abc import Iterable


def _cost(needs: Iterable[Posted]) -> Decimal:
    return sum((one.need.cost or Decimal(0) for one in needs), Decimal(0))


def plan_of(municipality_id: int, year: int) -> Plan:
    """The plan. Needs that were declined or withdrawn are no part of it; drafts of runs stand with the needs that they serve. Six statements."""
    runs = _runs_of(municipality_id, year)
    _add_people(runs, municipality_id)
    budget = find_budget(municipality_id, year)
    return Plan(
        year=year,
        needs=[one for one in needs_of([municipality_id], year) if one.state in IN_PLAN],
        coming=[one for one in runs.values() if not one.is_done],
        done=[one for one in runs.values() if one.is_done and one.people],
        budget=budget.amount if budget else None,
    )


def _runs_of(municipality_id: int, year: int) -> dict[int, PlannedRun]:
    """The public runs of the year that keep places for the municipality, invite it, or have people of it, by their start."""
    since, until = (datetime.combine(date(one, 1, 1), time(), TBILISI).astimezone(UTC) for one in (year, year + 1))
    quota = sa.and_(RunQuota.run_id == CourseRun.id, RunQuota.municipality_id == municipality_id)
    invites = sa.exists().where(RunInvitation.run_id == CourseRun.id, RunInvitation.municipality_id == municipality_id)
    has_people = sa.exists().where(
        Enrolment.run_id == CourseRun.id, Enrolment.municipality_id == municipality_id, Enrolment.state.in_(HOLDS_PLACE)
    )
    rows = db.session.execute(
        sa.select(CourseRun, CourseVersion, RunQuota.places)
        .join(CourseRun.version)
        .outerjoin(RunQuota, quota)
        .where(CourseRun.starts_at >= since, CourseRun.starts_at < until, CourseRun.state.in_(PUBLIC))
        .where(sa.or_(RunQuota.id.is_not(None), sa.and_(CourseRun.invited_only, invites), has_people))
        .order_by(CourseRun.starts_at, CourseRun.id)
    )
    return {run.id: PlannedRun(run, version, places) for run, version, places in rows}


def _add_people(runs: dict[int, PlannedRun], municipality_id: int) -> None:
    rows = db.session.execute(
        sa.select(Enrolment.id, Enrolment.run_id, Enrolment.person_id, Enrolment.state)
        .where(Enrolment.run_id.in_(runs), Enrolment.municipality_id == municipality_id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(Enrolment.id)
    ).all()
    summaries = attendance.summaries_of_people({person_id for _id, run_id, person_id, _state in rows if runs[run_id].is_done})
    for enrolment_id, run_id, person_id, state in rows:
        row = runs[run_id]
        row.people.add(person_id)
        row.completed += state == EnrolmentState.COMPLETED
        if row.is_done and enrolment_id in summaries:
            row.minutes += summaries[enrolment_id].attended_minutes
