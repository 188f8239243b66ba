"""The lists of the demo's coordinators: those whom they nominated for the runs that are open, and one list that waits to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.courses.models import RunState
from portal.demo.moments import DAY
from portal.enrolment.models import Nomination

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.demo.people import Someone
    from portal.demo.places import Place
    from portal.demo.world import Block, Run, World

WAITING = 3


def note_sent(world: World, run: Run, places: Sequence[Place]) -> None:
    """Whom a coordinator enrolled stands on the municipality's list as sent, in the order of enrolling."""
    for coordinator in world.office.coordinators:
        nominated = [place for place in places if place.sender == coordinator.id != place.someone.id]
        for position, place in enumerate(nominated, 1):
            sent = {"sent_by": coordinator.id, "sent_at": place.queued_at, "enrolment_id": place.id}
            nomination = _add(world, run, place.someone, coordinator, place.queued_at, position, sent)
            _note(world, run, nomination, "nomination:send", place.someone, coordinator, place.queued_at)


def make_list(world: World, block: Block, filled: Sequence[tuple[Run, list[Place]]]) -> None:
    """The coordinator of Telavi has put three people on the list for the next ordinary run that takes them, and not sent it."""
    coordinator, now = world.office.coordinators[0], world.lately + DAY
    for run, places in sorted(filled, key=lambda one: one[0].days[0].starts_at):
        able = _able(block, run, places, coordinator)
        if (
            run.plan.code
            or run.plan.state != RunState.OPEN
            or not run.opens_at < now < run.closes_at
            or len(places) >= run.plan.capacity
            or len(able) < WAITING
        ):
            continue
        before = sum(place.sender == coordinator.id for place in places)
        for position, someone in enumerate(able[:WAITING], before + 1):
            _add(world, run, someone, coordinator, world.lately, position, {"sent_by": None, "sent_at": None, "enrolment_id": None})
        return


def _able(block: Block, run: Run, places: Sequence[Place], coordinator: Someone) -> list[Someone]:
    """Colleagues of the coordinator who may come and are not in the run."""
    dates, there = {day.starts_at.date() for day in run.days}, {place.someone.id for place in places}
    return [
        someone
        for someone in (*block.colleagues, *block.learners)
        if (someone.job and coordinator.job and someone.job.municipality is coordinator.job.municipality)
        and someone.job.category in run.version.target_categories
        and someone.id not in there
        and not someone.busy & dates
    ]


def _add(world: World, run: Run, someone: Someone, coordinator: Someone, moment: datetime, position: int, sent: dict[str, object]) -> int:
    nomination = world.rows.add(
        Nomination,
        run_id=run.id,
        municipality_id=someone.job.municipality.id if someone.job else None,
        person_id=someone.id,
        position=position,
        added_by=coordinator.id,
        added_at=moment,
        dropped_at=None,
        drop_reason="",
        **sent,
    )
    _note(world, run, nomination, "nomination:add", someone, coordinator, moment)
    return nomination


def _note(world: World, run: Run, nomination: int, action: str, someone: Someone, coordinator: Someone, moment: datetime) -> None:
    change = {"run": run.id, "municipality_id": someone.job.municipality.id if someone.job else None}
    world.past.note(moment, action, Nomination, nomination, by=coordinator.id, person=someone.id, change=change)
