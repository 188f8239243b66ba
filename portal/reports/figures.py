"""What a report counts, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from operator import add, attrgetter
from typing import TYPE_CHECKING, Self

from portal.foundation.clock import TBILISI

if TYPE_CHECKING:
    from decimal import Decimal

    from portal.people.models import Sex

from portal import attendance


class Dimension(StrEnum):
    """By what participation is told apart."""

    SEX = "sex"
    REGION = "region"
    MUNICIPALITY = "municipality"
    CATEGORY = "category"
    TOPIC = "topic"
    PROJECT = "project"
    FORM = "form"
    COURSE = "course"
    RUN = "run"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


OVERVIEW = (
    Dimension.SEX,
    Dimension.CATEGORY,
    Dimension.REGION,
    Dimension.TOPIC,
    Dimension.PROJECT,
    Dimension.FORM,
    Dimension.MUNICIPALITY,
)
"""What is looked at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a report is about: runs that begin from ``first`` to ``last`` (days in Georgia, both included), and of those the ones asked for.

    Region and municipality are those of the post on the day of enrolling. ``within`` are the municipalities beyond which whoever asks may see
    nothing; None for those who may see all.
    """

    first: date
    last: date
    region_id: int | None = None
    municipality_id: int | None = None
    topic_id: int | None = None
    project_id: int | None = None
    within: frozenset[int] | None = None

    @property
    def since(self) -> datetime:
        """The first moment of the period."""
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        """The first moment after the period."""
        return _midnight(self.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TBILISI).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of one group.

    ``people`` are persons, ``women`` and ``men`` those of them who stated it; ``participations`` are places held. ``attended_minutes`` of the
    ``held_minutes`` that these people could have attended so far. ``finished`` participations have an outcome, ``completed`` ones the good one.
    ``certificates`` are those issued for these participations.
    """

    people: int = 0
    women: int = 0
    men: int = 0
    participations: int = 0
    attended_minutes: int = 0
    held_minutes: int = 0
    completed: int = 0
    finished: int = 0
    certificates: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(add, _COUNTS(self), _COUNTS(other)))

    @property
    def hours(self) -> Decimal:
        """Contact hours attended."""
        return attendance.hours(self.attended_minutes)

    @property
    def attendance_percent(self) -> int | None:
        """Attended share of the contact time held, in full percent; None before any was held."""
        return share(self.attended_minutes, self.held_minutes)

    @property
    def completion_percent(self) -> int | None:
        """Share of the participations with an outcome that were completed; None before there is any."""
        return share(self.completed, self.finished)


_COUNTS = attrgetter(*(field.name for field in fields(Figures)))


def share(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in full percent, rounded down; None when there is no whole."""
    return part * 100 // whole if whole else None


def of_one_sex(sex: Sex | str | None, counted: tuple[int, ...]) -> Figures:
    """Figures of people of one ``sex`` (None: not stated), from the counts of people and of all that follows women and men."""
    people, *rest = counted
    return Figures(people, people if sex == "female" else 0, people if sex == "male" else 0, *rest)


DEPTHS = 4


def depth(value: int, most: int) -> int:
    """How deep the tile of ``value`` is, from 1 to ``DEPTHS``, when the deepest stands for ``most``; 0 for nothing."""
    return -(-value * DEPTHS // most) if most else 0


def depth_ranges(most: int) -> list[str]:
    """What the depths from 0 stand for when the deepest stands for ``most``: "0", "1–5", "6–10"; empty where no value falls."""
    ranges, low = ["0"], 1
    for number in range(1, DEPTHS + 1):
        high = most * number // DEPTHS
        ranges.append("" if high < low else str(high) if high == low else f"{low}–{high}")
        low = high + 1
    return ranges
