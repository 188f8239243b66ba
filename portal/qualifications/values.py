"""What staff enter about a qualification, its rule, a goal and a track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.qualifications.rules import Audience, ExpiryBase, Version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from portal.qualifications.requirements import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationValues:
    """The names and descriptions of a qualification."""

    name_ka: str
    name_en: str
    description_ka: str = ""
    description_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleValues:
    """One edition of a rule; the fields mean what they do in ``rules.Version``. ``words`` say why it was made."""

    effective_on: date
    requirement: Requirement
    renewal: Requirement | None = None
    categories: tuple[str, ...] = ()
    sakrebulo_roles: tuple[str, ...] = ()
    validity_months: int | None = None
    window_months: int = 0
    base: ExpiryBase = ExpiryBase.COMPLETION
    fixed_day: tuple[int, int] | None = None
    asks_holders: bool = False
    grace_months: int = 12
    lead_days: int = 180
    words: str = ""

    def as_version(self, version_id: int = 0) -> Version:
        """The edition as the rules decide on it; without an id as long as it is not published."""
        return Version(
            id=version_id,
            effective_on=self.effective_on,
            requirement=self.requirement,
            renewal=self.renewal,
            validity_months=self.validity_months,
            window_months=self.window_months,
            base=self.base,
            fixed_day=self.fixed_day,
            asks_holders=self.asks_holders,
            audience=Audience(frozenset(self.categories), frozenset(self.sakrebulo_roles)),
            grace_months=self.grace_months,
            lead_days=self.lead_days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalValues:
    """So many percent by a day; ``shares`` are other percentages, by the id of the municipality."""

    percent: int
    starts_on: date
    due_on: date
    shares: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepValues:
    """One step of a track."""

    title_ka: str
    title_en: str
    requirement: Requirement
    within_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackValues:
    """A track with its steps in order."""

    name_ka: str
    name_en: str
    description_ka: str = ""
    description_en: str = ""
    categories: tuple[str, ...] = ()
    sakrebulo_roles: tuple[str, ...] = ()
    begun_from: date | None = None
    begun_until: date | None = None
    steps: tuple[StepValues, ...] = ()
