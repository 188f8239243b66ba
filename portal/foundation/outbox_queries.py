"""What staff can ask about mail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.foundation.keyset import Page, Place, bounded, page_of
from portal.foundation.outbox import MessageState, OutboxMessage

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

PAGE_LENGTH = 50
COUNTED_TO = 1000
"""Messages of one state are counted so far and no further: nobody needs to know how many thousands were sent."""
AFTER_EVERY_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One line of the list: what a message is, without what it says."""

    id: int
    created_at: datetime
    kind: str
    to_address: str
    language: str
    subject: str
    state: str
    attempts: int


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages: in this state, of this kind, to addresses that begin so. Empty asks for nothing."""

    state: str = ""
    kind: str = ""
    address: str = ""


def is_posted(event_key: str) -> bool:
    """True when there is a message for this event."""
    return bool(db.session.scalar(sa.select(sa.exists().where(OutboxMessage.event_key == event_key))))


def messages_page(wanted: MessageFilter, place: Place) -> Page[MessageLine]:
    """A page of messages, newest first, in one statement."""
    columns = [getattr(OutboxMessage, name) for name in MessageLine.__slots__]
    statement = sa.select(*columns).where(*_conditions(wanted))
    found = [MessageLine(*row) for row in db.session.execute(bounded(statement, OutboxMessage.id, place, PAGE_LENGTH))]
    return page_of(found, place, PAGE_LENGTH)


def messages_to(person_ids: Collection[int], *, most: int) -> list[MessageLine]:
    """The newest messages to these people, at most ``most``, newest first."""
    columns = [getattr(OutboxMessage, name) for name in MessageLine.__slots__]
    statement = sa.select(*columns).where(OutboxMessage.person_id.in_(person_ids)).order_by(OutboxMessage.id.desc()).limit(most)
    return [MessageLine(*row) for row in db.session.execute(statement)]


def _conditions(wanted: MessageFilter) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if wanted.state:
        conditions.append(OutboxMessage.state == wanted.state)
    if wanted.kind:
        conditions.append(OutboxMessage.kind == wanted.kind)
    if wanted.address:
        conditions += [OutboxMessage.to_address >= wanted.address, OutboxMessage.to_address < wanted.address + AFTER_EVERY_LETTER]
    return conditions


def counts_by_state() -> dict[str, int]:
    """How many messages are in each state, counted up to ``COUNTED_TO``, in one statement."""
    return {row[0]: row[1] for row in db.session.execute(_counts(COUNTED_TO))}


@cache
def _counts(most: int) -> sa.CompoundSelect[Any]:
    def counted(state: str) -> sa.Select[str, int]:
        # The number stands in the statement: PostgreSQL plans it once for all values, and would take a value for a tenth of the table.
        some = sa.select(OutboxMessage.id).where(OutboxMessage.state == state).limit(sa.literal_column(str(most))).subquery()
        return sa.select(sa.literal(state), sa.func.count()).select_from(some)

    return sa.union_all(*map(counted, MessageState))


def get_message(message_id: int) -> OutboxMessage:
    """The message. Raises ``NotFoundError``."""
    return _one(sa.select(OutboxMessage).where(OutboxMessage.id == message_id))


def lock_message(message_id: int) -> OutboxMessage:
    """The message as it is now, locked, so that the worker does not send it meanwhile. Raises ``NotFoundError``."""
    return _one(locked(sa.select(OutboxMessage).where(OutboxMessage.id == message_id)).execution_options(populate_existing=True))


def _one(statement: sa.Select[Any]) -> OutboxMessage:
    found: OutboxMessage | None = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found
