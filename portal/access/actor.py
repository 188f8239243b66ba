"""Who asks: a visitor or a signed-in person with their roles of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.people.models import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person. ``municipality_ids`` are those that they coordinate."""

    person_id: int
    account_id: int
    name_ka: str
    name_latin: str
    roles: frozenset[Role] = frozenset()
    municipality_ids: frozenset[int] = frozenset()

    def name(self, language: str) -> str:
        """The person's name as written in ``language``."""
        return self.name_ka if language == "ka" else self.name_latin

    def has(self, *roles: Role) -> bool:
        """True when the person has one of ``roles`` today."""
        return not self.roles.isdisjoint(roles)
