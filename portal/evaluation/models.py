"""Tables: what is asked, who has answered, and, apart from it and in no order of time, how often each answer was given and what was written."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId, Key

NO_ROW_NUMBERS: Final = {"sqlite_with_rowid": False}
"""SQLite numbers the rows of a table as they come, which would tell in what order people answered; such a table is kept by its key alone."""


class Round(StrEnum):
    """When participants are asked: after the training, and half a year later."""

    AFTER = "after"
    LATER = "later"


class Kind(StrEnum):
    """How a question is answered: from 1 to 5, from 0 to 10, by one of its options, or in words."""

    SCALE = "scale"
    LIKELY = "likely"
    CHOICE = "choice"
    TEXT = "text"


class EvaluationEdition(Base):
    """The questions of a round as staff arranged them, archived ones too. Append-only: the newest is asked. Without one the standard set is."""

    __tablename__ = "evaluation_edition"
    __table_args__ = (sa.UniqueConstraint("round", "number"),)

    id: Mapped[Key]
    round: Mapped[str]
    number: Mapped[int]
    questions: Mapped[list[Any]]
    edited_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    edited_at: Mapped[datetime]


class EvaluationReceipt(Base):
    """That a participant has answered. What was answered stands elsewhere and leads here by nothing: no id, no moment, no order."""

    __tablename__ = "evaluation_receipt"
    __table_args__ = (NO_ROW_NUMBERS,)

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True, autoincrement=False)
    round: Mapped[str] = mapped_column(primary_key=True)


class EvaluationCount(Base):
    """How often ``value`` was the answer to a question in a run; of a question about the trainers, for each ``trainer_id`` apart.

    What one person answered is nowhere together. ``waiting`` are answers that are too few to be shown yet, ``counted`` those that may be.
    """

    __tablename__ = "evaluation_count"
    __table_args__ = (
        sa.Index("ix_evaluation_count_run", "run_id", "round"),
        sa.CheckConstraint("waiting >= 0 AND counted >= 0", name="numbers"),
    )

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    round: Mapped[str]
    question: Mapped[str]
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    value: Mapped[int]
    waiting: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)


class EvaluationText(Base):
    """What somebody wrote, by itself. The id is random; ``counted`` says that enough wrote to show it."""

    __tablename__ = "evaluation_text"
    __table_args__ = (sa.Index("ix_evaluation_text_run", "run_id", "round"), NO_ROW_NUMBERS)

    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    round: Mapped[str]
    question: Mapped[str]
    words: Mapped[str]
    counted: Mapped[bool] = mapped_column(default=False)


class EvaluationRedaction(Base):
    """Staff took a text off the pages, and why. Append-only. ``text_id`` is no foreign key: the texts of a run are put back anew at each answer."""

    __tablename__ = "evaluation_redaction"

    id: Mapped[Key]
    text_id: Mapped[str] = mapped_column(unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"), index=True)
    reason: Mapped[str]
    redacted_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    redacted_at: Mapped[datetime]
