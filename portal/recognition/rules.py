"""Who may do what with a request, and what a claim and a decision must say. Pure: no database, no clock.

A request is submitted, confirmed or returned by the coordinator, recognised or refused by staff, and may be withdrawn until then. What was
decided can be decided anew; what was recognised can be revoked. Nobody decides on their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from portal.courses import Problem
from portal.foundation.errors import N_, RefusedError
from portal.recognition.models import RecognitionState as State

if TYPE_CHECKING:
    from datetime import datetime

CONFIRM_TIME: Final = timedelta(days=10)
"""How long the coordinator has; then staff decide without, so that nobody waits for somebody who is away."""
MOST_WAITING: Final = 20
"""Requests of one person that are not decided."""
MOST_PROOFS: Final = 10
MOST_HOURS: Final = 2_000
MOST_CREDITS: Final = 60


class Side(StrEnum):
    """Whose step it is."""

    PERSON = "person"
    COORDINATOR = "coordinator"
    STAFF = "staff"


SIDE_OF: Final = {
    State.SUBMITTED: Side.PERSON,
    State.WITHDRAWN: Side.PERSON,
    State.CONFIRMED: Side.COORDINATOR,
    State.RETURNED: Side.COORDINATOR,
    State.RECOGNISED: Side.STAFF,
    State.REFUSED: Side.STAFF,
    State.REVOKED: Side.STAFF,
}
FOLLOWING: Final[dict[State | None, frozenset[State]]] = {
    None: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.CONFIRMED, State.RETURNED, State.RECOGNISED, State.REFUSED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.CONFIRMED: frozenset({State.RECOGNISED, State.REFUSED, State.WITHDRAWN}),
    State.RECOGNISED: frozenset({State.RECOGNISED, State.REVOKED}),
    State.REFUSED: frozenset({State.RECOGNISED}),
    State.REVOKED: frozenset({State.RECOGNISED}),
    State.WITHDRAWN: frozenset(),
}
UNDECIDED: Final = frozenset({State.SUBMITTED, State.CONFIRMED, State.RETURNED})
ALWAYS_EXPLAINED: Final = frozenset({State.RETURNED, State.REFUSED, State.REVOKED})


class RecognitionRefusedError(RefusedError):
    """A step that cannot be done."""


class MovedOnError(RecognitionRefusedError):
    """Somebody else was first."""

    message = N_("Something else happened to this request meanwhile. Look at where it stands now.")


class OwnRequestError(RecognitionRefusedError):
    """Nobody is judge in their own case."""

    message = N_("This is your own request: somebody else has to decide on it.")


class EmployersTurnError(RecognitionRefusedError):
    """The coordinator still has time."""

    message = N_("The municipality still has time to confirm this request.")


class AskedAgainError(RecognitionRefusedError):
    """The same training stands in a later request."""

    message = N_("The person has asked again with a new proof. Decide on that request.")


class TooManyError(RecognitionRefusedError):
    """First let those be decided."""

    message = N_("You already have %(most)s requests that are not decided yet.")


@dataclass(frozen=True, slots=True)
class Claim:
    """What the person says of the training."""

    title: str
    organiser: str
    starts_on: date
    ends_on: date
    contact_hours: Decimal
    credits: Decimal | None = None
    certificate_number: str = ""


@dataclass(frozen=True, slots=True)
class Award:
    """What is recognised of it."""

    contact_hours: Decimal
    independent_hours: Decimal = Decimal(0)
    credits: Decimal | None = None
    topic_id: int | None = None
    course_id: int | None = None
    outside_id: int | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands: whose it is, its state, since when, whether a coordinator is asked, and whether a later request follows it."""

    person_id: int
    state: State
    since: datetime
    employer_confirms: bool
    followed: bool = False


def confirm_by(sent_at: datetime) -> datetime:
    """Until when the coordinator alone has the request."""
    return sent_at + CONFIRM_TIME


def waits_for_employer(one: Standing, now: datetime) -> bool:
    """Whether the coordinator has to act before staff can."""
    return one.state == State.SUBMITTED and one.employer_confirms and now < confirm_by(one.since)


def find_refusal(one: Standing, step: State, *, by: int, now: datetime) -> RecognitionRefusedError | None:
    """Why ``by`` cannot do ``step`` now. That ``by`` is on the right side, and of the right municipality, is settled before."""
    if SIDE_OF[step] != Side.PERSON and by == one.person_id:
        return OwnRequestError()
    if step not in FOLLOWING[one.state] or (SIDE_OF[step] == Side.COORDINATOR and not one.employer_confirms):
        return MovedOnError()
    if SIDE_OF[step] == Side.STAFF and waits_for_employer(one, now):
        return EmployersTurnError()
    return AskedAgainError() if step == State.RECOGNISED and one.followed else None


def can_be_corrected(state: State) -> bool:
    """Whether the person can change the claim and send it again."""
    return State.SUBMITTED in FOLLOWING[state]


def can_be_withdrawn(state: State) -> bool:
    """Whether the person can take it back."""
    return State.WITHDRAWN in FOLLOWING[state]


def can_ask_again(one: Standing) -> bool:
    """Whether the person can ask for the same training once more."""
    return one.state in {State.REFUSED, State.REVOKED} and not one.followed


def can_confirm(one: Standing, *, by: int, now: datetime) -> bool:
    """Whether ``by``, the coordinator, can confirm or return it now."""
    return find_refusal(one, State.CONFIRMED, by=by, now=now) is None


def can_decide(one: Standing, *, by: int, now: datetime) -> bool:
    """Whether ``by``, of the staff, can recognise it now, or decide anew."""
    return find_refusal(one, State.RECOGNISED, by=by, now=now) is None


def can_revoke(one: Standing, *, by: int, now: datetime) -> bool:
    """Whether ``by``, of the staff, can revoke it now."""
    return find_refusal(one, State.REVOKED, by=by, now=now) is None


def problems_of_claim(claim: Claim, *, today: date) -> list[Problem]:
    """What is wrong with a claim, by field."""
    wrong = (
        (claim.ends_on < claim.starts_on, Problem("ends_on", N_("The last day is before the first."))),
        (claim.ends_on > today, Problem("ends_on", N_("The training is not over yet. Ask for recognition afterwards."))),
        (claim.contact_hours <= 0, Problem("contact_hours", N_("“%(field)s” must be more than zero."))),
        (claim.credits is not None and claim.credits <= 0, Problem("credits", N_("“%(field)s” must be more than zero."))),
    )
    return [problem for holds, problem in wrong if holds]


def problems_of_award(award: Award, claim: Claim, words: str, *, decided_before: bool) -> list[Problem]:
    """What is wrong with a decision to recognise, by field. One that is not simply yes must say why."""
    something = award.contact_hours + award.independent_hours > 0 or award.credits or award.course_id or award.outside_id
    late_enough = award.valid_until is None or award.valid_until >= claim.ends_on
    explained = words or not (decided_before or gives_less(award, claim))
    wrong = (
        (not something, Problem("contact_hours", N_("Say what is recognised: hours, credits, a course or a kind of certificate."))),
        (not late_enough, Problem("valid_until", N_("“%(field)s” must not be before the last day of the training."))),
        (not explained, Problem("words", N_("Say why: the decision differs from what was asked for, or from what was decided before."))),
    )
    return [problem for holds, problem in wrong if holds]


def gives_less(award: Award, claim: Claim) -> bool:
    """Whether less is recognised than was claimed."""
    return award.contact_hours < claim.contact_hours or (award.credits or 0) < (claim.credits or 0)
