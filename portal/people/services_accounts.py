"""What can be done with accounts: creating them, signing in and out, passwords, and the links sent by mail."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.foundation import clock, history, outbox
from portal.foundation.addresses import addresses
from portal.foundation.crypto import digest, new_token
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.mail_texts import compose
from portal.people import passwords, queries, rules
from portal.people import queries_accounts as asked
from portal.people.models import Account, MailToken, Person
from portal.people.services import PersonDetails, PostDetails, add_person, add_post
from portal.people.services_links import DeadLinkError, end_link, new_link, payload_of, use_link
from portal.people.services_sign_in import count_attempt, end_sign_ins, start_sign_in

CREATE_ACCOUNT, RESET_PASSWORD = "create_account", "reset_password"
ACCOUNT_EXISTS = "account_exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What is asked for when an account is created; kept sealed until the e-mail is confirmed."""

    given_name_ka: str
    family_name_ka: str
    email: str
    password_hash: str
    municipality_id: int
    category: str
    title_ka: str
    language: str
    next: str = ""


def ask_for_account(new: NewAccount) -> str:
    """Send a link that creates the account ``new``. The owner of a known e-mail is told that there is one; the work done is the same.

    Returns the mark by which the browser that typed the password is known again; see ``is_marked``.
    """
    if not rules.may_mail(asked.links_asked_for(new.email)):
        return digest(new_token())
    known = asked.find_account(new.email)
    purpose = ACCOUNT_EXISTS if known else CREATE_ACCOUNT
    payload = None if known else json.dumps(asdict(new), ensure_ascii=False)
    link, token = new_link(purpose, new.email, rules.CONFIRMATION_LASTS, payload=payload)
    if known is None:
        facts: dict[str, Any] = {
            "name": f"{new.given_name_ka} {new.family_name_ka}",
            "url": addresses.page(f"/create-account/{token}", new.language),
            "until": link.expires_at,
        }
        outbox.post("confirm_account", outbox.Recipient(new.email, new.language), facts, event_key=f"link:{link.id}", secret=True)
        return link.token_digest
    language = known.person.language
    facts = {
        "name": known.person.name(language),
        "sign_in_url": addresses.page("/sign-in", language),
        "reset_url": addresses.page("/reset-password", language),
    }
    outbox.post("account_exists", outbox.Recipient(known.email, language, known.person_id), facts, event_key=f"link:{link.id}")
    return link.token_digest


def is_marked(token: str, mark: str) -> bool:
    """True when ``mark`` is what ``ask_for_account`` gave to the browser that asked for the link of ``token``."""
    return digest(token) == mark


def find_new_account(token: str) -> NewAccount | None:
    """What the link of ``token`` would create; None when the link is dead."""
    link = asked.find_link(token, CREATE_ACCOUNT)
    return _opened(link) if link else None


def refuse_account(token: str) -> None:
    """The owner of the mailbox did not ask for the account that the link of ``token`` would create. Raises ``DeadLinkError``."""
    link = asked.find_link(token, CREATE_ACCOUNT, lock=True)
    if link is None:
        raise DeadLinkError
    end_link(link, "mail_link:drop")


def confirm_account(token: str, address: str) -> tuple[Account, str]:
    """Create what the link of ``token`` holds: person, post, account. Returns the account and the page that its owner was on the way to.

    Somebody entered earlier without an account, with this name and e-mail, becomes the owner. Raises ``DeadLinkError`` for a dead link or
    when the e-mail has got an account meanwhile.
    """
    new = _opened(use_link(token, CREATE_ACCOUNT))
    details = PersonDetails(given_name_ka=new.given_name_ka, family_name_ka=new.family_name_ka, email=new.email, language=new.language)
    entered = queries.people_without_account(new.email, new.given_name_ka, new.family_name_ka)
    person = entered[0] if len(entered) == 1 else add_person(details, by=None)
    if queries.find_current_post(person.id) is None:
        post = PostDetails(municipality_id=new.municipality_id, title_ka=new.title_ka, category=new.category, starts_on=clock.today())
        add_post(person.id, post, by=person.id)
    account = _add_account(person, new.email, new.password_hash, by=person.id)
    count_attempt(new.email, address, succeeded=True)
    return account, new.next


def create_account_directly(given_name_ka: str, family_name_ka: str, email: str, password: str) -> Person:
    """A person with an account, on the word of whoever runs the machine. Raises ``RefusedError`` for a bad value; argon2 runs in here."""
    if not (rules.is_georgian_name(given_name_ka) and rules.is_georgian_name(family_name_ka)):
        raise RefusedError(N_("Use Georgian letters"))
    try:
        address = rules.parse_email(email)
    except ValueError:
        raise RefusedError(N_("Enter a valid e-mail address")) from None
    passwords.check_new_password(password, (given_name_ka, family_name_ka, address))
    person = add_person(PersonDetails(given_name_ka=given_name_ka, family_name_ka=family_name_ka, email=address), by=None)
    _add_account(person, address, passwords.hash_password(password), by=None)
    return person


def _add_account(person: Person, email: str, password_hash: str, *, by: int | None) -> Account:
    account = Account(person_id=person.id, email=email, password_hash=password_hash, created_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(account)
            db.session.flush()
    except IntegrityError:
        raise DeadLinkError(N_("There is an account with this e-mail already. Sign in.")) from None
    history.record("account:create", account, by=by, person=person.id, change={"privacy_notice": "read"} if by else {})
    return account


def ask_for_reset(email: str, language: str) -> None:
    """Send a link that sets a new password, if ``email`` (folded) opens an active account.

    Nobody can tell from outside: for an unknown e-mail the same rows are written and the same text composed, only nothing is sent.
    """
    if not rules.may_mail(asked.links_asked_for(email)):
        return
    account = asked.find_account(email)
    if account is not None and not account.active:
        account = None
    link, token = new_link(RESET_PASSWORD, email, rules.RESET_LASTS, account=account)
    spoken = account.person.language if account else language
    facts = {
        "name": account.person.name(spoken) if account else "",
        "url": addresses.page(f"/reset-password/{token}", spoken),
        "until": link.expires_at,
    }
    if account is None:
        compose("reset_password", spoken, facts)
        outbox.ask_to_send()
        return
    to = outbox.Recipient(account.email, spoken, account.person_id)
    outbox.post("reset_password", to, facts, event_key=f"link:{link.id}", secret=True)


def find_account_to_reset(token: str) -> Account | None:
    """The account whose password the link of ``token`` may set; None when the link is dead."""
    link = asked.find_link(token, RESET_PASSWORD)
    if link is None or link.account_id is None:
        return None
    account = asked.get_account_with_person(link.account_id)
    return account if account.active else None


def reset_password(token: str, password_hash: str, address: str) -> Account:
    """Set the password by the link of ``token``. Every sign-in of the account ends, and so does every other link.

    ``address`` counts as known to the owner from now on. Raises ``DeadLinkError``.
    """
    link = use_link(token, RESET_PASSWORD)
    account = asked.get_account_with_person(link.account_id) if link.account_id is not None else None
    if account is None or not account.active:
        raise DeadLinkError
    _set_password(account, password_hash)
    end_sign_ins(account)
    history.record("account:reset_password", account, by=account.person_id, person=account.person_id)
    count_attempt(account.email, address, succeeded=True)
    return account


def change_password(account: Account, password_hash: str) -> str:
    """Set a new password for somebody who is signed in, and end every sign-in: theirs too, of which a copy may be in other hands.

    Returns the token with which their browser goes on.
    """
    _set_password(account, password_hash)
    end_sign_ins(account)
    history.record("account:change_password", account, by=account.person_id, person=account.person_id)
    return start_sign_in(account)


def _set_password(account: Account, password_hash: str) -> None:
    moment = clock.now()
    account.password_hash = password_hash
    unused = (MailToken.account_id == account.id, MailToken.used_at.is_(None))
    db.session.execute(sa.update(MailToken).where(*unused).values(used_at=moment).execution_options(synchronize_session=False))
    language = account.person.language
    facts = {"name": account.person.name(language), "at": moment, "reset_url": addresses.page("/reset-password", language)}
    to = outbox.Recipient(account.email, language, account.person_id)
    outbox.post("password_changed", to, facts, event_key=f"password_changed:{account.id}:{moment.isoformat()}")


def _opened(link: MailToken) -> NewAccount:
    return NewAccount(**json.loads(payload_of(link)))
