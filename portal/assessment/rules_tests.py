"""When a test can be taken, and what a question and a test must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.assessment.models import WITH_OPTIONS, Occasion, QuestionKind
from portal.assessment.rules_points import find_number
from portal.courses import Problem
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.assessment.values import CourseTestValues, QuestionValues

GRACE = timedelta(minutes=1)
"""So much later than the end answers may arrive: for the network, not for thinking."""
LEAST_OPTIONS = 2


class NotOpenError(RefusedError):
    """The test cannot be taken now."""

    message = N_("This test cannot be taken now.")


class NoAttemptLeftError(RefusedError):
    """All attempts were used."""

    message = N_("You have no attempt left.")


@dataclass(frozen=True, slots=True)
class TimeFrame:
    """When a test can be begun: from ``opens_at`` (None: at any time before the end) until ``closes_at``."""

    opens_at: datetime | None
    closes_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Whether it can be begun at that moment."""
        return (self.opens_at is None or self.opens_at <= at) and at < self.closes_at


def find_time_frame(
    occasion: str, first_ends: datetime | None, last_starts: datetime | None, ends: datetime | None, days_after: int
) -> TimeFrame | None:
    """A pre-test is taken before the first session ends, a post-test from the start of the last one until ``days_after`` the end of the run.

    None for a run without sessions.
    """
    if first_ends is None or last_starts is None or ends is None:
        return None
    if occasion == Occasion.PRE:
        return TimeFrame(None, first_ends)
    return TimeFrame(last_starts, ends + timedelta(days=days_after))


def find_start_refusal(frame: TimeFrame | None, *, used: int, attempts: int, at: datetime) -> RefusedError | None:
    """Why no attempt can begin now, ``used`` of ``attempts`` having begun already; None when one can."""
    if frame is None or not frame.is_open(at):
        return NotOpenError()
    return NoAttemptLeftError() if used >= attempts else None


def end_of_attempt(started_at: datetime, minutes: int | None, closes_at: datetime) -> datetime:
    """When an attempt ends: after its time, and never later than the test closes."""
    return closes_at if minutes is None else min(started_at + timedelta(minutes=minutes), closes_at)


def is_late(at: datetime, ends_at: datetime) -> bool:
    """Whether answers that arrive at that moment are too late."""
    return at > ends_at + GRACE


def problems_of_question(values: QuestionValues) -> Iterator[Problem]:
    """Say what is wrong with a question."""
    if (values.topic_id is None) == (values.course_id is None):
        yield Problem("home", N_("Choose the topic or the course of the question."))
    if values.kind in WITH_OPTIONS:
        yield from _options(values)
    if values.kind == QuestionKind.NUMERIC:
        if find_number(values.answer) is None:
            yield Problem("answer", N_("Write the right answer as a number."))
        tolerance = find_number(values.tolerance or "0")
        if tolerance is None or tolerance < 0:
            yield Problem("tolerance", N_("Write the tolerance as a number, 0 or more."))


def _options(values: QuestionValues) -> Iterator[Problem]:
    right = sum(option.right for option in values.options)
    if len(values.options) < LEAST_OPTIONS:
        yield Problem("options-0", N_("Write at least two options."))
    elif values.kind == QuestionKind.SINGLE and right != 1:
        yield Problem("options-0", N_("Mark exactly one option as right."))
    elif not right:
        yield Problem("options-0", N_("Mark at least one option as right."))
    if len({bool(option.en) for option in values.options} | {bool(values.text_en)}) > 1:
        yield Problem("text_en", N_("Write the question and every option in English, or none of them."))


def problems_of_test(values: CourseTestValues) -> Iterator[Problem]:
    """Say what is wrong with a test."""
    if values.active and not values.question_ids:
        yield Problem("questions", N_("Choose at least one question before the test is given."))
    if values.draw is not None and values.draw > len(values.question_ids):
        yield Problem("draw", N_("Fewer questions are chosen than are to be drawn."))
