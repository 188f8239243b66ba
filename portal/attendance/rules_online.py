"""Who of a run was in an online meeting, for how long, and what of it is recorded: decided on plain values.

The ledger holds one interval for a person and session. What is recorded begins when the person first joined, and is as long as the person was
there in all: who was away in between is recorded as having left earlier by as much, and the reason says when they were there. Time before and
after the session does not count, and what two devices have in common counts once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.attendance.models import Mark
from portal.attendance.rules import MarkWish
from portal.foundation.formats import format_times
from portal.foundation.georgian import name_key
from portal.foundation.searching import search_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portal.attendance.meeting_report import Stay
    from portal.attendance.rules import SessionTime, Standing

MINUTE: Final = 60
LONGEST_REASON: Final = 250
NOBODY: Final = 0
"""The answer that leaves somebody of the report out."""


class Stretch(NamedTuple):
    """Time within a session, in seconds from its start."""

    start: int
    end: int


def union(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The time that ``stretches`` cover, first to last, none touching another."""
    joined: list[Stretch] = []
    for stretch in sorted(stretches):
        if joined and stretch.start <= joined[-1].end:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, stretch.end))
        else:
            joined.append(stretch)
    return tuple(joined)


def within(stays: Iterable[Stay], session: SessionTime) -> list[Stretch]:
    """The parts of ``stays`` that lie in the session."""
    length = session.minutes * MINUTE
    seconds = (
        (int((stay.joined - session.starts_at).total_seconds()), int((stay.left - session.starts_at).total_seconds())) for stay in stays
    )
    return [Stretch(max(0, start), min(length, end)) for start, end in seconds if max(0, start) < min(length, end)]


@dataclass(frozen=True, slots=True)
class Presence:
    """When somebody was there, and what of it is recorded, in minutes: ``late``, then ``minutes`` present, then ``left`` before the end."""

    stretches: tuple[Stretch, ...]
    late: int
    minutes: int
    left: int


def presence(stretches: Iterable[Stretch], length: int) -> Presence:
    """What is recorded of ``stretches`` in a session of ``length`` minutes, in whole minutes, the nearest."""
    there = union(stretches)
    minutes = min(length, (sum(end - start for start, end in there) + MINUTE // 2) // MINUTE)
    late = min(there[0].start // MINUTE, length - minutes) if there else 0
    return Presence(there, late, minutes, length - late - minutes)


def wish_of(enrolment_id: int, there: Presence, session: SessionTime) -> MarkWish:
    """The mark for somebody who was there; the reason says when, if they were away in between."""
    gaps = len({(start // MINUTE, end // MINUTE) for start, end in there.stretches}) > 1
    return MarkWish(enrolment_id, Mark.PRESENT, there.late, there.left, times_of(there, session)[:LONGEST_REASON] if gaps else None)


def times_of(there: Presence, session: SessionTime) -> str:
    """The times of day of ``there``, as in "10:02–11:30, 11:45–13:00"."""
    moments = [[session.starts_at + timedelta(seconds=second) for second in stretch] for stretch in there.stretches]
    return ", ".join(format_times(start, end) for start, end in moments)


class Expected(NamedTuple):
    """Somebody with a place: the name in each spelling that the portal knows, and the addresses."""

    enrolment_id: int
    names: tuple[str, ...]
    emails: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody as the report calls them, by the number of the first row about them."""

    number: int
    name: str
    email: str
    stays: list[Stay] = field(default_factory=list)


class Roster:
    """Finds whom of those expected the name and address of a report mean."""

    def __init__(self, expected: Iterable[Expected]) -> None:
        self._by_email: dict[str, set[int]] = defaultdict(set)
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._loose: dict[frozenset[str], set[int]] = defaultdict(set)
        self._of_word: dict[str, set[frozenset[str]]] = defaultdict(set)
        self.ids: set[int] = set()
        for one in expected:
            self.ids.add(one.enrolment_id)
            for email in one.emails:
                self._by_email[email].add(one.enrolment_id)
            for name in one.names:
                self._exact[name_key(name)].add(one.enrolment_id)
                words = _words(name)
                self._loose[words].add(one.enrolment_id)
                for word in words:
                    self._of_word[word].add(words)

    def find(self, guest: Guest) -> tuple[int, ...]:
        """The enrolments that may be meant: by the address, if it is known, and if the name does not mean somebody else; else by the name."""
        by_email, by_name = self._by_email.get(guest.email, set()), self._of_name(guest.name)
        return tuple(sorted(by_email & by_name or by_email | by_name))

    def knows_a_word(self, name: str) -> bool:
        """Whether a word of ``name`` is part of anybody's name."""
        return not self._of_word.keys().isdisjoint(_words(name))

    def _of_name(self, name: str) -> set[int]:
        """Those called so, in either alphabet and order; else those whose whole name is part of it, as in "Telavi, Nino Beridze"."""
        spellings = [name, *filter(None, name.replace(")", "(").split("("))]
        for find in (self._of_key, self._of_words, self._of_part):
            for spelling in spellings:
                if found := find(spelling):
                    return found
        return set()

    def _of_key(self, name: str) -> set[int]:
        return self._exact.get(name_key(name), set())

    def _of_words(self, name: str) -> set[int]:
        return self._loose.get(_words(name), set())

    def _of_part(self, name: str) -> set[int]:
        words = _words(name)
        names = {known for word in words for known in self._of_word.get(word, ())}
        return {enrolment_id for known in names if known <= words for enrolment_id in self._loose[known]}


def _words(name: str) -> frozenset[str]:
    """The words of a name, in one spelling for both alphabets."""
    return frozenset(map(search_key, name_key(name).split()))


def guests_of(stays: Iterable[Stay]) -> list[Guest]:
    """Who is in the report, in its order: rows with the same name and address are about one."""
    found: dict[tuple[str, str], Guest] = {}
    for stay in stays:
        key = name_key(stay.name), stay.email
        if key not in found:
            found[key] = Guest(stay.row, stay.name, stay.email)
        found[key].stays.append(stay)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whom the report means: of whom each enrolment's rows are, who may mean several people, and who means nobody on the list."""

    of_person: dict[int, list[Guest]]
    asked: list[tuple[Guest, tuple[int, ...]]]
    strangers: list[Guest]
    unanswered: list[Guest]


def assign(guests: Sequence[Guest], roster: Roster, answers: Mapping[int, int]) -> Assignment:
    """Whom ``guests`` mean; ``answers`` say it of those who are asked about and of strangers, by their number (``NOBODY``: leave them out)."""
    result = Assignment(defaultdict(list), [], [], [])
    for guest in guests:
        meant, answer = roster.find(guest), answers.get(guest.number)
        if len(meant) == 1:
            result.of_person[meant[0]].append(guest)
            continue
        if meant:
            result.asked.append((guest, meant))
            if answer not in {NOBODY, *meant}:
                result.unanswered.append(guest)
        else:
            result.strangers.append(guest)
        if answer is not None and answer in (meant or roster.ids):
            result.of_person[answer].append(guest)
    result.strangers.sort(key=lambda guest: not roster.knows_a_word(guest.name))
    return result


class Effect(StrEnum):
    """What confirming does to what is recorded of a person."""

    FIRST = "first"
    CHANGED = "changed"
    SAME = "same"
    BEFORE = "before"  # recorded from this file before, whatever was recorded since


def effect_of(wish: MarkWish, stands: Standing | None, before: tuple[str, int | None, int | None] | None, length: int) -> Effect:
    """What ``wish`` does. ``stands`` is what counts now, ``before`` the mark and minutes recorded from the same file before."""
    minutes = (wish.late, length - wish.left) if wish.mark == Mark.PRESENT else (None, None)
    if before == (wish.mark, *minutes):
        return Effect.BEFORE
    if stands is None:
        return Effect.FIRST
    return Effect.SAME if wish.says_the_same_as(stands.fact, length) and not stands.against else Effect.CHANGED
