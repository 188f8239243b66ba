"""Tables: the ledger of attendance."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId, Key


class Mark(StrEnum):
    """What was seen of a person in a session."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


class AttendanceFact(Base):
    """Somebody saw a person present, absent or excused in a session. Append-only: the database refuses UPDATE and DELETE.

    The newest fact of a person and session counts; those before stay as what was known then. ``from_minute`` and ``to_minute`` count from the
    start of the session and are empty unless present. ``client_id`` makes a mark that is sent twice one fact.
    """

    __tablename__ = "attendance_fact"
    __table_args__ = (
        sa.Index("ix_attendance_fact_session", "session_id", "enrolment_id", "id"),
        sa.Index("ix_attendance_fact_enrolment", "enrolment_id", "id"),
        sa.CheckConstraint("(mark = 'present') = (from_minute IS NOT NULL AND to_minute IS NOT NULL)", name="minutes_when_present"),
        sa.CheckConstraint("from_minute >= 0 AND to_minute > from_minute", name="minutes_in_order"),
    )

    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    mark: Mapped[str]
    from_minute: Mapped[int | None]
    to_minute: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    client_id: Mapped[str | None] = mapped_column(unique=True)
