"""Table: what became of notices. One that only waits for its moment has no row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.courses.models import CourseRun
from portal.foundation.database import Base, BigId, Key
from portal.people.models import Person


class NoticeState(StrEnum):
    """What has become of a notice. ``planned`` is one that was stopped and let go again."""

    PLANNED = "planned"
    STOPPED = "stopped"
    GONE = "gone"


class Notice(Base):
    """A notice that has gone, or that staff stopped. ``key`` names what it is about, so that it goes once.

    ``people`` got it; ``decided_by`` stopped it or let it go again, for ``reason``, and is empty when the portal sent it.
    """

    __tablename__ = "notice"
    __table_args__ = (sa.Index("ix_notice_goes", "goes_at", "id"), sa.Index("ix_notice_kind_state", "kind", "state", "decided_at"))

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("course_run.id"), index=True)
    goes_at: Mapped[datetime]
    state: Mapped[str]
    people: Mapped[int] = mapped_column(default=0)
    decided_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")

    run: Mapped[CourseRun | None] = relationship()
    decider: Mapped[Person | None] = relationship()
