"""The log of a run's places, played again: from what people asked and what was decided, the rules must give everybody what they were given.

Requests, withdrawals, decisions of approvers and of staff on the day are taken from the log as they are. Whatever the portal allocated by its
own rule is decided anew, and compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from portal.enrolment.models import TAKES_PLACE, EnrolmentState
from portal.enrolment.rules_line import find_next

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.enrolment.rules_line import Seats, WaitingPlace

BY_RULE = frozenset({"at_once", "place_freed"})
"""Reasons for which the portal itself gives a place or offers one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One enrolment came from a state (None: it began) into another, for a reason, past others who were in front.

    ``due`` are those of them, and itself, who stood in front because a qualification fell due then.
    """

    enrolment_id: int
    before: str | None
    after: str
    reason: str
    passed: tuple[tuple[int, str], ...] = ()
    due: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The number of places changed, or what is kept for whom; what did not change is None."""

    capacity: int | None = None
    municipality_quotas: Mapping[int, int] | None = None
    region_quotas: Mapping[int, int] | None = None
    in_force: bool | None = None


@dataclass(slots=True)
class Replayed:
    """How everybody stands at the end of the log, and where the rules would have given something else than the log says."""

    states: dict[int, str] = field(default_factory=dict)
    disagreements: list[str] = field(default_factory=list)


def replay(start: Seats, asked: Mapping[int, WaitingPlace], log: Iterable[Step | Terms]) -> Replayed:
    """Play the ``log`` of a run again, from ``start``; ``asked`` says of every enrolment from where and when it was asked for."""
    seats, played = start.copy(), Replayed()
    for entry in log:
        if isinstance(entry, Terms):
            _set_terms(seats, entry)
            continue
        if (was := played.states.get(entry.enrolment_id)) != entry.before:
            played.disagreements.append(f"enrolment {entry.enrolment_id} was {was}, the log says {entry.before}")
        if disagreement := _find_disagreement(seats, asked, played.states, entry):
            played.disagreements.append(disagreement)
        _count(seats, asked[entry.enrolment_id], (entry.after in TAKES_PLACE) - (was in TAKES_PLACE))
        played.states[entry.enrolment_id] = entry.after
    return played


def _set_terms(seats: Seats, terms: Terms) -> None:
    for name in ("capacity", "municipality_quotas", "region_quotas", "in_force"):
        if (value := getattr(terms, name)) is not None:
            setattr(seats, name, value)


def _count(seats: Seats, place: WaitingPlace, number: int) -> None:
    seats.taken += number
    for used, unit in ((seats.by_municipality, place.home.municipality_id), (seats.by_region, place.home.region_id)):
        if unit is not None:
            used[unit] += number


def _as_of(step: Step, place: WaitingPlace) -> WaitingPlace:
    """A waiting place with what fell due when the step was taken."""
    return replace(place, goal_due=place.enrolment_id in step.due)


def _find_disagreement(seats: Seats, asked: Mapping[int, WaitingPlace], states: Mapping[int, str], step: Step) -> str | None:
    """Say how the rules disagree with a step that the portal took by itself; None for what people decided, and where they agree."""
    waiting = [_as_of(step, asked[one]) for one, state in states.items() if state == EnrolmentState.WAITING]
    own = _as_of(step, asked[step.enrolment_id])
    if step.before is None and step.after == EnrolmentState.WAITING:
        free = seats.find_block(own.home) is None and not waiting
        return f"enrolment {own.enrolment_id} waits, though a place was free for it" if free else None
    if step.reason not in BY_RULE or step.after not in {EnrolmentState.CONFIRMED, EnrolmentState.OFFERED}:
        return None
    following = find_next(waiting if step.before == EnrolmentState.WAITING else [*waiting, own], seats)
    if following is None or following.place.enrolment_id != own.enrolment_id:
        turn = "nobody's" if following is None else f"that of enrolment {following.place.enrolment_id}"
        return f"enrolment {own.enrolment_id} got a place, but the turn was {turn}"
    if tuple((one, str(why)) for one, why in following.passed) != step.passed:
        return f"enrolment {own.enrolment_id} passed {following.passed}, the log says {step.passed}"
    return None
