"""Who is who in the demo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.demo import content

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from datetime import date

    from portal.municipalities.models import Municipality

BY_THEMSELVES = 0.75
"""The share of those with an account who enrol by themselves."""
# Of these posts a municipality has one.
SINGULAR = frozenset({"მერი", "მერის პირველი მოადგილე", "საკრებულოს თავმჯდომარე", "საკრებულოს თავმჯდომარის მოადგილე"})


@dataclass(frozen=True, slots=True)
class Job:
    """A post as enrolments keep it."""

    municipality: Municipality
    category: str
    unit: str
    title_ka: str
    title_en: str
    rank: int | None
    sakrebulo_role: str | None


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the demo. ``busy`` are the days on which they learn or wait to learn."""

    id: int
    job: Job | None
    has_account: bool
    busy: set[date] = field(default_factory=set, compare=False)


@dataclass(frozen=True, slots=True)
class Office:
    """The named people: one account per role."""

    learner: Someone
    coordinators: tuple[Someone, Someone]
    trainer: Someone
    staff: Someone
    admin: Someone

    def sender_for(self, someone: Someone, chance: random.Random) -> int:
        """Who enrols ``someone``: themselves, or a coordinator, or staff."""
        if someone.has_account and chance.random() < BY_THEMSELVES:
            return someone.id
        for coordinator in self.coordinators:
            if someone.job and coordinator.job and someone.job.municipality is coordinator.job.municipality:
                return coordinator.id
        return someone.id if someone.has_account else self.staff.id


class Jobs:
    """Hands out posts in ``places``."""

    def __init__(self, chance: random.Random, places: Sequence[Municipality]) -> None:
        self._chance = chance
        self._places = {place.code: place for place in places}
        self._taken: set[tuple[str, str]] = set()

    def draw(self, place: str, category: str, title: str = "", unit: str = "") -> Job:
        """A post of ``category`` in the municipality ``place``, with the ``title`` in the ``unit`` when given."""
        titles = [
            each
            for each in content.titles_of(category)
            if each["title_ka"] == title or (not title and (place, each["title_ka"]) not in self._taken)
        ]
        chosen = self._chance.choice(titles)
        if chosen["title_ka"] in SINGULAR:
            self._taken.add((place, chosen["title_ka"]))
        return Job(
            municipality=self._places[place],
            category=str(category),
            unit=content.unit_names()[unit or self._chance.choice(chosen["units"])],
            title_ka=chosen["title_ka"],
            title_en=chosen["title_en"],
            rank=content.RANKS[chosen["rank"]],
            sakrebulo_role=chosen["sakrebulo_role"],
        )
