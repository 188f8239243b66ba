"""Runs with their days and trainers, and what staff did to them until now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.courses.models import CourseRun, CourseSession, RunForm, RunState, RunTrainer
from portal.demo import content
from portal.demo.moments import DAY, at, working_days
from portal.demo.world import Day, Run

if TYPE_CHECKING:
    from datetime import date, datetime

    from portal.courses.models import FundingProject, Venue
    from portal.demo.people import Someone
    from portal.demo.plan import Plan
    from portal.demo.world import Block, World

MORNING, AFTERNOON = 10, 15
# Whose projects pay for which subjects; the others pay for any.
PROJECTS = {"social": ("unicef-family", "eu-local"), "equality": ("coe-rights", "undp-regions")}
OTHER_PROJECTS = ("eu-local", "undp-regions", "giz-services", "nordic-exchange")


def make_run(world: World, block: Block, plan: Plan, rules: dict[str, Any]) -> Run:
    """Make one run as ``plan`` says; ``rules`` are those for its places."""
    course = content.by_code("courses")[plan.course]
    titles = plan.days or tuple((day["title_ka"], day["title_en"], day["hours"]) for day in course["sessions"])
    first = world.day(plan.starts)
    dates = [first + DAY * number for number in range(len(titles))] if plan.exact else working_days(first, len(titles), plan.every)
    run_id = world.rows.key(CourseRun)
    created = min(at(world.day(plan.opens - 10), 12), at(world.day(-6), 12))
    code = plan.code or f"{created:%y}-{run_id:04}"
    hour = AFTERNOON if plan.form == RunForm.ONLINE else MORNING
    days = tuple(
        Day(world.rows.key(CourseSession), at(date, hour), at(date, hour + hours))
        for date, (_ka, _en, hours) in zip(dates, titles, strict=True)
    )
    run = Run(
        id=run_id,
        code=code,
        plan=plan,
        version=world.catalogue.versions[plan.course],
        days=days,
        trainer=_trainer(world, block, plan, course["topic"]),
        opens_at=at(world.day(plan.opens), 9),
        closes_at=at(world.day(plan.closes), 18),
        ended_at=_end(world, plan.state, dates),
    )
    _add_rows(world, run, titles, course["topic"], rules)
    _note_past(world, run, created)
    return run


def _end(world: World, state: RunState, dates: list[date]) -> datetime | None:
    """When staff said that the run is over, or does not take place."""
    if state == RunState.COMPLETED:
        return at(dates[-1] + 2 * DAY, 11, world.chance.randint(0, 59))
    if state == RunState.CANCELLED:
        return min(at(dates[0] - 3 * DAY, 15), at(world.day(-2), 15))
    return None


def _trainer(world: World, block: Block, plan: Plan, topic: str) -> Someone:
    fitting = [trainer["code"] for trainer in content.read("trainers") if topic in trainer["topics"]]
    return block.trainers[plan.trainer or world.chance.choice(fitting)]


def _venue(world: World, plan: Plan) -> Venue | None:
    if plan.form == RunForm.ONLINE:
        return None
    large = [venue["code"] for venue in content.read("venues") if venue["kind"] == "in_person" and venue["capacity"] >= plan.capacity]
    return world.catalogue.venues[plan.venue or world.chance.choice(large)]


def _project(world: World, plan: Plan, topic: str) -> FundingProject | None:
    if plan.project is None:
        return None
    return world.catalogue.projects[plan.project or world.chance.choice(PROJECTS.get(topic, OTHER_PROJECTS))]


def _add_rows(world: World, run: Run, titles: tuple[tuple[str, str, int], ...], topic: str, rules: dict[str, Any]) -> None:
    plan, rows = run.plan, world.rows
    venue, project = _venue(world, plan), _project(world, plan, topic)
    rows.add(
        CourseRun,
        id=run.id,
        code=run.code,
        course_id=run.version.course_id,
        version_id=run.version.id,
        form=plan.form,
        venue_id=venue.id if venue else None,
        language="ka",
        capacity=plan.capacity,
        enrolment_opens_at=run.opens_at,
        enrolment_closes_at=run.closes_at,
        cancel_until=run.days[0].starts_at - 2 * DAY,
        funding_project_id=project.id if project else None,
        state=plan.state.value,
        starts_at=run.days[0].starts_at,
        ends_at=run.days[-1].ends_at,
        calendar_sequence=len(run.days) + (plan.state == RunState.CANCELLED),
        **{"decided_by": plan.decided_by, "decision_days": plan.decision_days} | rules,
    )
    for day, (title_ka, title_en, _hours) in zip(run.days, titles, strict=True):
        rows.add(
            CourseSession,
            id=day.id,
            run_id=run.id,
            uid=f"{world.chance.getrandbits(96):024x}@session",
            title_ka=title_ka,
            title_en=title_en,
            starts_at=day.starts_at,
            ends_at=day.ends_at,
            online_link="" if plan.form == RunForm.IN_PERSON else f"https://meet.portal.example/{run.code}",
            cancelled=False,
        )
    rows.link(RunTrainer, run_id=run.id, person_id=run.trainer.id, position=0)


def _note_past(world: World, run: Run, created: datetime) -> None:
    """What the services for runs would have written down, up to now."""
    staff, state = world.office.staff.id, run.plan.state
    change = {"code": run.code, "version": run.version.number, "capacity": run.plan.capacity}
    world.past.note(created, "run:create", CourseRun, run.id, by=staff, change=change)
    for day in run.days:
        times = {"starts_at": day.starts_at.isoformat(), "ends_at": day.ends_at.isoformat()}
        world.past.note(created, "session:create", CourseSession, day.id, by=staff, change=times)
    world.past.note(created, "run:set_trainers", CourseRun, run.id, by=staff, change={"trainers": [[], [run.trainer.id]]})
    if state == RunState.DRAFT:
        return
    at_once, before = created + DAY, RunState.OPEN
    _note_state(world, run, at_once, "run:publish", (RunState.DRAFT, RunState.OPEN), by=staff)
    if state == RunState.CLOSED:
        _note_state(world, run, world.lately, "run:close", (RunState.OPEN, RunState.CLOSED), by=staff)
    if state in {RunState.RUNNING, RunState.COMPLETED}:
        before = RunState.RUNNING
        _note_state(world, run, run.days[0].starts_at, "run:start", (RunState.OPEN, before), by=None)
    if run.ended_at is not None:
        action = "run:complete" if state == RunState.COMPLETED else "run:cancel"
        _note_state(world, run, run.ended_at, action, (before, state), by=staff)


def _note_state(world: World, run: Run, moment: datetime, action: str, states: tuple[RunState, RunState], *, by: int | None) -> None:
    change = {"state": [str(state) for state in states]}
    world.past.note(moment, action, CourseRun, run.id, by=by, change=change, public=True)
