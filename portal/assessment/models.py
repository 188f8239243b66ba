"""Tables: final scores; the question bank, the tests of courses, and how people took them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.enrolment.models import Enrolment
from portal.foundation.database import Base, BigId, Hours, Key


class FinalScore(Base):
    """The final score of one participant, in percent of the maximum. Append-only; the newest counts.

    One that comes from a test names its ``attempt_id``; the rest come from outside, entered by ``recorded_by``. No foreign key: the table was
    there before, and is append-only.
    """

    __tablename__ = "final_score"
    __table_args__ = (
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        sa.Index("ix_final_score_enrolment", "enrolment_id", "id"),
    )

    id: Mapped[Key]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    percent: Mapped[int]
    recorded_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    attempt_id: Mapped[int | None] = mapped_column(BigId)


class QuestionKind(StrEnum):
    """How a question is answered: by one option, by several, by a number, or in words that a person marks."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMERIC = "numeric"
    TEXT = "text"


WITH_OPTIONS = (QuestionKind.SINGLE, QuestionKind.MULTIPLE)


class Occasion(StrEnum):
    """When a test is taken: before the training or after it."""

    PRE = "pre"
    POST = "post"


class BankQuestion(Base):
    """A question of the bank, of a topic or of one course. What it says stands in its editions; the newest is asked."""

    __tablename__ = "question"
    __table_args__ = (sa.CheckConstraint("(topic_id IS NULL) <> (course_id IS NULL)", name="one_of_both"),)

    id: Mapped[Key]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    archived: Mapped[bool] = mapped_column(default=False)


class QuestionVersion(Base):
    """One edition of a question. Append-only, so that an attempt goes on saying what was asked.

    ``options`` is a list of {ka, en, right}, of questions that have any; ``answer`` and ``tolerance`` are numbers, written with a point, of those
    answered by a number. English texts may be empty: then the Georgian ones are shown.
    """

    __tablename__ = "question_version"
    __table_args__ = (sa.UniqueConstraint("question_id", "number"), sa.CheckConstraint("points > 0", name="points"))

    id: Mapped[Key]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    kind: Mapped[str]
    text_ka: Mapped[str]
    text_en: Mapped[str] = mapped_column(default="")
    options: Mapped[list[Any]]
    answer: Mapped[str] = mapped_column(default="")
    tolerance: Mapped[str] = mapped_column(default="")
    points: Mapped[int]
    made_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    made_at: Mapped[datetime]

    question: Mapped[BankQuestion] = relationship()

    def text(self, language: str) -> str:
        """The question in ``language``; in Georgian while it has no English."""
        return (self.text_en if language != "ka" else "") or self.text_ka

    def texts_of_options(self, language: str) -> list[str]:
        """The options in ``language``, as ``text``."""
        return [(option["en"] if language != "ka" else "") or option["ka"] for option in self.options]

    @property
    def right(self) -> frozenset[int]:
        """The right options, by their place from 0."""
        return frozenset(place for place, option in enumerate(self.options) if option["right"])


class CourseTest(Base):
    """The test of a course before or after it, shared by its runs. Learners see it while it is ``active``.

    ``draw`` is how many of its questions each attempt is asked, drawn at random; None for all of them, in order. ``minutes`` is the time for one
    attempt, None without a limit; ``days_after`` is how long after the training a post-test can be taken.
    """

    __tablename__ = "course_test"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "occasion"),
        sa.CheckConstraint("pass_percent BETWEEN 0 AND 100", name="pass_percent"),
        sa.CheckConstraint("attempts > 0", name="attempts"),
    )

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    occasion: Mapped[str]
    active: Mapped[bool] = mapped_column(default=False)
    draw: Mapped[int | None]
    minutes: Mapped[int | None]
    attempts: Mapped[int]
    pass_percent: Mapped[int]
    days_after: Mapped[int]
    shows_answers: Mapped[bool]


class CourseTestQuestion(Base):
    """A question of a test, and where it stands in it."""

    __tablename__ = "course_test_question"

    test_id: Mapped[int] = mapped_column(ForeignKey("course_test.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True, index=True)
    position: Mapped[int]


class Attempt(Base):
    """Somebody began a test. Append-only: ``versions`` are the editions of the questions in the order in which they were drawn with ``seed``.

    ``pass_percent`` and ``ends_at`` are as they stood when it began: a test that is changed changes no attempt.
    """

    __tablename__ = "attempt"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "test_id", "number"),)

    id: Mapped[Key]
    test_id: Mapped[int] = mapped_column(ForeignKey("course_test.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    number: Mapped[int]
    seed: Mapped[int] = mapped_column(BigId)
    versions: Mapped[list[Any]]
    pass_percent: Mapped[int]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    test: Mapped[CourseTest] = relationship()
    enrolment: Mapped[Enrolment] = relationship()


class AttemptAnswer(Base):
    """Answers that were sent, by the id of an edition: saved to go on later, or handed in. Append-only; what came ``late`` does not count.

    ``form_key`` makes a form sent twice one answer.
    """

    __tablename__ = "attempt_answer"
    __table_args__ = (
        sa.Index("ix_attempt_answer_attempt", "attempt_id", "id"),
        sa.Index(
            "uq_attempt_answer_handed_in",
            "attempt_id",
            unique=True,
            sqlite_where=sa.text("handed_in"),
            postgresql_where=sa.text("handed_in"),
        ),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    form_key: Mapped[str | None] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]]
    handed_in: Mapped[bool]
    late: Mapped[bool]
    at: Mapped[datetime]


class AttemptMarking(Base):
    """Points that a person gave for an answer in words. Append-only; the newest counts."""

    __tablename__ = "attempt_marking"
    __table_args__ = (sa.Index("ix_attempt_marking_attempt", "attempt_id", "id"), sa.CheckConstraint("points >= 0", name="points"))

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    points: Mapped[Decimal] = mapped_column(Hours)
    by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]


class AttemptResult(Base):
    """What an attempt that is over came to. Append-only; each marking adds one, the newest counts.

    ``waits`` is how many answers nobody has marked yet; they count nothing so far. ``finished_at`` is when the attempt was over.
    """

    __tablename__ = "attempt_result"
    __table_args__ = (
        sa.Index("ix_attempt_result_attempt", "attempt_id", "id"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    percent: Mapped[int]
    waits: Mapped[int]
    passed: Mapped[bool]
    finished_at: Mapped[datetime]
    at: Mapped[datetime]
