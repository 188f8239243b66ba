"""What people wait for in vain: waiting lists, and whoever has no place in any run of the course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.courses.models import Course, CourseRun, CourseVersion
from portal.enrolment.models import HOLDS_PLACE, Enrolment, EnrolmentState
from portal.foundation.database import db
from portal.municipalities.models import Municipality
from portal.reports.queries_held import from_place, in_period, of_course
from portal.reports.queries_names import Named

if TYPE_CHECKING:
    from portal.reports.figures import Scope


@dataclass(frozen=True, slots=True)
class Demand:
    """A course that people wait for: how many, of how many municipalities, in how many runs."""

    course: Named
    people: int
    municipalities: int
    runs: int


def unmet_demand(scope: Scope) -> list[Demand]:
    """The courses with people on the waiting lists of the period's runs who have no place in any run of the course, most wanted first.

    Runs still to come count too: that is where people wait now.
    """
    version = aliased(CourseVersion)
    newest = sa.select(sa.func.max(version.number)).where(version.course_id == Course.id).scalar_subquery()
    people = sa.func.count(Enrolment.person_id.distinct())
    rows: Any = db.session.execute(
        sa.select(
            Course.id,
            CourseVersion.title_ka,
            CourseVersion.title_en,
            people,
            sa.func.count(Enrolment.municipality_id.distinct()),
            sa.func.count(CourseRun.id.distinct()),
        )
        .select_from(CourseRun)
        .join(Course, Course.id == CourseRun.course_id)
        .join(CourseVersion, sa.and_(CourseVersion.course_id == Course.id, CourseVersion.number == newest))
        .join(Enrolment, sa.and_(Enrolment.run_id == CourseRun.id, Enrolment.state == EnrolmentState.WAITING))
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .where(*in_period(scope), *of_course(scope), *from_place(scope), ~_served())
        .group_by(Course.id, CourseVersion.title_ka, CourseVersion.title_en)
        .order_by(people.desc(), Course.id)
    )
    return [Demand(Named(*row[:3]), *row[3:]) for row in rows]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits: so many people on waiting lists, so many of them without a place in any run of the course, so many requests."""

    people: int
    unserved: int
    requests: int


def waiting_by_municipality(scope: Scope) -> dict[int | None, Waiting]:
    """Who waits in the period's runs, by the municipality of the post; whoever waits for two courses is one of the people."""
    unserved = sa.case((~_served(), Enrolment.person_id))
    rows: Any = db.session.execute(
        sa.select(
            Enrolment.municipality_id,
            sa.func.count(Enrolment.person_id.distinct()),
            sa.func.count(unserved.distinct()),
            sa.func.count(),
        )
        .select_from(CourseRun)
        .join(Course, Course.id == CourseRun.course_id)
        .join(Enrolment, sa.and_(Enrolment.run_id == CourseRun.id, Enrolment.state == EnrolmentState.WAITING))
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .where(*in_period(scope), *of_course(scope), *from_place(scope))
        .group_by(Enrolment.municipality_id)
    )
    return {row[0]: Waiting(*row[1:]) for row in rows}


def _served() -> sa.ColumnElement[bool]:
    """Build the SQL condition that the person of the enrolment has, or had, a place in some run of the course."""
    elsewhere, other_run = aliased(Enrolment), aliased(CourseRun)
    return (
        sa.select(elsewhere.id)
        .join(other_run, other_run.id == elsewhere.run_id)
        .where(
            elsewhere.person_id == Enrolment.person_id,
            other_run.course_id == CourseRun.course_id,
            elsewhere.state.in_(HOLDS_PLACE),
        )
        .exists()
    )
