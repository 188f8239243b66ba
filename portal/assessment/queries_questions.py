"""What can be asked about the question bank. ``taught_by`` is the trainer in whose scope is asked; None is for staff, who see all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from portal.assessment.models import BankQuestion, CourseTest, CourseTestQuestion, QuestionVersion
from portal.courses.models import Course, CourseRun, RunState, RunTrainer
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection

_later = aliased(QuestionVersion)
IS_NEWEST = ~sa.exists().where(_later.question_id == QuestionVersion.question_id, _later.number > QuestionVersion.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFilter:
    """What a list of questions is asked for; what is empty is not asked."""

    topic_id: int | None = None
    course_id: int | None = None
    kind: str = ""
    words: str = ""
    archived: bool = False


def list_questions(wanted: QuestionFilter, *, taught_by: int | None, older_than: int | None = None, limit: int) -> list[QuestionVersion]:
    """The newest editions of at most ``limit`` questions, those added last first; from there on back if ``older_than`` is a question."""
    statement = _newest().outerjoin(Course, Course.id == BankQuestion.course_id).where(BankQuestion.archived == wanted.archived)
    if taught_by is not None:
        statement = statement.where(_in_scope(taught_by))
    if wanted.topic_id is not None:
        statement = statement.where(sa.func.coalesce(BankQuestion.topic_id, Course.topic_id) == wanted.topic_id)
    if wanted.course_id is not None:
        statement = statement.where(BankQuestion.course_id == wanted.course_id)
    if wanted.kind:
        statement = statement.where(QuestionVersion.kind == wanted.kind)
    for word in wanted.words.split():
        said = (column.icontains(word, autoescape=True) for column in (QuestionVersion.text_ka, QuestionVersion.text_en))
        statement = statement.where(sa.or_(*said))
    if older_than is not None:
        statement = statement.where(BankQuestion.id < older_than)
    return list(db.session.scalars(statement.order_by(BankQuestion.id.desc()).limit(limit)))


def get_question(question_id: int, *, taught_by: int | None, own: bool = False) -> QuestionVersion:
    """The newest edition of a question. A trainer may change only the ``own``: those of courses that they teach. Raises ``NotFoundError``."""
    statement = _newest().where(BankQuestion.id == question_id)
    if taught_by is not None:
        statement = statement.where(BankQuestion.course_id.in_(_taught(taught_by)) if own else _in_scope(taught_by))
    found: QuestionVersion | None = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def lock_question(question_id: int) -> BankQuestion:
    """The question, locked until the transaction ends: its editions are numbered by one at a time. Raises ``NotFoundError``."""
    statement: sa.Select[BankQuestion] = locked(sa.select(BankQuestion).where(BankQuestion.id == question_id))
    found = db.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError
    return found


def editions_of(question_id: int) -> list[QuestionVersion]:
    """What a question said and says, the newest first."""
    statement = sa.select(QuestionVersion).where(QuestionVersion.question_id == question_id)
    return list(db.session.scalars(statement.order_by(QuestionVersion.number.desc())))


def tests_with(question_id: int) -> list[tuple[CourseTest, str]]:
    """The tests that a question is in, each with the slug of its course."""
    rows = db.session.execute(
        sa.select(CourseTest, Course.slug)
        .join(CourseTestQuestion, CourseTestQuestion.test_id == CourseTest.id)
        .join(Course, Course.id == CourseTest.course_id)
        .where(CourseTestQuestion.question_id == question_id)
        .order_by(CourseTest.id)
    )
    return [(row[0], row[1]) for row in rows]


def pool_of(course: Course) -> list[QuestionVersion]:
    """The questions that a test of the course may ask: its own and those of its topic, but for the archived; as they are added."""
    home = sa.or_(BankQuestion.course_id == course.id, BankQuestion.topic_id == course.topic_id)
    return list(db.session.scalars(_newest().where(home, BankQuestion.archived.is_(False)).order_by(BankQuestion.id)))


def questions_of(test_id: int) -> list[QuestionVersion]:
    """The newest editions of the questions of a test, in its order."""
    statement = (
        _newest().join(CourseTestQuestion, CourseTestQuestion.question_id == BankQuestion.id).where(CourseTestQuestion.test_id == test_id)
    )
    return list(db.session.scalars(statement.order_by(CourseTestQuestion.position, BankQuestion.id)))


def versions_by_id(version_ids: Collection[int]) -> dict[int, QuestionVersion]:
    """Editions of questions, by id."""
    statement = sa.select(QuestionVersion).where(QuestionVersion.id.in_(version_ids)).order_by(QuestionVersion.id)
    return {version.id: version for version in db.session.scalars(statement)}


def ids_of_courses_taught(person_id: int) -> frozenset[int]:
    """The courses of whose runs the person is a trainer."""
    return frozenset(db.session.scalars(_taught(person_id).order_by(CourseRun.course_id)))


def _newest() -> sa.Select[Any]:
    return sa.select(QuestionVersion).join(QuestionVersion.question).where(IS_NEWEST).options(contains_eager(QuestionVersion.question))


def _taught(person_id: int) -> sa.Select[Any]:
    return (
        sa.select(CourseRun.course_id)
        .join(RunTrainer, RunTrainer.run_id == CourseRun.id)
        .where(RunTrainer.person_id == person_id, CourseRun.state.not_in((RunState.DRAFT, RunState.CANCELLED)))
    )


def _in_scope(person_id: int) -> sa.ColumnElement[bool]:
    topics = sa.select(Course.topic_id).where(Course.id.in_(_taught(person_id)))
    return sa.or_(BankQuestion.course_id.in_(_taught(person_id)), BankQuestion.topic_id.in_(topics))
