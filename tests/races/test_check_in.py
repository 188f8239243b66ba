"""The same person checks in several times at once: the ledger holds one fact, and everybody else is told that they are checked in."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.attendance.models import AttendanceFact
from portal.courses.models import CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from tests import factories
from tests.races.clients import UNLOCKED
from tests.races.test_places import officials

pytestmark = pytest.mark.race
CLIENTS = 4


@pytest.fixture
def held(app):
    """A session that began an hour ago, and five people with places in its run."""
    run = factories.run(state="running", starts_at=clock.now() - timedelta(hours=1))
    people = officials(5)
    for person in people:
        factories.enrolment(run, person)
    session = sa.select(CourseSession.id).where(CourseSession.run_id == run.id).order_by(CourseSession.starts_at)
    return db.session.scalars(session).first(), people


def facts():
    return Counter(db.session.scalars(sa.select(AttendanceFact.recorded_by)))


def clicks(held):
    session_id, people = held
    return [[("check_in", session_id, person.id, None) for person in people]] * CLIENTS


def test_without_the_lock_of_the_run_a_second_use_is_not_noticed_but_the_name_of_the_fact_keeps_it_one(race, held):
    outcomes = Counter(told for _step, told in race.run(clicks(held), way=UNLOCKED))
    assert outcomes["checked in"] > 5
    assert facts() == {person.id: 1 for person in held[1]}


def test_with_the_lock_one_check_in_of_each_person_is_recorded_and_the_others_are_told(race, held):
    outcomes = Counter(told for _step, told in race.run(clicks(held)))
    assert outcomes == {"checked in": 5, "CheckInRefusedError": 5 * (CLIENTS - 1)}
    assert facts() == {person.id: 1 for person in held[1]}
