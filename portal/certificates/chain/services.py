"""What the register's chain takes in: every issue, state, addition and case, one link each, by the transaction that writes it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from portal import signing
from portal.certificates.chain import queries, rules
from portal.certificates.chain.models import EntryKind, RegisterEntry, RegisterHead
from portal.foundation import clock, history
from portal.foundation.addresses import addresses
from portal.foundation.database import db, take_turn
from portal.foundation.formats import to_tbilisi
from portal.foundation.transaction import before_commit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.certificates.models import Certificate, CertificateAddition, CertificateCase, CertificateStatus

    Row = Certificate | CertificateAddition | CertificateCase | CertificateStatus

TURN: Final = "register"
"""What whoever appends, or signs a head, takes a turn by."""
_KINDS: Final = {model: kind for kind, model in queries.MODELS.items()}
_APPEND: Final = sa.insert(RegisterEntry.metadata.tables[RegisterEntry.__tablename__])


def note(row: Row) -> None:
    """Take ``row``, new or (a case) changed, into the chain when this transaction is committed.

    A certificate is taken in with its file and credential: they must be there by then. What a savepoint undoes is not taken in.
    """
    before_commit(_append, row)


def note_everything() -> None:
    """Take in all that stands in a register which was filled in bulk, in the order of time, when this transaction is committed.

    The chain must be empty: to take in what somebody put into the register by hand would hide it.
    """
    before_commit(_append, None)


def heads_are_due() -> bool:
    """True when a day that is over, since the chain began, has no signed head."""
    return bool(_days_without_head())


def sign_heads() -> int:
    """Sign the head of each day that is over and has none; returns how many. Days on which nothing happened get one too.

    The history tells of each: a head that was taken out would else be signed anew, over whatever the chain says by then.
    Raises ``SigningUnavailableError``.
    """
    take_turn(TURN)  # whoever appends has a moment of today by then
    days = _days_without_head()
    for day in days:
        last, at = queries.last_entry(rules.end_of_day(day)), clock.now()
        number, digest = (last.id, last.digest) if last else (0, rules.FIRST_LINK)
        claims = rules.head_claims(addresses.base_url, day, number, digest, at)
        statement = signing.sign_jws(claims, typ=rules.HEAD_TYPE)
        head = RegisterHead(day=day, entry_id=number, digest=digest, statement=statement, signed_at=at)
        db.session.add(head)
        history.record("register:sign", head, by=None, change={"number": number, "head_sha256": digest})
    db.session.flush()
    return len(days)


def _days_without_head() -> list[date]:
    began, newest, today = queries.first_moment(), queries.newest_head_day(), clock.today()
    if began is None:
        return []
    first = newest + timedelta(days=1) if newest else to_tbilisi(began).date()
    return [first + timedelta(days=number) for number in range((today - first).days)]


def _append(rows: list[Row | None]) -> None:
    if None in rows:
        _begin()
        return
    kept = [row for row in rows if row is not None and row in db.session]
    noted = list(dict.fromkeys((_KINDS[type(row)], row.id) for row in kept))
    if noted:
        contents = _contents(noted)
        take_turn(TURN)
        _extend(noted, contents, clock.now())


def _begin() -> None:
    take_turn(TURN)
    if queries.last_entry() is not None:
        raise ValueError("the chain of the register has begun already")
    at = clock.now()
    for page in queries.everything_in_order():
        _extend(page, _contents(page), at)


def _contents(noted: Iterable[tuple[EntryKind, int]]) -> dict[tuple[EntryKind, int], str]:
    ids = defaultdict(list)
    for kind, row_id in noted:
        ids[kind].append(row_id)
    return {(kind, row.id): rules.content_of(kind, row) for kind, of_kind in ids.items() for row in queries.rows_of(kind, of_kind)}


def _extend(noted: Iterable[tuple[EntryKind, int]], contents: dict[tuple[EntryKind, int], str], at: datetime) -> None:
    """Append a link for each of ``noted``. Moments never go back, whatever the clock does."""
    last = queries.last_entry()
    number, previous, at = (last.id, last.digest, max(at, last.at)) if last else (0, rules.FIRST_LINK, at)
    links: list[dict[str, Any]] = []
    for kind, row_id in noted:
        number, content = number + 1, contents[kind, row_id]
        digest = rules.link(previous, number, at, kind, row_id, content)
        links.append({"id": number, "at": at, "kind": kind, "row_id": row_id, "content": content, "previous": previous, "digest": digest})
        previous = digest
    db.session.execute(_APPEND, links)
