"""What can be asked about people who check in by themselves, and about heads that were counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal.attendance import wall_codes
from portal.attendance.models import AttendanceFact, HeadCount, Mark, Source
from portal.attendance.queries import FACT_COLUMNS, fact_or_none
from portal.attendance.rules_check_in import OwnFacts, checks_wanted
from portal.courses.models import CourseSession
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.attendance.queries import RollRow

_AROUND: Final = timedelta(days=1)
"""How far from now the sessions may be whose codes are known to somebody without a place in them."""


def find_own_facts(session_id: int, person_id: int) -> OwnFacts | None:
    """What the ledger holds of a person in a session; None when they have no place in its run, or when there is no such session."""
    statement = (
        sa.select(Enrolment.id, AttendanceFact.done_at, *FACT_COLUMNS)
        .select_from(CourseSession)
        .join(Enrolment, Enrolment.run_id == CourseSession.run_id)
        .outerjoin(AttendanceFact, sa.and_(AttendanceFact.session_id == CourseSession.id, AttendanceFact.enrolment_id == Enrolment.id))
        .where(CourseSession.id == session_id, ~CourseSession.cancelled, Enrolment.person_id == person_id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(Enrolment.id, AttendanceFact.id)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return None
    facts = [(fact, row[1]) for row in rows if (fact := fact_or_none(row[2:]))]
    by_code = (done_at or fact.recorded_at for fact, done_at in facts if fact.source == Source.CODE)
    return OwnFacts(rows[0][0], tuple(fact for fact, _done_at in facts), next(by_code, None))


def find_session_of_digits(digits: str, person_id: int, at: datetime) -> int | None:
    """The id of the session whose code at the moment ``at`` a person typed: first of those in which they have a place."""
    placed = sa.exists().where(Enrolment.run_id == CourseSession.run_id, Enrolment.person_id == person_id, Enrolment.state.in_(HOLDS_PLACE))
    around = sa.and_(CourseSession.starts_at <= at + _AROUND, CourseSession.ends_at >= at - _AROUND)
    own = sa.select(CourseSession.id).where(placed, CourseSession.ends_at >= at - _AROUND, ~CourseSession.cancelled)
    others = sa.select(CourseSession.id).where(~placed, around, ~CourseSession.cancelled)
    for statement in (own, others):
        found = wall_codes.find_session_of_digits(digits, db.session.scalars(statement.order_by(CourseSession.id)), at)
        if found is not None:
            return found
    return None


def checked_in(session_id: int) -> int:
    """How many of those with a place have checked in to a session by themselves."""
    statement = (
        sa.select(sa.func.count(AttendanceFact.enrolment_id.distinct()))
        .join(Enrolment, Enrolment.id == AttendanceFact.enrolment_id)
        .where(AttendanceFact.session_id == session_id, AttendanceFact.source == Source.CODE, Enrolment.state.in_(HOLDS_PLACE))
    )
    return db.session.scalar(statement) or 0


@dataclass(frozen=True, slots=True)
class HeadCheck:
    """The heads that were counted last, beside those marked present, and whom to look for when there are fewer heads."""

    people: int
    present: int
    counted_at: datetime
    counter_ka: str
    counter_latin: str
    spot_check: tuple[RollRow, ...] = ()

    @property
    def missing(self) -> int:
        """How many more are marked present than were counted; below zero when there are more heads."""
        return self.present - self.people

    def counter(self, language: str) -> str:
        """Who counted."""
        return self.counter_ka if language == "ka" else self.counter_latin


def find_head_check(session_id: int, rows: Iterable[RollRow]) -> HeadCheck | None:
    """The last head count of a session beside the ``rows`` of its roll; None before the first.

    Whom to look for is drawn from those who had checked in by code when heads were counted, by a keyed digest of the count: nobody can foresee
    it, and it stays the same until heads are counted again.
    """
    found = db.session.execute(_newest_count(), {"session": session_id}).first()
    if found is None:
        return None
    count, counter_ka, counter_latin = found
    rows = list(rows)
    present = sum(row.fact is not None and all(fact.mark == Mark.PRESENT for fact in (row.fact, *row.against)) for row in rows)
    checks = _spot_check(count, rows, checks_wanted(present - count.people)) if present > count.people else ()
    return HeadCheck(count.people, present, count.counted_at, counter_ka, counter_latin, checks)


@cache
def _newest_count() -> sa.Executable:
    """Built once: every roll call asks it."""
    names = (Person.given_name_ka + " " + Person.family_name_ka, Person.given_name_latin + " " + Person.family_name_latin)
    counts = sa.select(HeadCount, *names).join(Person, Person.id == HeadCount.counted_by)
    return counts.where(HeadCount.session_id == sa.bindparam("session")).order_by(HeadCount.id.desc()).limit(1)


def _spot_check(count: HeadCount, rows: list[RollRow], wanted: int) -> tuple[RollRow, ...]:
    by_code = sa.select(AttendanceFact.enrolment_id).where(
        AttendanceFact.session_id == count.session_id, AttendanceFact.source == Source.CODE, AttendanceFact.recorded_at <= count.counted_at
    )
    known = set(db.session.scalars(by_code.order_by(AttendanceFact.id)))
    drawn = sorted(known, key=lambda key: keyring.blind_index(f"{count.id}:{key}", "spot check"))[:wanted]
    return tuple(row for row in rows if row.enrolment_id in drawn)
