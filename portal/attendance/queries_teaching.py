"""What can be asked about sessions by those who teach them: in their scope, with what the pages about them show.

``taught_by`` is the person whose runs alone may be seen; None is for staff, who see all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.attendance.models import AttendanceFact, Mark
from portal.attendance.queries import RULE_COLUMNS, still_stands
from portal.courses import AttendanceRuleValues
from portal.courses.models import CourseRun, CourseSession, CourseVersion, RunState, RunTrainer, Venue
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.clock import TBILISI
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.formats import to_tbilisi
from portal.municipalities.models import Municipality

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TAUGHT_STATES = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING, RunState.COMPLETED)
"""States in which a trainer sees a run: published, and not cancelled. Staff see all."""
FAR_ENOUGH = 100


@dataclass(frozen=True, slots=True)
class TaughtRun:
    """A run as those who teach it see it, with the certificate rule of its course version and how it counts attendance."""

    id: int
    code: str
    state: str
    course_ka: str
    course_en: str
    attendance_percent: int | None
    score_percent: int | None
    ends_at: datetime | None
    rules: AttendanceRuleValues

    def course(self, language: str) -> str:
        """The course's title."""
        return self.course_ka if language == "ka" else self.course_en


@dataclass(frozen=True, slots=True)
class TaughtSession:
    """A session and its run as those who teach it see it."""

    run: TaughtRun
    id: int
    title_ka: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    form: str
    venue_ka: str | None
    venue_en: str | None
    address_ka: str | None
    municipality_ka: str | None
    municipality_en: str | None

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def days(self) -> tuple[date, date]:
        """First and last calendar day in Georgia; the same one for nearly all sessions."""
        return to_tbilisi(self.starts_at).date(), to_tbilisi(self.ends_at).date()

    def title(self, language: str) -> str:
        """The session's own title; may be empty."""
        return self.title_ka if language == "ka" else self.title_en

    def place(self, language: str) -> str:
        """Municipality and venue; empty when the run is held online."""
        parts = (self.municipality_ka, self.venue_ka) if language == "ka" else (self.municipality_en, self.venue_en)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """How many are expected in a session, how many of them are marked, how many present, and of how many facts contradict each other."""

    expected: int
    marked: int
    present: int
    disputed: int


_RUN_COLUMNS: tuple[Any, ...] = (
    CourseRun.id,
    CourseRun.code,
    CourseRun.state,
    CourseVersion.title_ka,
    CourseVersion.title_en,
    CourseVersion.attendance_percent,
    CourseVersion.score_percent,
    CourseRun.ends_at,
    *RULE_COLUMNS,
)
_SESSION_COLUMNS: tuple[Any, ...] = (
    CourseSession.id,
    CourseSession.title_ka,
    CourseSession.title_en,
    CourseSession.starts_at,
    CourseSession.ends_at,
    CourseRun.form,
    Venue.name_ka,
    Venue.name_en,
    Venue.address_ka,
    Municipality.name_ka,
    Municipality.name_en,
)
_RUN_WIDTH = len(_RUN_COLUMNS)
_SESSION_WIDTH = _RUN_WIDTH + len(_SESSION_COLUMNS)


def get_taught_run(code: str, *, taught_by: int | None) -> TaughtRun:
    """The run ``code``. Raises ``NotFoundError`` when there is none in this scope."""
    statement = sa.select(*_RUN_COLUMNS).join(CourseVersion, CourseVersion.id == CourseRun.version_id).where(CourseRun.code == code)
    row = db.session.execute(statement if taught_by is None else _of_trainer(statement), {"taught_by": taught_by}).first()
    if row is None:
        raise NotFoundError
    return _run(row)


def get_taught_session(session_id: int, *, taught_by: int | None) -> TaughtSession:
    """The session. Raises ``NotFoundError`` when there is none in this scope, or it was cancelled."""
    row = db.session.execute(_session_statement(everybodys=taught_by is None), {"session": session_id, "taught_by": taught_by}).first()
    if row is None:
        raise NotFoundError
    return _session(row)


def sessions_from(day: date, *, taught_by: int) -> list[TaughtSession]:
    """The sessions of a trainer on ``day`` and after, first to last."""
    return _found(_sessions_from(), {"taught_by": taught_by, "midnight": _midnight(day)})


def sessions_before(day: date, *, taught_by: int, older_than: int | None, limit: int) -> list[TaughtSession]:
    """At most ``limit`` sessions of a trainer that were over before ``day``, last to first; from there on back if ``older_than`` is a session."""
    statement = _sessions_before(paged=older_than is not None)
    return _found(statement, {"taught_by": taught_by, "midnight": _midnight(day), "older_than": older_than, "limit": limit})


def counts_of(sessions: Iterable[TaughtSession]) -> dict[int, SessionCounts]:
    """Who is expected and who came to each of the sessions, by its id. One statement."""
    ids = [session.id for session in sessions]
    return {row[0]: SessionCounts(*row[1:]) for row in db.session.execute(_counts(), {"sessions": ids})} if ids else {}


# The statements are built once: to build one takes longer than to run it.


@cache
def _session_statement(*, everybodys: bool) -> sa.Select[Any]:
    statement = _sessions().where(CourseSession.id == sa.bindparam("session"))
    return statement if everybodys else _of_trainer(statement)


@cache
def _sessions_from() -> sa.Select[Any]:
    statement = _of_trainer(_sessions()).where(CourseSession.ends_at >= sa.bindparam("midnight"))
    return statement.order_by(CourseSession.starts_at, CourseSession.id).limit(FAR_ENOUGH)


@cache
def _sessions_before(*, paged: bool) -> sa.Select[Any]:
    statement = _of_trainer(_sessions()).where(CourseSession.ends_at < sa.bindparam("midnight"))
    if paged:
        known = aliased(CourseSession)
        older_than: sa.BindParameter[int] = sa.bindparam("older_than")
        starts_at = sa.select(known.starts_at).where(known.id == older_than).scalar_subquery()
        same_start = sa.and_(CourseSession.starts_at == starts_at, CourseSession.id < older_than)
        statement = statement.where(sa.or_(CourseSession.starts_at < starts_at, same_start))
    return statement.order_by(CourseSession.starts_at.desc(), CourseSession.id.desc()).limit(sa.bindparam("limit", type_=sa.Integer))


def _sessions() -> sa.Select[Any]:
    return (
        sa.select(*_RUN_COLUMNS, *_SESSION_COLUMNS)
        .select_from(CourseSession)
        .join(CourseRun, CourseRun.id == CourseSession.run_id)
        .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
        .outerjoin(Venue, Venue.id == CourseRun.venue_id)
        .outerjoin(Municipality, Municipality.id == Venue.municipality_id)
        .where(~CourseSession.cancelled)
    )


def _of_trainer(statement: sa.Select[Any]) -> sa.Select[Any]:
    # the runs of one trainer are few: as a list of ids they are the way in, and not all runs in these states
    taught = sa.select(RunTrainer.run_id).where(RunTrainer.person_id == sa.bindparam("taught_by"))
    return statement.where(CourseRun.state.in_(TAUGHT_STATES), CourseRun.id.in_(taught))


@cache
def _counts() -> sa.Select[Any]:
    asked: sa.BindParameter[int] = sa.bindparam("sessions", expanding=True)
    expected = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .where(Enrolment.run_id == CourseSession.run_id, Enrolment.state.in_(HOLDS_PLACE))
        .scalar_subquery()
    )
    is_present = sa.case((AttendanceFact.mark == Mark.PRESENT, 1), else_=0)
    differ = [
        sa.func.min(column) != sa.func.max(column) for column in (AttendanceFact.mark, AttendanceFact.from_minute, AttendanceFact.to_minute)
    ]
    marks = (
        sa.select(
            AttendanceFact.session_id,
            sa.func.min(is_present).label("present"),
            sa.case((sa.or_(*differ), 1), else_=0).label("disputed"),
        )
        .join(Enrolment, Enrolment.id == AttendanceFact.enrolment_id)
        .where(AttendanceFact.session_id.in_(asked), Enrolment.state.in_(HOLDS_PLACE), still_stands())
        .group_by(AttendanceFact.session_id, AttendanceFact.enrolment_id)
        .subquery()
    )
    sums = (sa.func.sum(marks.c.present).label("present"), sa.func.sum(marks.c.disputed).label("disputed"))
    counted = sa.select(marks.c.session_id, sa.func.count().label("marked"), *sums).group_by(marks.c.session_id).subquery()
    numbers = (sa.func.coalesce(counted.c[name], 0) for name in ("marked", "present", "disputed"))
    return (
        sa.select(CourseSession.id, expected, *numbers)
        .outerjoin(counted, counted.c.session_id == CourseSession.id)
        .where(CourseSession.id.in_(asked))
        .order_by(CourseSession.id)
    )


def _found(statement: sa.Select[Any], values: dict[str, Any]) -> list[TaughtSession]:
    return [_session(row) for row in db.session.execute(statement, values)]


def _session(row: sa.Row[Any]) -> TaughtSession:
    return TaughtSession(_run(row), *row[_RUN_WIDTH:_SESSION_WIDTH])


def _run(row: Sequence[Any]) -> TaughtRun:
    """The run of a row that begins with the ``_RUN_COLUMNS``."""
    own = _RUN_WIDTH - len(RULE_COLUMNS)
    return TaughtRun(*(*row[:own], AttendanceRuleValues(*row[own:_RUN_WIDTH])))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, TBILISI)
