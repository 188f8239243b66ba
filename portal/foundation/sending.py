"""Mail on its way: takes due messages from the outbox, hands them to the mail server, and notes what became of them.

A message is claimed in one transaction, sent outside any, and noted in another, so a mail server that hangs holds nobody up. Whoever dies in
between leaves a claim that runs out; the message goes again under the same Message-ID, by which mailboxes know it for the same.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

import sqlalchemy as sa

from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.outbox import MessageState, OutboxMessage, ask_to_send
from portal.foundation.transaction import writing

CLAIM_LASTS = timedelta(minutes=10)
AT_ONCE = 20
LAST_ATTEMPT = 12
"""Of a message that the server refuses or that cannot be written: after about six hours."""
LAST_ATTEMPT_AT_SERVER = 80
"""While the server is down or lets nobody in: after about three days, so that mail outlives a weekend."""
LONGEST_PAUSE_MINUTES = 60
SMTP_TIMEOUT_SECONDS = 20
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, from ``smtp://user:password@host:port`` (add ``?starttls=1``) or ``smtps://…``."""

    url: str
    sender: str

    def send(self, message: EmailMessage) -> None:
        """Hand ``message`` over. Raises ``OSError`` or ``SMTPException`` when the server does not take it."""
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
        server: smtplib.SMTP
        if secure:
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SMTP_TIMEOUT_SECONDS, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=SMTP_TIMEOUT_SECONDS)
        with server:
            if not secure and parse_qs(parts.query).get("starttls"):
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)


def send_due(server: MailServer) -> int:
    """Send what is due; returns how many messages left."""
    sent = 0
    while claimed := _claim():
        for message in claimed:
            sent += _send_one(message, server)
    return sent


def _claim() -> list[OutboxMessage]:
    with writing():
        moment = clock.now()
        due = db.session.scalars(
            sa.select(OutboxMessage)
            .where(
                OutboxMessage.state.in_([MessageState.WAITING, MessageState.SENDING]),
                OutboxMessage.next_attempt_at <= moment,
            )
            .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for message in due:
            message.state = MessageState.SENDING
            message.attempts += 1
            message.next_attempt_at = moment + CLAIM_LASTS
        db.session.flush()
        db.session.expunge_all()
    return list(due)


def _send_one(message: OutboxMessage, server: MailServer) -> bool:
    problem: Exception | None = None
    try:
        server.send(as_email(message, server.sender))
    except OSError as told:
        problem = told
    except Exception as unforeseen:  # whatever one message does, the others behind it leave
        log.exception("message %s cannot be sent", message.id)
        problem = unforeseen
    with writing():
        row = db.session.get(OutboxMessage, message.id, with_for_update=True)
        if row is not None and row.state == MessageState.SENDING:
            _note(row, problem)
    return problem is None


def _note(row: OutboxMessage, problem: Exception | None) -> None:
    error = type(problem).__name__ if problem else ""
    row.last_error = error or None
    if problem is None:
        row.state, row.sent_at = MessageState.SENT, clock.now()
    elif row.attempts >= _last_attempt(problem):
        row.state = MessageState.FAILED
    else:
        row.state = MessageState.WAITING
        row.next_attempt_at = clock.now() + timedelta(minutes=min(2 ** (row.attempts - 1), LONGEST_PAUSE_MINUTES))
    history.record(
        f"mail:{row.state}", row, by=None, person=row.person_id, change={"kind": row.kind, "attempts": row.attempts, "error": error}
    )


def _last_attempt(problem: Exception) -> int:
    of_the_message = isinstance(problem, REFUSALS) or not isinstance(problem, OSError)  # every other SMTPException is an OSError too
    return LAST_ATTEMPT if of_the_message else LAST_ATTEMPT_AT_SERVER


def as_email(message: OutboxMessage, sender: str) -> EmailMessage:
    """``message`` as it goes out; a calendar part makes it an invitation."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, message.to_address, message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{hashlib.sha256(message.event_key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"
    mail["Content-Language"] = message.language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    if message.calendar:
        mail.add_alternative(message.calendar, subtype="calendar", params={"method": message.calendar_method or "REQUEST"})
    return mail


def stop(message: OutboxMessage, *, by: int) -> None:
    """Keep a message that has not left from leaving."""
    _change(message, {MessageState.WAITING, MessageState.FAILED}, MessageState.STOPPED, by, N_("This message has already left."))


def send_again(message: OutboxMessage, *, by: int) -> None:
    """Let a message leave now: one that waits, was stopped, failed, or was sent already and is asked for once more."""
    _change(message, set(MessageState) - {MessageState.SENDING}, MessageState.WAITING, by, N_("This message is being sent just now."))
    message.attempts, message.next_attempt_at, message.sent_at = 0, clock.now(), None
    ask_to_send()


def _change(message: OutboxMessage, allowed: set[MessageState], state: MessageState, by: int, refusal: str) -> None:
    if message.state not in allowed:
        raise RefusedError(refusal)
    history.record(f"mail:{state}", message, by=by, person=message.person_id, change={"state": [message.state, state]})
    message.state = state
