"""What reports count. Each function is one grouped statement, whatever the number of rows behind it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import attendance
from portal.attendance.models import AttendanceFact
from portal.certificates.models import Certificate
from portal.courses.models import Course, CourseRun, CourseSession, CourseVersion, RunState
from portal.enrolment.models import HOLDS_PLACE, Enrolment, EnrolmentState
from portal.foundation import clock
from portal.foundation.database import Moment, db
from portal.foundation.history import HistoryRow
from portal.foundation.outbox import OutboxMessage
from portal.municipalities.models import Municipality
from portal.people.models import Person
from portal.reports.figures import Dimension, Figures, Scope, of_one_sex
from portal.reports.minutes import minutes_between

if TYPE_CHECKING:
    from datetime import datetime

TAKES_PLACE = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING, RunState.COMPLETED)

Key = int | str | None
Condition = sa.ColumnElement[bool]


def participation(scope: Scope) -> dict[Dimension, dict[Key, Figures]]:
    """Figures of each group of each dimension; the key None stands for those of whom it is not known.

    The places held are gathered once and then grouped in six ways. Each group is counted apart by sex and put together here, since nobody
    is counted twice over the sexes; the same person may well stand in two groups of one dimension.
    """
    held = _held(scope)
    counted = (
        sa.func.count(held.c.person_id.distinct()),
        sa.func.count(),
        *(sa.func.sum(held.c[name]) for name in ("attended", "held", "completed", "finished", "certified")),
    )
    groups = []
    for dimension in Dimension:
        # one type for all keys of the union
        key = sa.cast(held.c[dimension], sa.String)
        groups.append(sa.select(sa.literal(str(dimension)), key, held.c.sex, *counted).group_by(key, held.c.sex))
    found: defaultdict[Dimension, dict[Key, Figures]] = defaultdict(dict)
    rows: Any = db.session.execute(sa.union_all(*groups))
    for name, text, sex, *counts in rows:
        dimension = Dimension(name)
        known = _key(dimension, text)
        group = of_one_sex(sex, tuple(int(count) for count in counts))
        found[dimension][known] = found[dimension].get(known, Figures()) + group
    return found


def _key(dimension: Dimension, text: str | None) -> Key:
    if text is None or dimension in {Dimension.SEX, Dimension.CATEGORY}:
        return text or None
    return int(text)


def _held(scope: Scope) -> sa.CTE:
    """One row for each place held in a run that began in the period."""
    lengths = _lengths(scope)
    attended = _attended(lengths)
    run_lengths = sa.select(lengths.c.run_id, sa.func.sum(lengths.c.minutes).label("minutes")).group_by(lengths.c.run_id).cte("run_length")
    return (
        sa.select(
            Enrolment.person_id,
            Person.sex,
            Enrolment.municipality_id.label("municipality"),
            Municipality.region_id.label("region"),
            Enrolment.post_category.label("category"),
            Course.topic_id.label("topic"),
            CourseRun.funding_project_id.label("project"),
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
        .where(*_began(scope), *_of_course(scope), *_from_place(scope))
        .cte("held")
    )


def _one_if(condition: Condition) -> sa.Case[int]:
    return sa.case((condition, 1), else_=0)


def _began(scope: Scope) -> list[Condition]:
    return [*_in_period(scope), CourseRun.starts_at <= clock.now()]


def _in_period(scope: Scope) -> list[Condition]:
    return [CourseRun.starts_at >= scope.since, CourseRun.starts_at < scope.until, CourseRun.state.in_(TAKES_PLACE)]


def _of_course(scope: Scope) -> list[Condition]:
    """The filters on the run; ``Course`` is joined."""
    conditions: list[Condition] = [Course.topic_id == scope.topic_id] if scope.topic_id else []
    return conditions + ([CourseRun.funding_project_id == scope.project_id] if scope.project_id else [])


def _from_place(scope: Scope) -> list[Condition]:
    """The filters on the enrolment; ``Municipality`` is joined."""
    conditions: list[Condition] = [Municipality.region_id == scope.region_id] if scope.region_id else []
    return conditions + ([Enrolment.municipality_id == scope.municipality_id] if scope.municipality_id else [])


def _lengths(scope: Scope) -> sa.CTE:
    """The sessions that have begun, with their minutes."""
    return (
        sa.select(CourseSession.id, CourseSession.run_id, minutes_between(CourseSession.starts_at, CourseSession.ends_at).label("minutes"))
        .join(CourseRun, CourseRun.id == CourseSession.run_id)
        .join(Course, Course.id == CourseRun.course_id)
        .where(*_began(scope), *_of_course(scope), ~CourseSession.cancelled, CourseSession.starts_at <= clock.now())
        .cte("session_length")
    )


def _attended(lengths: sa.CTE) -> sa.CTE:
    """Minutes attended by each enrolment: of each session those that no standing fact disputes, and no more than the session lasts."""
    spans = (
        sa.select(
            AttendanceFact.session_id,
            AttendanceFact.enrolment_id,
            sa.func.max(AttendanceFact.from_minute).label("late"),
            sa.func.min(AttendanceFact.to_minute).label("until"),
        )
        .where(attendance.still_stands())
        .group_by(AttendanceFact.session_id, AttendanceFact.enrolment_id)
        .having(sa.func.count() == sa.func.count(AttendanceFact.to_minute))  # all of them say that the person was present
        .subquery()
    )
    until = sa.case((spans.c.until < lengths.c.minutes, spans.c.until), else_=lengths.c.minutes)
    minutes = sa.case((until > spans.c.late, until - spans.c.late), else_=0)
    return (
        sa.select(spans.c.enrolment_id, sa.func.sum(minutes).label("minutes"))
        .join(lengths, lengths.c.id == spans.c.session_id)
        .group_by(spans.c.enrolment_id)
        .cte("attended")
    )


@dataclass(frozen=True, slots=True)
class Runs:
    """How many runs began in the period, and how many places they had."""

    number: int
    capacity: int


def runs_held(scope: Scope) -> Runs:
    """The runs that began in the period with at least one participant in scope."""
    somebody = (
        sa.select(Enrolment.id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .where(Enrolment.run_id == CourseRun.id, Enrolment.state.in_(HOLDS_PLACE), *_from_place(scope))
        .exists()
    )
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(CourseRun.capacity), 0))
        .select_from(CourseRun)
        .join(Course, Course.id == CourseRun.course_id)
        .where(*_began(scope), *_of_course(scope), somebody)
    ).one()
    return Runs(int(row[0]), int(row[1]))


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name in both languages."""

    id: int
    name_ka: str
    name_en: str

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en


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
    elsewhere, other_run, version = aliased(Enrolment), aliased(CourseRun), aliased(CourseVersion)
    served = (
        sa.select(elsewhere.id)
        .join(other_run, other_run.id == elsewhere.run_id)
        .where(
            elsewhere.person_id == Enrolment.person_id,
            other_run.course_id == CourseRun.course_id,
            elsewhere.state.in_(HOLDS_PLACE),
        )
        .exists()
    )
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
        .where(*_in_period(scope), *_of_course(scope), *_from_place(scope), ~served)
        .group_by(Course.id, CourseVersion.title_ka, CourseVersion.title_en)
        .order_by(people.desc(), Course.id)
    )
    return [Demand(Named(*row[:3]), *row[3:]) for row in rows]


class LastChange(NamedTuple):
    """What every figure depends on: the last thing that was done, other than with mail, and the last run and training day that began."""

    digest: str | None
    run: datetime | None
    session: datetime | None


_NOW = sa.bindparam("now", type_=Moment())
_LAST_CHANGE = sa.select(
    sa.select(HistoryRow.digest)
    .where(HistoryRow.subject_kind != OutboxMessage.__tablename__)
    .order_by(HistoryRow.id.desc())
    .limit(1)
    .scalar_subquery(),
    *(sa.select(sa.func.max(table.starts_at)).where(table.starts_at <= _NOW).scalar_subquery() for table in (CourseRun, CourseSession)),
)


def last_change() -> LastChange:
    """What there was last to change a figure. While it stays the same, so does every report."""
    return LastChange._make(db.session.execute(_LAST_CHANGE, {"now": clock.now()}).one())
