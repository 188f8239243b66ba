"""What every part of the demo is made with: the day, the chance, the people, the catalogue, and where rows and history go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.demo.moments import DAY, at

if TYPE_CHECKING:
    import random
    from datetime import date, datetime

    from portal.courses.models import CourseVersion
    from portal.demo.catalogue import Catalogue
    from portal.demo.past import Past
    from portal.demo.people import Office, Someone
    from portal.demo.plan import Plan
    from portal.demo.rows import Rows


@dataclass(frozen=True, slots=True)
class World:
    """Shared by all blocks. ``references`` are those that enrolments have already."""

    rows: Rows
    past: Past
    chance: random.Random
    today: date
    office: Office
    catalogue: Catalogue
    references: set[str] = field(default_factory=set)

    def day(self, number: int) -> date:
        """The day ``number`` days from today."""
        return self.today + number * DAY

    @property
    def lately(self) -> datetime:
        """The last moment at which anything was done: yesterday evening."""
        return at(self.day(-1), 20)


@dataclass(frozen=True, slots=True)
class Block:
    """The people among whom one set of runs is filled."""

    learners: list[Someone]
    colleagues: list[Someone]
    trainers: dict[str, Someone]


@dataclass(frozen=True, slots=True)
class Day:
    """A training day."""

    id: int
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Run:
    """A run with its days, as planned; ``ended_at`` is when staff completed or cancelled it."""

    id: int
    code: str
    plan: Plan
    version: CourseVersion
    days: tuple[Day, ...]
    trainer: Someone
    opens_at: datetime
    closes_at: datetime
    ended_at: datetime | None
