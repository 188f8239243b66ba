"""What stands in the ledger of hours, its sums, and whether a transcript still says what is so. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from portal.foundation.papers import Pair


class Hours(NamedTuple):
    """Contact hours attended, hours of independent study, and credits."""

    contact: Decimal
    independent: Decimal
    credits: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """A training that was completed, here or elsewhere (``outside``, recognised), on its last day.

    ``source`` names where it stands (``enrolment:12``). Contact hours are those attended; independent hours and credits (None: it has none) those
    of the edition of the course.
    """

    source: str
    title: Pair
    completed_on: date
    contact: Decimal
    independent: Decimal
    credits: Decimal | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Year:
    """What was completed in a year, the latest first."""

    year: int
    entries: tuple[Entry, ...]

    @property
    def hours(self) -> Hours:
        """The sums."""
        return total(self.entries)


class Standing(StrEnum):
    """What a transcript is worth today."""

    CURRENT = "current"
    GROWN = "grown"
    CHANGED = "changed"


class Changes(NamedTuple):
    """How many trainings were added since, are gone, or are told otherwise, and whether the name is another."""

    added: int
    gone: int
    other: int
    renamed: bool

    @property
    def standing(self) -> Standing:
        """What that means: what was added takes nothing from what the transcript says."""
        if self.gone or self.other or self.renamed:
            return Standing.CHANGED
        return Standing.GROWN if self.added else Standing.CURRENT


def total(entries: Iterable[Entry]) -> Hours:
    """The sums of all of these."""
    entries, none = list(entries), Decimal(0)
    return Hours(
        sum((one.contact for one in entries), none),
        sum((one.independent for one in entries), none),
        sum((one.credits or none for one in entries), none),
    )


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The latest first; of one day always in the same order."""
    return tuple(sorted(entries, key=lambda one: (one.completed_on, one.source), reverse=True))


def by_year(entries: Sequence[Entry]) -> list[Year]:
    """The years in which something was completed, the latest first; ``entries`` are in order."""
    return [Year(year, tuple(found)) for year, found in groupby(entries, key=lambda one: one.completed_on.year)]


def changes(then: Sequence[Entry], now: Sequence[Entry], *, renamed: bool) -> Changes:
    """What is otherwise than it was."""
    before, after = ({one.source: one for one in entries} for entries in (then, now))
    other = sum(before[source] != after[source] for source in before.keys() & after.keys())
    return Changes(len(after.keys() - before.keys()), len(before.keys() - after.keys()), other, renamed)
