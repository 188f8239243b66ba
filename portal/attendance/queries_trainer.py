"""What the home of a trainer asks about sessions besides their counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.attendance.models import AttendanceDocument, AttendanceFact, DocumentKind
from portal.courses.models import CourseSession
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation import clock
from portal.foundation.clock import TBILISI
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class SessionExtras:
    """The online link of a session, empty when it has none, and whether the scan of its signed sheet is there."""

    online_link: str
    scanned: bool


@cache
def _extras() -> sa.Select[Any]:
    scan = sa.exists().where(AttendanceDocument.session_id == CourseSession.id, AttendanceDocument.kind == DocumentKind.SHEET)
    asked: sa.BindParameter[int] = sa.bindparam("sessions", expanding=True)
    columns: tuple[Any, ...] = (CourseSession.id, CourseSession.online_link, scan)
    return sa.select(*columns).where(CourseSession.id.in_(asked)).order_by(CourseSession.id)


def extras_of(session_ids: Iterable[int]) -> dict[int, SessionExtras]:
    """The extras of each of the sessions, by its id. One statement, none when nothing is asked."""
    ids = list(session_ids)
    return {row[0]: SessionExtras(row[1], bool(row[2])) for row in db.session.execute(_extras(), {"sessions": ids})} if ids else {}


def unmarked_today(run_id: int) -> frozenset[int] | None:
    """The ids of the places in a run of whom nothing is recorded in today's session; None when it has none today.

    Of several sessions today that one counts which began last, before the first of them that one.
    """
    midnight = datetime.combine(clock.today(), time.min, TBILISI)
    today = db.session.execute(
        sa.select(CourseSession.id, CourseSession.starts_at)
        .where(
            CourseSession.run_id == run_id,
            ~CourseSession.cancelled,
            CourseSession.ends_at >= midnight,
            CourseSession.starts_at < midnight + timedelta(days=1),
        )
        .order_by(CourseSession.starts_at, CourseSession.id)
    ).all()
    if not today:
        return None
    session_id = next((known for known, starts_at in reversed(today) if starts_at <= clock.now()), today[0].id)
    marked = sa.exists().where(AttendanceFact.session_id == session_id, AttendanceFact.enrolment_id == Enrolment.id)
    statement = sa.select(Enrolment.id).where(Enrolment.run_id == run_id, Enrolment.state.in_(HOLDS_PLACE), ~marked)
    return frozenset(db.session.scalars(statement.order_by(Enrolment.id)))
