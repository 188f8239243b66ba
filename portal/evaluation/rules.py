"""When is asked, and what may be shown: plain values.

Every figure of every page is a sum over whole cells: a run by itself when enough answered there, else small runs of one course together. Whatever
is added to or taken from each other, no fewer than ``FLOOR`` answers ever stand alone.
"""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from portal.evaluation.models import Round
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Iterable

K = TypeVar("K")
FLOOR: Final = 5
OPEN_FOR: Final = timedelta(days=30)
MONTHS_LATER: Final = 6


def opens_at(round_: Round, ends_at: datetime) -> datetime:
    """When a round of a run begins whose last session ends at ``ends_at``."""
    if round_ == Round.AFTER:
        return ends_at
    day = to_tbilisi(ends_at)
    year, month = divmod(day.month - 1 + MONTHS_LATER, 12)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def closes_at(round_: Round, ends_at: datetime) -> datetime:
    """Until when a round can be answered."""
    return opens_at(round_, ends_at) + OPEN_FOR


def find_open(ends_at: datetime, at: datetime) -> Round | None:
    """The round that can be answered at the moment ``at``."""
    return next((one for one in Round if opens_at(one, ends_at) <= at < closes_at(one, ends_at)), None)


def cells(groups: Iterable[tuple[K, int]], floor: int = FLOOR) -> list[tuple[K, ...]]:
    """Which of the groups, each with its number of answers, are counted, and which of them only together.

    A group of ``floor`` or more stands by itself. Smaller ones go together in their order until they are so many. What is left at the end
    is in no cell. The order must be one that does not change, or tomorrow's cells would tell of today's.
    """
    found: list[tuple[K, ...]] = []
    pool: list[K] = []
    number = 0
    for key, answers in groups:
        if answers >= floor:
            found.append((key,))
        elif answers:
            pool.append(key)
            number += answers
            if number >= floor:
                found.append(tuple(pool))
                pool, number = [], 0
    return found
