"""Participants who answer at the same moment, each twice: every answer counts once, and none is lost."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.evaluation.models import EvaluationCount, EvaluationReceipt, EvaluationText
from portal.foundation.database import db
from tests.evaluation.scenes import over

pytestmark = pytest.mark.race
NUMBER = 6


def test_two_processes_that_send_the_same_answers_leave_one_each(cast, race):
    run, places = over(cast.staff, NUMBER)
    steps = [("evaluate", run.id, place.id, "სავარჯიშოები") for place in places]
    outcomes = [came for _step, came in race.run([steps, steps[::-1]])]
    assert outcomes == [f"answered about {run.id}"] * 2 * NUMBER  # the second is the first sent twice
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EvaluationReceipt)) == NUMBER
    assert db.session.scalar(sa.select(sa.func.sum(EvaluationCount.waiting + EvaluationCount.counted))) == NUMBER
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EvaluationText)) == NUMBER
