"""What an edition of a rule would change, in words: how many people lose and gain the qualification, who they are and why, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from portal import reports, standings
from portal.foundation import clock
from portal.web.language import language
from portal.web.requirement_words import names_in, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from portal.people.models import Person
    from portal.qualifications import RuleValues
    from portal.standings import Difference
    from portal.web.requirement_words import Names

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Affected:
    """Somebody who would lose or gain it: what they lack, or since when they fulfil it."""

    person_id: int
    name: str
    lacks: tuple[str, ...]
    since: date | None


@dataclass(frozen=True, slots=True)
class Effects:
    """How many lose, gain and need review on ``day``; the people of this page; how many pages there are."""

    day: date
    later: bool
    lose: int
    gain: int
    review: int
    losers: list[Affected]
    gainers: list[Affected]
    page: int
    pages: int


def effects_of(qualification_id: int, values: RuleValues, page: int) -> Effects:
    """What publishing ``values`` would do; ``page`` counts from 1, beyond the last it is the last."""
    found = standings.preview_rule(qualification_id, values)
    pages = max(1, -(-max(len(found.lose), len(found.gain)) // PAGE))
    page = min(max(page, 1), pages)
    those = slice((page - 1) * PAGE, page * PAGE)
    lose, gain = found.lose[those], found.gain[those]
    people = reports.names_of_people({one.person_id for one in [*lose, *gain]})
    names = names_in([values.requirement, *([values.renewal] if values.renewal else [])])
    return Effects(
        day=found.day,
        later=found.day > clock.today(),
        lose=len(found.lose),
        gain=len(found.gain),
        review=len(found.to_review),
        losers=_affected(lose, people, names),
        gainers=_affected(gain, people, names),
        page=page,
        pages=pages,
    )


def _affected(those: Sequence[Difference], people: Mapping[int, Person], names: Names) -> list[Affected]:
    return [Affected(one.person_id, people[one.person_id].name(language()), _lacks(one, names), _since(one)) for one in those]


def _lacks(one: Difference, names: Names) -> tuple[str, ...]:
    progress = one.after.progress
    return tuple(said(gap.requirement, names).line for gap in progress.gaps()) if one.loses and progress else ()


def _since(one: Difference) -> date | None:
    return one.after.award.on if one.after.award and not one.loses else None
