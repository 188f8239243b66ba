"""How much trainers teach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import attendance
from portal.courses.models import Course, CourseRun, RunTrainer
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db
from portal.municipalities.models import Municipality
from portal.reports.queries_held import began, from_place, of_course, session_lengths, somebody

if TYPE_CHECKING:
    from decimal import Decimal

    from portal.reports.figures import Scope


@dataclass(frozen=True, slots=True)
class Load:
    """What one trainer taught: runs, their days that have begun with their minutes, and who had a place there."""

    person_id: int
    runs: int
    days: int
    minutes: int
    people: int
    participations: int

    @property
    def hours(self) -> Decimal:
        """Contact hours taught."""
        return attendance.hours(self.minutes)


def trainers_load(scope: Scope) -> list[Load]:
    """The load of each trainer in the runs of the period with somebody in scope, the largest first; of two trainers each has taught it all."""
    runs = (
        sa.select(CourseRun.id)
        .join(Course, Course.id == CourseRun.course_id)
        .where(*began(scope), *of_course(scope), somebody(scope))
        .cte("taught_run")
    )
    lengths = session_lengths(scope)
    days = (
        sa.select(lengths.c.run_id, sa.func.count().label("days"), sa.func.sum(lengths.c.minutes).label("minutes"))
        .group_by(lengths.c.run_id)
        .subquery()
    )
    taught = (
        sa.select(
            RunTrainer.person_id,
            sa.func.count().label("runs"),
            sa.func.coalesce(sa.func.sum(days.c.days), 0).label("days"),
            sa.func.coalesce(sa.func.sum(days.c.minutes), 0).label("minutes"),
        )
        .join(runs, runs.c.id == RunTrainer.run_id)
        .outerjoin(days, days.c.run_id == RunTrainer.run_id)
        .group_by(RunTrainer.person_id)
        .subquery()
    )
    people = (
        sa.select(RunTrainer.person_id, sa.func.count(Enrolment.person_id.distinct()).label("people"), sa.func.count().label("places"))
        .join(runs, runs.c.id == RunTrainer.run_id)
        .join(Enrolment, sa.and_(Enrolment.run_id == RunTrainer.run_id, Enrolment.state.in_(HOLDS_PLACE)))
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .where(*from_place(scope))
        .group_by(RunTrainer.person_id)
        .subquery()
    )
    rows: Any = db.session.execute(
        sa.select(*taught.c, people.c.people, people.c.places)
        .join(people, people.c.person_id == taught.c.person_id)
        .order_by(taught.c.minutes.desc(), taught.c.person_id)
    )
    return [Load(*map(int, row)) for row in rows]
