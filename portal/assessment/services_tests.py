"""What can be done to the tests of courses."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import courses
from portal.assessment import queries_questions, queries_tests, rules_tests
from portal.assessment.models import CourseTest, CourseTestQuestion
from portal.foundation import history
from portal.foundation.database import db
from portal.foundation.errors import N_

if TYPE_CHECKING:
    from portal.assessment.models import Occasion
    from portal.assessment.values import CourseTestValues


def set_test(course_id: int, occasion: Occasion, values: CourseTestValues, *, by: int) -> CourseTest:
    """Say how the test of a course is given and what it asks. Attempts that were begun stay as they are. Raises ``WrongValuesError``."""
    course = courses.lock_course(course_id)
    problems = list(rules_tests.problems_of_test(values))
    if set(values.question_ids) - {version.question_id for version in queries_questions.pool_of(course)}:
        problems.append(courses.Problem("questions", N_("Choose questions of the list.")))
    if problems:
        raise courses.WrongValuesError(problems)
    fields = asdict(values)
    question_ids = list(fields.pop("question_ids"))
    test = queries_tests.tests_of_course(course_id).get(occasion)
    before = _said(test) if test else {}
    if test is None:
        test = CourseTest(course_id=course_id, occasion=occasion)
        db.session.add(test)
    for name, value in fields.items():
        setattr(test, name, value)
    db.session.flush()
    _set_questions(test, question_ids)
    after = _said(test)
    if change := {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}:
        history.record("test:change" if before else "test:create", test, by=by, change=change)
    return test


def _said(test: CourseTest) -> dict[str, object]:
    names = ("active", "draw", "minutes", "attempts", "pass_percent", "days_after", "shows_answers")
    return {name: getattr(test, name) for name in names} | {
        "questions": [version.question_id for version in queries_questions.questions_of(test.id)]
    }


def _set_questions(test: CourseTest, question_ids: list[int]) -> None:
    db.session.execute(sa.delete(CourseTestQuestion).where(CourseTestQuestion.test_id == test.id))
    rows = [{"test_id": test.id, "question_id": key, "position": place} for place, key in enumerate(question_ids, 1)]
    if rows:
        db.session.execute(sa.insert(CourseTestQuestion.__table__), rows)  # type: ignore[arg-type]
