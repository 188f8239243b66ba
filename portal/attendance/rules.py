"""Attendance, decided on plain values: what the ledger says of a person, and which marks of a form become new facts.

The newest fact of a person and session counts. Not marked is not present; excused is not present either, and is kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from portal.attendance.models import Mark
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MINUTES_PER_HOUR = 60
REASON_FREE = timedelta(days=1)
"""How long after the day of a session a mark may be corrected without giving a reason."""


class SessionTime(NamedTuple):
    """When a session is held."""

    id: int
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class Fact(NamedTuple):
    """A row of the ledger. Minutes count from the start of the session and are empty unless present."""

    id: int
    session_id: int
    enrolment_id: int
    mark: str
    from_minute: int | None
    to_minute: int | None
    reason: str
    recorded_by: int
    recorded_at: datetime
    client_id: str | None

    def late(self) -> int:
        """Minutes missed at the start; 0 unless present."""
        return self.from_minute or 0

    def left(self, minutes: int) -> int:
        """Minutes missed at the end of a session that lasts ``minutes``; 0 unless present."""
        return 0 if self.to_minute is None else max(0, minutes - self.to_minute)

    def attended(self, minutes: int) -> int:
        """Minutes present in a session that lasts ``minutes``, which may have been moved since."""
        return 0 if self.to_minute is None else max(0, min(self.to_minute, minutes) - self.late())


class Prospect(StrEnum):
    """Whether the attendance that a certificate asks for is reached, can still be, or cannot."""

    REACHED = "reached"
    POSSIBLE = "possible"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class AttendanceSummary:
    """What one person attended of one run, in minutes.

    A session counts as held for the person when it is over, or when the person was marked in it. ``excused_minutes`` are part of what was
    missed. Contact time is the time of the run's sessions.
    """

    attended_minutes: int = 0
    held_minutes: int = 0
    total_minutes: int = 0
    excused_minutes: int = 0
    unmarked_sessions: int = 0

    @property
    def percent(self) -> int:
        """Attended share of the whole contact time in full percent; never rounded up, so 79.9 does not pass for 80."""
        return self.attended_minutes * 100 // self.total_minutes if self.total_minutes else 0

    @property
    def hours(self) -> Decimal:
        """Hours attended, to two places."""
        return hours(self.attended_minutes)

    @property
    def total_hours(self) -> Decimal:
        """Hours of the whole run."""
        return hours(self.total_minutes)

    @property
    def remaining_minutes(self) -> int:
        """Minutes of sessions that can still be attended."""
        return self.total_minutes - self.held_minutes

    def needed_minutes(self, required_percent: int | None) -> int:
        """Minutes still to be attended to reach ``required_percent`` of the contact time; 0 when reached or not asked for."""
        required = -(-self.total_minutes * (required_percent or 0) // 100)
        return max(0, required - self.attended_minutes)

    def prospect(self, required_percent: int | None) -> Prospect:
        """Whether ``required_percent`` is reached, can still be reached, or no longer."""
        needed = self.needed_minutes(required_percent)
        if needed == 0:
            return Prospect.REACHED
        return Prospect.POSSIBLE if needed <= self.remaining_minutes else Prospect.MISSED


def hours(minutes: int) -> Decimal:
    """``minutes`` as hours, to two places."""
    return round(Decimal(minutes) / MINUTES_PER_HOUR, 2)


def newest(facts: Iterable[Fact]) -> dict[tuple[int, int], Fact]:
    """The newest fact of each (enrolment, session), from facts in any order."""
    found: dict[tuple[int, int], Fact] = {}
    for fact in facts:
        key = fact.enrolment_id, fact.session_id
        if key not in found or found[key].id < fact.id:
            found[key] = fact
    return found


def summarise(sessions: Iterable[SessionTime], facts: Mapping[int, Fact], at: datetime) -> AttendanceSummary:
    """The summary of one person at the moment ``at``: ``sessions`` of the run, and the person's newest fact by session id."""
    attended = held = total = excused = unmarked = 0
    for session in sessions:
        minutes, fact = session.minutes, facts.get(session.id)
        total += minutes
        if fact is None:
            if session.ends_at <= at:
                held += minutes
                unmarked += 1
            continue
        held += minutes
        attended += fact.attended(minutes)
        excused += minutes if fact.mark == Mark.EXCUSED else 0
    return AttendanceSummary(attended, held, total, excused, unmarked)


@dataclass(frozen=True, slots=True)
class MarkWish:
    """What a form says of one person. ``late`` and ``left`` are minutes; ``reason`` is None where the form asked for none."""

    enrolment_id: int
    mark: Mark
    late: int = 0
    left: int = 0
    reason: str | None = None

    def says_the_same_as(self, fact: Fact | None, minutes: int) -> bool:
        """True when ``fact`` of a session of ``minutes`` says this already."""
        return (
            fact is not None
            and fact.mark == self.mark
            and (self.late, self.left) == (fact.late(), fact.left(minutes))
            and self.reason in {None, fact.reason}
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of the marks of a form: new facts (true: it corrects an older one), and what stands against it, by enrolment."""

    changes: list[tuple[MarkWish, bool]]
    problems: dict[int, RefusedError]
    contradictions: dict[int, Fact]

    @property
    def wished(self) -> frozenset[int]:
        """The enrolments for which something else was wished than what the form showed."""
        return frozenset(wish.enrolment_id for wish, _corrects in self.changes) | self.problems.keys() | self.contradictions.keys()


def decide(wishes: Iterable[MarkWish], ledger: Iterable[Fact], *, minutes: int, seen: int, by: int, client: str) -> Decision:
    """Which ``wishes`` become facts of a session of ``minutes``, given all its facts so far (``ledger``).

    ``seen`` is the newest fact that the form showed: what it left as it was is no wish, even if others changed it since. A wish
    against what somebody else than ``by`` recorded since is a contradiction. A fact with the form's ``client`` id and the same content is
    a form that came twice.
    """
    now: dict[int, Fact] = {}
    shown: dict[int, Fact] = {}
    sent: dict[str, Fact] = {}
    for fact in sorted(ledger):
        now[fact.enrolment_id] = fact
        if fact.id <= seen:
            shown[fact.enrolment_id] = fact
        if fact.client_id:
            sent[fact.client_id] = fact
    decision = Decision([], {}, {})
    for wish in wishes:
        known = wish.enrolment_id
        current = now.get(known)
        if any(wish.says_the_same_as(fact, minutes) for fact in (shown.get(known), current, sent.get(client_id(client, known)))):
            continue
        problem = problem_of(wish, minutes)
        if problem:
            decision.problems[known] = problem
        elif current is not None and current.id > seen and current.recorded_by != by:
            decision.contradictions[known] = current
        else:
            decision.changes.append((wish, current is not None))
    return decision


def client_id(client: str, enrolment_id: int) -> str:
    """The name of a mark of the form ``client``, by which it is known when it comes again."""
    return f"{client}:{enrolment_id}"


def problem_of(wish: MarkWish, minutes: int) -> RefusedError | None:
    """What is wrong with ``wish`` for a session of ``minutes``, if anything."""
    if wish.late < 0 or wish.left < 0 or wish.late + wish.left >= minutes:
        return RefusedError(N_("The session lasts %(minutes)s minutes: late and left early must leave some of it."), minutes=minutes)
    if wish.mark == Mark.EXCUSED and not wish.reason:
        return RefusedError(N_("Write the reason for the absence."))
    return None


def can_be_marked(first_day: date, today: date) -> bool:
    """Whether attendance may be marked: from the session's ``first_day`` on, since nobody was seen before it."""
    return first_day <= today


def reason_needed(last_day: date, today: date) -> bool:
    """Whether a correction needs a reason: the session's ``last_day`` is over by more than a day."""
    return today - last_day > REASON_FREE


def walk_ins_welcome(days: tuple[date, date], today: date, *, afterwards: bool) -> bool:
    """Whether somebody may be added to the roll today: on the day of the session, or ``afterwards`` too."""
    first, last = days
    return can_be_marked(first, today) and (afterwards or today <= last)
