"""What can be done to the question bank: questions are added, changed by a new edition, archived; none is lost."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from portal import courses
from portal.assessment import queries_questions, rules_points, rules_tests
from portal.assessment.models import WITH_OPTIONS, BankQuestion, QuestionKind, QuestionVersion
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.assessment.values import QuestionValues


def create_question(values: QuestionValues, *, by: int) -> QuestionVersion:
    """Add a question to the bank. Raises ``WrongValuesError``."""
    version = edition(values, by=by)
    question = BankQuestion(topic_id=values.topic_id, course_id=values.course_id, archived=False)
    db.session.add(question)
    db.session.flush()
    return _add(question, version, 1, "question:create", by=by)


def change_question(question_id: int, values: QuestionValues, *, by: int) -> QuestionVersion:
    """Make a new edition of a question, unless nothing of it differs. Attempts keep what they were asked. Raises ``WrongValuesError``."""
    version = edition(values, by=by)
    question = queries_questions.lock_question(question_id)
    last = queries_questions.editions_of(question_id)[0]
    home = (question.topic_id, question.course_id)
    question.topic_id, question.course_id = values.topic_id, values.course_id
    same = all(
        getattr(last, name) == getattr(version, name) for name in ("kind", "text_ka", "text_en", "options", "answer", "tolerance", "points")
    )
    if same and home == (values.topic_id, values.course_id):
        return last
    return _add(question, version, last.number + 1, "question:change", by=by)


def archive_question(question_id: int, *, by: int, archived: bool = True) -> None:
    """Put a question away, or take it out again. Raises ``RefusedError`` while a test asks it."""
    question = queries_questions.lock_question(question_id)
    if archived and queries_questions.tests_with(question_id):
        raise RefusedError(N_("A test asks this question. Take it out of the test first."))
    if question.archived != archived:
        question.archived = archived
        db.session.flush()
        history.record("question:archive" if archived else "question:restore", question, by=by)


def edition(values: QuestionValues, *, by: int) -> QuestionVersion:
    """The question as an edition that is of no question yet: of no database either, so that it can be looked at. Raises ``WrongValuesError``."""
    if problems := list(rules_tests.problems_of_question(values)):
        raise courses.WrongValuesError(problems)
    is_number = values.kind == QuestionKind.NUMERIC
    return QuestionVersion(
        kind=values.kind,
        text_ka=values.text_ka,
        text_en=values.text_en,
        options=[asdict(option) for option in values.options] if values.kind in WITH_OPTIONS else [],
        answer=_plain(values.answer) if is_number else "",
        tolerance=_plain(values.tolerance) if is_number else "",
        points=values.points,
        made_by=by,
        made_at=clock.now(),
    )


def _add(question: BankQuestion, version: QuestionVersion, number: int, action: str, *, by: int) -> QuestionVersion:
    version.question, version.number = question, number
    db.session.add(version)
    db.session.flush()
    change: dict[str, Any] = {"version": number, "question_kind": version.kind}
    history.record(action, question, by=by, change=change)
    return version


def _plain(typed: str) -> str:
    return str(rules_points.find_number(typed or "0"))
