"""Days of the demo: all of them are counted from today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from portal.foundation.formats import TBILISI

if TYPE_CHECKING:
    import random

SATURDAY = 5
DAY = timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day in Georgia."""
    return datetime.combine(day, time(hour, minute), TBILISI)


def working_days(first: date, number: int, every: int = 1) -> list[date]:
    """Days of a run that begins on ``first`` or soon after: consecutive ones without a weekend between them, or one ``every`` so many days."""
    while first.weekday() >= SATURDAY or (every == 1 and first.weekday() + number - 1 >= SATURDAY):
        first += DAY
    return [first + every * number_of_day * DAY for number_of_day in range(number)]


def in_between(chance: random.Random, begin: datetime, end: datetime, number: int) -> list[datetime]:
    """``number`` moments between two, in order, to the minute; all of them ``begin`` when there is no room."""
    minutes = max(int((end - begin).total_seconds() // 60), 0)
    return [begin + timedelta(minutes=minute) for minute in sorted(chance.randint(0, minutes) for _ in range(number))]
