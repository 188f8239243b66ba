"""What a phone keeps of a run, so that its roll can be called without a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.attendance.queries import RollRow, roll
from portal.courses.models import CourseSession
from portal.foundation.clock import TBILISI
from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from datetime import date

DAYS_BACK, DAYS_AHEAD = 1, 7
"""The days around today whose sessions a phone keeps: back as long as a mark may be corrected without a reason, ahead for a course of a week."""


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session that a phone keeps, with its roll."""

    id: int
    title_ka: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    rows: tuple[RollRow, ...]

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def markable_from(self) -> datetime:
        """When its day begins in Georgia: nobody is marked before."""
        return datetime.combine(to_tbilisi(self.starts_at).date(), time.min, TBILISI)

    @property
    def newest(self) -> int:
        """The id of the newest fact that its roll shows; 0 when there is none."""
        return max((fact.id for row in self.rows if row.fact for fact in (row.fact, *row.against)), default=0)

    def title(self, language: str) -> str:
        """The session's own title; may be empty."""
        return self.title_ka if language == "ka" else self.title_en


def sessions_to_keep(run_id: int, today: date) -> list[KeptSession]:
    """The sessions of a run near ``today`` with their rolls, first to last. A statement for the sessions, and one for each roll."""
    first = datetime.combine(today - timedelta(days=DAYS_BACK), time.min, TBILISI)
    after = datetime.combine(today + timedelta(days=DAYS_AHEAD + 1), time.min, TBILISI)
    columns = (CourseSession.id, CourseSession.title_ka, CourseSession.title_en, CourseSession.starts_at, CourseSession.ends_at)
    rows = db.session.execute(
        sa.select(*columns)
        .where(CourseSession.run_id == run_id, ~CourseSession.cancelled, CourseSession.ends_at >= first, CourseSession.starts_at < after)
        .order_by(CourseSession.starts_at, CourseSession.id)
    ).all()
    return [KeptSession(*row, rows=tuple(roll(row[0]))) for row in rows]
