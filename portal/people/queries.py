"""What can be asked about people, their posts and roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal.foundation import clock, georgian, searching
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow
from portal.people import rules
from portal.people.models import Account, Person, PersonMerge, Post, Role, RoleGrant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

PAGE_LENGTH = 50
MOST_WORDS = 8
PERSONAL_NUMBER = "personal_number"

Condition = sa.ColumnElement[bool]


def in_force(table: type[Post | RoleGrant], on: date | sa.BindParameter[date] | None = None) -> tuple[Condition, Condition]:
    """SQL conditions: a post is held, or a grant holds, on the day ``on`` (today), which may be named later."""
    day = clock.today() if on is None else on
    return table.starts_on <= day, sa.or_(table.ends_on.is_(None), table.ends_on >= day)


def not_merged() -> Condition:
    """SQL condition on ``Person``: the record was not merged into another one. For lists, searches, and everywhere people are chosen."""
    return Person.id.not_in(sa.select(PersonMerge.merged_id).where(PersonMerge.undone_at.is_(None)))


def get_person(person_id: int) -> Person:
    """The person. Raises ``NotFoundError``."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFoundError
    return found


def lock_turn_of(person_id: int) -> None:
    """Let what the person does be done one after the other for the rest of this transaction: the second half of a double click waits."""
    db.session.execute(locked(sa.select(Person.id).where(Person.id == person_id)))


def find_entered(person: Mapping[str, Any], post: Mapping[str, Any] | None, *, by: int, since: datetime) -> Person | None:
    """The person whom ``by`` entered since that moment with exactly these columns, and with this post or without one."""
    entered = (HistoryRow.action == "person:add", HistoryRow.actor_id == by, HistoryRow.at >= since)
    of_theirs = sa.exists().where(Post.person_id == Person.id, *(getattr(Post, name) == value for name, value in (post or {}).items()))
    return db.session.scalars(
        sa.select(Person)
        .join(HistoryRow, sa.and_(HistoryRow.person_id == Person.id, *entered))
        .where(*(getattr(Person, name) == value for name, value in person.items()), of_theirs if post else ~of_theirs)
        .order_by(Person.id)
        .limit(1)
    ).first()


def people_without_account(email: str, given_name_ka: str, family_name_ka: str) -> Sequence[Person]:
    """People of that name and e-mail who cannot sign in yet: entered by staff, or nominated."""
    return db.session.scalars(
        sa.select(Person)
        .where(
            sa.func.lower(Person.email) == email,
            Person.given_name_ka == given_name_ka,
            Person.family_name_ka == family_name_ka,
            not_merged(),
            ~sa.exists().where(Account.person_id == Person.id),
        )
        .order_by(Person.id)
    ).all()


def search_people(text: str, limit: int = 20) -> Sequence[Person]:
    """At most ``limit`` people whose names or e-mail begin with or contain the words of ``text``, in the order of lists; merged records too."""
    return db.session.scalars(sa.select(Person).where(*_matching(text)).order_by(Person.sort_key, Person.id).limit(limit)).all()


def find_current_post(person_id: int, on: date | None = None) -> Post | None:
    """The post that the person holds on the day ``on`` (today), its municipality loaded; of several the one begun last."""
    return db.session.scalars(
        sa.select(Post)
        .options(joinedload(Post.municipality))
        .where(Post.person_id == person_id, *in_force(Post, on))
        .order_by(Post.starts_on.desc(), Post.id.desc())
        .limit(1)
    ).first()


def posts_of(person_id: int) -> Sequence[Post]:
    """All posts of the person with their municipalities, the latest first."""
    return db.session.scalars(
        sa.select(Post)
        .options(joinedload(Post.municipality))
        .where(Post.person_id == person_id)
        .order_by(Post.starts_on.desc(), Post.id.desc())
    ).all()


def get_grant(person_id: int, grant_id: int) -> RoleGrant:
    """A grant of the person. Raises ``NotFoundError``."""
    found = db.session.scalar(sa.select(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.person_id == person_id))
    if found is None:
        raise NotFoundError
    return found


def coordinator_ids(municipality_id: int) -> list[int]:
    """The ids of the people who coordinate the municipality today and can sign in."""
    roles = (RoleGrant.role == Role.COORDINATOR, RoleGrant.municipality_id == municipality_id, *in_force(RoleGrant))
    signs_in = sa.and_(Account.person_id == RoleGrant.person_id, Account.active)
    statement = sa.select(RoleGrant.person_id).join(Account, signs_in).where(*roles).distinct().order_by(RoleGrant.person_id)
    return list(db.session.scalars(statement))


def grants_of(person_id: int) -> Sequence[RoleGrant]:
    """All grants of the person with their municipalities and those for whom they stand in, the latest first."""
    return db.session.scalars(
        sa.select(RoleGrant)
        .options(joinedload(RoleGrant.municipality), joinedload(RoleGrant.stood_in_for))
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.starts_on.desc(), RoleGrant.id.desc())
    ).all()


def deputies_of(person_id: int, municipality_ids: Collection[int]) -> Sequence[RoleGrant]:
    """The deputies whom a coordinator named for the municipalities and whose time is not over, the first to begin first, with their names."""
    return db.session.scalars(
        sa.select(RoleGrant)
        .options(joinedload(RoleGrant.person), joinedload(RoleGrant.municipality))
        .where(RoleGrant.deputy_for == person_id, RoleGrant.municipality_id.in_(municipality_ids))
        .where(RoleGrant.ends_on >= RoleGrant.starts_on, RoleGrant.ends_on >= clock.today())
        .order_by(RoleGrant.starts_on, RoleGrant.id)
    ).all()


def own_municipalities_of(person_id: int) -> dict[int, date | None]:
    """The municipalities that the person coordinates today and not as a deputy, with the last day of it, None while it has none."""
    rows = db.session.execute(
        sa.select(RoleGrant.municipality_id, RoleGrant.ends_on)
        .where(RoleGrant.person_id == person_id, RoleGrant.role == Role.COORDINATOR, RoleGrant.deputy_for.is_(None), *in_force(RoleGrant))
        .order_by(RoleGrant.municipality_id)
    )
    return {municipality_id: ends_on for municipality_id, ends_on in rows if municipality_id is not None}


def possible_deputies(municipality_ids: Collection[int]) -> Sequence[Post]:
    """The posts that people hold today in the municipalities and who can sign in, by family name, with their names; one for each of them there."""
    signs_in = sa.and_(Account.person_id == Post.person_id, Account.active)
    posts = db.session.scalars(
        sa.select(Post)
        .join(Account, signs_in)
        .options(joinedload(Post.person), joinedload(Post.municipality))
        .where(Post.municipality_id.in_(municipality_ids), *in_force(Post))
        .order_by(Post.person_sort_key, Post.person_id, Post.starts_on, Post.id)
    )
    return list({(post.person_id, post.municipality_id): post for post in posts}.values())


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the administrators' list."""

    person: Person
    email: str | None
    account_active: bool | None
    post: Post | None
    grants: tuple[RoleGrant, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of the administrators' list; ``previous`` and ``following`` are the ids that lead on, None at the ends."""

    rows: tuple[PersonRow, ...]
    previous: int | None
    following: int | None


def people_page(search: str = "", role: str = "", after: int | None = None, before: int | None = None) -> PeoplePage:
    """People in the order of lists, a page after (or before) the person of that id, in three statements (four when nobody was found)."""
    holders = sa.select(RoleGrant.person_id).where(RoleGrant.role == role, *in_force(RoleGrant))
    conditions = [Person.id.in_(holders), not_merged()] if role else [not_merged()]
    backwards = before is not None and after is None
    cursor = before if backwards else after
    found = _page_of_people([*conditions, *_matching(search, as_typed=True)], cursor, backwards=backwards)
    if not found and search:
        found = _page_of_people([*conditions, *_matching(search)], cursor, backwards=backwards)
    more, found = len(found) > PAGE_LENGTH, found[:PAGE_LENGTH]
    if backwards:
        found.reverse()
    ids = [person.id for person, _email, _active in found]
    posts, grants = _current_posts_of(ids), _grants_in_force_of(ids)
    rows = tuple(PersonRow(person, email, active, posts.get(person.id), grants.get(person.id, ())) for person, email, active in found)
    return PeoplePage(
        rows=rows,
        previous=ids[0] if ids and (more if backwards else cursor is not None) else None,
        following=ids[-1] if ids and (backwards or more) else None,
    )


def _page_of_people(conditions: Iterable[Condition], cursor: int | None, *, backwards: bool) -> list[Any]:
    order = (Person.sort_key.desc(), Person.id.desc()) if backwards else (Person.sort_key, Person.id)
    chosen = sa.select(Person.id).where(*conditions)
    if cursor is not None:
        chosen = chosen.where(*_beyond(cursor, backwards=backwards))
    return list(
        db.session.execute(
            sa.select(Person, Account.email, Account.active)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(Person.id.in_(chosen.order_by(*order).limit(PAGE_LENGTH + 1)))
            .order_by(*order)
        ).all()
    )


def _beyond(cursor: int, *, backwards: bool) -> tuple[Condition, Condition]:
    """People who come after (before) the person ``cursor``. The first condition alone narrows the index; the second is for equal keys."""
    reached = aliased(Person)
    at = sa.select(reached.sort_key).where(reached.id == cursor).scalar_subquery()
    if backwards:
        return Person.sort_key <= at, sa.or_(Person.sort_key < at, Person.id < cursor)
    return Person.sort_key >= at, sa.or_(Person.sort_key > at, Person.id > cursor)


def _current_posts_of(ids: list[int]) -> dict[int, Post]:
    posts = db.session.scalars(
        sa.select(Post)
        .options(joinedload(Post.municipality))
        .where(Post.person_id.in_(ids), *in_force(Post))
        .order_by(Post.starts_on, Post.id)
    )
    return {post.person_id: post for post in posts}


def _grants_in_force_of(ids: list[int]) -> dict[int, tuple[RoleGrant, ...]]:
    found: dict[int, tuple[RoleGrant, ...]] = {}
    for grant in db.session.scalars(
        sa.select(RoleGrant)
        .options(joinedload(RoleGrant.municipality))
        .where(RoleGrant.person_id.in_(ids), *in_force(RoleGrant))
        .order_by(RoleGrant.role, RoleGrant.id)
    ):
        found[grant.person_id] = (*found.get(grant.person_id, ()), grant)
    return found


def _matching(text: str, *, as_typed: bool = False) -> list[Condition]:
    """Conditions: every word of ``text`` is in the person's name, begins the e-mail of the account, or is the whole e-mail of the person.

    A word may also be Georgian typed on a Latin keyboard; ``as_typed`` leaves that out, which halves the work on a long list.
    """
    return [_word_matches(word, as_typed=as_typed) for word in georgian.clean_text(text).split()[:MOST_WORDS]]


def _word_matches(word: str, *, as_typed: bool) -> Condition:
    spellings = [word] if as_typed else [word, georgian.latin_layout_to_georgian(word)]
    names = {georgian.fold_for_search(spelling) for spelling in spellings} - {""}
    ways = [sa.and_(*(Person.search_text.contains(part, autoescape=True) for part in name.split())) for name in sorted(names)]
    email = rules.fold_email(word)
    if email.isascii():
        low, high = searching.prefix_range(email)
        ways.append(Person.id.in_(sa.select(Account.person_id).where(Account.email >= low, Account.email < high)))
    if "@" in email:
        ways.append(sa.func.lower(Person.email) == email)
    return sa.or_(sa.false(), *ways)
