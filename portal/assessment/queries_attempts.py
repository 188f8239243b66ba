"""What can be asked about attempts: one's own, those of a run, what waits to be marked, and who passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from portal.assessment.models import (
    Attempt,
    AttemptAnswer,
    AttemptMarking,
    AttemptResult,
    CourseTest,
    FinalScore,
    Occasion,
    QuestionKind,
    QuestionVersion,
)
from portal.assessment.queries_questions import versions_by_id
from portal.assessment.rules_points import Asked, Reached, find_number, find_points, reached
from portal.assessment.rules_tests import GRACE
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from fractions import Fraction

_later = aliased(AttemptResult)
_NEWEST = ~sa.exists().where(_later.attempt_id == AttemptResult.attempt_id, _later.id > AttemptResult.id)
_RESULT = sa.and_(AttemptResult.attempt_id == Attempt.id, _NEWEST)


@dataclass(frozen=True, slots=True)
class Paper:
    """An attempt with what was asked, the answers that count and the points given by hand; both by the id of the question's edition.

    ``saved_at`` is when the answers that count arrived; ``late`` says that others were handed in after the time.
    """

    attempt: Attempt
    questions: dict[int, QuestionVersion]
    answers: dict[int, Any]
    markings: dict[int, Decimal]
    saved_at: datetime | None
    late: bool

    @property
    def reached(self) -> Reached:
        """What it came to."""
        return reached({key: asked_of(version) for key, version in self.questions.items()}, self.answers, self.markings)

    def find_points(self, version_id: int) -> Fraction | None:
        """The points for one answer; None while it waits to be marked."""
        return find_points(asked_of(self.questions[version_id]), self.answers.get(version_id), self.markings.get(version_id))

    @property
    def texts(self) -> list[QuestionVersion]:
        """The questions answered in words."""
        return [version for version in self.questions.values() if version.kind == QuestionKind.TEXT and self.answers.get(version.id)]


@dataclass(frozen=True, slots=True)
class PassedTest:
    """An attempt with which somebody passed a test: the percentage, and the day in Georgia."""

    person_id: int
    test_id: int
    percent: int
    passed_on: date


def asked_of(version: QuestionVersion) -> Asked:
    """An edition of a question as far as its points hang on it."""
    answer, tolerance = find_number(version.answer), find_number(version.tolerance)
    return Asked(version.kind, version.points, version.right, *(number for number in (answer, tolerance) if number is not None))


def attempts_of(enrolment_id: int, test_id: int) -> list[tuple[Attempt, AttemptResult | None]]:
    """The attempts at a test, first to last, each with its newest result once it is over."""
    return _with_results(Attempt.enrolment_id == enrolment_id, Attempt.test_id == test_id)


def attempts_of_run(run_id: int) -> list[tuple[Attempt, AttemptResult | None]]:
    """All attempts of those with a place in a run, by person and in their order, as ``attempts_of``; each with its test."""
    return _with_results(Enrolment.run_id == run_id, Enrolment.state.in_(HOLDS_PLACE))


def _with_results(*conditions: sa.ColumnElement[bool]) -> list[tuple[Attempt, AttemptResult | None]]:
    rows = db.session.execute(
        sa.select(Attempt, AttemptResult)
        .join(Attempt.enrolment)
        .join(Attempt.test)
        .outerjoin(AttemptResult, _RESULT)
        .where(*conditions)
        .options(contains_eager(Attempt.test))
        .order_by(Attempt.enrolment_id, Attempt.test_id, Attempt.number)
    )
    return [(row[0], row[1]) for row in rows]


def get_attempt(enrolment_id: int, occasion: str, number: int) -> Attempt:
    """Somebody's attempt at the test of that occasion. Raises ``NotFoundError``."""
    statement = (
        sa.select(Attempt)
        .join(Attempt.test)
        .where(Attempt.enrolment_id == enrolment_id, CourseTest.occasion == occasion, Attempt.number == number)
        .options(contains_eager(Attempt.test))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def get_attempt_of_run(run_id: int, attempt_id: int) -> Attempt:
    """The attempt, of somebody with a place in the run. Raises ``NotFoundError``."""
    statement = (
        sa.select(Attempt)
        .join(Attempt.enrolment)
        .where(Attempt.id == attempt_id, Enrolment.run_id == run_id, Enrolment.state.in_(HOLDS_PLACE))
        .options(contains_eager(Attempt.enrolment))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def find_result(attempt_id: int) -> AttemptResult | None:
    """The newest result of an attempt; None while it is not over."""
    return db.session.scalar(sa.select(AttemptResult).where(AttemptResult.attempt_id == attempt_id, _NEWEST))


def has_answer_of_form(form_key: str) -> bool:
    """Whether this very form was taken in before."""
    return bool(db.session.scalar(sa.select(sa.exists().where(AttemptAnswer.form_key == form_key))))


def papers_of(attempts: Sequence[Attempt]) -> list[Paper]:
    """The attempts with all that their results hang on, in their order. Three statements."""
    ids = [attempt.id for attempt in attempts]
    if not ids:
        return []
    versions = versions_by_id({version_id for attempt in attempts for version_id in attempt.versions})
    answers, markings = _answers_of(ids), _markings_of(ids)
    papers = []
    for attempt in attempts:
        sent = answers.get(attempt.id, [])
        counting = next((one for one in reversed(sent) if not one.late), None)
        papers.append(
            Paper(
                attempt,
                {version_id: versions[version_id] for version_id in attempt.versions},
                {int(key): value for key, value in counting.answers.items()} if counting else {},
                markings.get(attempt.id, {}),
                counting.at if counting else None,
                any(one.late for one in sent),
            )
        )
    return papers


def _answers_of(attempt_ids: list[int]) -> dict[int, list[AttemptAnswer]]:
    found: dict[int, list[AttemptAnswer]] = {}
    statement = sa.select(AttemptAnswer).where(AttemptAnswer.attempt_id.in_(attempt_ids)).order_by(AttemptAnswer.id)
    for answer in db.session.scalars(statement):
        found.setdefault(answer.attempt_id, []).append(answer)
    return found


def _markings_of(attempt_ids: list[int]) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = {}
    statement = sa.select(AttemptMarking).where(AttemptMarking.attempt_id.in_(attempt_ids)).order_by(AttemptMarking.id)
    for marking in db.session.scalars(statement):
        found.setdefault(marking.attempt_id, {})[marking.version_id] = marking.points
    return found


def number_to_mark(run_id: int) -> int:
    """How many answers of a run wait for somebody to mark them."""
    statement = (
        sa.select(sa.func.coalesce(sa.func.sum(AttemptResult.waits), 0))
        .join(Attempt, Attempt.id == AttemptResult.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.run_id == run_id, Enrolment.state.in_(HOLDS_PLACE), _NEWEST)
    )
    return int(db.session.scalar(statement) or 0)


def attempts_that_ran_out(at: datetime) -> list[tuple[int, int]]:
    """Run and attempt of those whose time was over at that moment, and which nobody handed in."""
    rows = db.session.execute(
        sa.select(Enrolment.run_id, Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(
            Attempt.ends_at < at - GRACE,
            Enrolment.state.in_(HOLDS_PLACE),
            ~sa.exists().where(AttemptResult.attempt_id == Attempt.id),
        )
        .order_by(Attempt.id)
    )
    return [(row[0], row[1]) for row in rows]


def find_last_outside_score(enrolment_id: int) -> FinalScore | None:
    """The newest final score of a participant that comes from no test."""
    statement = sa.select(FinalScore).where(FinalScore.enrolment_id == enrolment_id, FinalScore.attempt_id.is_(None))
    return db.session.scalar(statement.order_by(FinalScore.id.desc()).limit(1))


def find_last_score(enrolment_id: int) -> FinalScore | None:
    """The newest final score of a participant."""
    return db.session.scalar(sa.select(FinalScore).where(FinalScore.enrolment_id == enrolment_id).order_by(FinalScore.id.desc()).limit(1))


def find_best_marked(enrolment_id: int, *, after: datetime | None) -> tuple[Attempt, AttemptResult] | None:
    """The best post-test attempt of a participant that is over and marked in whole, of those over ``after`` a moment; the first of equals."""
    statement = (
        sa.select(Attempt, AttemptResult)
        .join(Attempt.test)
        .join(AttemptResult, _RESULT)
        .where(Attempt.enrolment_id == enrolment_id, CourseTest.occasion == Occasion.POST, AttemptResult.waits == 0)
        .order_by(AttemptResult.percent.desc(), Attempt.number)
        .limit(1)
    )
    if after is not None:
        statement = statement.where(AttemptResult.finished_at > after)
    row = db.session.execute(statement).first()
    return None if row is None else (row[0], row[1])


def passes_of(person_ids: Collection[int]) -> list[PassedTest]:
    """Every attempt at a test that these people passed, by person and test: what counted from a day on goes on counting when a later one is better.

    One statement.
    """
    return list(_passed(Enrolment.person_id.in_(person_ids))) if person_ids else []


def _passed(*conditions: sa.ColumnElement[bool]) -> Iterator[PassedTest]:
    rows = db.session.execute(
        sa.select(Enrolment.person_id, Attempt.test_id, AttemptResult.percent, AttemptResult.finished_at)
        .join(Attempt, Attempt.id == AttemptResult.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(AttemptResult.passed, _NEWEST, Enrolment.state.in_(HOLDS_PLACE), *conditions)
        .order_by(Enrolment.person_id, Attempt.test_id, AttemptResult.percent.desc(), AttemptResult.finished_at, Attempt.id)
    )
    for person_id, test_id, percent, finished_at in rows:
        yield PassedTest(person_id, test_id, percent, to_tbilisi(finished_at).date())
