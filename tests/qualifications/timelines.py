"""Short words for timelines: editions, evidence and days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from portal.qualifications import CourseDemand, Evidence, Group, HoursDemand, Requirement, Version

FIRST = "2020-01-01"


def day(text: str) -> date:
    return date.fromisoformat(text)


def course(*ids: int, within: int | None = None) -> CourseDemand:
    return CourseDemand(frozenset(ids), within)


def hours(number: int | str, topic: int | None = None, within: int | None = None) -> HoursDemand:
    return HoursDemand(Decimal(number), topic, within)


def all_of(*parts: Requirement) -> Group:
    return Group(len(parts), parts)


def edition(requirement: Requirement, number: int = 1, since: str = FIRST, **rest: Any) -> Version:
    return Version(id=number, effective_on=day(since), requirement=requirement, **rest)


def done(on: str, course: int | None = None, **rest: Any) -> Evidence:
    until = rest.pop("until", None)
    return Evidence(source=f"enrolment:{on}:{course}", on=day(on), course=course, until=day(until) if until else None, **rest)
