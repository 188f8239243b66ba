"""The outbox: mail is written here in the transaction that is its reason, and leaves afterwards.

A message is composed when it is posted, so staff see exactly what is sent. It is sent once per ``event_key``: posting the same event again
changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock, jobs
from portal.foundation.database import Base, BigId, Key, SortKey, db
from portal.foundation.edited_texts import find_wording
from portal.foundation.mail_texts import compose, may_be_edited
from portal.foundation.transaction import after_commit

KICK = "send_outbox"
"""The name of the work for which the worker is woken."""


class MessageState(StrEnum):
    """What has become of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"


class OutboxMessage(Base):
    """One mail to one address. ``secret`` marks bodies with a link that signs in: staff see those without the link."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.Index("ix_outbox_message_due", "state", "next_attempt_at"),
        sa.Index("ix_outbox_message_person", "person_id"),
        sa.Index("ix_outbox_message_kind", "kind", "id"),
        sa.Index("ix_outbox_message_state", "state", "id"),
        sa.Index("ix_outbox_message_address", "to_address", "id"),
    )

    id: Mapped[Key]
    event_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(BigId)
    to_address: Mapped[str] = mapped_column(SortKey)
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    calendar: Mapped[str | None]
    calendar_method: Mapped[str | None]
    secret: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a message goes; ``person_id`` is None for an address that belongs to nobody yet."""

    address: str
    language: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar part: the iCalendar text and its method (REQUEST or CANCEL)."""

    text: str
    method: str


def post(
    kind: str, to: Recipient, facts: dict[str, Any], *, event_key: str, calendar: Calendar | None = None, secret: bool = False
) -> None:
    """Put the mail ``templates/mail/<kind>.txt``, or what staff made of it, filled with ``facts``, into the outbox, once per ``event_key``.

    Whoever posts must already hold what makes the event unique (a lock or a fresh row): the key is the last guard and raises.
    """
    if not to.address:
        return
    subject, body = compose(kind, to.language, facts, find_wording(kind, to.language) if may_be_edited(kind) else None)
    moment = clock.now()
    db.session.add(
        OutboxMessage(
            event_key=event_key,
            kind=kind,
            person_id=to.person_id,
            to_address=to.address,
            language=to.language,
            subject=subject,
            body=body,
            calendar=calendar.text if calendar else None,
            calendar_method=calendar.method if calendar else None,
            secret=secret,
            next_attempt_at=moment,
            created_at=moment,
        )
    )
    ask_to_send()


def ask_to_send() -> None:
    """Wake the worker once this transaction is committed."""
    after_commit(KICK, partial(jobs.wake, KICK))
