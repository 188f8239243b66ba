"""What can be asked about standings: of one person, and of everybody, as of any day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal import qualifications
from portal.foundation.database import db
from portal.people import not_merged
from portal.people.models import Person, Post
from portal.standings.queries_evidence import evidence_of_people
from portal.standings.rules import HeldPost, Position, Rulebook, awards_due, positions_on

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from portal.qualifications.models import Qualification

AT_ONCE: Final = 500
"""So many people are read together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStanding(Position):
    """A ``Position`` with the qualification, for pages."""

    qualification: Qualification


def read_rulebook() -> Rulebook:
    """The rules of all qualifications that are not archived, ready to be asked. One statement."""
    return Rulebook(qualifications.rules_of())


def standings_of(person_id: int, day: date) -> list[OwnStanding]:
    """How the person stands on ``day`` to each qualification that their posts of that day call for, or that they hold or held.

    What falls due comes first, then in the order of Georgian names. As of a day: by the rules that were in force and what was done until
    then, as far as it is known now. Three statements for what is asked (rules, names, posts), and those of the evidence.
    """
    book = read_rulebook()
    found = _positions([person_id], day, book)[person_id]
    named = {one.id: one for one in qualifications.qualifications_in_order()} if found else {}
    rank = {qualification_id: number for number, qualification_id in enumerate(named)}
    own = [
        OwnStanding(qualification=named[one.qualification_id], **{each.name: getattr(one, each.name) for each in fields(one)})
        for one in found
    ]
    return sorted(own, key=lambda one: (not one.is_due, rank[one.qualification_id]))


def everyone_on(day: date, *, book: Rulebook | None = None) -> Iterator[tuple[int, list[Position]]]:
    """Everybody, by the order of their ids, with how they stand on ``day``; of whom nothing is asked and who holds nothing, an empty list.

    Reads some hundred people at a time, each with few statements, so that it holds little in memory.
    """
    book = book or read_rulebook()
    after = 0
    while ids := people_after(after):
        yield from _positions(ids, day, book).items()
        after = ids[-1]


def _positions(person_ids: Collection[int], day: date, book: Rulebook) -> dict[int, list[Position]]:
    posts, evidence = posts_of(person_ids), evidence_of_people(person_ids, hours=book.asks_hours)
    return {person_id: positions_on(book, evidence[person_id], posts[person_id], day) for person_id in person_ids}


def people_after(person_id: int, limit: int = AT_ONCE) -> list[int]:
    """The ids of the next people, without records that were merged into another."""
    statement = sa.select(Person.id).where(Person.id > person_id, not_merged()).order_by(Person.id).limit(limit)
    return list(db.session.scalars(statement))


def posts_of(person_ids: Collection[int]) -> defaultdict[int, list[HeldPost]]:
    """The posts of these people, by their ids, in the order in which they began. One statement."""
    found: defaultdict[int, list[HeldPost]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(Post.person_id, Post.category, Post.sakrebulo_role, Post.starts_on, Post.ends_on)
        .where(Post.person_id.in_(person_ids))
        .order_by(Post.person_id, Post.starts_on, Post.id)
    )
    for person_id, category, sakrebulo_role, starts_on, ends_on in rows:
        found[person_id].append(HeldPost(category, sakrebulo_role, starts_on, ends_on))
    return found


@dataclass(frozen=True, slots=True)
class Outdated:
    """What the rows of some people should say and do not: awards to record and to end, and all the courses they are due to take."""

    changes: list[qualifications.Change]
    wanted: dict[tuple[int, int, int], date]
    people: frozenset[int]
    """Those of whom anything differs."""


def outdated(person_ids: Collection[int], day: date, book: Rulebook) -> Outdated:
    """Compare what is recorded of these people to what is due on ``day``: seven statements at most, whatever their number.

    What is recorded of an archived qualification stays as it is, but for courses: nobody is asked for it.
    """
    evidence = evidence_of_people(person_ids, hours=book.asks_hours)
    posts, recorded = posts_of(person_ids), qualifications.recorded_awards(person_ids)
    changes = []
    wanted: dict[tuple[int, int, int], date] = {}
    for person_id in person_ids:
        due = awards_due(book, evidence[person_id], day)
        known = recorded[person_id]
        for one in sorted(due.keys() | (known.keys() & book.rules.keys())):
            reconciled = qualifications.reconcile(due.get(one, ()), known[one])
            if reconciled:
                changes.append(qualifications.Change(person_id, one, reconciled))
        for position in positions_on(book, evidence[person_id], posts[person_id], day):
            if position.due_on is not None:
                wanted |= {(person_id, position.qualification_id, course): position.due_on for course in position.due_courses()}
    before = qualifications.due_courses(person_ids)
    differing = {key[0] for key in before.keys() | wanted.keys() if before.get(key) != wanted.get(key)}
    return Outdated(changes, wanted, frozenset(differing | {change.person_id for change in changes}))
