"""Applications of the demo: for one run the staff decide, for another the employer and then the staff; both have some before them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal.courses.models import CourseRun, DecidedBy
from portal.demo.moments import at, in_between
from portal.demo.places import Place, note_places
from portal.enrolment.models import ApplicationDecision, DecisionStage, Enrolment, EnrolmentState, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from portal.demo.crowd import Crowd
    from portal.demo.people import Someone
    from portal.demo.world import Block, Run, World

BY_STAFF, FROM_ELSEWHERE, OF_TELAVI = 6, 2, 5
APPROVAL_SINCE = 2
"""So many days ago staff chose that somebody decides; whoever had a place by then keeps it."""
NEEDED = "კურსი თანამშრომელს სამსახურებრივად სჭირდება."
NOT_NOW = "თანამშრომელმა მსგავსი კურსი წელს უკვე გაიარა."


def make_applications(world: World, block: Block, crowd: Crowd, runs: list[Run]) -> None:
    """Let people apply for the runs on which somebody decides; one decision was made already at each stage."""
    for run in runs:
        if run.plan.decided_by == DecidedBy.AT_ONCE:
            continue
        since = at(world.day(-APPROVAL_SINCE), 9)
        change = {"decided_by": [str(DecidedBy.AT_ONCE), run.plan.decided_by], "decision_days": [5, run.plan.decision_days]}
        world.past.note(since, "run:set_place_rules", CourseRun, run.id, by=world.office.staff.id, change=change, public=True)
        places = _of_telavi(world, crowd, run, since) if run.plan.decided_by == DecidedBy.EMPLOYER_THEN_STAFF else []
        places += _of_anywhere(world, block, run, since, number=FROM_ELSEWHERE if places else BY_STAFF)
        note_places(world, run, places)


def _of_telavi(world: World, crowd: Crowd, run: Run, since: datetime) -> list[Place]:
    """People of the first demo coordinator: of the first to apply the employer approved."""
    people = crowd.applicants("telavi", OF_TELAVI, run.version.target_categories)
    places = _apply(world, run, people, since, by_employer=True)
    coordinator, first = world.office.coordinators[0].id, places[0]
    first.become(world.lately, EnrolmentState.APPLIED, "employer_approved", coordinator)
    first.decide_by = world.lately + timedelta(days=run.plan.decision_days)
    _note(world, first, DecisionStage.EMPLOYER, Verdict.APPROVED, NEEDED, coordinator)
    return places


def _of_anywhere(world: World, block: Block, run: Run, since: datetime, number: int) -> list[Place]:
    """People for whom the staff decide; they have rejected the first to apply."""
    dates, coordinated = (
        {day.starts_at.date() for day in run.days},
        {one.job.municipality.id for one in world.office.coordinators if one.job},
    )
    able = [
        someone
        for someone in block.colleagues
        if (someone.has_account and someone.job and someone.job.municipality.id not in coordinated)
        and someone.job.category in run.version.target_categories
        and not someone.busy & dates
    ]
    places = _apply(world, run, world.chance.sample(able, min(number, len(able))), since, by_employer=False)
    staff, first = world.office.staff.id, places[0]
    first.become(world.lately, EnrolmentState.REJECTED, "not_approved", staff)
    first.decide_by = None
    _note(world, first, DecisionStage.STAFF, Verdict.REJECTED, NOT_NOW, staff)
    return places


def _apply(world: World, run: Run, people: list[Someone], since: datetime, *, by_employer: bool) -> list[Place]:
    places = []
    for someone, moment in zip(people, in_between(world.chance, since, world.lately, len(people)), strict=True):
        due = moment + timedelta(days=run.plan.decision_days)
        place = Place(world.rows.key(Enrolment), someone, someone.id, moment, by_employer=by_employer, decide_by=due)
        place.become(moment, EnrolmentState.APPLIED, "applied", someone.id)
        someone.busy.update(day.starts_at.date() for day in run.days)
        places.append(place)
    return places


def _note(world: World, place: Place, stage: DecisionStage, verdict: Verdict, words: str, by: int) -> None:
    moment = place.steps[-1][0]
    world.rows.add(ApplicationDecision, enrolment_id=place.id, stage=stage.value, verdict=verdict.value, words=words, by=by, at=moment)
