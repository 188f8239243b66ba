"""Attendance, decided on plain values: what the ledger says of a person, how that is counted, and which marks of a form become new facts.

Of a person and session those facts count that no other has replaced. Two that stand and say different things contradict each other: until
a person decides, the minutes count that none of them disputes. Not marked is not present; excused is kept apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from portal.attendance.models import Mark
from portal.courses import USUAL, AttendanceRuleValues
from portal.courses.models import AttendanceBase, ExcusedCounts
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

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
    source: str
    seen_id: int | None
    device: str | None
    sequence: int

    @property
    def knew_to(self) -> int:
        """The id of the newest fact of the session that was known to whoever recorded this one: it takes the place of those up to there."""
        return self.id - 1 if self.seen_id is None else self.seen_id

    def replaces(self, other: Fact) -> bool:
        """True when it takes the place of ``other``, a fact of the same person and session."""
        mine = self.device is not None and self.device == other.device
        return other.id <= self.knew_to or (mine and other.sequence < self.sequence)

    @property
    def words(self) -> tuple[object, ...]:
        """What it says: facts that say the same do not contradict each other."""
        return self.mark, self.from_minute, self.to_minute

    def late(self) -> int:
        """Minutes missed at the start; 0 unless present."""
        return self.from_minute or 0

    def left(self, minutes: int) -> int:
        """Minutes missed at the end of a session that lasts ``minutes``; 0 unless present."""
        return 0 if self.to_minute is None else max(0, minutes - self.to_minute)

    def attended(self, minutes: int) -> int:
        """Minutes present in a session that lasts ``minutes``, which may have been moved since."""
        return 0 if self.to_minute is None else max(0, min(self.to_minute, minutes) - self.late())


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger says of a person in a session: the newest fact that stands, and those that stand against it."""

    fact: Fact
    against: tuple[Fact, ...] = ()

    def attended(self, minutes: int) -> int:
        """Minutes present that no standing fact disputes, in a session that lasts ``minutes``."""
        facts = (self.fact, *self.against)
        if any(fact.to_minute is None for fact in facts):
            return 0
        return max(0, min(minutes, *(fact.to_minute or 0 for fact in facts)) - max(fact.late() for fact in facts))

    @property
    def excused(self) -> bool:
        """True when nobody disputes that the absence is excused."""
        return all(fact.mark == Mark.EXCUSED for fact in (self.fact, *self.against))


class Prospect(StrEnum):
    """Whether the attendance that a certificate asks for is reached, can still be, or cannot."""

    REACHED = "reached"
    POSSIBLE = "possible"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class AttendanceSummary:
    """What one person attended of one run, in minutes.

    A session counts as held for the person when it is over, or when the person was marked in it. ``excused_minutes`` are those of excused
    absences, whatever they count as. Contact time, ``total_minutes``, is the time of the run's sessions that its policy counts.
    """

    attended_minutes: int = 0
    held_minutes: int = 0
    total_minutes: int = 0
    excused_minutes: int = 0
    unmarked_sessions: int = 0
    disputed_sessions: int = 0

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


def standing(facts: Iterable[Fact]) -> dict[tuple[int, int], Standing]:
    """What stands of each (enrolment, session), from facts in any order.

    The order in which facts arrive makes no difference to it, but for what those who recorded them knew.
    """
    of: defaultdict[tuple[int, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        of[fact.enrolment_id, fact.session_id].append(fact)
    return {key: _standing(those) if len(those) > 1 else Standing(those[0]) for key, those in of.items()}


def _standing(facts: list[Fact]) -> Standing:
    replaced_to = max(fact.knew_to for fact in facts)
    last_of: dict[str, int] = {}
    for fact in facts:
        if fact.device is not None:
            last_of[fact.device] = max(fact.sequence, last_of.get(fact.device, fact.sequence))
    stand = [fact for fact in facts if fact.id > replaced_to and (fact.device is None or fact.sequence == last_of[fact.device])]
    newest = max(stand or facts)
    return Standing(newest, tuple(sorted(fact for fact in stand if fact.words != newest.words)))


def summarise(
    sessions: Iterable[SessionTime],
    standings: Mapping[int, Standing],
    at: datetime,
    policy: AttendanceRuleValues = USUAL,
    held: Collection[int] = (),
) -> AttendanceSummary:
    """The summary of one person at the moment ``at``, under the run's ``policy``.

    ``sessions`` are those of the run, ``standings`` what stands of the person by session id, ``held`` the ids of sessions in which anybody was marked.
    """
    attended = held_minutes = total = excused = unmarked = disputed = 0
    missed: list[int] = []
    for session in sessions:
        minutes, stands = session.minutes, standings.get(session.id)
        over = session.ends_at <= at
        if stands is None:
            if over and policy.attendance_base == AttendanceBase.HELD and session.id not in held:
                continue
            total += minutes
            if over:
                held_minutes += minutes
                unmarked += 1
            continue
        disputed += bool(stands.against)
        excused += minutes if stands.excused else 0
        if stands.excused and policy.excused_counts == ExcusedCounts.LEFT_OUT:
            continue
        there = _counted(stands, minutes, policy)
        total += minutes
        held_minutes += minutes
        attended += there
        if not there:
            missed.append(minutes)
    free = sum(sorted(missed, reverse=True)[: policy.free_absences])
    return AttendanceSummary(attended, held_minutes - free, total - free, excused, unmarked, disputed)


def _counted(stands: Standing, minutes: int, policy: AttendanceRuleValues) -> int:
    """The minutes of a session that count as attended."""
    if stands.excused and policy.excused_counts == ExcusedCounts.PRESENT:
        return minutes
    there = stands.attended(minutes)
    return there if there * 100 >= policy.least_percent * minutes else 0


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

    ``seen`` is the newest fact that the form showed: what it left as it was is no wish, even if others changed it since; of those about whom
    facts contradict each other it showed no mark, so that any is a wish. A wish against what somebody else than ``by``, or a phone, recorded
    since is a contradiction. A fact with the form's ``client`` id and the same content is a form that came twice.
    """
    ledger = list(ledger)
    now = {known: stands for (known, _session), stands in standing(ledger).items()}
    shown = {known: stands for (known, _session), stands in standing(fact for fact in ledger if fact.id <= seen).items()}
    sent = {fact.client_id: fact for fact in ledger if fact.client_id}
    decision = Decision([], {}, {})
    for wish in wishes:
        known = wish.enrolment_id
        current = now.get(known)
        settled = [stands.fact for stands in (shown.get(known), current) if stands is not None and not stands.against]
        if any(wish.says_the_same_as(fact, minutes) for fact in (*settled, sent.get(client_id(client, known)))):
            continue
        problem = problem_of(wish, minutes)
        unseen = [fact for fact in (current.fact, *current.against) if fact.id > seen] if current else []
        others = [fact for fact in unseen if fact.recorded_by != by or fact.device is not None]
        if problem:
            decision.problems[known] = problem
        elif others:
            decision.contradictions[known] = others[-1]
        else:
            decision.changes.append((wish, current is not None))
    return decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A mark that was made where nobody could ask the portal, and comes later: ``done_at`` by the clock of the ``device``.

    ``sequence`` orders the operations of one device, ``seen_id`` is the newest fact of the session that the device had been told of, and
    ``client_id`` is its name, by which it is known when it comes again.
    """

    client_id: str
    device: str | None
    sequence: int
    wish: MarkWish
    done_at: datetime
    seen_id: int = 0


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
