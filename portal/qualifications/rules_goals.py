"""How far a goal is: who should hold the qualification, who does, and where that leads. Decisions on plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.foundation.days import months_after
from portal.qualifications.rules import Version, version_on

if TYPE_CHECKING:
    from collections.abc import Iterable

PACE_MONTHS: Final = 6
"""The pace of a forecast is that of so many months."""


class PostSpan(NamedTuple):
    """A post that somebody holds in a municipality from a day to a day, both included."""

    person_id: int
    municipality_id: int
    category: str
    sakrebulo_role: str | None
    begins_on: date
    ends_on: date | None


class HeldSpan(NamedTuple):
    """A qualification is held from a day to a day, both included."""

    person_id: int
    begins_on: date
    ends_on: date | None


HeldBy = Mapping[int, Sequence[HeldSpan]]
"""When somebody holds the qualification, by the id of the person."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many people should hold a qualification, and how many of them do."""

    called: int = 0
    holders: int = 0

    @property
    def share(self) -> float:
        """The holders in percent of those who should; 0 where nobody should."""
        return self.holders * 100 / self.called if self.called else 0.0

    def reaches(self, percent: int) -> bool:
        """Whether it is at least so many percent, without a rounding."""
        return self.called > 0 and self.holders * 100 >= percent * self.called

    def missing_to(self, percent: int) -> int:
        """How many holders more make so many percent."""
        return max(-(-percent * self.called // 100) - self.holders, 0)


def count_on(day: date, versions: Sequence[Version], posts: Iterable[PostSpan], held: HeldBy) -> Count:
    """How many people should hold the qualification on ``day``, by the rule of that day, and do. Who has two such posts counts once."""
    called = called_on(day, versions, posts)
    return Count(len(called), sum(any(_covers(span, day) for span in held.get(person_id, ())) for person_id in called))


def called_on(day: date, versions: Sequence[Version], posts: Iterable[PostSpan]) -> set[int]:
    """Whose posts call for the qualification on ``day``."""
    version = version_on(versions, day)
    if version is None:
        return set()
    return {post.person_id for post in posts if _covers(post, day) and version.audience.includes(post.category, post.sakrebulo_role)}


def _covers(span: PostSpan | HeldSpan, day: date) -> bool:
    return span.begins_on <= day and (span.ends_on is None or day <= span.ends_on)


def days_to_count(starts_on: date, last: date) -> list[date]:
    """The days on which progress is counted: the first, the same day of each month after it, and the last."""
    days = [starts_on]
    while (following := months_after(starts_on, len(days))) < last:
        days.append(following)
    return [*days, last] if last > starts_on else days


def line_on(start: float, percent: int, starts_on: date, due_on: date, day: date) -> float:
    """The share on the straight line from the share of the first day to the goal; the goal itself where it was reached from the start."""
    if start >= percent or day >= due_on:
        return float(percent)
    return start + (percent - start) * ((day - starts_on).days / (due_on - starts_on).days)


def forecast(counts: Sequence[tuple[date, float]], due_on: date) -> float | None:
    """The share to which the pace of the last months leads on ``due_on``, from 0 to 100; None from one day alone."""
    last_day, last = counts[-1]
    earlier = [one for one in counts if one[0] < last_day]
    if not earlier:
        return None
    since = months_after(last_day, -PACE_MONTHS)
    day, share = next((one for one in earlier if one[0] >= since), earlier[-1])
    pace = (last - share) / (last_day - day).days
    return min(max(last + pace * max((due_on - last_day).days, 0), 0.0), 100.0)


class GoalStanding(StrEnum):
    """How a goal stands: it is reached, on or before its line, behind it, or its day has passed without it."""

    REACHED = "reached"
    ON_LINE = "on_line"
    BEHIND = "behind"
    MISSED = "missed"


def goal_standing(count: Count, percent: int, expected: float, due_on: date, day: date) -> GoalStanding:
    """How a goal of so many ``percent`` stands on ``day``, on which its line is at ``expected``."""
    if count.reaches(percent):
        return GoalStanding.REACHED
    if day > due_on:
        return GoalStanding.MISSED
    return GoalStanding.ON_LINE if count.share >= expected else GoalStanding.BEHIND


def ending_before(held: HeldBy, people: Iterable[int], day: date, due_on: date) -> int:
    """How many of the people hold it on ``day`` but, unless they renew it, no longer on ``due_on``."""
    latest = (
        max((span.ends_on or date.max for span in held.get(person_id, ()) if span.begins_on <= day), default=date.min)
        for person_id in set(people)
    )
    return sum(day <= last < due_on for last in latest)


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """How one goal stands in the country or in one municipality on a day: the count, the share that the line expects, and where the pace leads.

    ``shares`` are those of the days counted, ``needed`` is how many more holders make the goal, ``ending`` how many of them lose it before it
    falls due unless they renew it.
    """

    count: Count
    percent: int
    expected: float
    forecast: float | None
    standing: GoalStanding
    needed: int
    ending: int
    shares: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """So many percent from a day on which it begins to the day on which it falls due."""

    percent: int
    starts_on: date
    due_on: date


def progress_of(
    aim: Aim, day: date, versions: Sequence[Version], posts: Sequence[PostSpan], held: HeldBy, *, monthly: bool = True
) -> GoalProgress:
    """How an aim stands on ``day`` for the people with these posts; counted on as few days as the forecast needs where not ``monthly``."""
    last = min(max(day, aim.starts_on), aim.due_on)
    days = (
        days_to_count(aim.starts_on, last)
        if monthly
        else sorted({aim.starts_on, max(aim.starts_on, months_after(last, -PACE_MONTHS)), last})
    )
    counts = [(one, count_on(one, versions, posts, held)) for one in days]
    count, shares = counts[-1][1], tuple((one, count.share) for one, count in counts)
    expected = line_on(shares[0][1], aim.percent, aim.starts_on, aim.due_on, last)
    return GoalProgress(
        count=count,
        percent=aim.percent,
        expected=expected,
        forecast=forecast(shares, aim.due_on),
        standing=goal_standing(count, aim.percent, expected, aim.due_on, day),
        needed=count.missing_to(aim.percent),
        ending=ending_before(held, called_on(last, versions, posts), last, aim.due_on),
        shares=shares,
    )


def last_day_of(expires_on: date | None, ended_on: date | None) -> date | None:
    """The last day on which an award is held that expires on a day and was perhaps ended from another on."""
    before_end = None if ended_on is None else ended_on - timedelta(days=1)
    return min((day for day in (expires_on, before_end) if day is not None), default=None)
