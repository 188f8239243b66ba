"""Tables: what was published of the association's work as of the end of a month, and reports that staff keep."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, Key


class StatisticsEdition(Base):
    """The public figures as of the end of ``month`` ("2026-10"), with all that may not be known left out of ``figures`` already."""

    __tablename__ = "statistics_edition"

    id: Mapped[Key]
    month: Mapped[str] = mapped_column(unique=True)
    figures: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class Every(StrEnum):
    """How often a kept report comes by mail."""

    NEVER = "never"
    WEEK = "week"
    MONTH = "month"


class SavedReport(Base):
    """A report that a member of staff keeps under a name: which one, and what it is asked for, as in the address of the page.

    ``filters`` without days are for the year that it is. ``shared`` ones all staff see. ``sent_on`` is the day from which the mails are
    counted: that of the last one, or of keeping. One that was dropped keeps when.
    """

    __tablename__ = "saved_report"
    __table_args__ = (
        sa.Index("ix_saved_report_owner", "owner_id", "id"),
        sa.Index(
            "ix_saved_report_sent",
            "sent_on",
            "id",
            sqlite_where=sa.text("dropped_at IS NULL"),
            postgresql_where=sa.text("dropped_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    report: Mapped[str]
    filters: Mapped[dict[str, Any]]
    shared: Mapped[bool] = mapped_column(default=False)
    every: Mapped[str] = mapped_column(default=Every.NEVER)
    created_at: Mapped[datetime]
    sent_on: Mapped[date]
    dropped_at: Mapped[datetime | None]
