"""When a notice goes, until when it still makes sense, and who needs it: plain moments, in the time of Tbilisi."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.foundation.formats import TBILISI, to_tbilisi

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HOUR = time(10)
"""Notices go in the morning, when offices are at work."""
WEEKLY_HOUR = time(9)
"""What is to be done in the week stands at its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A notice goes ``days`` before something, and late until ``until_days`` before it (0: until it happens). Fewer than none are days after it.

    Whoever was written to about it less than ``quiet`` before needs no notice.
    """

    days: int
    until_days: int = 0
    quiet: timedelta = timedelta(0)

    def goes_at(self, event: datetime) -> datetime:
        """When the notice of ``event`` goes."""
        return _morning(event, self.days)

    def ends_at(self, event: datetime) -> datetime:
        """From when on the notice of ``event`` makes no sense any more."""
        return _morning(event, self.until_days) if self.until_days else event

    def is_needed(self, event: datetime, told_at: datetime) -> bool:
        """Whether somebody who last heard of ``event`` at ``told_at`` needs the notice."""
        return told_at <= self.goes_at(event) - self.quiet


WEEK_BEFORE = Timing(days=7, until_days=3, quiet=timedelta(hours=48))
DAY_BEFORE = Timing(days=1, quiet=timedelta(hours=24))
DEADLINE = Timing(days=3)
MORNING_AFTER = Timing(days=-1, until_days=-14)
MONTHS_BEFORE_END = Timing(days=60, until_days=14)
WEEKS_BEFORE_END = Timing(days=14)


def is_due(goes_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a notice goes now."""
    return goes_at <= now < ends_at


def next_gathering(now: datetime, last: datetime | None) -> datetime:
    """When the next mail goes that gathers what is due, of which there is one a day; ``last`` is when the last one went."""
    today = to_tbilisi(now).date()
    gathered = last is not None and to_tbilisi(last).date() == today
    return _at(today + DAY if gathered else today)


def digest_moments(now: datetime, until: datetime) -> list[datetime]:
    """When the weekly digest goes before ``until``: on Mondays, and late for a day."""
    today = to_tbilisi(now).date()
    first = datetime.combine(today - today.weekday() * DAY, WEEKLY_HOUR, TBILISI)
    mondays = (first + week * WEEK for week in range((until - first) // WEEK + 1))
    return [monday for monday in mondays if monday < until and now < monday + DAY]


def _morning(event: datetime, days: int) -> datetime:
    return _at(to_tbilisi(event).date() - days * DAY)


def _at(day: date) -> datetime:
    return datetime.combine(day, HOUR, TBILISI)
