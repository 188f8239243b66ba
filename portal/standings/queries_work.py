"""Whose standings have to be looked at: those whom the history names since it was last followed, and everybody once a day.

Every write of the portal leaves a row in the history, whose ids grow in the order of commits: so nothing that changes evidence has to say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal.courses.models import Course, CourseRun, CourseSession
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.foundation import clock
from portal.foundation.database import db, locked
from portal.foundation.history import HistoryRow
from portal.people.models import PersonMerge
from portal.qualifications.models import Qualification
from portal.standings.models import StandingProgress
from portal.standings.queries import people_after

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

ROWS_AT_ONCE: Final = 500
_ONLY_ROW: Final = 1
_IDLE: Final = ("account:", "award:", "certificate_share:", "mail:", "mail_link:", "sign_in:")
"""Beginnings of actions that change nobody's standing, and that come often."""
_OF_EVERYBODY: Final = frozenset({Course.__tablename__, Qualification.__tablename__})


@dataclass(frozen=True, slots=True)
class Place:
    """How far the standings were kept up to date: up to a row of the history, and of the day's pass up to a person (None: to the end)."""

    history_id: int
    pass_on: date
    pass_after: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of it: whom to look at, and how far things are afterwards. ``before`` is None when there never was any."""

    before: Place | None
    after: Place
    people: list[int]


def find_progress(*, lock: bool = False) -> StandingProgress | None:
    """The row that says how far it is; locked, so that awards are written by one at a time."""
    statement = sa.select(StandingProgress).where(StandingProgress.id == _ONLY_ROW)
    return db.session.scalar(locked(statement) if lock else statement)


def place_of(row: StandingProgress) -> Place:
    """What the row says."""
    return Place(row.history_id, row.pass_on, row.pass_after)


def find_work() -> Work | None:
    """The next piece of work; None when everything is up to date."""
    today, row = clock.today(), find_progress()
    if row is None:
        newest = db.session.scalar(sa.select(sa.func.max(HistoryRow.id))) or 0
        return Work(None, Place(newest, today, 0), [])
    before = place_of(row)
    if before.pass_on != today:
        return Work(before, Place(before.history_id, today, 0), [])
    if followed := _follow(before):
        return followed
    if before.pass_after is None:
        return None
    people = people_after(before.pass_after)
    return Work(before, Place(before.history_id, today, people[-1] if people else None), people)


def _follow(before: Place) -> Work | None:
    """Whom the next rows of the history concern; what concerns everybody makes the pass of the day begin anew."""
    rows = db.session.execute(
        sa.select(HistoryRow.id, HistoryRow.action, HistoryRow.subject_kind, HistoryRow.subject_id, HistoryRow.person_id)
        .where(HistoryRow.id > before.history_id)
        .order_by(HistoryRow.id)
        .limit(ROWS_AT_ONCE)
    ).all()
    if not rows:
        return None
    telling = [row for row in rows if not row.action.startswith(_IDLE)]
    subjects = {(row.subject_kind, row.subject_id) for row in telling}
    everybody = any(kind in _OF_EVERYBODY for kind, _id in subjects)
    named = {row.person_id for row in telling if row.person_id is not None}
    people = _with_merged(named | _people_of_runs(subjects))
    after = Place(rows[-1].id, before.pass_on, 0 if everybody else before.pass_after)
    return Work(before, after, sorted(people))


def _people_of_runs(subjects: Iterable[tuple[str, str]]) -> set[int]:
    """Those who completed one of the runs that are named, or of which a session is."""
    runs = {int(id_) for kind, id_ in subjects if kind == CourseRun.__tablename__}
    sessions = {int(id_) for kind, id_ in subjects if kind == CourseSession.__tablename__}
    if not runs and not sessions:
        return set()
    of_sessions = sa.select(CourseSession.run_id).where(CourseSession.id.in_(sessions))
    return set(
        db.session.scalars(
            sa.select(Enrolment.person_id)
            .where(sa.or_(Enrolment.run_id.in_(runs), Enrolment.run_id.in_(of_sessions)), Enrolment.state == EnrolmentState.COMPLETED)
            .order_by(Enrolment.person_id)
        )
    )


def _with_merged(people: set[int]) -> set[int]:
    """These people, and those into whose records theirs ever were merged: what is never changed still names the record of then."""
    found, added = set(people), set(people)
    while added:
        rows = db.session.scalars(sa.select(PersonMerge.kept_id).where(PersonMerge.merged_id.in_(added)).order_by(PersonMerge.id))
        added = set(rows) - found
        found |= added
    return found
