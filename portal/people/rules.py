"""Decisions about people, names, passwords and sign-in, on plain values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email

from portal.foundation import georgian
from portal.people.models import PostCategory, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 200
LONG_PASSWORD = 12
LONGEST_NAME = 80
FEWEST_DIFFERENT_SIGNS = 3
OWN_WORD_LENGTH = 4

WINDOW = timedelta(minutes=15)
PAIR_FAILURES = 5
EMAIL_FAILURES = 20
ADDRESS_FAILURES = 100
SLOWED = timedelta(minutes=1)

MAILS_PER_WINDOW = 5
MAIL_WINDOW = timedelta(hours=1)
CONFIRMATION_LASTS = timedelta(days=3)
RESET_LASTS = timedelta(hours=1)
SIGN_IN_LASTS = timedelta(days=14)
PRIVILEGED_SIGN_IN_LASTS = timedelta(hours=12)
PRIVILEGED = frozenset({Role.STAFF, Role.ADMINISTRATOR})

_NAME_SIGNS = re.compile(r"[^\W\d_]+(?:[ \-'’][^\W\d_]+)*")


def fold_email(text: str) -> str:
    """An e-mail address as accounts keep it: no white space, no invisible characters, small letters."""
    return "".join(georgian.clean_text(text).split()).lower()


def parse_email(text: str) -> str:
    """The address in ``text``, folded, its domain in ASCII. Raises ``ValueError`` when no mail can go there."""
    try:
        # test_environment only lets .test through, a domain that exists nowhere
        checked = validate_email(fold_email(text), check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError("not an e-mail address") from error
    return (checked.ascii_email or checked.normalized).lower()


def is_georgian_name(text: str) -> bool:
    """True for one or more names in Georgian letters, joined by spaces, hyphens or apostrophes."""
    return georgian.is_georgian(text) and _NAME_SIGNS.fullmatch(text) is not None


def is_latin_name(text: str) -> bool:
    """True for one or more names in Latin letters, joined by spaces, hyphens or apostrophes."""
    return georgian.is_latin(text) and _NAME_SIGNS.fullmatch(text) is not None


def namesakes(names: Iterable[str]) -> frozenset[str]:
    """The names that more than one person of a list has: there the post must tell them apart."""
    return frozenset(name for name, people in Counter(names).items() if people > 1)


def normal_password(text: str) -> str:
    """A password in the one form that is hashed: NFC, so that another keyboard's way of writing a letter is the same password."""
    return unicodedata.normalize("NFC", text)


def is_easy_password(password: str, own_words: Iterable[str], common: frozenset[str]) -> bool:
    """True for a password that others try first.

    That is a common one (also with a few digits behind it), one of few different signs, a run of neighbours, the person's own name or e-mail.
    """
    folded = password.casefold()
    bare = re.sub(r"[\W_]+", "", folded)
    without_tail = re.sub(r"[\W\d_]+$", "", folded)
    if not common.isdisjoint({folded, bare}) or (len(folded) <= LONG_PASSWORD and without_tail in common):
        return True
    if len(set(folded)) < FEWEST_DIFFERENT_SIGNS or _is_run(bare):
        return True
    own = {word for text in own_words for part in (text, *text.split("@")) for word in _words(part)}
    return not own.isdisjoint({bare, re.sub(r"\d+", "", bare)})


def _words(text: str) -> Iterable[str]:
    pieces = [piece for piece in re.split(r"[\W_]+", text.casefold()) if piece]
    return {"".join(pieces), "".join(reversed(pieces)), *(piece for piece in pieces if len(piece) >= OWN_WORD_LENGTH)} - {""}


def _is_run(text: str) -> bool:
    """True when every sign follows the one before by the same step: abcdefgh, 87654321, აბგდევზთ."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1 and abs(steps.pop()) <= 1


@dataclass(frozen=True, slots=True)
class FailedSignIns:
    """Failures in the last ``WINDOW``, seen from one e-mail and one address.

    ``pair_fifth_at`` is when the fifth failure, counted back from the latest, of this e-mail from this address happened (since its last success);
    None when there are fewer. ``pair_known`` says that this e-mail signed in from this address at some time. The other two count all
    failures of the e-mail from anywhere, and of the address for anybody, with the moment of the latest.
    """

    pair_fifth_at: datetime | None
    pair_known: bool
    email_failures: int
    email_last_at: datetime | None
    address_failures: int
    address_last_at: datetime | None


def wait_before_sign_in(failed: FailedSignIns, at: datetime) -> timedelta | None:
    """How long this e-mail has to wait at this address before it may try again; None when it may now.

    Five failures of the pair close it for a quarter of an hour. An e-mail under attack from many addresses, and an address that fails for
    many e-mails, are slowed to one try a minute, but never for a pair that signed in before: that is the owner, or the office where the
    owner works.
    """
    waits = []
    if failed.pair_fifth_at is not None:
        waits.append(failed.pair_fifth_at + WINDOW - at)
    if not failed.pair_known:
        if failed.email_failures >= EMAIL_FAILURES and failed.email_last_at is not None:
            waits.append(failed.email_last_at + SLOWED - at)
        if failed.address_failures > ADDRESS_FAILURES and failed.address_last_at is not None:
            waits.append(failed.address_last_at + SLOWED - at)
    longest = max(waits, default=timedelta(0))
    return longest if longest > timedelta(0) else None


def minutes_of(wait: timedelta) -> int:
    """``wait`` in whole minutes, rounded up."""
    return -(-int(wait.total_seconds() + 0.999) // 60)


def sign_in_lasts(*, privileged: bool) -> timedelta:
    """How long a sign-in opens the portal, counted from its beginning: staff and administrators a working day, others two weeks."""
    return PRIVILEGED_SIGN_IN_LASTS if privileged else SIGN_IN_LASTS


def may_mail(asked_in_window: int) -> bool:
    """True while a mailbox was not yet asked for too many links within ``MAIL_WINDOW``: nobody can be buried in our mail."""
    return asked_in_window < MAILS_PER_WINDOW


def has_rank(category: str) -> bool:
    """Only professional civil servants have a rank (law on public service, No 4346)."""
    return category == PostCategory.CIVIL_SERVANT


def has_sakrebulo_role(category: str) -> bool:
    """Only members of the sakrebulo have a role in it."""
    return category == PostCategory.SAKREBULO_MEMBER


def needs_municipality(role: str) -> bool:
    """A coordinator works for one municipality, the other roles for all."""
    return role == Role.COORDINATOR


def overlap(starts: date, ends: date | None, other_starts: date, other_ends: date | None) -> bool:
    """True when two spans of days, both ends included, None for open, share a day."""
    return (other_ends is None or starts <= other_ends) and (ends is None or other_starts <= ends)


def last_day_when_ended(starts_on: date, today: date) -> date:
    """The last day of a grant that ends now: yesterday; one that has not begun is left without a day."""
    return max(starts_on, today) - timedelta(days=1)


def is_void(starts_on: date, ends_on: date | None) -> bool:
    """True for a grant that was ended before its first day."""
    return ends_on is not None and ends_on < starts_on
