"""Two of the staff make a run of the same need at once, and its municipality withdraws it: one of them wins, the others are told."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from portal.courses.models import CourseRun
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.needs.models import NeedRun, TrainingNeed
from tests import factories
from tests.needs.scenes import need

pytestmark = pytest.mark.race
NUMBER = 6


def count(table, *which):
    return db.session.scalar(sa.select(sa.func.count()).select_from(table).where(*which))


@pytest.fixture
def asked(cast):
    version = factories.course()
    return [need(cast.coordinator, course_id=version.course_id, people=people).id for people in range(1, NUMBER + 1)]


def test_of_two_staff_who_plan_the_same_need_at_once_one_wins_and_the_other_is_told(cast, race, asked):
    works = [[("plan", one, who.id, None) for one in asked] for who in (cast.staff, cast.administrator)]
    outcomes = Counter(came for _step, came in race.run(works))
    assert outcomes == {"planned": NUMBER, "NeedTakenError": NUMBER}
    assert count(NeedRun) == count(CourseRun) == count(OutboxMessage, OutboxMessage.kind == "need_planned") == NUMBER


def test_the_same_form_sent_twice_at_once_makes_one_run(cast, race, asked):
    steps = [("plan", one, cast.staff.id, None) for one in asked]
    outcomes = Counter(came for _step, came in race.run([steps, steps]))
    assert outcomes == {"planned": 2 * NUMBER}
    assert count(NeedRun) == count(CourseRun) == NUMBER


def test_a_need_is_planned_or_withdrawn_never_both(cast, race, asked):
    planning = [("plan", one, cast.staff.id, None) for one in asked]
    withdrawing = [("withdraw_need", one, cast.coordinator.id, None) for one in asked]
    outcomes = Counter(came for _step, came in race.run([planning, withdrawing]))
    assert outcomes["planned"] + outcomes["withdrawn"] == outcomes["NeedTakenError"] == NUMBER
    assert count(NeedRun) == outcomes["planned"]
    assert count(TrainingNeed, TrainingNeed.ended == "withdrawn") == outcomes["withdrawn"]
