"""The address that letters go to: another one counts when its owner has followed the link that was sent there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.foundation import history, outbox
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.people import queries_accounts as asked
from portal.people import rules
from portal.people.services_links import DeadLinkError, end_link, new_link, payload_of, use_link

if TYPE_CHECKING:
    from portal.people.models import Account, Person

CONFIRM_EMAIL = "confirm_email"


def email_asked_for(account: Account) -> str | None:
    """The address that the owner of ``account`` has asked for and not confirmed yet."""
    link = asked.find_link_of(account.id, CONFIRM_EMAIL)
    return payload_of(link) if link else None


def ask_for_email(account: Account, email: str) -> None:
    """Let letters go to ``email`` (folded) once its owner confirms it; until then they go where they went. The one asked for before is dropped.

    The address that the account signs in with was confirmed when it was made. Raises ``RefusedError`` when ``email`` got too many links lately.
    """
    person, waits = account.person, asked.find_link_of(account.id, CONFIRM_EMAIL)
    if waits is not None:
        if payload_of(waits) == email:
            return
        end_link(waits, "mail_link:drop", by=person.id)
    if email == person.email:
        return
    if email == account.email:
        _take(person, email)
        return
    if not rules.may_mail(asked.links_asked_for(email)):
        raise RefusedError(N_("Too many e-mails were asked for this address. Try again in an hour."))
    link, token = new_link(CONFIRM_EMAIL, email, rules.CONFIRMATION_LASTS, account=account, payload=email, by=person.id)
    facts = {
        "name": person.name(person.language),
        "url": addresses.page(f"/my/profile/email/{token}", person.language),
        "until": link.expires_at,
    }
    to = outbox.Recipient(email, person.language, person.id)
    outbox.post("confirm_email", to, facts, event_key=f"link:{link.id}", secret=True)


def find_email_to_confirm(token: str, account: Account) -> str | None:
    """The address that the link of ``token`` confirms for ``account``; None when the link is dead or somebody else's."""
    link = asked.find_link(token, CONFIRM_EMAIL)
    return payload_of(link) if link is not None and link.account_id == account.id else None


def confirm_email(token: str, account: Account) -> None:
    """Send letters to the address of the link of ``token`` from now on. Raises ``DeadLinkError``, for a link of somebody else too."""
    if find_email_to_confirm(token, account) is None:
        raise DeadLinkError
    _take(account.person, payload_of(use_link(token, CONFIRM_EMAIL)))


def _take(person: Person, email: str) -> None:
    before, person.email = person.email, email
    db.session.flush()
    history.record(
        "person:change", person, by=person.id, person=person.id, change={"fields": ["email"]}, personal={"email": [before, email]}
    )
