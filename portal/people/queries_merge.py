"""What can be asked about merged records, and about records that may be of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.foundation import clock
from portal.foundation.crypto import keyring
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.foundation.identifiers import parse_personal_number
from portal.people.models import Account, Person, PersonMerge, Post, RoleGrant
from portal.people.queries import PERSONAL_NUMBER, get_person, not_merged
from portal.people.rules_merge import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_DOUBLES = 20
_STANDING = PersonMerge.undone_at.is_(None)


def get_listed_person(person_id: int) -> Person:
    """The person, unless the record was merged into another. Raises ``NotFoundError``."""
    found = db.session.scalar(sa.select(Person).where(Person.id == person_id, not_merged()))
    if found is None:
        raise NotFoundError
    return found


def find_kept_id(person_id: int) -> int | None:
    """The record into which that of ``person_id`` was merged, if it was."""
    return db.session.scalar(sa.select(PersonMerge.kept_id).where(PersonMerge.merged_id == person_id, _STANDING))


def ids_of(person_ids: Iterable[int]) -> frozenset[int]:
    """The ids of these people, and of the records merged into them: what is never changed still names those."""
    ids = frozenset(person_ids)
    into_them = sa.select(PersonMerge.merged_id).where(PersonMerge.kept_id.in_(ids), _STANDING).order_by(PersonMerge.merged_id)
    return ids | frozenset(db.session.scalars(into_them))


def merges_into(person_id: int) -> Sequence[PersonMerge]:
    """The merges into the record of ``person_id``, undone ones too, the latest first, with the other record."""
    return db.session.scalars(
        sa.select(PersonMerge)
        .options(joinedload(PersonMerge.merged))
        .where(PersonMerge.kept_id == person_id)
        .order_by(PersonMerge.id.desc())
    ).all()


def get_merge(kept_id: int, merge_id: int) -> PersonMerge:
    """A merge into the record of ``kept_id``, with both records. Raises ``NotFoundError``."""
    found = db.session.scalar(
        sa.select(PersonMerge)
        .options(joinedload(PersonMerge.kept), joinedload(PersonMerge.merged))
        .where(PersonMerge.id == merge_id, PersonMerge.kept_id == kept_id)
    )
    if found is None:
        raise NotFoundError
    return found


def lock_people(person_ids: Iterable[int]) -> dict[int, Person]:
    """The people as they are now, locked in the order of their ids, by id. Raises ``NotFoundError`` when one is missing."""
    wanted = sorted(set(person_ids))
    statement = locked(sa.select(Person).where(Person.id.in_(wanted)).order_by(Person.id))
    found = {person.id: person for person in db.session.scalars(statement.execution_options(populate_existing=True))}
    if len(found) < len(wanted):
        raise NotFoundError
    return found


def lock_merge(merge: PersonMerge) -> PersonMerge:
    """The merge as it is now, locked."""
    statement = locked(sa.select(PersonMerge).where(PersonMerge.id == merge.id))
    found: PersonMerge = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    return found


def side_of(person_id: int) -> Side:
    """What counts of a record when it is to be merged. One statement."""
    grants = sa.exists().where(RoleGrant.person_id == person_id, sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= clock.today()))
    row = db.session.execute(
        sa.select(
            sa.exists().where(PersonMerge.merged_id == person_id, _STANDING),
            sa.exists().where(PersonMerge.kept_id == person_id, _STANDING),
            grants,
            sa.select(Account.active).where(Account.person_id == person_id).scalar_subquery(),
        )
    ).one()
    return Side(person_id, *row)


def possible_doubles(person: Person) -> Sequence[Person]:
    """Other records that may be of the same person: the same name and municipality, or the same e-mail or phone. In the order of lists."""
    theirs = sa.select(Post.municipality_id).where(Post.person_id == person.id)
    namesakes = sa.and_(
        Person.sort_key == person.sort_key,
        Person.id.in_(sa.select(Post.person_id).where(Post.person_sort_key == person.sort_key, Post.municipality_id.in_(theirs))),
    )
    ways = [namesakes]
    if person.email:
        ways.append(sa.func.lower(Person.email) == person.email.lower())
    if person.phone:
        ways.append(Person.phone == person.phone)
    return db.session.scalars(
        sa.select(Person)
        .where(sa.or_(*ways), Person.id != person.id, not_merged())
        .order_by(Person.sort_key, Person.id)
        .limit(MOST_DOUBLES)
    ).all()


def find_person_by_personal_number(text: str) -> Person | None:
    """The person whose personal number was typed as ``text``, if it is one and is known; for that of a merged record, the one that stayed."""
    try:
        number = parse_personal_number(text)
    except ValueError:
        return None
    index = keyring.blind_index(number, PERSONAL_NUMBER)
    found = db.session.scalar(sa.select(Person).where(Person.personal_number_index == index))
    kept_id = find_kept_id(found.id) if found else None
    return get_person(kept_id) if kept_id else found
