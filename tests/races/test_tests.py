"""One test from two phones at once: one attempt is begun, one form is taken in, one final score is made."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import assessment
from portal.assessment.models import Attempt, AttemptAnswer, AttemptResult, FinalScore, QuestionKind
from portal.foundation.database import db
from tests.assessment.bank import Examined
from tests.attendance.hall import many

pytestmark = pytest.mark.race
NUMBER = 6


def count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.fixture
def exam(cast):
    return Examined(cast, kinds=(QuestionKind.SINGLE,), names=many(NUMBER), attempts=3)


def test_who_begins_on_two_phones_at_once_has_one_attempt(exam, race):
    steps = [("begin_test", exam.run.id, place.id, None) for place in exam.enrolments]
    outcomes = [came for _step, came in race.run([steps, steps])]
    assert outcomes == ["attempt 1"] * 2 * NUMBER
    assert count(Attempt) == NUMBER


@pytest.mark.parametrize("same_form", [True, False])
def test_what_is_handed_in_twice_at_once_is_taken_in_once(exam, race, same_form):
    attempts = [exam.begin(which) for which in range(NUMBER)]
    works = [
        [("hand_in_test", exam.run.id, one.id, f"form-of-{one.id}-{0 if same_form else client}") for one in attempts] for client in range(2)
    ]
    outcomes = [came for _step, came in race.run(works)]
    assert sorted(outcomes) == ["over before"] * NUMBER + ["taken in"] * NUMBER
    assert count(AttemptAnswer) == count(AttemptResult) == count(FinalScore) == NUMBER
    assert set(assessment.scores_of_run(exam.run.id).values()) == {100}
