"""What staff can ask about the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from portal.foundation import history
from portal.foundation.database import db
from portal.foundation.history import HistoryKey, HistoryRow
from portal.foundation.keyset import Page, Place, bounded, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

PAGE_LENGTH = 50
OUT_OF_ORDER = 1000
"""Rows get their moment when the thing is done and their id at the commit: so far, in ids, may the two orders differ."""

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which rows. None asks for nothing; an empty collection finds nothing.

    ``people`` did it or are concerned by it; ``subjects`` are ids by kind of thing ({"course_run": ["3"]}); ``since`` and ``until`` are
    moments, the second not included.
    """

    people: frozenset[int] | None = None
    actions: frozenset[str] | None = None
    subjects: Mapping[str, Iterable[int]] | None = None
    since: datetime | None = None
    until: datetime | None = None


class Noted(NamedTuple):
    """A row as it is read: what was done, without what chains it to the row before."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    subject_kind: str
    subject_id: str
    person_id: int | None
    change: dict[str, Any]
    personal: str | None


_NOTED = sa.select(*(getattr(HistoryRow, name) for name in Noted._fields))


def history_page(wanted: HistoryFilter, place: Place) -> Page[Noted]:
    """A page of rows, newest first, in one statement.

    Each alternative (a person, an action, a kind of thing) is walked along its own index and gives at most one page, so that the cost does
    not grow with the history; of those the newest are shown.
    """
    alternatives = _alternatives(wanted)
    if not alternatives:
        return page_of([], place, PAGE_LENGTH)
    if len(alternatives) == 1:
        statement = _NOTED.where(alternatives[0], *_period(wanted))
    else:
        walks = [
            bounded(sa.select(HistoryRow.id).where(one, *_period(wanted)), HistoryRow.id, place, PAGE_LENGTH).subquery()
            for one in alternatives
        ]
        statement = _NOTED.where(HistoryRow.id.in_(sa.union(*(sa.select(walk.c.id) for walk in walks))))
    found = [Noted._make(row) for row in db.session.execute(bounded(statement, HistoryRow.id, place, PAGE_LENGTH))]
    return page_of(found, place, PAGE_LENGTH)


def _alternatives(wanted: HistoryFilter) -> list[Condition]:
    """Conditions of which at least one must hold; the narrowest part of the filter makes them, the rest is asked of each."""
    done = [HistoryRow.action.in_(sorted(wanted.actions))] if wanted.actions is not None else []
    by = sorted(wanted.people) if wanted.people is not None else []
    concerns = [sa.or_(HistoryRow.actor_id.in_(by), HistoryRow.person_id.in_(by))] if wanted.people is not None else []
    if wanted.subjects is not None:
        things = [_about(kind, ids) for kind, ids in sorted(wanted.subjects.items())]
        return [sa.and_(thing, *concerns, *done) for thing in things]
    if wanted.people is not None:
        columns = (HistoryRow.actor_id, HistoryRow.person_id)
        return [sa.and_(column == person, *done) for person in by for column in columns]
    if wanted.actions is not None:
        return [HistoryRow.action == action for action in sorted(wanted.actions)]
    return [sa.true()]


def _about(kind: str, ids: Iterable[int]) -> Condition:
    return sa.and_(HistoryRow.subject_kind == kind, HistoryRow.subject_id.in_([str(number) for number in ids]))


def _period(wanted: HistoryFilter) -> list[Condition]:
    """The period as moments, and as the ids between which they lie: every index of the history ends with the id."""
    conditions: list[Condition] = []
    if wanted.since is not None:
        first = sa.select(HistoryRow.id).where(HistoryRow.at >= wanted.since).order_by(HistoryRow.at, HistoryRow.id).limit(1)
        conditions += [HistoryRow.at >= wanted.since, HistoryRow.id >= first.scalar_subquery() - OUT_OF_ORDER]
    if wanted.until is not None:
        last = sa.select(HistoryRow.id).where(HistoryRow.at < wanted.until).order_by(HistoryRow.at.desc(), HistoryRow.id.desc()).limit(1)
        conditions += [HistoryRow.at < wanted.until, HistoryRow.id <= last.scalar_subquery() + OUT_OF_ORDER]
    return conditions


def personal_values_of(rows: Iterable[Noted]) -> dict[int, dict[str, Any]]:
    """The personal values of those ``rows`` that have some which can still be opened, by the row's id; the keys are read in one statement."""
    sealed = [row for row in rows if row.personal is not None and row.person_id is not None]
    if not sealed:
        return {}
    # Held until the end, the keys stay in the session, where each row finds its own.
    keys = db.session.scalars(sa.select(HistoryKey).where(HistoryKey.person_id.in_({row.person_id for row in sealed}))).all()
    known = {key.person_id for key in keys}
    return {row.id: opened for row in sealed if row.person_id in known and (opened := history.personal_values(row)) is not None}
