"""Two records of one person become one, and two again. The journeys call this together with what other domains keep of the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.foundation import clock, history
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.foundation.errors import N_
from portal.people import queries, queries_accounts
from portal.people.models import Person, PersonMerge, Post
from portal.people.rules_merge import MergeRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

FILLED = ("email", "phone", "sex")
NUMBER = "personal_number"


def merge_people(kept_id: int, merged_id: int, reason: str, *, enrolments: int, by: int) -> PersonMerge:
    """Merge a record into another: posts go over, the account where only one has one, and what the kept record lacks is filled in.

    ``enrolments`` says how many went over with it. The caller has locked both and asked the rules.
    """
    kept, merged = queries.get_person(kept_id), queries.get_person(merged_id)
    posts = [post.id for post in queries.posts_of(merged_id)]
    _hand_posts(posts, kept)
    merge = PersonMerge(
        kept=kept,
        merged=merged,
        reason=reason,
        moved={"posts": posts, "account": _hand_account(merged, kept), "filled": [*_fill(kept, merged), *_hand_number(merged, kept)]},
        by_id=by,
        at=clock.now(),
    )
    db.session.add(merge)
    db.session.flush()
    _record("person:merge", merge, enrolments, by=by)
    return merge


def undo_merge(merge: PersonMerge, *, enrolments: int, by: int) -> None:
    """Give the merged record back what it had. What came to the kept record since then stays there. The caller has locked both.

    Raises ``MergeRefusedError`` when somebody else has the personal number of the merged record by now.
    """
    kept, merged = merge.kept, merge.merged
    filled = set(merge.moved["filled"])
    if NUMBER in filled:
        _give_number_back(kept, merged)
    for name in filled.difference({NUMBER}):
        if getattr(kept, name) == getattr(merged, name):
            setattr(kept, name, None)
    _hand_posts(merge.moved["posts"], merged)
    if merge.moved["account"] is not None:
        queries_accounts.get_account_with_person(merge.moved["account"]).person = merged
    merge.undone_at, merge.undone_by_id = clock.now(), by
    db.session.flush()
    _record("person:undo_merge", merge, enrolments, by=by)


def _record(action: str, merge: PersonMerge, enrolments: int, *, by: int) -> None:
    change = {"kept": merge.kept_id, "enrolments": enrolments, "posts": len(merge.moved["posts"]), "fields": merge.moved["filled"]}
    change |= {"account": True} if merge.moved["account"] is not None else {}
    history.record(action, merge, by=by, person=merge.merged_id, change=change, personal={"why": merge.reason})


def _hand_posts(post_ids: Sequence[int], to: Person) -> None:
    """The list of a municipality is read in the order of names that its posts repeat, so they take that of their new holder."""
    db.session.execute(sa.update(Post).where(Post.id.in_(post_ids)).values(person_id=to.id, person_sort_key=to.sort_key))


def _hand_account(merged: Person, kept: Person) -> int | None:
    """Give the account to the kept record, unless it has one; returns its id when it went over."""
    account = queries_accounts.find_account_of(merged.id)
    if account is None or queries_accounts.find_account_of(kept.id) is not None:
        return None
    account.person = kept
    db.session.flush()
    return account.id


def _fill(kept: Person, merged: Person) -> list[str]:
    """Fill in what the kept record lacks and the other has; returns the names of the fields."""
    filled = [name for name in FILLED if not getattr(kept, name) and getattr(merged, name)]
    for name in filled:
        setattr(kept, name, getattr(merged, name))
    return filled


def _hand_number(merged: Person, kept: Person) -> list[str]:
    """Only one record at a time is found by a personal number; the merged one keeps its own sealed until it is found by it again."""
    if kept.personal_number_sealed is not None or merged.personal_number_sealed is None:
        return []
    index, merged.personal_number_index = merged.personal_number_index, None
    db.session.flush()
    kept.personal_number_sealed, kept.personal_number_index = merged.personal_number_sealed, index
    return [NUMBER]


def _give_number_back(kept: Person, merged: Person) -> None:
    index = keyring.blind_index(keyring.unseal(merged.personal_number_sealed or b"", queries.PERSONAL_NUMBER), queries.PERSONAL_NUMBER)
    if kept.personal_number_index == index:
        kept.personal_number_sealed = kept.personal_number_index = None
        db.session.flush()
    try:
        with db.session.begin_nested():
            merged.personal_number_index = index
            db.session.flush()
    except IntegrityError:
        db.session.refresh(merged)
        raise MergeRefusedError(
            N_("The personal number of the merged record belongs to another person by now, so the merge cannot be undone.")
        ) from None
