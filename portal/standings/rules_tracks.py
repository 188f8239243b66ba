"""How far somebody is on a track: its steps on a day, decided on plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from portal.qualifications import Audience, measure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portal.qualifications import Evidence, Progress, Requirement
    from portal.standings.rules import HeldPost


class StepAsked(NamedTuple):
    """What a step asks for, and within how many days of the beginning of the post (None: without a term)."""

    requirement: Requirement
    within_days: int | None


class TrackAsked(NamedTuple):
    """For whom a track is: posts of the audience begun in a period (None: at any time)."""

    audience: Audience
    begun_from: date | None
    begun_until: date | None


class StepState(StrEnum):
    """How a step stands: done, the next one, late, or still to come."""

    DONE = "done"
    NEXT = "next"
    LATE = "late"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class StepStanding:
    """A step on a day: since when it is done, by when it should be, and how far what it asks for is fulfilled."""

    state: StepState
    done_on: date | None
    due_on: date | None
    progress: Progress


def begun_on(track: TrackAsked, posts: Sequence[HeldPost], day: date) -> date | None:
    """When the post of ``day`` began that the track is for, the latest of several; None when it is for none of them."""
    begun = [
        post.starts_on
        for post in posts
        if post.held_on(day)
        and track.audience.includes(post.category, post.sakrebulo_role)
        and (track.begun_from is None or track.begun_from <= post.starts_on)
        and (track.begun_until is None or post.starts_on <= track.begun_until)
    ]
    return max(begun, default=None)


def steps_on(steps: Sequence[StepAsked], evidence: Sequence[Evidence], begun: date, day: date) -> list[StepStanding]:
    """The steps of somebody whose post began on a day, as they stand on ``day``. The first that is not done is the next one."""
    found: list[StepStanding] = []
    for step in steps:
        progress = measure(step.requirement, [one for one in evidence if one.on <= day], day)
        done = _done_on(step.requirement, evidence, day) if progress.met else None
        due = None if step.within_days is None else begun + timedelta(days=step.within_days)
        is_first = all(one.state == StepState.DONE for one in found)
        state = StepState.DONE if progress.met else StepState.LATE if due is not None and due < day else StepState.TO_COME
        found.append(StepStanding(StepState.NEXT if state == StepState.TO_COME and is_first else state, done, due, progress))
    return found


def _done_on(requirement: Requirement, evidence: Sequence[Evidence], day: date) -> date | None:
    """The first day on which it was fulfilled."""
    days = sorted({one.on for one in evidence if one.on <= day})
    return next((on for on in days if measure(requirement, [one for one in evidence if one.on <= on], on).met), None)
