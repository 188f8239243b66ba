"""What can be asked about tests: of a course, and of those who may take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import courses
from portal.assessment.models import Attempt, AttemptResult, CourseTest
from portal.assessment.queries_questions import ids_of_courses_taught
from portal.assessment.rules_tests import TimeFrame, find_time_frame
from portal.courses.models import Course, CourseRun, CourseSession, CourseVersion, RunState
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class OwnTest:
    """A test that somebody with a place may take: when, how many attempts they began, and how many of these are not over."""

    test: CourseTest
    enrolment_id: int
    code: str
    frame: TimeFrame | None
    used: int
    under_way: int

    def can_be_taken(self, at: datetime) -> bool:
        """Whether they can begin it, or go on with it, at that moment."""
        return self.under_way > 0 or (self.frame is not None and self.frame.is_open(at) and self.used < self.test.attempts)


@dataclass(frozen=True, slots=True)
class NamedTest:
    """A test as others name it."""

    test_id: int
    occasion: str
    active: bool
    course_id: int
    title_ka: str
    title_en: str

    def title(self, language: str) -> str:
        """The title of its course."""
        return self.title_ka if language == "ka" else self.title_en


def get_course_of_tests(slug: str, *, taught_by: int | None) -> Course:
    """The course, in the scope of a trainer when ``taught_by`` is one. Raises ``NotFoundError``."""
    course = courses.get_course(slug)
    if taught_by is not None and course.id not in ids_of_courses_taught(taught_by):
        raise NotFoundError
    return course


def tests_of_course(course_id: int) -> dict[str, CourseTest]:
    """The tests of a course, by their occasion."""
    statement = sa.select(CourseTest).where(CourseTest.course_id == course_id).order_by(CourseTest.id)
    return {test.occasion: test for test in db.session.scalars(statement)}


def tests_in_order() -> list[NamedTest]:
    """All tests with the newest title of their course, in its Georgian order, the pre-test first. One statement."""
    later = aliased(CourseVersion)
    is_newest = ~sa.exists().where(later.course_id == CourseVersion.course_id, later.number > CourseVersion.number)
    rows = db.session.execute(
        sa.select(
            CourseTest.id, CourseTest.occasion, CourseTest.active, CourseTest.course_id, CourseVersion.title_ka, CourseVersion.title_en
        )
        .join(CourseVersion, CourseVersion.course_id == CourseTest.course_id)
        .where(is_newest)
        .order_by(CourseVersion.title_ka, CourseTest.course_id, CourseTest.occasion.desc(), CourseTest.id)
    )
    return [NamedTest(*row) for row in rows]


def own_tests(enrolment_ids: Iterable[int]) -> dict[int, list[OwnTest]]:
    """The tests that are given to those with these places, the pre-test first, by enrolment id. One statement."""
    ids = list(enrolment_ids)
    found: dict[int, list[OwnTest]] = {}
    for test, key, code, ends, first_ends, last_starts, used, over in db.session.execute(_own_tests(ids)) if ids else ():
        frame = find_time_frame(test.occasion, first_ends, last_starts, ends, test.days_after)
        found.setdefault(key, []).append(OwnTest(test, key, code, frame, used, used - over))
    return found


def find_own_test(enrolment_id: int, occasion: str) -> OwnTest | None:
    """The test of that occasion which is given to whoever has this place."""
    return next((one for one in own_tests([enrolment_id]).get(enrolment_id, []) if one.test.occasion == occasion), None)


def _own_tests(enrolment_ids: list[int]) -> sa.Select[Any]:
    held = sa.select(CourseSession).where(CourseSession.run_id == CourseRun.id, ~CourseSession.cancelled).order_by(CourseSession.starts_at)
    first_ends = held.with_only_columns(CourseSession.ends_at).limit(1).correlate(CourseRun).scalar_subquery()
    last_starts = (
        sa.select(sa.func.max(CourseSession.starts_at))
        .where(CourseSession.run_id == CourseRun.id, ~CourseSession.cancelled)
        .correlate(CourseRun)
        .scalar_subquery()
    )
    mine = sa.select(sa.func.count()).where(Attempt.enrolment_id == Enrolment.id, Attempt.test_id == CourseTest.id)
    over = mine.where(sa.exists().where(AttemptResult.attempt_id == Attempt.id))
    return (
        sa.select(
            CourseTest,
            Enrolment.id,
            CourseRun.code,
            CourseRun.ends_at,
            first_ends,
            last_starts,
            mine.correlate(Enrolment, CourseTest).scalar_subquery(),
            over.correlate(Enrolment, CourseTest).scalar_subquery(),
        )
        .select_from(Enrolment)
        .join(CourseRun, CourseRun.id == Enrolment.run_id)
        .join(CourseTest, CourseTest.course_id == CourseRun.course_id)
        .where(
            Enrolment.id.in_(enrolment_ids),
            Enrolment.state.in_(HOLDS_PLACE),
            CourseRun.state.not_in((RunState.DRAFT, RunState.CANCELLED)),
            CourseTest.active,
        )
        .order_by(Enrolment.id, CourseTest.occasion.desc())
    )
