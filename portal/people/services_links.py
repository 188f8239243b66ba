"""Links sent by mail: made, used once, and emptied when they are dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.foundation import clock, history
from portal.foundation.crypto import digest, keyring, new_token
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.people import queries_accounts as asked
from portal.people.models import MailToken

if TYPE_CHECKING:
    from datetime import timedelta

    from portal.people.models import Account


class DeadLinkError(RefusedError):
    """The link was used, is too old, or never was one."""

    message = N_("This link is no longer valid. It works once, and only for a while.")


def new_link(
    purpose: str, email: str, lasts: timedelta, *, account: Account | None = None, payload: str | None = None, by: int | None = None
) -> tuple[MailToken, str]:
    """A link for ``purpose`` to be sent to ``email``, and its token; ``payload`` is kept sealed while the link is alive."""
    token, moment = new_token(), clock.now()
    link = MailToken(
        token_digest=digest(token),
        purpose=purpose,
        account_id=account.id if account else None,
        payload=keyring.seal(payload, purpose) if payload is not None else None,
        email_index=asked.email_index(email),
        created_at=moment,
        expires_at=moment + lasts,
    )
    db.session.add(link)
    db.session.flush()
    history.record("mail_link:create", link, by=by, person=by, change={"purpose": purpose})
    return link, token


def use_link(token: str, purpose: str) -> MailToken:
    """The link of ``token``, used from now on. Raises ``DeadLinkError``."""
    link = asked.find_link(token, purpose, lock=True)
    if link is None:
        raise DeadLinkError
    end_link(link, "mail_link:use")
    return link


def end_link(link: MailToken, action: str, *, by: int | None = None) -> None:
    """Let ``link`` open nothing any more, for the reason ``action``."""
    link.used_at = link.used_at or clock.now()
    db.session.flush()
    history.record(action, link, by=by, person=by, change={"purpose": link.purpose})


def payload_of(link: MailToken) -> str:
    """What ``link`` keeps sealed. Raises ``DeadLinkError`` when it keeps nothing."""
    if link.payload is None:
        raise DeadLinkError
    return keyring.unseal(link.payload, link.purpose)


def empty_dead_links() -> int:
    """Forget what dead links kept: nobody has confirmed it, so there is no purpose in it. Returns how many."""
    links = asked.dead_links_with_payload(lock=True)
    for link in links:
        link.payload = None
        history.record("mail_link:empty", link, by=None, change={"purpose": link.purpose})
    db.session.flush()
    return len(links)
