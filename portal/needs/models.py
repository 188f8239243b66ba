"""Tables: what municipalities need to be taught, which runs serve it, and the money that they plan for it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.courses.models import Course, CourseRun, Topic
from portal.foundation.database import Base, Hours, Key
from portal.municipalities.models import Municipality
from portal.people.models import Person


class NeedForm(StrEnum):
    """How the municipality wants to be taught; the first three are the forms of runs."""

    ANY = "any"
    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class NeedEnd(StrEnum):
    """How a need ended without a run."""

    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class NeedState(StrEnum):
    """Where a need stands. It is told by the need and the run that serves it, and kept nowhere."""

    OPEN = "open"
    PLANNED = "planned"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TrainingNeed(Base):
    """A municipality asks that ``people`` of its people be taught a course, or a ``subject`` in its own words within a topic, in a period.

    ``categories`` are those of posts, none for all; ``cost`` is what the municipality expects to pay, in lari. ``words`` are those of staff who
    declined. It belongs to the year in which its period begins. ``contact`` is a name; the e-mail is that of who posted it.
    """

    __tablename__ = "training_need"
    __table_args__ = (
        sa.CheckConstraint("(course_id IS NULL) <> (topic_id IS NULL)", name="course_or_topic"),
        sa.CheckConstraint("people > 0", name="people"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        sa.Index("ix_training_need_municipality", "municipality_id", "starts_on"),
        sa.Index("ix_training_need_period", "starts_on", "id"),
    )

    id: Mapped[Key]
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), index=True)
    subject: Mapped[str] = mapped_column(default="")
    form: Mapped[str]
    people: Mapped[int]
    categories: Mapped[list[Any]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    cost: Mapped[Decimal | None] = mapped_column(Hours)
    contact: Mapped[str] = mapped_column(default="")
    posted_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    posted_at: Mapped[datetime]
    ended: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="")

    municipality: Mapped[Municipality] = relationship()
    course: Mapped[Course | None] = relationship()
    topic: Mapped[Topic | None] = relationship()
    poster: Mapped[Person] = relationship()


class NeedRun(Base):
    """A run was made to serve a need. One that was cancelled serves it no more, so that another may; rows stay as they are."""

    __tablename__ = "need_run"

    need_id: Mapped[int] = mapped_column(ForeignKey("training_need.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"), primary_key=True, index=True)
    planned_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    planned_at: Mapped[datetime]

    run: Mapped[CourseRun] = relationship()


class TrainingBudget(Base):
    """The money that a municipality plans for training in a year, in lari, where it says so."""

    __tablename__ = "training_budget"
    __table_args__ = (sa.UniqueConstraint("municipality_id", "year"), sa.CheckConstraint("amount >= 0", name="amount"))

    id: Mapped[Key]
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    year: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(Hours)
