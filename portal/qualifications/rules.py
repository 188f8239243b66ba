"""Who holds a qualification on which day: decided on plain values, for any day, by the rule that was in force.

A qualification is awarded on the day on which what its rule asks for is together. It is held to the last day of its validity, and renewed by
what was done since its renewal window opened; nothing that counted once counts again. A version of the rule is in force from its day on:
who holds the qualification then keeps it, or is asked anew by the new rule, as the version says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from portal.foundation.days import months_after
from portal.qualifications.requirements import (
    CourseDemand,
    Demand,
    Group,
    HoursDemand,
    OutsideDemand,
    PassedTestDemand,
    Requirement,
    demands_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DAY: Final = timedelta(days=1)


class ExpiryBase(StrEnum):
    """From what a validity counts: the day of completion, the end of the award that is renewed, or the next fixed day of a year."""

    COMPLETION = "completion"
    PREVIOUS = "previous"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that a person did and that counts from a day on: a course completed, a test passed, training recognised.

    ``source`` names where it stands (``enrolment:12``). ``until`` is the last day on which it counts, None for good.
    """

    source: str
    on: date
    until: date | None = None
    course: int | None = None
    topic: int | None = None
    hours: Decimal = Decimal(0)
    test: int | None = None
    percent: int | None = None
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose posts call for a qualification: these categories; of the sakrebulo, members with these roles, or all when none is named."""

    categories: frozenset[str] = frozenset()
    sakrebulo_roles: frozenset[str] = frozenset()

    def includes(self, category: str, sakrebulo_role: str | None) -> bool:
        """Whether a post of this category, and role in the sakrebulo, calls for it."""
        return category in self.categories and (
            sakrebulo_role is None or not self.sakrebulo_roles or sakrebulo_role in self.sakrebulo_roles
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One edition of a rule, in force from ``effective_on`` until the next one.

    ``renewal`` is asked for instead of ``requirement`` when the qualification is renewed, where it is another. Validity and renewal window are
    months (None: it does not end; 0: renewed only after it ended). ``fixed_day`` is month and day of the base ``FIXED``.
    ``asks_holders`` is whether those who hold the qualification on its first day must fulfil it at once to keep it. Posts of the ``audience`` call
    for the qualification; it should be held within ``grace_months`` and falls due ``lead_days`` before.
    """

    id: int
    effective_on: date
    requirement: Requirement
    renewal: Requirement | None = None
    validity_months: int | None = None
    window_months: int = 0
    base: ExpiryBase = ExpiryBase.COMPLETION
    fixed_day: tuple[int, int] | None = None
    asks_holders: bool = False
    audience: Audience = Audience()
    grace_months: int = 12
    lead_days: int = 180


class EndReason(StrEnum):
    """Why an award ended before its time."""

    RULE_CHANGED = "rule_changed"
    EVIDENCE_CHANGED = "evidence_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """A qualification was reached ``on`` a day by a version of its rule, and is held to its last day ``until`` (None: for good).

    ``since`` is the first day whose evidence counted for it, and ``sources`` that evidence. ``ended_on`` is the first day on which it is no
    longer held because a rule that changed was not fulfilled.
    """

    version_id: int
    on: date
    until: date | None
    renews: bool
    since: date
    sources: tuple[str, ...]
    ended_on: date | None = None

    def held_on(self, day: date) -> bool:
        """Whether it is held on ``day``."""
        return self.on <= day and (self.until is None or day <= self.until) and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a requirement is fulfilled: ``have`` of ``need`` (hours, percent, or parts), by which evidence, and the same of each part."""

    requirement: Requirement
    have: Decimal
    need: Decimal
    sources: tuple[str, ...] = ()
    parts: tuple[Progress, ...] = ()

    @property
    def met(self) -> bool:
        """Whether it is fulfilled."""
        return self.have >= self.need

    def gaps(self) -> Iterator[Progress]:
        """The demands that are not fulfilled and that still count: none of a group that is."""
        if self.met:
            return
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.gaps()


class Holding(StrEnum):
    """How somebody stands to a qualification on a day. ``RENEWABLE`` is held too, with the renewal window open."""

    NEVER = "never"
    HELD = "held"
    RENEWABLE = "renewable"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody stands to a qualification on a day: the award that counts last, the rule in force and how far what it asks next is fulfilled.

    ``progress`` is of what would award or renew it now; None while it is held and no renewal is open, or where no rule is in force.
    """

    holding: Holding
    award: Award | None
    version: Version | None
    progress: Progress | None
    renewable_from: date | None = None

    @property
    def held(self) -> bool:
        """Whether the qualification is held."""
        return self.holding in {Holding.HELD, Holding.RENEWABLE}


def measure(requirement: Requirement, evidence: Sequence[Evidence], day: date, since: date = date.min) -> Progress:
    """How far ``requirement`` is fulfilled on ``day`` by the evidence that counts then and is not older than ``since``."""
    if isinstance(requirement, Group):
        parts = tuple(measure(part, evidence, day, since) for part in requirement.parts)
        met = [part for part in parts if part.met]
        sources = dict.fromkeys(source for part in met for source in part.sources)
        return Progress(requirement, Decimal(len(met)), Decimal(requirement.least), tuple(sources), parts)
    start = since if requirement.within is None else max(since, months_after(day, -requirement.within) + _DAY)
    fitting = [one for one in evidence if start <= one.on <= day and (one.until is None or day <= one.until) and _fits(requirement, one)]
    return _measure_demand(requirement, fitting)


def _measure_demand(demand: Demand, fitting: list[Evidence]) -> Progress:
    match demand:
        case HoursDemand(hours):
            return Progress(demand, sum((one.hours for one in fitting), Decimal(0)), hours, tuple(one.source for one in fitting))
        case PassedTestDemand(_, percent):
            best = max(fitting, key=lambda one: one.percent or 0, default=None)
            return Progress(demand, Decimal(best.percent or 0 if best else 0), Decimal(percent or 1), (best.source,) if best else ())
        case _:
            return Progress(demand, Decimal(bool(fitting)), Decimal(1), tuple(one.source for one in fitting[:1]))


def _fits(demand: Demand, one: Evidence) -> bool:
    match demand:
        case CourseDemand(courses):
            return one.course in courses
        case HoursDemand(_, topic):
            return one.hours > 0 and (topic is None or one.topic == topic)
        case PassedTestDemand(test):
            return one.test == test
        case OutsideDemand(code):
            return one.outside == code


def awards_of(versions: Sequence[Version], evidence: Iterable[Evidence], day: date) -> list[Award]:
    """Every award of one person up to ``day``, the oldest first: recertification adds one and takes none away.

    ``versions`` stand in the order of the days from which they are in force. Only what was done until ``day`` counts. What somebody holds can
    change when something is done, when the rule changes, and on the day after an award, when a first award is asked for again.
    """
    known = sorted((one for one in evidence if one.on <= day), key=lambda one: (one.on, one.source))
    changes = {version.effective_on: version for version in versions if version.effective_on <= day}
    awards: list[Award] = []
    moments = sorted(changes.keys() | {one.on for one in known})
    while moments:
        moment = heappop(moments)
        version = version_on(versions, moment)
        if version is None:
            continue
        last = awards[-1] if awards else None
        asked_anew = last is not None and version.asks_holders and moment in changes and last.held_on(moment)
        if last is not None and asked_anew and not measure(version.requirement, known, moment, last.since).met:
            awards = [replace(award, ended_on=moment) if award.held_on(moment) else award for award in awards]
            last = awards[-1]
        if (award := _awarded(version, versions, known, moment, last)) is not None:
            awards.append(award)
            if award.until is not None and award.until < day:
                heappush(moments, award.until + _DAY)
    return awards


def _awarded(version: Version, versions: Sequence[Version], known: Sequence[Evidence], day: date, last: Award | None) -> Award | None:
    """The award that ``day`` brings; None when it brings none."""
    since, asked, renews = _asked(version, versions, day, last)
    found = measure(asked, known, day, since) if since <= day else None
    if found is None or not found.met:
        return None
    start = last.until if renews and last is not None and last.until and version.base == ExpiryBase.PREVIOUS else day
    return Award(version_id=version.id, on=day, until=expiry(version, start), renews=renews, since=since, sources=found.sources)


def _asked(version: Version, versions: Sequence[Version], day: date, last: Award | None) -> tuple[date, Requirement, bool]:
    """What would bring an award on ``day``: since when evidence counts, what is asked for, and whether it would be a renewal.

    Who lost the qualification to a changed rule lacks only what that asks for besides, as long as the award would have lasted.
    """
    if last is None:
        return date.min, version.requirement, False
    if last.ended_on is not None and (last.until is None or day <= last.until):
        return last.since, version.requirement, False
    renews = last.held_on(day)
    return _counts_since(last, versions), version.renewal if renews and version.renewal else version.requirement, renews


def _counts_since(award: Award, versions: Sequence[Version]) -> date:
    """The first day whose evidence counts for renewing ``award``: that of its renewal window, never one that the award itself used."""
    if award.until is None:
        return date.max
    by = next(version for version in versions if version.id == award.version_id)
    return max(months_after(award.until, -by.window_months) if by.window_months else award.until + _DAY, award.on + _DAY)


def expiry(version: Version, start: date) -> date | None:
    """The last day of an award whose validity counts from ``start``; a fixed day never makes it shorter than the validity."""
    if version.base == ExpiryBase.FIXED and version.fixed_day is not None:
        least = months_after(start, version.validity_months or 0)
        this_year = _day_in(least.year, version.fixed_day)
        return this_year if least <= this_year else _day_in(least.year + 1, version.fixed_day)
    return None if version.validity_months is None else months_after(start, version.validity_months)


def _day_in(year: int, fixed: tuple[int, int]) -> date:
    """The fixed day of a year, or the last day of its month where there is no such day."""
    month, day = fixed
    return months_after(date(year, 1, day), month - 1)


def version_on(versions: Sequence[Version], day: date) -> Version | None:
    """The edition in force on ``day``; None before the first."""
    return next((version for version in reversed(versions) if version.effective_on <= day), None)


def standing_on(versions: Sequence[Version], evidence: Iterable[Evidence], day: date) -> Standing:
    """How somebody stands to the qualification with these ``versions`` on ``day``."""
    known = [one for one in evidence if one.on <= day]
    awards = awards_of(versions, known, day)
    last, version = awards[-1] if awards else None, version_on(versions, day)
    if version is None:
        return Standing(holding=Holding.NEVER, award=None, version=None, progress=None)
    since, asked, renews = _asked(version, versions, day, last)
    progress = measure(asked, known, day, since) if since <= day else None
    if last is None:
        return Standing(holding=Holding.NEVER, award=None, version=version, progress=progress)
    opens = None if since == date.max else since
    if not last.held_on(day):
        return Standing(holding=Holding.LAPSED, award=last, version=version, progress=progress, renewable_from=opens)
    return Standing(
        holding=Holding.RENEWABLE if renews and progress else Holding.HELD,
        award=last,
        version=version,
        progress=progress,
        renewable_from=opens,
    )


def counts_towards(version: Version, course: int, topic: int) -> bool:
    """Whether a course in a topic counts towards what ``version`` asks for, the first time or for renewal."""
    trees = [version.requirement, *([version.renewal] if version.renewal else [])]
    return any(
        course in demand.courses if isinstance(demand, CourseDemand) else isinstance(demand, HoursDemand) and demand.topic in {topic, None}
        for tree in trees
        for demand in demands_of(tree)
    )


def called_since(versions: Sequence[Version], category: str, sakrebulo_role: str | None, begun_on: date, day: date) -> date | None:
    """Since when a post begun on a day has called for the qualification without a break, as of ``day``; None when it does not."""
    since = None
    for version in versions:
        if version.effective_on > day:
            break
        if not version.audience.includes(category, sakrebulo_role):
            since = None
        elif since is None:
            since = max(begun_on, version.effective_on)
    return since


def due_on(standing: Standing, *, called_since: date, grace_months: int) -> date | None:
    """By which day somebody whose post calls for the qualification since a day should hold it (again); None when it is held for good.

    A first award has ``grace_months`` from then on. Whoever held it should hold it without a gap.
    """
    if standing.award is None:
        return months_after(called_since, grace_months)
    return standing.award.ended_on or standing.award.until


def is_due(standing: Standing, by: date | None, day: date) -> bool:
    """Whether a qualification that should be held ``by`` a day falls due on ``day``: some time before, as its rule says, or once it can be renewed."""
    if by is None or standing.version is None or standing.holding == Holding.HELD:
        return False
    return standing.holding == Holding.RENEWABLE or day >= by - timedelta(days=standing.version.lead_days)
