"""Pooling: needs of neighbours are put together until they make a group. Pure.

A group can be taught at once: all of its needs have a day in common, none asks for a form that another does not want, together they are no more
than the largest group, and each of its regions is the same as, or borders on, each other one. Nobody crosses more than one border.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

from portal.needs.models import NeedForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    Borders = Mapping[int, frozenset[int]]


class Wish(NamedTuple):
    """What counts about a need: who asks, from which region, how many people, in which form, and when."""

    id: int
    region_id: int
    people: int
    form: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Group:
    """Needs that one run can serve, in the order of their ids."""

    wishes: tuple[Wish, ...]

    @property
    def people(self) -> int:
        """How many people they are together."""
        return sum(wish.people for wish in self.wishes)

    @property
    def period(self) -> tuple[date, date]:
        """First and last day of the period that they have in common."""
        return max(wish.first for wish in self.wishes), min(wish.last for wish in self.wishes)

    @property
    def regions(self) -> frozenset[int]:
        """The regions from which its people come."""
        return frozenset(wish.region_id for wish in self.wishes)

    @property
    def forms(self) -> frozenset[str]:
        """The forms that are asked for."""
        return frozenset(wish.form for wish in self.wishes) - {NeedForm.ANY}

    def __add__(self, other: Group) -> Group:
        return Group(tuple(sorted(self.wishes + other.wishes)))


def pool(needs: Iterable[Wish], minimum: int, maximum: int, neighbours: Borders) -> list[Group]:
    """Put ``needs`` into groups of ``minimum`` to ``maximum`` people; ``neighbours`` are the regions that border on each.

    No need is split. One that is above the maximum by itself stands alone. A group stays below the minimum only when no other can take it in, or be
    taken in. Those of one region come together first. The order of ``needs`` does not matter.
    """
    groups = [Group((wish,)) for wish in sorted(needs)]

    def near(one: Group, other: Group) -> bool:
        return all(a == b or b in neighbours.get(a, ()) for a, b in product(one.regions, other.regions))

    for is_near in (_same_region, near):
        while pairs := list(_pairs(groups, minimum, maximum, is_near)):
            one, other = min(pairs, key=lambda pair: _worth(pair, minimum))
            groups = [group for group in groups if group not in {one, other}] + [one + other]
    return sorted(groups, key=lambda group: (group.people < minimum, group.period, group.wishes))


def _same_region(one: Group, other: Group) -> bool:
    return len(one.regions | other.regions) == 1


def _pairs(groups: list[Group], minimum: int, maximum: int, near: Callable[[Group, Group], bool]) -> Iterable[tuple[Group, Group]]:
    """Two groups that may become one, at least one of them too small to stay by itself."""
    for one, other in combinations(groups, 2):
        small = min(one.people, other.people) < minimum
        if small and one.people + other.people <= maximum and near(one, other) and _go_together(one, other):
            yield one, other


def _go_together(one: Group, other: Group) -> bool:
    first, last = (one + other).period
    return first <= last and len(one.forms | other.forms) <= 1


def _worth(pair: tuple[Group, Group], minimum: int) -> tuple[object, ...]:
    """What comes first: two small ones that make a group just large enough, then the largest of those still too small; those in need before others."""
    one, other = pair
    both = one.people + other.people
    large = max(one.people, other.people) >= minimum
    return large, both < minimum, both if both >= minimum else -both, (one + other).wishes
