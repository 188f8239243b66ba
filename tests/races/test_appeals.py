"""Two of the staff with the same appeals before them: each appeal has one decision, one mark at most, and the learner is told once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import attendance
from portal.attendance.models import AttendanceAppeal, AttendanceFact
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from tests.attendance.hall import Hall, many

pytestmark = pytest.mark.race
NUMBER = 6


def count(*which):
    return db.session.scalar(sa.select(sa.func.count()).where(*which))


def test_two_who_decide_at_once_give_one_decision(cast, race):
    hall = Hall(cast, many(NUMBER), day=-2)
    appeals = [
        attendance.make_appeal(hall.session.id, place, "ვესწრებოდი", by=person.id)
        for place, person in zip(hall.enrolments, hall.people, strict=True)
    ]
    upholding = [("uphold", one, cast.staff.id, None) for one in appeals]
    dismissing = [("dismiss", one, cast.administrator.id, None) for one in appeals]
    outcomes = [came for _step, came in race.run([upholding, dismissing])]
    upheld, dismissed = outcomes.count("upheld"), outcomes.count("dismissed")
    assert outcomes.count("AppealEndedError") == upheld + dismissed == NUMBER
    assert count(AttendanceAppeal.step == "upheld") == count(AttendanceFact.source == "appeal") == upheld
    assert count(AttendanceAppeal.step == "dismissed") == dismissed
    assert count(OutboxMessage.kind == "appeal_decided") == NUMBER
    assert attendance.open_appeals(taught_by=None, limit=NUMBER) == []


def test_a_learner_who_sends_it_from_two_phones_at_once_has_one_appeal(cast, race):
    hall = Hall(cast, many(NUMBER), day=-2)
    steps = [("dispute", hall.session.id, place.id, None) for place in hall.enrolments]
    outcomes = [came for _step, came in race.run([steps, steps])]
    assert outcomes == ["disputed"] * 2 * NUMBER  # the second is the first sent twice
    assert count(AttendanceAppeal.step == "appealed") == count(OutboxMessage.kind == "appeal_made") == NUMBER
