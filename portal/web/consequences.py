"""What a change would do, in words: shown where the change is made, before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import people, qualifications

if TYPE_CHECKING:
    from portal.standings import Consequences, Difference

LOOK = "look"
"""The name of the button that asks for it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Who would lose and gain which qualification, as names in order, and the numbers of the certificates to look at."""

    lose: list[tuple[str, str]]
    gain: list[tuple[str, str]]
    to_review: list[str]


def shown(found: Consequences, language: str) -> Shown:
    """``found`` with names."""
    named = {row.id: row.name(language) for row in qualifications.qualifications_in_order()} if found.lose or found.gain else {}

    def names(differences: list[Difference]) -> list[tuple[str, str]]:
        return [(people.get_person(one.person_id).name(language), named[one.qualification_id]) for one in differences]

    return Shown(names(found.lose), names(found.gain), found.to_review)
