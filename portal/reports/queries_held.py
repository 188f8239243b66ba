"""What every report is counted from: the places held in the runs of a period, with what was attended. Only parts of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import attendance
from portal.attendance.models import AttendanceFact
from portal.certificates.models import Certificate
from portal.courses.models import Course, CourseRun, CourseSession, RunState
from portal.enrolment.models import HOLDS_PLACE, Enrolment, EnrolmentState
from portal.foundation import clock
from portal.municipalities.models import Municipality
from portal.people.models import Person
from portal.reports.minutes import minutes_between, month_of

if TYPE_CHECKING:
    from portal.reports.figures import Scope

TAKES_PLACE = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING, RunState.COMPLETED)

Condition = sa.ColumnElement[bool]


def held(scope: Scope) -> sa.CTE:
    """One row for each place held in a run that began in the period."""
    days = session_lengths(scope)
    attended = _attended(days)
    run_lengths = sa.select(days.c.run_id, sa.func.sum(days.c.minutes).label("minutes")).group_by(days.c.run_id).cte("run_length")
    month = month_of(CourseRun.starts_at)
    quarter = (sa.cast(sa.func.substr(month, 6, 2), sa.Integer) + 2) // 3
    return (
        sa.select(
            Enrolment.person_id,
            Person.sex,
            Enrolment.municipality_id.label("municipality"),
            Municipality.region_id.label("region"),
            Enrolment.post_category.label("category"),
            Course.topic_id.label("topic"),
            CourseRun.funding_project_id.label("project"),
            CourseRun.form.label("form"),
            CourseRun.course_id.label("course"),
            CourseRun.id.label("run"),
            month.label("month"),
            sa.func.substr(month, 1, 5).concat(sa.cast(quarter, sa.String)).label("quarter"),
            sa.func.substr(month, 1, 4).label("year"),
            sa.func.coalesce(attended.c.minutes, 0).label("attended"),
            sa.func.coalesce(run_lengths.c.minutes, 0).label("held"),
            _one_if(Enrolment.state == EnrolmentState.COMPLETED).label("completed"),
            _one_if(Enrolment.state.in_([EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED])).label("finished"),
            _one_if(Certificate.id.is_not(None)).label("certified"),
        )
        .select_from(CourseRun)
        .join(Course, Course.id == CourseRun.course_id)
        .join(Enrolment, sa.and_(Enrolment.run_id == CourseRun.id, Enrolment.state.in_(HOLDS_PLACE)))
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .outerjoin(Certificate, sa.and_(Certificate.enrolment_id == Enrolment.id, Certificate.supersedes_id.is_(None)))
        .outerjoin(attended, attended.c.enrolment_id == Enrolment.id)
        .outerjoin(run_lengths, run_lengths.c.run_id == CourseRun.id)
        .where(*began(scope), *of_course(scope), *from_place(scope))
        .cte("held")
    )


def _one_if(condition: Condition) -> sa.Case[int]:
    return sa.case((condition, 1), else_=0)


def began(scope: Scope) -> list[Condition]:
    """The runs of the period that have begun."""
    return [*in_period(scope), CourseRun.starts_at <= clock.now()]


def in_period(scope: Scope) -> list[Condition]:
    """The runs of the period, those still to come among them."""
    return [CourseRun.starts_at >= scope.since, CourseRun.starts_at < scope.until, CourseRun.state.in_(TAKES_PLACE)]


def of_course(scope: Scope) -> list[Condition]:
    """The filters on the run; ``Course`` is joined."""
    conditions: list[Condition] = [Course.topic_id == scope.topic_id] if scope.topic_id else []
    return conditions + ([CourseRun.funding_project_id == scope.project_id] if scope.project_id else [])


def from_place(scope: Scope) -> list[Condition]:
    """The filters on the enrolment; ``Municipality`` is joined."""
    conditions: list[Condition] = [Municipality.region_id == scope.region_id] if scope.region_id else []
    conditions += [Enrolment.municipality_id == scope.municipality_id] if scope.municipality_id else []
    return conditions + ([] if scope.within is None else [Enrolment.municipality_id.in_(sorted(scope.within))])


def somebody(scope: Scope) -> Condition:
    """Build the SQL condition on ``CourseRun`` that anybody in scope held a place."""
    return (
        sa.select(Enrolment.id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .where(Enrolment.run_id == CourseRun.id, Enrolment.state.in_(HOLDS_PLACE), *from_place(scope))
        .exists()
    )


def session_lengths(scope: Scope) -> sa.CTE:
    """The sessions that have begun, with their minutes."""
    return (
        sa.select(CourseSession.id, CourseSession.run_id, minutes_between(CourseSession.starts_at, CourseSession.ends_at).label("minutes"))
        .join(CourseRun, CourseRun.id == CourseSession.run_id)
        .join(Course, Course.id == CourseRun.course_id)
        .where(*began(scope), *of_course(scope), ~CourseSession.cancelled, CourseSession.starts_at <= clock.now())
        .cte("session_length")
    )


def _attended(days: sa.CTE) -> sa.CTE:
    """Minutes attended by each enrolment: of each session those that no standing fact disputes, and no more than the session lasts.

    The facts are those of the period's sessions from the beginning: the ledger is long.
    """
    spans = (
        sa.select(
            AttendanceFact.enrolment_id,
            days.c.minutes,
            sa.func.max(AttendanceFact.from_minute).label("late"),
            sa.func.min(AttendanceFact.to_minute).label("until"),
        )
        .join(days, days.c.id == AttendanceFact.session_id)
        .where(attendance.still_stands())
        .group_by(AttendanceFact.session_id, AttendanceFact.enrolment_id, days.c.minutes)
        .having(sa.func.count() == sa.func.count(AttendanceFact.to_minute))  # all of them say that the person was present
        .subquery()
    )
    until = sa.case((spans.c.until < spans.c.minutes, spans.c.until), else_=spans.c.minutes)
    minutes = sa.case((until > spans.c.late, until - spans.c.late), else_=0)
    return sa.select(spans.c.enrolment_id, sa.func.sum(minutes).label("minutes")).group_by(spans.c.enrolment_id).cte("attended")
