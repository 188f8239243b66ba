"""Questions and tests of the tests: a bank of one question of each kind, and a hall whose course has tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import assessment, journeys
from portal.assessment.models import Attempt, Occasion, QuestionKind
from portal.foundation.database import db
from tests import factories
from tests.attendance.hall import Hall

if TYPE_CHECKING:
    from portal.assessment.models import CourseTest, QuestionVersion
    from tests.cast import Cast

RIGHT, WRONG = assessment.OptionValues("კი", "Yes", right=True), assessment.OptionValues("არა", "No")
SAID: dict[str, dict[str, Any]] = {
    QuestionKind.SINGLE: {"options": (RIGHT, WRONG)},
    QuestionKind.MULTIPLE: {
        "options": (
            RIGHT,
            WRONG,
            assessment.OptionValues("ალბათ", "Perhaps", right=True),
            assessment.OptionValues("არასოდეს", "Never"),
        ),
    },
    QuestionKind.NUMERIC: {"answer": "12,5", "tolerance": "0,5"},
    QuestionKind.TEXT: {},
}


def question_values(kind: QuestionKind, **values: Any) -> assessment.QuestionValues:
    """A sound question of that kind."""
    texts = {"text_ka": f"კითხვა: {kind}?", "text_en": f"Question: {kind}?"}
    return assessment.QuestionValues(**{"kind": kind.value, "points": 2} | texts | SAID[kind] | values)


def question(kind: QuestionKind, *, by: int, **values: Any) -> QuestionVersion:
    """A question of that kind in the bank."""
    return assessment.create_question(question_values(kind, **values), by=by)


def values_of_test(question_ids: tuple[int, ...], **values: Any) -> assessment.CourseTestValues:
    """A test that asks these questions, given to participants."""
    usual = {
        "active": True,
        "draw": None,
        "minutes": None,
        "attempts": 1,
        "pass_percent": 60,
        "days_after": 7,
        "shows_answers": True,
    }
    return assessment.CourseTestValues(question_ids=question_ids, **usual | values)


class Examined(Hall):
    """A hall of which the last day is today, whose course has a test of one question of each of ``kinds``."""

    def __init__(
        self,
        cast: Cast,
        occasion: Occasion = Occasion.POST,
        *,
        kinds: tuple[QuestionKind, ...] = tuple(QuestionKind),
        names: Any = None,
        hall: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        usual = {"version": factories.course(score_percent=60), "days": 1, "day": 0 if occasion == Occasion.PRE else -1}
        super().__init__(cast, **usual | (hall or {}) | ({"names": names} if names else {}))
        self.cast, self.occasion = cast, occasion
        self.bank = [question(kind, by=cast.staff.id, course_id=self.run.course_id) for kind in kinds]
        self.test = self.give(**values)
        db.session.flush()

    def give(self, **values: Any) -> CourseTest:
        """Give the test, as ``values`` say."""
        asked = tuple(version.question_id for version in self.bank)
        return assessment.set_test(self.run.course_id, self.occasion, values_of_test(asked, **values), by=self.cast.staff.id)

    def begin(self, which: int = 0) -> Attempt:
        """One of the people begins."""
        return assessment.start_attempt(self.enrolments[which], self.occasion, by=self.people[which].id)

    def answers(self, **given: Any) -> dict[int, Any]:
        """Answers to the bank by the kind of the question."""
        return {version.id: given[version.kind] for version in self.bank if version.kind in given}

    def hand_in(self, attempt: Attempt, which: int = 0, **given: Any) -> assessment.TakenIn:
        """Hand in answers by the kind of the question."""
        return journeys.save_answers(self.run.id, attempt, self.answers(**given), hand_in=True, by=self.people[which].id)

    def take(self, which: int = 0, **given: Any) -> Attempt:
        """Begin and hand in at once."""
        attempt = self.begin(which)
        self.hand_in(attempt, which, **given)
        return attempt

    def percent(self, attempt: Attempt) -> int | None:
        """What it came to, once nothing waits."""
        result = assessment.find_result(attempt.id)
        return None if result is None or result.waits else result.percent

    def rows(self, model: Any) -> int:
        """How many rows a table has."""
        return db.session.scalar(sa.select(sa.func.count()).select_from(model))


ALL_RIGHT = {"single": 0, "multiple": [0, 2], "numeric": "12,5"}
