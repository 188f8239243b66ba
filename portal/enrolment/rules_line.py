"""Who is next: what is kept for whom, and the published order of the waiting list. Decisions on plain values.

The published rule: first those whose qualification goal is due, then the municipality (or region) that has the largest part of its quota
still unused, then who asked first. A quota keeps places for its people and is at the same time the most that they can have, until the
moment at which unused places go to everybody. From then on it only counts in the order.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime


class Home(NamedTuple):
    """Where somebody asks from: the municipality of their post and its region; both are None without a post."""

    municipality_id: int | None = None
    region_id: int | None = None


NOWHERE = Home()


class Blocked(StrEnum):
    """Why somebody cannot have a place now. The word stands in the history and on pages."""

    ALL_TAKEN = "all_taken"
    QUOTA_USED = "quota_used"
    KEPT_FOR_OTHERS = "kept_for_others"
    OTHERS_WAIT = "others_wait"


@dataclass(slots=True, kw_only=True)
class Seats:
    """The places of one run: how many there are, who has them, what is kept for whom. ``give`` counts one more, nothing else changes it.

    ``municipality_quotas`` and ``region_quotas`` are places by id; ``region_of`` leads from the municipalities with a quota to their region.
    ``in_force`` is False once unused places went to everybody, which they do at ``quotas_end_at``.
    """

    capacity: int
    taken: int = 0
    quotas_end_at: datetime | None = None
    municipality_quotas: Mapping[int, int] = field(default_factory=dict)
    region_quotas: Mapping[int, int] = field(default_factory=dict)
    region_of: Mapping[int, int] = field(default_factory=dict)
    in_force: bool = False
    by_municipality: Counter[int] = field(default_factory=Counter)
    by_region: Counter[int] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        """Places that nobody has, kept ones included."""
        return max(self.capacity - self.taken, 0)

    @property
    def has_quotas(self) -> bool:
        """True when some municipality or region has a quota, in force or not."""
        return bool(self.municipality_quotas or self.region_quotas)

    def copy(self) -> Seats:
        """The same places, to be given on trial."""
        return replace(self, by_municipality=Counter(self.by_municipality), by_region=Counter(self.by_region))

    def home_of(self, municipality_id: int | None) -> Home:
        """Where somebody asks from whose post is in the municipality."""
        return Home(municipality_id, None if municipality_id is None else self.region_of.get(municipality_id))

    def give(self, home: Home) -> None:
        """Count one more place as given to somebody from ``home``."""
        self.taken += 1
        if home.municipality_id is not None:
            self.by_municipality[home.municipality_id] += 1
        if home.region_id is not None:
            self.by_region[home.region_id] += 1

    def unused(self) -> int:
        """How many places quotas keep that nobody of theirs has. What a region keeps holds at least what its municipalities keep."""
        if not self.in_force:
            return 0
        of_regions = sum(max(places - self.by_region[one], self.kept_within(one)) for one, places in self.region_quotas.items())
        alone = (one for one in self.municipality_quotas if self.region_of[one] not in self.region_quotas)
        return of_regions + sum(self._left(one) for one in alone)

    def kept_within(self, region_id: int) -> int:
        """How many places of a region its municipalities keep for themselves."""
        return sum(self._left(one) for one in self.municipality_quotas if self.region_of[one] == region_id)

    def _left(self, municipality_id: int) -> int:
        return max(self.municipality_quotas[municipality_id] - self.by_municipality[municipality_id], 0)

    def quota_of(self, home: Home) -> tuple[int, int] | None:
        """The quota that counts for ``home`` and how much of it is used: that of the municipality, or else of the region; None without one."""
        return _quota(self.municipality_quotas, self.by_municipality, home.municipality_id) or _quota(
            self.region_quotas, self.by_region, home.region_id
        )

    def left_of_quota(self, home: Home) -> int:
        """How many places of the quota that counts for ``home`` are left for it; what others of its region keep for themselves is not."""
        quota = self.quota_of(home)
        if quota is None:
            return 0
        has_own = home.municipality_id in self.municipality_quotas
        kept = 0 if home.region_id is None or has_own else self.kept_within(home.region_id)
        return max(quota[0] - quota[1] - kept, 0)

    def number_to_wait(self, homes: Iterable[Home]) -> int:
        """How many of those who ask now, one after the other, would have to wait."""
        trial, waiting = self.copy(), 0
        for home in homes:
            if trial.find_block(home) is None:
                trial.give(home)
            else:
                waiting += 1
        return waiting

    def deficit(self, home: Home) -> float:
        """The part of the quota of ``home`` that is unused, from 0 to 1; 0 without a quota. Equal parts of small numbers are equal floats."""
        return _unused_part(self.quota_of(home))

    def find_block(self, home: Home) -> Blocked | None:
        """Say why somebody from ``home`` cannot have a place now; None when they can."""
        if not self.free:
            return Blocked.ALL_TAKEN
        if not self.in_force:
            return None
        own = _quota(self.municipality_quotas, self.by_municipality, home.municipality_id)
        of_region = _quota(self.region_quotas, self.by_region, home.region_id)
        if any(quota[1] >= quota[0] for quota in (own, of_region) if quota):
            return Blocked.QUOTA_USED
        if own is not None:
            return None
        if of_region is not None and home.region_id is not None:
            left_in_region = of_region[0] - of_region[1] - self.kept_within(home.region_id)
            return None if left_in_region > 0 else Blocked.KEPT_FOR_OTHERS
        return None if self.unused() < self.free else Blocked.KEPT_FOR_OTHERS


def _quota(quotas: Mapping[int, int], used: Mapping[int, int], unit: int | None) -> tuple[int, int] | None:
    """The quota of a municipality or region and how much of it is used; None without one."""
    return None if unit is None or unit not in quotas else (quotas[unit], used.get(unit, 0))


def _unused_part(quota: tuple[int, int] | None) -> float:
    return max(quota[0] - quota[1], 0) / quota[0] if quota else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlace:
    """What decides about a place in the waiting list. ``goal_due``: a qualification falls due for which the course counts."""

    enrolment_id: int
    queued_at: datetime
    home: Home = NOWHERE
    goal_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A place in the line with what put it there. ``quota`` and ``used`` are None where no quota counts; ``used`` counts those in front too."""

    place: WaitingPlace
    position: int
    deficit: float
    quota: int | None
    used: int | None


def in_line(places: Iterable[WaitingPlace], seats: Seats) -> Iterator[Ranked]:
    """Walk along the waiting list of one run in the order of the published rule; nothing else orders it.

    Each position is given as if those in front had a place: so when the first gets one, the others stay in their order.
    """
    in_time = sorted(places, key=lambda place: (place.queued_at, place.enrolment_id))
    if not seats.has_quotas:
        in_time.sort(key=lambda place: not place.goal_due)
        yield from (Ranked(place=place, position=number, deficit=0, quota=None, used=None) for number, place in enumerate(in_time, 1))
        return
    trial = seats.copy()
    queues: defaultdict[tuple[bool, Home], deque[WaitingPlace]] = defaultdict(deque)
    for place in in_time:
        queues[not place.goal_due, _quota_home(place.home, trial)].append(place)
    heads = [_head(key, queue, trial) for key, queue in queues.items()]
    heapq.heapify(heads)
    position = 0
    while heads:
        rank, key = heapq.heappop(heads)
        place = queues[key][0]
        quota = trial.quota_of(place.home)
        if -rank[1] != (deficit := _unused_part(quota)):  # somebody of the same quota stands in front meanwhile
            heapq.heappush(heads, _head(key, queues[key], trial))
            continue
        queues[key].popleft()
        position += 1
        kept, used = quota or (None, None)
        yield Ranked(place=place, position=position, deficit=deficit, quota=kept, used=used)
        trial.give(place.home)
        if queues[key]:
            heapq.heappush(heads, _head(key, queues[key], trial))


def _quota_home(home: Home, seats: Seats) -> Home:
    """All of one quota stand in one queue; all without a quota in another."""
    if _quota(seats.municipality_quotas, seats.by_municipality, home.municipality_id):
        return home
    return Home(None, home.region_id) if _quota(seats.region_quotas, seats.by_region, home.region_id) else NOWHERE


def _head(key: tuple[bool, Home], queue: deque[WaitingPlace], seats: Seats) -> tuple[tuple[bool, float, datetime, int], tuple[bool, Home]]:
    first = queue[0]
    return (key[0], -seats.deficit(first.home), first.queued_at, first.enrolment_id), key


@dataclass(frozen=True, slots=True)
class Next:
    """Who gets the next place, and those in front of them who cannot have it, each with the reason.

    ``due`` are those of all these who stand in front because a qualification falls due: with them the order can be told again.
    """

    place: WaitingPlace
    passed: tuple[tuple[int, Blocked], ...]
    due: frozenset[int] = frozenset()


def find_next(places: Iterable[WaitingPlace], seats: Seats) -> Next | None:
    """Find who gets the next place of the run; None when nobody who waits can have one."""
    if not seats.free:
        return None
    passed: list[tuple[int, Blocked]] = []
    due: set[int] = set()
    for ranked in in_line(places, seats):
        if ranked.place.goal_due:
            due.add(ranked.place.enrolment_id)
        block = seats.find_block(ranked.place.home)
        if block is None:
            return Next(ranked.place, tuple(passed), frozenset(due))
        passed.append((ranked.place.enrolment_id, block))
    return None
