"""What a qualification asks for: a tree of groups and demands, as plain values and as the JSON in which versions keep it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST: Final = 4
WIDEST: Final = 30
LONGEST_WINDOW: Final = 1_200
"""In months."""


@dataclass(frozen=True, slots=True)
class CourseDemand:
    """One of these courses, which count as equivalent; completed within so many months before, or ever."""

    courses: frozenset[int]
    within: int | None = None


@dataclass(frozen=True, slots=True)
class HoursDemand:
    """So many contact hours, all in one topic or in any (None), within so many months before, or ever."""

    hours: Decimal
    topic: int | None = None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class PassedTestDemand:
    """A test that was passed, with at least so many percent where more is asked for than its own pass mark."""

    test: int
    percent: int | None = None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class OutsideDemand:
    """A recognised certificate from elsewhere, of the kind with this code."""

    code: str
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """At least so many of the parts; all of them when ``least`` is their number."""

    least: int
    parts: tuple[Requirement, ...]


Demand = CourseDemand | HoursDemand | PassedTestDemand | OutsideDemand
Requirement = Demand | Group


def demands_of(requirement: Requirement) -> Iterator[Demand]:
    """Every demand of the tree, from left to right."""
    if isinstance(requirement, Group):
        for part in requirement.parts:
            yield from demands_of(part)
    else:
        yield requirement


def as_document(requirement: Requirement) -> dict[str, Any]:
    """The tree as JSON values, the same for the same tree."""
    match requirement:
        case Group(least, parts):
            return {"least": least, "of": [as_document(part) for part in parts]}
        case CourseDemand(courses):
            document: dict[str, Any] = {"courses": sorted(courses)}
        case HoursDemand(hours, topic):
            document = {"hours": f"{hours.normalize():f}", "topic": topic}
        case PassedTestDemand(test, percent):
            document = {"test": test, "percent": percent}
        case OutsideDemand(code):
            document = {"outside": code}
    return document | {"within": requirement.within}


def read_document(document: object, depth: int = 0) -> Requirement:
    """The tree that a document tells. Raises ValueError for one that ``as_document`` could not have written."""
    match document:
        case {"least": int(least), "of": list(parts)} if depth < DEEPEST and 1 <= least <= len(parts) <= WIDEST:
            return Group(least, tuple(read_document(part, depth + 1) for part in parts))
        case {"courses": list(courses), "within": within} if courses and all(isinstance(one, int) for one in courses):
            return CourseDemand(frozenset(courses), _window(within))
        case {"hours": str(hours), "topic": int() | None as topic, "within": within}:
            return HoursDemand(_hours(hours), topic, _window(within))
        case {"test": int(test), "percent": int() | None as percent, "within": within}:
            return PassedTestDemand(test, percent, _window(within))
        case {"outside": str(code), "within": within} if code:
            return OutsideDemand(code, _window(within))
    raise ValueError("no requirement")


def _window(months: object) -> int | None:
    if months is None or (isinstance(months, int) and 1 <= months <= LONGEST_WINDOW):
        return months
    raise ValueError("no window")


def _hours(text: str) -> Decimal:
    try:
        hours = Decimal(text)
    except InvalidOperation:
        raise ValueError("no hours") from None
    if not hours.is_finite() or hours <= 0:
        raise ValueError("no hours")
    return hours
