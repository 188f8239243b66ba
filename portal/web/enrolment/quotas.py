"""What quotas leave for the coordinator's municipalities in a run, and who would have to wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext

from portal import municipalities
from portal.courses.models import DecidedBy
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from portal.access import Actor
    from portal.courses.models import CourseRun
    from portal.enrolment import Seats
    from portal.municipalities.models import Municipality


@dataclass(frozen=True, slots=True)
class Share:
    """What there is for one municipality while quotas are in force, as label and value."""

    label: str
    value: str

    @property
    def pair(self) -> tuple[str, str]:
        """As the facts of a panel."""
        return self.label, self.value

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"


def names_of_places(actor: Actor) -> dict[int, str]:
    """The names of the coordinator's municipalities by their ids, when there are several to be told apart."""
    if len(actor.municipality_ids) == 1:
        return {}
    return names_to_tell_apart(municipalities.municipalities_by_ids(actor.municipality_ids))


def names_to_tell_apart(places: Sequence[Municipality]) -> dict[int, str]:
    """The names of the municipalities by their ids; none for a single one."""
    return {one.id: one.name(language()) for one in places} if len(places) > 1 else {}


def shares_of(seats: Seats, municipality_ids: Collection[int], names: Mapping[int, str]) -> list[Share]:
    """The share of each of the municipalities, with its name where ``names`` tells several apart; none when no quota is in force."""
    return [_share(seats, one, names.get(one, "")) for one in sorted(municipality_ids)] if seats.in_force else []


def _share(seats: Seats, municipality_id: int, name: str) -> Share:
    home = seats.home_of(municipality_id)
    quota = seats.quota_of(home)
    if quota is None:
        return Share(_label(gettext("Places for everybody"), name), str(max(seats.free - seats.unused(), 0)))
    label = gettext("Quota") if municipality_id in seats.municipality_quotas else gettext("Quota of the region")
    return Share(_label(label, name), gettext("used %(used)s, left %(left)s", used=quota[1], left=seats.left_of_quota(home)))


def _label(words: str, name: str) -> str:
    return f"{words}, {name}" if name else words


def number_to_wait(run: CourseRun, seats: Seats, municipality_ids: Iterable[int]) -> int:
    """How many go to the waiting list if people of these municipalities are nominated now, in this order; where somebody decides, none does yet."""
    return seats.number_to_wait(map(seats.home_of, municipality_ids)) if run.decided_by == DecidedBy.AT_ONCE else 0


def all_would_wait(run: CourseRun, seats: Seats, municipality_ids: Collection[int]) -> bool:
    """Tell whether whoever is nominated now by one of the municipalities goes to the waiting list."""
    return all(number_to_wait(run, seats, [one]) for one in municipality_ids)
