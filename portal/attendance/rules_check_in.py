"""Checking in by oneself, decided on plain values: when it is open, who may, and what a person is told. The code is known to be right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from portal.attendance.models import Mark
from portal.attendance.rules import standing

if TYPE_CHECKING:
    from datetime import datetime

    from portal.attendance.rules import Fact

OPENS_BEFORE: Final = timedelta(minutes=30)
"""How long before the start of a session check-in opens."""
GRACE: Final = timedelta(minutes=10)
"""Whoever checks in within this time after the start was there from the start."""


class Answer(StrEnum):
    """What somebody who has the code of a session is told."""

    READY = "ready"
    NO_PLACE = "no_place"
    CHECKED_IN = "checked_in"
    DISPUTED = "disputed"
    MARKED = "marked"
    EARLY = "early"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What the ledger holds of one person in one session, and at which moment they checked in, if they did."""

    enrolment_id: int
    facts: tuple[Fact, ...] = ()
    checked_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Where somebody stands with a session: the ``answer``, and the moments since when they are checked in, or at which check-in opens.

    ``late`` is how many minutes late the ledger says they came; of those who are checked in and disputed by nobody.
    """

    answer: Answer
    enrolment_id: int | None = None
    since: datetime | None = None
    late: int = 0
    opens_at: datetime | None = None


def check_in_of(times: tuple[datetime, datetime], own: OwnFacts | None, at: datetime) -> CheckIn:
    """Where somebody stands with a session of these ``times`` at the moment ``at``; ``own`` is None without a place in its run.

    Only ``READY`` may check in. Whoever is marked present need not; whoever is marked absent or excused may, and the trainer sees both.
    """
    starts_at, ends_at = times
    if own is None:
        return CheckIn(Answer.NO_PLACE)
    enrolment_id = own.enrolment_id
    stands = next(iter(standing(own.facts).values()), None)
    present = stands is not None and stands.fact.mark == Mark.PRESENT
    if own.checked_in_at is not None:
        if stands is None or any(fact.mark != Mark.PRESENT for fact in (stands.fact, *stands.against)):
            return CheckIn(Answer.DISPUTED, enrolment_id, since=own.checked_in_at)
        return CheckIn(Answer.CHECKED_IN, enrolment_id, since=own.checked_in_at, late=stands.fact.late())
    if present:
        return CheckIn(Answer.MARKED, enrolment_id)
    if at < starts_at - OPENS_BEFORE:
        return CheckIn(Answer.EARLY, enrolment_id, opens_at=starts_at - OPENS_BEFORE)
    return CheckIn(Answer.OVER if at >= ends_at else Answer.READY, enrolment_id)


def minutes_late(starts_at: datetime, at: datetime) -> int:
    """Minutes missed at the start by whoever checks in at the moment ``at``; none within the grace."""
    passed = at - starts_at
    return 0 if passed <= GRACE else int(passed.total_seconds() // 60)


def checks_wanted(difference: int) -> int:
    """How many names a spot check proposes when so many more are marked present than were counted."""
    return min(5, max(3, difference + 2))
