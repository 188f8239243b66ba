"""A run of the cast's trainer with people in it, for the tests of attendance and scores."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.attendance.models import AttendanceFact
from portal.courses.models import CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from tests import factories

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cast import Cast

NAMES = (("ნანა", "აბულაძე"), ("გიორგი", "არველაძე"), ("მაია", "ბაქრაძე"))


def many(number: int) -> list[tuple[str, str]]:
    """So many different people."""
    return [("ნინო", "აბ" + "ა" * index) for index in range(number)]


def morning(days: int = 0) -> datetime:
    """Ten o'clock in Tbilisi, ``days`` from today."""
    return (clock.now().astimezone(clock.TBILISI) + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)


class Hall:
    """A run of two days, the first of them ``day`` days from today, with people who have places."""

    def __init__(self, cast: Cast, names: Any = NAMES, *, day: int = 0, **values: Any) -> None:
        self.run = factories.run(**{"trainers": (cast.trainer,), "starts_at": morning(day), "state": "running", "capacity": 400} | values)
        self.sessions = list(
            db.session.scalars(sa.select(CourseSession).where(CourseSession.run_id == self.run.id).order_by(CourseSession.starts_at))
        )
        self.session = self.sessions[0]
        with factories.together():
            self.people = [factories.person_with_account(given, family) for given, family in names]
            self.enrolments = [factories.enrolment(self.run, person) for person in self.people]
        self.keys = [enrolment.id for enrolment in self.enrolments]
        self.path = f"/teaching/sessions/{self.session.id}"

    def marks(self) -> list[tuple[int, str]]:
        """Enrolment and mark of every fact of the first session, oldest first."""
        return [(fact.enrolment_id, fact.mark) for fact in self.facts()]

    def facts(self) -> list[AttendanceFact]:
        """Every fact of the first session, oldest first."""
        statement = sa.select(AttendanceFact).where(AttendanceFact.session_id == self.session.id).order_by(AttendanceFact.id)
        return list(db.session.scalars(statement))
