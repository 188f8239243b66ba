"""Who holds what, decided on plain values for many people and rules at once: what nobody did anything for is decided once for all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.qualifications import (
    Award,
    CourseDemand,
    Evidence,
    Holding,
    HoursDemand,
    OutsideDemand,
    PassedTestDemand,
    Standing,
    Version,
    awards_of,
    called_since,
    demands_of,
    due_on,
    is_due,
    standing_on,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_DAY: Final = timedelta(days=1)


class HeldPost(NamedTuple):
    """A post of somebody, as far as it says what it calls for."""

    category: str
    sakrebulo_role: str | None
    starts_on: date
    ends_on: date | None

    def held_on(self, day: date) -> bool:
        """Whether it is held on ``day``."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How somebody stands to a qualification on a day.

    ``called_since`` is since when their posts have called for it without a break, None when they do not; ``due_on`` by when they should hold
    it (again), and ``is_due`` whether that is near enough to be told.
    """

    qualification_id: int
    standing: Standing
    called_since: date | None
    due_on: date | None
    is_due: bool

    def due_courses(self) -> Iterator[int]:
        """The courses that would close a gap of what falls due, equivalent ones too."""
        if self.is_due and self.standing.progress is not None:
            for gap in self.standing.progress.gaps():
                if isinstance(gap.requirement, CourseDemand):
                    yield from sorted(gap.requirement.courses)


class Rulebook:
    """The rules of some qualifications, by id, ready to be asked about many people."""

    def __init__(self, rules: Mapping[int, Sequence[Version]]) -> None:
        self.rules = rules
        self.asks_hours = False
        self._asking: defaultdict[tuple[str, object], set[int]] = defaultdict(set)
        self._called: dict[tuple[str, str | None, date], dict[int, date]] = {}
        self._untouched: dict[tuple[int, date], Standing] = {}
        for qualification_id, versions in rules.items():
            for version in versions:
                for requirement in (version.requirement, version.renewal):
                    for demand in demands_of(requirement) if requirement else ():
                        self._index(qualification_id, demand)

    def _index(self, qualification_id: int, demand: object) -> None:
        match demand:
            case CourseDemand(courses):
                keys: list[tuple[str, object]] = [("course", course) for course in courses]
            case HoursDemand(_, topic):
                keys = [("hours", topic)]
                self.asks_hours = True
            case PassedTestDemand(test):
                keys = [("test", test)]
            case OutsideDemand(code):
                keys = [("outside", code)]
            case _:
                raise TypeError(demand)
        for key in keys:
            self._asking[key].add(qualification_id)

    def split(self, evidence: Iterable[Evidence]) -> dict[int, list[Evidence]]:
        """What of the evidence could count for which qualification; those for which nothing could are not named."""
        found: defaultdict[int, list[Evidence]] = defaultdict(list)
        for one in evidence:
            keys = (("course", one.course), ("test", one.test), ("outside", one.outside), ("hours", one.topic), ("hours", None))
            for qualification_id in set().union(*(self._asking.get(key, ()) for key in keys[: 5 if one.hours else 3])):
                found[qualification_id].append(one)
        return found

    def called_by(self, category: str, sakrebulo_role: str | None, day: date) -> dict[int, date]:
        """What a post calls for on ``day``, each since when at the earliest."""
        key = category, sakrebulo_role, day
        if key not in self._called:
            asked = {one: called_since(versions, category, sakrebulo_role, date.min, day) for one, versions in self.rules.items()}
            self._called[key] = {one: since for one, since in asked.items() if since is not None}
        return self._called[key]

    def untouched(self, qualification_id: int, day: date) -> Standing:
        """How everybody stands to it who did nothing for it."""
        key = qualification_id, day
        if key not in self._untouched:
            self._untouched[key] = standing_on(self.rules[qualification_id], (), day)
        return self._untouched[key]


def positions_on(book: Rulebook, evidence: Sequence[Evidence], posts: Sequence[HeldPost], day: date) -> list[Position]:
    """How somebody stands on ``day`` to each qualification that their posts of that day call for, or that they hold or held."""
    counting, called = book.split(evidence), _called(book, posts, day)
    found = []
    for qualification_id in book.rules:
        if qualification_id in counting:
            standing = standing_on(book.rules[qualification_id], counting[qualification_id], day)
        elif qualification_id in called:
            standing = book.untouched(qualification_id, day)
        else:
            continue
        since = called.get(qualification_id)
        if since is None and standing.holding == Holding.NEVER:
            continue
        due = None
        if since is not None and standing.version is not None:
            due = due_on(standing, called_since=since, grace_months=standing.version.grace_months)
        found.append(
            Position(
                qualification_id=qualification_id,
                standing=standing,
                called_since=since,
                due_on=due,
                is_due=is_due(standing, due, day),
            )
        )
    return found


def _called(book: Rulebook, posts: Sequence[HeldPost], day: date) -> dict[int, date]:
    """What the posts of ``day`` call for, each since when. Who goes from one post to the next without a break has no new time for it."""
    found: dict[int, date] = {}
    for post in posts:
        if post.held_on(day):
            for qualification_id, earliest in book.called_by(post.category, post.sakrebulo_role, day).items():
                begun = _begun(book, qualification_id, post, posts, day)
                since = max(begun, earliest)
                found[qualification_id] = min(since, found.get(qualification_id, since))
    return found


def _begun(book: Rulebook, qualification_id: int, post: HeldPost, posts: Sequence[HeldPost], day: date) -> date:
    """The first day of the unbroken row of posts that ends with ``post`` and that all call for the qualification."""
    begun = post.starts_on
    for before in sorted(posts, key=lambda one: one.starts_on, reverse=True):
        follows = before.starts_on < begun and (before.ends_on is None or begun <= before.ends_on + _DAY)
        if follows and qualification_id in book.called_by(before.category, before.sakrebulo_role, day):
            begun = before.starts_on
    return begun


def awards_due(book: Rulebook, evidence: Sequence[Evidence], day: date) -> dict[int, list[Award]]:
    """The awards of somebody up to ``day``, by qualification; only those of which there are any."""
    return {one: awards for one, counting in sorted(book.split(evidence).items()) if (awards := awards_of(book.rules[one], counting, day))}
