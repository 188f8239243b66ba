"""What can be done at the door: signing in, counting the tries, signing out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.foundation import clock, history
from portal.foundation.crypto import digest, new_token
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.people import queries_accounts as asked
from portal.people import rules
from portal.people.models import Account, SignIn, SignInAttempt

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SignInOutcome:
    """What became of a try to sign in: a ``token``, or how long to ``wait``, or neither; ``inactive`` when the password fits a closed account."""

    token: str | None = None
    wait: timedelta | None = None
    inactive: bool = False


def sign_in(email: str, address: str, *, fitting_hash: str | None, new_hash: str | None = None, known: bool = False) -> SignInOutcome:
    """Count this try of ``email`` (folded) from ``address``, ``known`` to be the owner's, and begin a sign-in when it succeeds.

    The password was checked before, outside this transaction: ``fitting_hash`` is the hash that it fits, None when it fits none;
    ``new_hash`` replaces a hash made with old costs. The throttle is asked again here, under a lock: of many tries at once only as many
    count as would one after the other.
    """
    asked.lock_tries(email)
    standing = asked.sign_in_standing(email, address, known=known)
    wait = rules.wait_before_sign_in(standing.failed, clock.now())
    if wait is not None:
        return SignInOutcome(wait=wait)
    fits = fitting_hash is not None and fitting_hash == standing.password_hash
    count_attempt(email, address, succeeded=fits and standing.active)
    if not fits or standing.account_id is None or standing.person_id is None:
        return SignInOutcome()
    if not standing.active:
        return SignInOutcome(inactive=True)
    if new_hash is not None:
        _renew_hash(standing.account_id, new_hash)
    return SignInOutcome(token=_begin(standing.account_id, standing.person_id, privileged=standing.privileged))


def _renew_hash(account_id: int, new_hash: str) -> None:
    account = asked.get_account_with_person(account_id)
    account.password_hash = new_hash
    db.session.flush()
    history.record("account:renew_hash", account, by=account.person_id, person=account.person_id)


def count_attempt(email: str, address: str, *, succeeded: bool) -> None:
    """Attempts are their own ledger: a failed one has no history row, since nothing was changed and the person may not exist."""
    db.session.add(
        SignInAttempt(email_index=asked.email_index(email), address_index=asked.address_index(address), at=clock.now(), succeeded=succeeded)
    )
    db.session.flush()


def start_sign_in(account: Account) -> str:
    """Begin a sign-in session of ``account``; returns the token that the browser keeps."""
    return _begin(account.id, account.person_id, privileged=asked.is_privileged(account.person_id))


def _begin(account_id: int, person_id: int, *, privileged: bool) -> str:
    token, moment = new_token(), clock.now()
    lasts = rules.sign_in_lasts(privileged=privileged)
    signed = SignIn(token_digest=digest(token), account_id=account_id, created_at=moment, expires_at=moment + lasts)
    db.session.add(signed)
    db.session.flush()
    history.record("sign_in:start", signed, by=person_id, person=person_id)
    return token


def sign_out(token: str) -> None:
    """End the sign-in session of ``token``; a token that opens nothing is no error."""
    signed = asked.find_sign_in(token)
    if signed is not None:
        signed.ended_at = clock.now()
        db.session.flush()
        history.record("sign_in:end", signed, by=signed.account.person_id, person=signed.account.person_id)


def sign_out_elsewhere(account: Account, token: str) -> str:
    """End all sign-ins of ``account`` but the one of ``token``, which goes on with another: a copy of the cookie is elsewhere, too.

    Returns the new token. It lasts no longer than the one before, as no password was asked for. Raises ``NotFoundError`` when ``token`` has
    ended meanwhile.
    """
    ended = end_sign_ins(account, keep=digest(token))
    signed, renewed = asked.find_sign_in(token), new_token()
    if signed is None:
        raise NotFoundError
    signed.token_digest = digest(renewed)
    db.session.flush()
    history.record("account:sign_out_elsewhere", account, by=account.person_id, person=account.person_id, change={"ended": ended})
    return renewed


def end_sign_ins(account: Account, *, keep: str | None = None) -> int:
    """End the sign-ins of ``account``, all but the one whose digest is ``keep``; returns how many. The caller records why."""
    db.session.flush()
    ended = db.session.execute(
        sa.update(SignIn)
        .where(SignIn.account_id == account.id, SignIn.ended_at.is_(None), SignIn.token_digest != (keep or ""))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def shorten_sign_ins(person_id: int) -> None:
    """Sign-ins begun before the person became staff last no longer than those of staff."""
    account = asked.find_account_of(person_id)
    latest = clock.now() + rules.sign_in_lasts(privileged=True)
    if account is not None:
        db.session.execute(
            sa.update(SignIn)
            .where(SignIn.account_id == account.id, SignIn.ended_at.is_(None), SignIn.expires_at > latest)
            .values(expires_at=latest)
            .execution_options(synchronize_session=False)
        )
