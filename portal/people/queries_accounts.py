"""What can be asked about accounts: who is signed in, what a sign-in may try, which links still open something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.foundation import clock
from portal.foundation.crypto import digest, keyring
from portal.foundation.database import db, locked, take_turn
from portal.foundation.errors import NotFoundError
from portal.people import rules
from portal.people.models import Account, MailToken, Person, Role, RoleGrant, SignIn, SignInAttempt
from portal.people.queries import in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in, with the roles of today."""

    person_id: int
    account_id: int
    name_ka: str
    name_latin: str
    roles: frozenset[Role]
    municipality_ids: frozenset[int]


# Built once: at every signed-in request, building it would cost more than the database takes to answer it.
_SIGNED_IN = (
    sa.select(
        Person.id,
        Account.id,
        Person.given_name_ka,
        Person.family_name_ka,
        Person.given_name_latin,
        Person.family_name_latin,
        RoleGrant.role,
        RoleGrant.municipality_id,
        SignIn.created_at,
    )
    .select_from(SignIn)
    .join(Account, Account.id == SignIn.account_id)
    .join(Person, Person.id == Account.person_id)
    .outerjoin(RoleGrant, sa.and_(RoleGrant.person_id == Person.id, *in_force(RoleGrant, sa.bindparam("today"))))
    .where(
        SignIn.token_digest == sa.bindparam("digest"), SignIn.ended_at.is_(None), SignIn.expires_at > sa.bindparam("now"), Account.active
    )
)


def find_signed_in(token: str) -> SignedIn | None:
    """The person whom the sign-in ``token`` belongs to, if it still opens anything; one statement, at every signed-in request.

    The roles of today say how long it lasts: since it began, its owner may have become staff, on a day that was set before.
    """
    rows = db.session.execute(_SIGNED_IN, {"digest": digest(token), "now": clock.now(), "today": clock.today()}).all()
    if not rows:
        return None
    person_id, account_id, given_ka, family_ka, given_latin, family_latin, _role, _municipality, began = rows[0]
    roles = frozenset(Role(row.role) for row in rows if row.role)
    if began + rules.sign_in_lasts(privileged=not roles.isdisjoint(rules.PRIVILEGED)) <= clock.now():
        return None
    return SignedIn(
        person_id=person_id,
        account_id=account_id,
        name_ka=f"{given_ka} {family_ka}",
        name_latin=f"{given_latin} {family_latin}",
        roles=roles,
        municipality_ids=frozenset(row.municipality_id for row in rows if row.municipality_id),
    )


def find_account_of(person_id: int) -> Account | None:
    """The account of a person, if there is one."""
    return db.session.scalar(sa.select(Account).where(Account.person_id == person_id))


def get_account_of(person_id: int) -> Account:
    """The account of a person. Raises ``NotFoundError`` when the person has none."""
    found = find_account_of(person_id)
    if found is None:
        raise NotFoundError
    return found


def has_open_account_at(domain: str) -> bool:
    """True when somebody can sign in with an e-mail of ``domain``."""
    ends = Account.email.endswith(f"@{domain}", autoescape=True)
    return bool(db.session.scalar(sa.select(sa.exists().where(Account.active, ends))))


def find_account(email: str) -> Account | None:
    """The account that signs in with ``email`` (folded), its person loaded."""
    return db.session.scalar(sa.select(Account).join(Account.person).options(contains_eager(Account.person)).where(Account.email == email))


def lock_tries(email: str) -> None:
    """Let the tries of ``email`` (folded) be counted one after the other for the rest of this transaction, whether it has an account or not.

    The account is held as well, so that a sign-in with the old password does not slip in while the password is changed.
    """
    take_turn(email_index(email))
    db.session.execute(locked(sa.select(Account.id).where(Account.email == email)))


def is_privileged(person_id: int) -> bool:
    """True for staff and administrators of today."""
    return bool(db.session.scalar(sa.select(_holds_privilege(sa.literal(person_id)))))


def _holds_privilege(person_id: sa.ColumnElement[int] | InstrumentedAttribute[int]) -> sa.Exists:
    return sa.exists().where(RoleGrant.person_id == person_id, RoleGrant.role.in_(sorted(rules.PRIVILEGED)), *in_force(RoleGrant))


@dataclass(frozen=True, slots=True)
class SignInStanding:
    """What is known before a password is checked. Account fields are None when nobody has that e-mail."""

    account_id: int | None
    person_id: int | None
    password_hash: str | None
    active: bool
    privileged: bool
    failed: rules.FailedSignIns


def email_index(email: str) -> str:
    """The keyed digest under which attempts and links of ``email`` (folded) are counted."""
    return keyring.blind_index(email, "sign_in_email")


def address_index(address: str) -> str:
    """The keyed digest under which attempts from ``address`` are counted."""
    return keyring.blind_index(address, "sign_in_address")


def sign_in_standing(email: str, address: str, *, known: bool = False) -> SignInStanding:
    """The account of ``email`` (folded) and the failures that count for it at ``address``; one statement.

    ``known`` says that the owner has signed in there before, also when no row tells.
    """
    attempt = SignInAttempt
    of_email, of_address = attempt.email_index == email_index(email), attempt.address_index == address_index(address)
    window = clock.now() - rules.WINDOW
    lately = (sa.not_(attempt.succeeded), attempt.at > window)
    last_success = sa.select(sa.func.max(attempt.at)).where(of_email, of_address, attempt.succeeded).scalar_subquery()
    fifth = (
        sa.select(attempt.at)
        .where(of_email, of_address, *lately, attempt.at > sa.func.coalesce(last_success, window))
        .order_by(attempt.at.desc())
        .offset(rules.PAIR_FAILURES - 1)
        .limit(1)
        .scalar_subquery()
    )
    row = db.session.execute(
        sa.select(
            Account.id,
            Account.person_id,
            Account.password_hash,
            Account.active,
            _holds_privilege(Account.person_id).label("privileged"),
            fifth.label("fifth"),
            last_success.label("last_success"),
            sa.select(sa.func.count()).where(of_email, *lately).scalar_subquery().label("email_failures"),
            sa.select(sa.func.max(attempt.at)).where(of_email, *lately).scalar_subquery().label("email_last"),
            sa.select(sa.func.count()).where(of_address, *lately).scalar_subquery().label("address_failures"),
            sa.select(sa.func.max(attempt.at)).where(of_address, *lately).scalar_subquery().label("address_last"),
        )
        .select_from(sa.select(sa.literal(1)).subquery("one_row"))
        .outerjoin(Account, Account.email == email)
    ).one()
    return SignInStanding(
        account_id=row.id,
        person_id=row.person_id,
        password_hash=row.password_hash,
        active=bool(row.active),
        privileged=row.privileged,
        failed=rules.FailedSignIns(
            pair_fifth_at=row.fifth,
            pair_known=known or row.last_success is not None,
            email_failures=row.email_failures,
            email_last_at=row.email_last,
            address_failures=row.address_failures,
            address_last_at=row.address_last,
        ),
    )


def links_asked_for(email: str) -> int:
    """How many links were asked for the mailbox ``email`` (folded) lately, whether it has an account or not."""
    since = clock.now() - rules.MAIL_WINDOW
    statement = sa.select(sa.func.count()).where(MailToken.email_index == email_index(email), MailToken.created_at > since)
    return db.session.scalar(statement) or 0


def find_link(token: str, purpose: str, *, lock: bool = False) -> MailToken | None:
    """The link of ``token`` if it is for ``purpose``, unused and in time; with ``lock`` nobody else can use it meanwhile."""
    statement = sa.select(MailToken).where(
        MailToken.token_digest == digest(token),
        MailToken.purpose == purpose,
        MailToken.used_at.is_(None),
        MailToken.expires_at > clock.now(),
    )
    return db.session.scalar(locked(statement) if lock else statement)


def find_link_of(account_id: int, purpose: str) -> MailToken | None:
    """The latest link of the account for ``purpose`` that can still be used."""
    return db.session.scalars(
        sa.select(MailToken)
        .where(
            MailToken.account_id == account_id,
            MailToken.purpose == purpose,
            MailToken.used_at.is_(None),
            MailToken.expires_at > clock.now(),
        )
        .order_by(MailToken.id.desc())
        .limit(1)
    ).first()


def dead_links_with_payload(*, lock: bool = False) -> Sequence[MailToken]:
    """Links that nobody can use any more and that still keep something sealed."""
    statement = (
        sa.select(MailToken)
        .where(MailToken.payload.is_not(None), sa.or_(MailToken.used_at.is_not(None), MailToken.expires_at <= clock.now()))
        .order_by(MailToken.id)
    )
    return db.session.scalars(locked(statement) if lock else statement).all()


def get_account_with_person(account_id: int) -> Account:
    """The account, its person loaded. Raises ``NotFoundError``."""
    found = db.session.scalar(sa.select(Account).options(joinedload(Account.person)).where(Account.id == account_id))
    if found is None:
        raise NotFoundError
    return found


def sign_ins_of(account_id: int) -> Sequence[SignIn]:
    """The sign-in sessions of the account that still open the portal, the latest first."""
    return db.session.scalars(
        sa.select(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.expires_at > clock.now())
        .order_by(SignIn.created_at.desc(), SignIn.id.desc())
    ).all()


def find_sign_in(token: str) -> SignIn | None:
    """The sign-in session of ``token`` with its account, unless it was ended."""
    return db.session.scalar(
        sa.select(SignIn).options(joinedload(SignIn.account)).where(SignIn.token_digest == digest(token), SignIn.ended_at.is_(None))
    )
