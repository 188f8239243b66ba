"""What can be done to people, their posts and their roles."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.foundation import clock, georgian, history
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.identifiers import mask_personal_number, parse_personal_number
from portal.foundation.outbox import Recipient
from portal.people import queries, rules
from portal.people.models import Account, Person, Post, Role, RoleGrant
from portal.people.services_sign_in import end_sign_ins, shorten_sign_ins

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

NUMBER_TAKEN = N_("This personal number is already registered. If it is yours, write to the association.")
NAMES = frozenset({"given_name_ka", "family_name_ka", "given_name_latin", "family_name_latin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """What a person says about themselves. Empty Latin names are filled in by national romanisation."""

    given_name_ka: str
    family_name_ka: str
    given_name_latin: str = ""
    family_name_latin: str = ""
    sex: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "ka"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDetails:
    """A post as its holder describes it. Rank and role in the sakrebulo are dropped where the category has none."""

    municipality_id: int
    title_ka: str
    category: str
    starts_on: date
    unit: str = ""
    title_en: str = ""
    rank: int | None = None
    sakrebulo_role: str | None = None


def add_person(details: PersonDetails, *, by: int | None) -> Person:
    """A new person, without an account."""
    person = Person(created_at=clock.now(), **_columns(details))
    db.session.add(person)
    db.session.flush()
    history.record("person:add", person, by=by, person=person.id, personal=asdict(details))
    return person


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody to be entered with a post, and with the personal number if it is known."""

    person: PersonDetails
    post: PostDetails
    personal_number: str | None = None


def add_newcomers(newcomers: Sequence[Newcomer], *, by: int) -> list[Post]:
    """Enter many new people at once; returns their posts, in order. Raises ``RefusedError`` when a personal number is somebody's already."""
    people = [Person(created_at=clock.now(), **_columns(one.person), **_number_columns(one.personal_number)) for one in newcomers]
    try:
        with db.session.begin_nested():
            db.session.add_all(people)
    except IntegrityError:
        raise RefusedError(NUMBER_TAKEN) from None
    posts = [
        Post(person_id=person.id, person_sort_key=person.sort_key, **_post_columns(one.post))
        for person, one in zip(people, newcomers, strict=True)
    ]
    db.session.add_all(posts)
    db.session.flush()
    for person, post, one in zip(people, posts, newcomers, strict=True):
        history.record("person:add", person, by=by, person=person.id, personal=asdict(one.person))
        if one.personal_number:
            history.record("person:set_personal_number", person, by=by, person=person.id)
        history.record("post:add", post, by=by, person=person.id, change=_told(one.post))
    return posts


def enter_person(details: PersonDetails, post: PostDetails | None, *, by: int, since: datetime) -> Person:
    """A new person with the post, if it is known. Whom ``by`` entered with the same words ``since`` the form was drawn is not entered again."""
    queries.lock_turn_of(by)
    before = find_entered(details, post, by=by, since=since)
    if before is not None:
        return before
    person = add_person(details, by=by)
    if post is not None:
        add_post(person.id, post, by=by)
    return person


def find_entered(details: PersonDetails, post: PostDetails | None, *, by: int, since: datetime) -> Person | None:
    """The person whom ``by`` entered with the same words ``since`` a form was drawn."""
    return queries.find_entered(_columns(details), _post_columns(post) if post else None, by=by, since=since)


def change_person(person: Person, details: PersonDetails, *, by: int) -> None:
    """Correct what is known of ``person``, but for the e-mail, which must be confirmed first (``ask_for_email``).

    Certificates and enrolments keep what they were made with.
    """
    after = _columns(replace(details, email=person.email))
    before = {name: getattr(person, name) for name in after}
    changed = {
        name: [before[name], after[name]] for name in after if before[name] != after[name] and name not in {"sort_key", "search_text"}
    }
    if not changed:
        return
    for name, value in after.items():
        setattr(person, name, value)
    db.session.execute(sa.update(Post).where(Post.person_id == person.id).values(person_sort_key=person.sort_key))
    db.session.flush()
    named_anew = not NAMES.isdisjoint(changed)  # the pages of runs name their trainers
    change = {"fields": sorted(changed)}
    history.record("person:change", person, by=by, person=person.id, change=change, personal=changed, public=named_anew)


def _columns(details: PersonDetails) -> dict[str, Any]:
    """The columns that follow from ``details``, with Latin names, order and search words filled in."""
    full = replace(
        details,
        given_name_latin=details.given_name_latin or georgian.romanise_name(details.given_name_ka),
        family_name_latin=details.family_name_latin or georgian.romanise_name(details.family_name_ka),
    )
    georgian_name = f"{full.family_name_ka} {full.given_name_ka}"
    return asdict(full) | {
        "sort_key": georgian.collation_key(georgian_name),
        "search_text": georgian.fold_for_search(f"{georgian_name} {full.given_name_latin} {full.family_name_latin}"),
    }


def recipient_of(person: Person) -> Recipient:
    """Where mail for ``person`` goes, and in which language; an empty address when none is known."""
    return Recipient(person.email or "", person.language, person.id)


def set_personal_number(person: Person, text: str, *, by: int) -> None:
    """Keep the personal number typed as ``text``, sealed. Raises ``RefusedError`` for a wrong one, a second one, or somebody else's."""
    try:
        number = parse_personal_number(text)
    except ValueError:
        raise RefusedError(N_("A personal number must have 11 digits")) from None
    if person.personal_number_index is not None and by == person.id:
        raise RefusedError(N_("Your personal number is already saved. If it is wrong, write to the association."))
    try:
        with db.session.begin_nested():
            for name, value in _number_columns(number).items():
                setattr(person, name, value)
            db.session.flush()
    except IntegrityError:
        db.session.refresh(person)
        raise RefusedError(NUMBER_TAKEN) from None
    history.record("person:set_personal_number", person, by=by, person=person.id)


def _number_columns(number: str | None) -> dict[str, Any]:
    """The columns that keep ``number``, eleven digits, sealed and to be found."""
    if number is None:
        return {}
    return {
        "personal_number_sealed": keyring.seal(number, queries.PERSONAL_NUMBER),
        "personal_number_index": keyring.blind_index(number, queries.PERSONAL_NUMBER),
    }


def masked_personal_number(person: Person) -> str | None:
    """The personal number as it may be shown, all but the last four digits hidden; None when it is not known."""
    if person.personal_number_sealed is None:
        return None
    return mask_personal_number(keyring.unseal(person.personal_number_sealed, queries.PERSONAL_NUMBER))


def add_post(person_id: int, details: PostDetails, *, by: int | None) -> Post:
    """A post that the person holds from ``details.starts_on``; nothing else changes."""
    post = Post(person_id=person_id, person_sort_key=queries.get_person(person_id).sort_key, **_post_columns(details))
    db.session.add(post)
    db.session.flush()
    db.session.expire(post, ["municipality"])
    history.record("post:add", post, by=by, person=person_id, change=_told(details))
    return post


def correct_post(post: Post, details: PostDetails, *, by: int) -> None:
    """Correct how ``post`` is described; the person still holds the same post."""
    for name, value in _post_columns(details).items():
        setattr(post, name, value)
    db.session.flush()
    db.session.expire(post, ["municipality"])
    history.record("post:correct", post, by=by, person=post.person_id, change=_told(details))


def change_post(person_id: int, details: PostDetails, *, by: int) -> Post:
    """The person moves to another post: the one held until now ends the day before.

    Raises ``RefusedError`` unless the new post begins after all others: put before a later one it would be a second post of today, and the
    coordinator of a municipality that the person has left would see them.
    """
    latest = next(iter(queries.posts_of(person_id)), None)
    if latest is not None and latest.starts_on >= details.starts_on:
        raise RefusedError(N_("The new post must begin after the post that you hold now"))
    left = queries.find_current_post(person_id, on=details.starts_on)
    if left is not None:
        left.ends_on = details.starts_on - timedelta(days=1)
        history.record("post:end", left, by=by, person=person_id, change={"ends_on": left.ends_on.isoformat()})
    return add_post(person_id, details, by=by)


def _post_columns(details: PostDetails) -> dict[str, Any]:
    return asdict(details) | {
        "rank": details.rank if rules.has_rank(details.category) else None,
        "sakrebulo_role": details.sakrebulo_role if rules.has_sakrebulo_role(details.category) else None,
    }


def _told(details: PostDetails) -> dict[str, Any]:
    """What the history says of a post: its place and kind; a title in a small municipality names its holder, and stays out."""
    return {"municipality_id": details.municipality_id, "category": details.category, "starts_on": details.starts_on.isoformat()}


def grant_role(
    person_id: int,
    role: Role,
    *,
    by: int | None,
    municipality_id: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    deputy_for: int | None = None,
) -> RoleGrant:
    """Give the person ``role`` from ``starts_on`` (today) to ``ends_on`` (open). A coordinator's grant names the municipality.

    ``deputy_for`` is set by ``name_deputy`` alone.
    Raises ``RefusedError`` when the days are in the wrong order or the person has the role in that time already.
    """
    starts_on = starts_on or clock.today()
    place = municipality_id if rules.needs_municipality(role) else None
    if rules.needs_municipality(role) and place is None:
        raise RefusedError(N_("Choose the municipality of the coordinator"))
    if ends_on is not None and ends_on < starts_on:
        raise RefusedError(N_("The last day must not be before the first"))
    for other in queries.grants_of(person_id):
        same = (other.role, other.municipality_id) == (role, place)
        if same and not rules.is_void(other.starts_on, other.ends_on) and rules.overlap(starts_on, ends_on, other.starts_on, other.ends_on):
            has_it = N_("The person has this role in that time already")
            raise RefusedError(has_it if deputy_for is None else N_("This person coordinates the municipality in that time already."))
    grant = RoleGrant(person_id=person_id, role=role, municipality_id=place, starts_on=starts_on, ends_on=ends_on, deputy_for=deputy_for)
    db.session.add(grant)
    db.session.flush()
    if role in rules.PRIVILEGED:
        shorten_sign_ins(person_id)
    days = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat() if ends_on else None}
    stands_in = {"deputy_for": deputy_for} if deputy_for is not None else {}
    history.record("role:grant", grant, by=by, person=person_id, change={"role": str(role), "municipality_id": place} | days | stands_in)
    return grant


def end_grant(grant: RoleGrant, *, by: int) -> None:
    """End ``grant`` now, and with it those of the deputies named by it. Nobody can end their own grant as administrator."""
    if grant.person_id == by and grant.role == Role.ADMINISTRATOR:
        raise RefusedError(N_("You cannot end your own role as administrator. Ask another administrator."))
    before, last = grant.ends_on, rules.last_day_when_ended(grant.starts_on, clock.today())
    if before is not None and before <= last:
        return
    grant.ends_on = last
    db.session.flush()
    change = {"role": grant.role, "ends_on": [before.isoformat() if before else None, last.isoformat()]}
    history.record("role:end", grant, by=by, person=grant.person_id, change=change)
    for deputy in queries.deputies_of(grant.person_id, [grant.municipality_id] if grant.municipality_id is not None else []):
        end_grant(deputy, by=by)


def deactivate_account(account: Account, *, by: int) -> None:
    """Close ``account``: all its sign-ins end now, and no password or link opens it."""
    if account.person_id == by:
        raise RefusedError(N_("You cannot deactivate your own account. Ask another administrator."))
    if not account.active:
        return
    account.active = False
    end_sign_ins(account)
    history.record("account:deactivate", account, by=by, person=account.person_id)


def reactivate_account(account: Account, *, by: int) -> None:
    """Open ``account`` again; its owner signs in with the password of before."""
    if account.active:
        return
    account.active = True
    db.session.flush()
    history.record("account:reactivate", account, by=by, person=account.person_id)
