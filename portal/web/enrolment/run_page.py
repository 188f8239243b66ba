"""The page of a run: what it is, whether there is a place, until when, and the one button for this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template

from portal import courses, enrolment, municipalities
from portal.access import Permission, can
from portal.courses.models import RunState
from portal.enrolment.models import HOLDS_PLACE, LIVE
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.enrolment import pages
from portal.web.enrolment.line import places_in_line
from portal.web.form_keys import new_form_key
from portal.web.guard import find_actor, public
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.access import Actor
    from portal.courses.models import CourseRun, CourseSession, RunMaterial
    from portal.enrolment import Applicant, Blocked, EnrolmentRefusedError, Places
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person
    from portal.web.enrolment.line import PlaceInLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """What everybody sees of a run. ``closed_to_all`` says why nobody can enrol now.

    ``invited`` are the names of the only municipalities that it is for, None when it is for all; ``kept`` is how many of its free places
    quotas keep for somebody.
    """

    run: CourseRun
    sessions: list[CourseSession]
    trainers: list[Person]
    places: Places
    has_logo: bool
    window: courses.Window
    closed_to_all: EnrolmentRefusedError | None
    invited: list[str] | None
    kept: int

    @property
    def attendance_rules(self) -> courses.AttendanceRuleValues | None:
        """How the run counts attendance, where that differs from most."""
        return courses.unless_usual(courses.attendance_rules_of(self.run))

    @property
    def full(self) -> bool:
        """True when a stranger would wait: no place is free, or others wait for those that are."""
        return not self.places.free or (self.places.waiting > 0 and not self.kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What the page says to one person: the last enrolment, their place in line, or why they cannot enrol. ``form_key`` is for one form.

    ``blocked`` says why no place is free for them, though some may be for others.
    """

    enrolment: Enrolment | None = None
    line: PlaceInLine | None = None
    refusal: EnrolmentRefusedError | None = None
    blocked: Blocked | None = None
    can_withdraw: bool = False
    materials: Sequence[RunMaterial] = ()
    form_key: str = ""

    @property
    def live(self) -> bool:
        """True for somebody with a place or a waiting place."""
        return self.enrolment is not None and self.enrolment.state in LIVE

    @property
    def has_place(self) -> bool:
        """True for somebody with a place, who may see the links to online days."""
        return self.enrolment is not None and self.enrolment.state in HOLDS_PLACE


def run_for(actor: Actor | None, code: str) -> CourseRun:
    """Find the run; only staff know of a draft. Raises ``NotFoundError``."""
    run = courses.get_run(code)
    if run.state == RunState.DRAFT and not can(actor, Permission.RUN_MANAGE):
        raise NotFoundError
    return run


def read_run(run: CourseRun, places: Places) -> RunPage:
    """Read what everybody sees: days, trainers, whether there is a logo, who is invited, what is kept; three statements without such rules."""
    keeps = run.quotas_end_at is not None and run.quotas_released_at is None
    seats = enrolment.seats_of(run.id) if keeps else None
    window = courses.enrolment_window(run, clock.now())
    project_id = run.funding_project_id
    return RunPage(
        run=run,
        sessions=courses.sessions_of(run.id),
        trainers=courses.trainers_of(run.id),
        places=places,
        has_logo=project_id is not None and project_id in courses.projects_with_logo([project_id]),
        window=window,
        closed_to_all=enrolment.find_run_refusal(run.state, window),
        invited=_names_of_invited(run),
        kept=min(seats.unused(), seats.free) if seats else 0,
    )


def _names_of_invited(run: CourseRun) -> list[str] | None:
    if not run.invited_only:
        return None
    return [one.name(language()) for one in municipalities.municipalities_by_ids(courses.invited_to([run.id]).get(run.id, frozenset()))]


def read_mine(run: CourseRun, applicant: Applicant, closed_to_all: EnrolmentRefusedError | None) -> Mine:
    """Read what concerns one person: one statement, and one more for whoever waits, has a place or could enrol."""
    mine = enrolment.enrolments_in(run.id, applicant.person.id)
    last = next((one for one in mine if one.state in LIVE), mine[-1] if mine else None)
    if last is not None and last.state in LIVE:
        refusal = enrolment.find_withdrawal_refusal(last.state, run.withdrawal_ends_at, clock.now())
        over = run.state in {RunState.COMPLETED, RunState.CANCELLED}
        can_withdraw = refusal is None and not over
        return Mine(enrolment=last, line=places_in_line([last]).get(last.id), can_withdraw=can_withdraw, materials=_materials(run, last))
    if closed_to_all:
        return Mine(enrolment=last)
    invited = courses.invited_to([run.id]).get(run.id) if run.invited_only else None
    refusal = enrolment.find_person_refusal(
        enrolment.standing_of(applicant, applicant.posts, run.id, invited), run.version.target_categories
    )
    return Mine(enrolment=last, refusal=refusal, blocked=enrolment.find_block(run, applicant), form_key=new_form_key())


def _materials(run: CourseRun, enrolment: Enrolment) -> Sequence[RunMaterial]:
    return courses.materials_of(run.id) if enrolment.state in HOLDS_PLACE else ()


@pages.get("/runs/<code>")
@public
def run(code: str) -> str:
    """Show a run."""
    actor = find_actor()
    run = run_for(actor, code)
    if actor is None:
        return render_template("enrolment/run.html", page=read_run(run, enrolment.places_of([run.id])[run.id]), run=run, mine=Mine())
    applicant = enrolment.get_applicant(run.id, actor.person_id)
    shown = read_run(run, enrolment.Places(run.capacity, applicant.taken, applicant.waiting))
    return render_template("enrolment/run.html", page=shown, run=run, mine=read_mine(run, applicant, shown.closed_to_all))
