"""Who gets a certificate and why not; what a number looks like; what may become of a certificate. Plain values in, plain values out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from portal.attendance import hours
from portal.certificates.chain import rules as chain_rules
from portal.certificates.models import CertificateState, StateReason
from portal.foundation.days import months_after
from portal.foundation.errors import N_
from portal.foundation.georgian import clean_text
from portal.foundation.searching import search_key

RULE: Final = "attendance-and-score/1"
"""Names the rule below in the register; the number grows when the rule changes, and old certificates keep theirs."""
EXPIRED: Final = "expired"
EXPIRING: Final = "expiring"
SOON: Final = timedelta(days=90)
"""A certificate that ends within this time is "expiring": staff plan courses for those who hold one."""
VALID: Final = frozenset({CertificateState.ISSUED, CertificateState.REINSTATED})
FOLLOWING: Final[dict[str, tuple[CertificateState, ...]]] = {
    CertificateState.ISSUED: (CertificateState.SUSPENDED, CertificateState.REVOKED),
    CertificateState.REINSTATED: (CertificateState.SUSPENDED, CertificateState.REVOKED),
    CertificateState.SUSPENDED: (CertificateState.REINSTATED, CertificateState.REVOKED),
    CertificateState.REVOKED: (),
    CertificateState.SUPERSEDED: (),
}
"""Which states staff may give to a certificate in a state. A revoked one is superseded by issuing anew."""
REASONS: Final[dict[CertificateState, tuple[StateReason, ...]]] = {
    CertificateState.SUSPENDED: (StateReason.UNDER_REVIEW, StateReason.ATTENDANCE_CORRECTED, StateReason.OTHER),
    CertificateState.REINSTATED: (StateReason.SETTLED, StateReason.OTHER),
    CertificateState.REVOKED: (
        StateReason.ISSUED_IN_ERROR,
        StateReason.ATTENDANCE_CORRECTED,
        StateReason.MISCONDUCT,
        StateReason.OTHER,
    ),
    CertificateState.SUPERSEDED: (StateReason.NAME_CORRECTED, StateReason.FACTS_CORRECTED),
}
"""Which reasons fit a change to a state, in the order in which they are offered."""

_ALL: Final = 100
_NUMBER: Final = re.compile(r"(?:№|no)?-?(?:nalag)?-?([0-9]{4})-?([0-9]{1,9})", re.IGNORECASE)
# Spaces of any kind, and what people and programs put for a hyphen: hyphens, dashes, minus, full-width and small forms.
_GAPS: Final = re.compile(r"\s+")
_DASHES: Final = re.compile(r"[-_.‐-―−﹘﹣-]+")


@dataclass(frozen=True, slots=True)
class Requirement:
    """The certificate rule of a course version, in percent: of contact hours, of the final score. None is not asked for."""

    attendance_percent: int | None
    score_percent: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a participant: minutes attended and of the whole run, sessions without a mark, final score in percent or None."""

    attended_minutes: int = 0
    total_minutes: int = 0
    unmarked_sessions: int = 0
    score_percent: int | None = None

    @property
    def attendance_percent(self) -> int:
        """Attended of total, rounded down: what is shown never says more than was reached."""
        return self.attended_minutes * _ALL // self.total_minutes if self.total_minutes else 0


class Percent(int):
    """A whole percentage among the facts of a reason, so that the page writes its sign as the language does."""


class Words(str):
    """A message id among the facts of a reason, which the page translates too."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: an English message id with its facts (hours are decimals, shares are ``Percent``, words are ``Words``)."""

    message: str
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody gets a certificate; when not, every reason."""

    reasons: tuple[Reason, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing stands against it."""
        return not self.reasons


def shortfalls(requirement: Requirement, evidence: Evidence) -> tuple[Reason, ...]:
    """What is missing of what the course asks for; empty when all is there. Compared in minutes, before any rounding."""
    return (*_absence(requirement.attendance_percent, evidence), *_low_score(requirement.score_percent, evidence.score_percent))


def _absence(needed: int | None, evidence: Evidence) -> tuple[Reason, ...]:
    if needed is None:
        return ()
    if not evidence.total_minutes:
        return (Reason(N_("The run has no sessions.")),)
    if evidence.attended_minutes * _ALL >= needed * evidence.total_minutes:
        return ()
    facts = (
        ("attended", hours(evidence.attended_minutes)),
        ("total", hours(evidence.total_minutes)),
        ("percent", Percent(evidence.attendance_percent)),
        ("needed", Percent(needed)),
    )
    attended = Reason(N_("Attended %(attended)s of %(total)s hours: %(percent)s, needed %(needed)s."), facts)
    if not evidence.unmarked_sessions:
        return (attended,)
    return attended, Reason(N_("Sessions not marked: %(count)s. Not marked is not present."), (("count", evidence.unmarked_sessions),))


def _low_score(needed: int | None, reached: int | None) -> tuple[Reason, ...]:
    if needed is None:
        return ()
    if reached is None:
        return (Reason(N_("No final score yet, needed %(needed)s."), (("needed", Percent(needed)),)),)
    if reached >= needed:
        return ()
    return (Reason(N_("Final score %(score)s, needed %(needed)s."), (("score", Percent(reached)), ("needed", Percent(needed)))),)


def qualifies(
    requirement: Requirement, evidence: Evidence, *, run_completed: bool, issued: str | None = None, gaps: tuple[Reason, ...] = ()
) -> Verdict:
    """Whether a certificate may be issued now; ``issued`` is the number of the one that there is already.

    ``gaps`` is what its texts lack to be filled in.
    """
    if issued is not None:
        return Verdict((Reason(N_("Already issued: № %(number)s."), (("number", issued),)),))
    if requirement.attendance_percent is None and requirement.score_percent is None:
        return Verdict((Reason(N_("This course has no certificate rule.")),))
    unfinished = () if run_completed else (Reason(N_("The run is not completed yet.")),)
    return Verdict(unfinished + shortfalls(requirement, evidence) + gaps)


def number_of(year: int, sequence: int) -> str:
    """The number of a certificate as it is printed."""
    return f"NALAG-{year}-{sequence:06}"


def year_and_sequence(number: str) -> tuple[int, int]:
    """The two parts of a number that ``number_of`` made."""
    _prefix, year, sequence = number.split("-")
    return int(year), int(sequence)


def parse_number(text: str) -> str | None:
    """The number that somebody means, or None: spaces, dashes of any kind, small letters, № and left-out zeros do not matter."""
    match = _NUMBER.fullmatch(_DASHES.sub("-", _GAPS.sub("", clean_text(text))))
    if match is None:
        return None
    return number_of(int(match[1]), int(match[2]))


def surname_keys(family_ka: str, family_latin: str) -> str:
    """The keys under which a family name is found, Georgian first, parted by a space."""
    return " ".join(dict.fromkeys(key for key in map(search_key, (family_ka, family_latin)) if key))


def surname_fits(keys: str, typed: str) -> bool:
    """True when ``typed``, in Georgian or Latin letters, is the family name with these ``keys``."""
    return search_key(typed) in keys.split()


def valid_until(issued_on: date, months: int | None) -> date | None:
    """The last day of a validity of ``months``; None when it does not end."""
    return None if months is None else months_after(issued_on, months)


def end_of_day(day: date | None) -> datetime | None:
    """The moment at which ``day`` is over in Georgia."""
    return None if day is None else chain_rules.end_of_day(day)


def standing(state: str, expires_at: datetime | None, at: datetime) -> str:
    """What a certificate is worth ``at`` a moment: its state, or "expired" where only time speaks against it."""
    return EXPIRED if state in VALID and expires_at is not None and expires_at <= at else state
