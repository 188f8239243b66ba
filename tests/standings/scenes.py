"""Courses that were completed, and rules that ask for them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import current_app

from portal import qualifications, standings, worker
from portal.courses.models import CourseSession
from portal.foundation import clock, transaction
from portal.foundation.database import db
from portal.people.models import Role
from portal.qualifications import QualificationValues, RuleValues
from portal.qualifications.models import QualificationAward, QualificationAwardEnd
from tests import factories
from tests.certificates.scenes import attend

if TYPE_CHECKING:
    from portal.courses.models import CourseVersion
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person
    from portal.qualifications import Requirement
    from portal.qualifications.models import Qualification

EVER = date(2015, 1, 1)


def days_ago(number: int) -> date:
    return clock.today() - timedelta(days=number)


def staff() -> Person:
    someone = factories.person_with_account("ანა", "წერეთელი", municipality=None)
    factories.grant(someone, Role.STAFF)
    return someone


def completed(who: Person, course: CourseVersion, ago: int, *, hours: int = 8, by: Person | None = None, **values: Any) -> Enrolment:
    """``who`` completed a run of one day, so many days ago, and was there for so many hours of its eight."""
    run = factories.run(course, days=1, starts_at=datetime.combine(days_ago(ago), time(9), clock.TBILISI), state="completed", **values)
    place = factories.enrolment(run, who, "completed")
    attend(run, place, by or who, hours=hours)
    return place


def rule(asks: Requirement, since: date = EVER, **terms: Any) -> RuleValues:
    """An edition; a ``base`` that names no months never ends."""
    return RuleValues(effective_on=since, requirement=asks, **terms)


def qualification(asks: Requirement, name: str = "Procurement", since: date = EVER, **terms: Any) -> Qualification:
    """A qualification with one edition."""
    row = qualifications.create_qualification(QualificationValues(name_ka=name, name_en=name), by=None)
    qualifications.publish_rule(row.id, rule(asks, since, **terms), by=None)
    return row


def course_of(version: CourseVersion) -> qualifications.CourseDemand:
    return qualifications.CourseDemand(frozenset([version.course_id]))


def live_awards(person_id: int) -> list[tuple[int, date]]:
    """What is recorded of somebody and did not turn out never to have been: qualification and day."""
    ended = sa.exists().where(QualificationAwardEnd.award_id == QualificationAward.id)
    rows = db.session.execute(
        sa.select(QualificationAward.qualification_id, QualificationAward.awarded_on)
        .where(QualificationAward.person_id == person_id, ~ended)
        .order_by(QualificationAward.awarded_on, QualificationAward.id)
    )
    return [tuple(row) for row in rows]


def standing_of(person_id: int, qualification_id: int, day: date | None = None) -> standings.OwnStanding | None:
    found = standings.standings_of(person_id, day or clock.today())
    return next((one for one in found if one.qualification_id == qualification_id), None)


def move_last_day(run_id: int, to: date) -> None:
    """Staff move the only day of a run."""
    session = db.session.scalars(sa.select(CourseSession).where(CourseSession.run_id == run_id)).one()
    hour = datetime.combine(to, time(9), clock.TBILISI)
    session.starts_at, session.ends_at = hour, hour + timedelta(hours=8)
    session.run.starts_at, session.run.ends_at = session.starts_at, session.ends_at
    db.session.flush()


def settle() -> int:
    """What was done is saved, and the worker looks until there is nothing left to do; returns how many rows it wrote."""
    transaction.commit()
    with current_app.app_context():
        return worker.keep_standings()
