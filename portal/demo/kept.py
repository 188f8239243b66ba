"""Runs that keep places for municipalities, and one that offers its freed places: who asks from where is told here, person by person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from portal.courses.models import CourseRun, FreedPlaces, RunInvitation, RunQuota, RunState
from portal.demo.moments import DAY, at, in_between
from portal.demo.places import QUEUING, Place
from portal.demo.plan import Plan
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.people.models import PostCategory

if TYPE_CHECKING:
    from portal.demo.crowd import Crowd
    from portal.demo.world import Run, World

HAS, QUOTA_USED, KEPT, ALL_TAKEN, LEFT = "at_once", "quota_used", "kept_for_others", "all_taken", "left"
OFFER_HOURS: Final = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """A run with the rules for its places. ``quotas`` are places by the code of a municipality, ``region`` those of the whole region of one.

    ``quotas_end`` is the day, counted from today, on which unused places went or will go to everybody. ``asked`` says where each comes from,
    in their order, and what they have: a place, the reason why they wait, or a place given back, which is offered to the first who waits.
    """

    plan: Plan
    quotas: tuple[tuple[str, int], ...] = ()
    region: tuple[str, int] | None = None
    quotas_end: int | None = None
    invited: tuple[str, ...] = ()
    offered: bool = False
    asked: tuple[tuple[str, str], ...]


def _usual(**values: Any) -> Plan:
    return Plan(state=RunState.OPEN, trainer="tr-03", **values)


KEEPING: Final = (
    Keeping(
        plan=_usual(code="DEMO-QUOTA", course="human-rights", starts=40, opens=-14, closes=35, capacity=16, venue="telavi-vine"),
        quotas=(("telavi", 3), ("gurjaani", 3), ("kvareli", 2), ("sighnaghi", 2)),
        region=("zestaponi", 4),
        quotas_end=26,
        asked=(
            *(("telavi", HAS),) * 3,
            ("gurjaani", HAS),
            ("kutaisi", HAS),
            ("zestaponi", HAS),
            ("kvareli", HAS),
            ("gori", HAS),
            ("batumi", HAS),
            ("telavi", QUOTA_USED),
            ("gori", KEPT),
            ("telavi", QUOTA_USED),
            ("rustavi", KEPT),
        ),
    ),
    Keeping(  # the coordinators of the demo have used nothing of theirs, and hear that registration closes
        plan=_usual(code="DEMO-SOON", course="harassment-prevention", starts=8, opens=-20, closes=3, capacity=14, venue="telavi-vine"),
        quotas=(("kutaisi", 3), ("zugdidi", 2)),
        region=("telavi", 5),
        quotas_end=2,
        asked=(("gurjaani", HAS), ("zugdidi", HAS), ("gori", HAS), ("kvareli", HAS), ("batumi", HAS)),
    ),
    Keeping(
        plan=_usual(code="DEMO-FREED", course="equality-charter", starts=15, opens=-25, closes=12, capacity=12, venue="kutaisi-rioni"),
        quotas=(("kutaisi", 4), ("zestaponi", 3)),
        quotas_end=-3,
        asked=(*(("kutaisi", HAS),) * 4, ("zestaponi", HAS), ("samtredia", HAS), ("poti", HAS), ("gori", HAS)),
    ),
    Keeping(
        plan=_usual(
            code="DEMO-OFFER",
            course="harassment-prevention",
            starts=21,
            opens=-18,
            closes=18,
            capacity=8,
            venue="rustavi-hall",
            project=None,
        ),
        invited=("rustavi", "gardabani", "marneuli", "bolnisi"),
        offered=True,
        asked=(
            *(("rustavi", LEFT), ("gardabani", LEFT), ("bolnisi", LEFT), ("rustavi", HAS), ("marneuli", HAS), ("gardabani", HAS)),
            *(("bolnisi", HAS), ("marneuli", HAS)),
            *(("rustavi", ALL_TAKEN), ("bolnisi", ALL_TAKEN), ("gardabani", ALL_TAKEN), ("marneuli", ALL_TAKEN), ("rustavi", ALL_TAKEN)),
        ),
    ),
)


def keep_places(world: World, crowd: Crowd, run: Run, keeping: Keeping) -> list[Place]:
    """Set the rules for the places of ``run``, let people ask for them, and offer what was given back; ``note_places`` writes the people."""
    _set_rules(world, crowd, run, keeping)
    end = world.lately
    until = run.opens_at + QUEUING * (end - run.opens_at)
    moments = in_between(world.chance, run.opens_at, until, len(keeping.asked))
    places = []
    for (code, reason), moment in zip(keeping.asked, moments, strict=True):
        someone = crowd.somebody(code, PostCategory.CIVIL_SERVANT)
        place = Place(world.rows.key(Enrolment), someone, world.office.sender_for(someone, world.chance), moment)
        has_place = reason in {HAS, LEFT}
        state = EnrolmentState.CONFIRMED if has_place else EnrolmentState.WAITING
        place.become(moment, state, HAS if has_place else reason, place.sender)
        places.append(place)
    leaving = [place for place, (_code, reason) in zip(places, keeping.asked, strict=True) if reason == LEFT]
    line = [place for place in places if place.state == EnrolmentState.WAITING]
    for place, following in zip(leaving, line, strict=False):
        place.become(end, EnrolmentState.WITHDRAWN, "withdrawn", world.office.staff.id)
        following.become(end, EnrolmentState.OFFERED, "place_freed", None)
        following.offer_ends_at = at(world.day(3), 20)
    return places


def _set_rules(world: World, crowd: Crowd, run: Run, keeping: Keeping) -> None:
    """Write the rules, and what staff and the portal would have noted of them."""
    staff, rows = world.office.staff.id, world.rows
    quotas = [{"municipality_id": crowd.place(code).id, "region_id": None, "places": places} for code, places in keeping.quotas]
    if keeping.region is not None:
        code, places = keeping.region
        quotas.append({"municipality_id": None, "region_id": crowd.place(code).region_id, "places": places})
    for quota in quotas:
        rows.add(RunQuota, run_id=run.id, **quota)
    for code in keeping.invited:
        rows.link(RunInvitation, run_id=run.id, municipality_id=crowd.place(code).id)
    change = {"quotas": [[], quotas], "invited": [[], sorted(crowd.place(code).id for code in keeping.invited)]}
    world.past.note(run.opens_at - DAY, "run:set_place_rules", CourseRun, run.id, by=staff, change=change)
    if keeping.quotas_end is not None and keeping.quotas_end < 0:
        moment = at(world.day(keeping.quotas_end), 18)
        released = {"quotas_released_at": [None, moment.isoformat()], "reason": "quotas_ended", "unused": 2}
        world.past.note(moment, "run:release_quotas", CourseRun, run.id, by=None, change=released, public=True)


def columns_of(world: World, keeping: Keeping | None) -> dict[str, Any]:
    """The rules that stand in the row of a run; the usual ones where it keeps nothing."""
    ends = keeping.quotas_end if keeping else None
    moment = at(world.day(ends), 18) if ends is not None else None
    return {
        "invited_only": bool(keeping and keeping.invited),
        "freed_places": (FreedPlaces.OFFERED if keeping and keeping.offered else FreedPlaces.GIVEN).value,
        "offer_hours": OFFER_HOURS if keeping and keeping.offered else 48,
        "quotas_end_at": moment,
        "quotas_released_at": moment if ends is not None and ends < 0 else None,
    }
