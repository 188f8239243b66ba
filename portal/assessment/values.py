"""What is said about questions and tests, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OptionValues:
    """One option of a question."""

    ka: str
    en: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionValues:
    """A question of a topic or of a course: one of both. ``answer`` and ``tolerance`` are numbers as typed."""

    topic_id: int | None = None
    course_id: int | None = None
    kind: str
    text_ka: str
    text_en: str = ""
    options: tuple[OptionValues, ...] = field(default=())
    answer: str = ""
    tolerance: str = ""
    points: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTestValues:
    """How a test is given, and the questions in it, in their order."""

    active: bool
    draw: int | None
    minutes: int | None
    attempts: int
    pass_percent: int
    days_after: int
    shows_answers: bool
    question_ids: tuple[int, ...]
