"""Why somebody who waits stands where they stand, and why they have no place now: what their own pages say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template

from portal import enrolment, qualifications
from portal.enrolment.models import EnrolmentState
from portal.web.enrolment import pages
from portal.web.guard import public

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from portal.enrolment import Blocked, Ranked, Seats
    from portal.enrolment.models import Enrolment
    from portal.qualifications import DueReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInLine:
    """What put a person in their place in line, and what keeps them from a place.

    ``own`` and ``of_region`` are the quotas that count for them: how much is used, and of how many places. ``ahead`` counts those of the same
    quota who stand in front. ``kept`` is how many free places quotas keep. ``due`` is the
    qualification that falls due, because of which they stand in front.
    """

    position: int
    due: DueReason | None
    has_quotas: bool
    own: tuple[int, int] | None
    of_region: tuple[int, int] | None
    ahead: int
    blocked: Blocked | None
    kept: int


def places_in_line(mine: Iterable[Enrolment]) -> dict[int, PlaceInLine]:
    """Explain the places in line of those of ``mine`` that wait, by the enrolment's id; as many statements for many as for one."""
    waiting = {one.id: one for one in mine if one.state == EnrolmentState.WAITING}
    lines = enrolment.read_lines({one.run_id for one in waiting.values()}) if waiting else {}
    due = reasons_of(waiting.values()) if any(rank.place.goal_due for line in lines.values() for rank in line.ranked) else {}
    return {
        rank.place.enrolment_id: explain(rank, line.seats, due.get(rank.place.enrolment_id))
        for line in lines.values()
        for rank in line.ranked
        if rank.place.enrolment_id in waiting
    }


def reasons_of(waiting: Collection[Enrolment]) -> dict[int, DueReason]:
    """Which qualification falls due, of those for whom one does, by the enrolment's id. One statement; the runs are loaded."""
    found = qualifications.due_reasons({one.run.course_id for one in waiting}, {one.person_id for one in waiting})
    return {one.id: found[key] for one in waiting if (key := (one.run.course_id, one.person_id)) in found}


def explain(rank: Ranked, seats: Seats, due: DueReason | None = None) -> PlaceInLine:
    """Put together what is said of one place in line."""
    home, quota = rank.place.home, seats.quota_of(rank.place.home)
    municipality, region = home.municipality_id or 0, home.region_id or 0
    places, places_of_region = seats.municipality_quotas.get(municipality), seats.region_quotas.get(region)
    return PlaceInLine(
        position=rank.position,
        due=due,
        has_quotas=seats.has_quotas,
        own=(seats.by_municipality[municipality], places) if places else None,
        of_region=(seats.by_region[region], places_of_region) if places_of_region else None,
        ahead=rank.used - quota[1] if quota and rank.used is not None else 0,
        blocked=seats.find_block(home),
        kept=min(seats.unused(), seats.free),
    )


@pages.get("/waiting-list")
@public
def waiting_list() -> str:
    """Say how places are given: the published rule, the same for every training."""
    return render_template("enrolment/waiting_list.html")
