"""Who enrolled in a run, in which order, who waits, who withdrew, who came without a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.courses.models import RunState
from portal.demo.moments import in_between
from portal.demo.plan import PLACE, WAITING
from portal.enrolment.models import DecisionStage, Enrolment, EnrolmentState

if TYPE_CHECKING:
    from datetime import datetime

    from portal.demo.people import Someone
    from portal.demo.world import Block, Run, World

REFERENCE_LETTERS = "234679ACDEFGHJKMNPQRTUVWXYZ"
# Shares of the enrolment time so far: until when places are taken, until when others queue up; then people withdraw.
TAKING, QUEUING = 0.7, 0.85
CAME_LATE = timedelta(minutes=10)


@dataclass(slots=True)
class Place:
    """One enrolment with all that became of it; the last step is how it stands.

    An application goes to the staff, or first to the employer (``by_employer``); ``decide_by`` is the end of the time for it, ``offer_ends_at`` that
    of an offer.
    """

    id: int
    someone: Someone
    sender: int
    queued_at: datetime
    steps: list[tuple[datetime, EnrolmentState, str, int | None]] = field(default_factory=list)
    by_employer: bool = False
    decide_by: datetime | None = None
    offer_ends_at: datetime | None = None

    @property
    def state(self) -> EnrolmentState:
        """How it stands."""
        return self.steps[-1][1]

    def stage_at(self, state: EnrolmentState, reason: str) -> str | None:
        """Who was to decide after the step to ``state`` for ``reason``."""
        if state != EnrolmentState.APPLIED:
            return None
        return DecisionStage.EMPLOYER.value if self.by_employer and reason == "applied" else DecisionStage.STAFF.value

    def become(self, moment: datetime, state: EnrolmentState, reason: str, by: int | None) -> None:
        """Take the next step."""
        self.steps.append((moment, state, reason, by))


def take_places(world: World, block: Block, run: Run) -> list[Place]:
    """Let people enrol in ``run``, as its plan says; returns everybody who did, in order. ``note_places`` writes them."""
    plan = run.plan
    full = plan.taken == plan.capacity
    promoted = plan.withdrawn if full else 0
    early, late = plan.taken + plan.withdrawn - promoted - plan.walk_ins, plan.waiting + promoted
    end = min(run.closes_at, world.lately)
    if end <= run.opens_at or not early:
        return []
    people = _people(world, block, run, early + late + plan.walk_ins)
    span = end - run.opens_at
    moments = in_between(world.chance, run.opens_at, run.opens_at + TAKING * span, early)
    moments += in_between(world.chance, run.opens_at + TAKING * span, run.opens_at + QUEUING * span, late)
    places = [_place(world, someone, moment) for someone, moment in zip(people, moments, strict=False)]
    for number, place in enumerate(places):
        state, reason = (EnrolmentState.CONFIRMED, "at_once") if number < early else (EnrolmentState.WAITING, "all_taken")
        place.become(place.queued_at, state, reason, place.sender)
    _withdraw(world, run, places, early, end)
    places += [_walk_in(world, run, someone) for someone in people[early + late :]]
    for place in places:
        if place.state != EnrolmentState.WITHDRAWN:
            place.someone.busy.update(day.starts_at.date() for day in run.days)
    return places


def _people(world: World, block: Block, run: Run, number: int) -> list[Someone]:
    """Draw people who may come and have nothing else on these days; the demo learner goes where the plan says."""
    plan, targets = run.plan, set(run.version.target_categories)
    over = plan.state in {RunState.COMPLETED, RunState.CANCELLED} and plan.starts < 0
    dates = {day.starts_at.date() for day in run.days}
    able = [
        someone
        for someone in (block.learners + block.colleagues if over else block.colleagues)
        if someone.job and (not targets or someone.job.category in targets) and not someone.busy & dates
    ]
    people = world.chance.sample(able, min(number, len(able)))
    if plan.learner == PLACE:
        people[0] = world.office.learner
    elif plan.learner == WAITING:
        people[-(plan.waiting // 2 + 1)] = world.office.learner
    return people


def _place(world: World, someone: Someone, moment: datetime) -> Place:
    return Place(world.rows.key(Enrolment), someone, world.office.sender_for(someone, world.chance), moment)


def _withdraw(world: World, run: Run, places: list[Place], early: int, end: datetime) -> None:
    """Some of those with a place give it back; where others wait, the next in line gets it."""
    leaving = world.chance.sample(places[1:early], run.plan.withdrawn)
    line = iter(places[early:])
    begin = run.opens_at + QUEUING * (end - run.opens_at)
    for place, moment in zip(leaving, in_between(world.chance, begin, end, len(leaving)), strict=True):
        by = place.someone.id if place.someone.has_account else world.office.staff.id
        place.become(moment, EnrolmentState.WITHDRAWN, "withdrawn", by)
        if (following := next(line, None)) is not None:
            following.become(moment, EnrolmentState.CONFIRMED, "place_freed", None)


def _walk_in(world: World, run: Run, someone: Someone) -> Place:
    moment = run.days[0].starts_at + CAME_LATE
    place = Place(world.rows.key(Enrolment), someone, run.trainer.id, moment)
    place.become(moment, EnrolmentState.CONFIRMED, "on_the_day", run.trainer.id)
    return place


def end_places(world: World, run: Run, places: list[Place], completed: set[int]) -> None:
    """The run is over, or does not take place: so everybody's enrolment ends."""
    if run.ended_at is None:
        return
    staff = world.office.staff.id
    for place in places:
        if place.state == EnrolmentState.WITHDRAWN:
            continue
        if run.plan.state == RunState.CANCELLED:
            place.become(run.ended_at, EnrolmentState.CANCELLED, "run_cancelled", staff)
        elif place.state == EnrolmentState.WAITING:
            place.become(run.ended_at, EnrolmentState.CANCELLED, "run_over", staff)
        else:
            state = EnrolmentState.COMPLETED if place.id in completed else EnrolmentState.NOT_COMPLETED
            place.become(run.ended_at, state, "run_over", staff)


def note_places(world: World, run: Run, places: list[Place]) -> None:
    """Write down the enrolments, and each of their steps in the history."""
    for place in places:
        job = place.someone.job
        changed_at, state, reason, _by = place.steps[-1]
        snapshot: dict[str, Any] = (
            {
                "municipality_id": job.municipality.id,
                "post_unit": job.unit,
                "post_title_ka": job.title_ka,
                "post_title_en": job.title_en,
                "post_category": job.category,
                "post_rank": job.rank,
            }
            if job
            else {}
        )
        world.rows.add(
            Enrolment,
            id=place.id,
            reference=_reference(world),
            run_id=run.id,
            person_id=place.someone.id,
            enrolled_by=place.sender,
            state=state.value,
            state_reason=reason,
            queued_at=place.queued_at,
            changed_at=changed_at,
            stage=place.stage_at(state, reason),
            decide_by=place.decide_by,
            offer_ends_at=place.offer_ends_at,
            steps=len(place.steps) - 1,
            **snapshot,
        )
        before: str | None = None
        for moment, became, why, by in place.steps:
            change: dict[str, Any] = {"state": [before, became.value], "reason": why, "run": run.id}
            if stage := place.stage_at(became, why):
                change["stage"] = stage
            world.past.note(moment, f"enrolment:{became}", Enrolment, place.id, by=by, person=place.someone.id, change=change, public=True)
            before = became.value


def _reference(world: World) -> str:
    while True:
        reference = "E-" + "".join(world.chance.choices(REFERENCE_LETTERS, k=6))
        if reference not in world.references:
            world.references.add(reference)
            return reference
