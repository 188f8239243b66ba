"""Tables: who has, had or waits for a place in a run."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.courses.models import CourseRun
from portal.foundation.database import Base, BigId, Key
from portal.municipalities.models import Municipality
from portal.people.models import Person, post_line


class EnrolmentState(StrEnum):
    """What has become of somebody's wish to take part."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


HOLDS_PLACE = (EnrolmentState.CONFIRMED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
"""States that use up a place of the run."""
LIVE = (EnrolmentState.WAITING, *HOLDS_PLACE)
"""States of which a person has at most one in a run."""


LEFT_WAITING_LIST = "left_waiting_list"
"""The reason of a withdrawal that gave back no place."""
MOVED = "moved"
"""The reason of a withdrawal by which staff moved somebody to another run."""


class Enrolment(Base):
    """One person in one run. The post is a snapshot of the day of enrolling, since people move and certificates do not.

    ``reference`` is what the person quotes; ``form_key`` makes a form sent twice one enrolment; ``enrolled_by`` is who sent it. ``queued_at``
    orders the waiting list (with the id for equal times); ``state_reason`` is a word for why the state is what it is.
    ``merged_from_id`` is the record of the person whose enrolment it was before two records of one person were merged.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.Index(
            "uq_enrolment_live",
            "run_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'confirmed', 'completed', 'not_completed')"),
            postgresql_where=sa.text("state IN ('waiting', 'confirmed', 'completed', 'not_completed')"),
        ),
        sa.Index("ix_enrolment_run_state", "run_id", "state", "queued_at", "id"),
        sa.Index("ix_enrolment_person", "person_id", "id"),
        sa.Index("ix_enrolment_municipality", "municipality_id", "run_id"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(unique=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    merged_from_id: Mapped[int | None] = mapped_column(BigId)
    enrolled_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    state: Mapped[str]
    state_reason: Mapped[str] = mapped_column(default="")
    queued_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    post_unit: Mapped[str] = mapped_column(default="")
    post_title_ka: Mapped[str] = mapped_column(default="")
    post_title_en: Mapped[str] = mapped_column(default="")
    post_category: Mapped[str] = mapped_column(default="")
    post_rank: Mapped[int | None]

    run: Mapped[CourseRun] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    municipality: Mapped[Municipality | None] = relationship()

    def post_line(self, language: str) -> str:
        """The post of that day, title and unit; the Georgian title while nobody has given another."""
        return post_line((self.post_title_en if language != "ka" else "") or self.post_title_ka, self.post_unit)

    @property
    def outcome(self) -> str:
        """The word for what people are told became of it: the state, but leaving the waiting list, or being moved, is another thing than withdrawing."""
        return self.state_reason if self.state_reason in {LEFT_WAITING_LIST, MOVED} else self.state
