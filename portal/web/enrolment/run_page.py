"""The page of a run: what it is, whether there is a place, until when, and the one button for this person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template

from portal import courses, enrolment
from portal.access import Permission, can
from portal.courses.models import RunState
from portal.enrolment.models import HOLDS_PLACE, LIVE, EnrolmentState
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.enrolment import pages
from portal.web.guard import find_actor, public

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.courses.models import CourseRun, CourseSession
    from portal.enrolment import Applicant, EnrolmentRefusedError, Places
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person

FORM_KEY_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """What everybody sees of a run. ``closed_to_all`` says why nobody can enrol now."""

    run: CourseRun
    sessions: list[CourseSession]
    trainers: list[Person]
    places: Places
    has_logo: bool
    window: courses.Window
    closed_to_all: EnrolmentRefusedError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What the page says to one person: the last enrolment, their place in line, or why they cannot enrol. ``form_key`` is for one form."""

    enrolment: Enrolment | None = None
    position: int | None = None
    refusal: EnrolmentRefusedError | None = None
    can_withdraw: bool = False
    form_key: str = ""

    @property
    def live(self) -> bool:
        """True for somebody with a place or a waiting place."""
        return self.enrolment is not None and self.enrolment.state in LIVE

    @property
    def has_place(self) -> bool:
        """True for somebody with a place, who may see the links to online days."""
        return self.enrolment is not None and self.enrolment.state in HOLDS_PLACE

    @property
    def waiting(self) -> bool:
        """True for somebody on the waiting list."""
        return self.enrolment is not None and self.enrolment.state == EnrolmentState.WAITING


def new_form_key() -> str:
    """Draw a key for one form: sent twice, the form does its work once."""
    return secrets.token_urlsafe(FORM_KEY_BYTES)


def run_for(actor: Actor | None, code: str) -> CourseRun:
    """Find the run; only staff know of a draft. Raises ``NotFoundError``."""
    run = courses.get_run(code)
    if run.state == RunState.DRAFT and not can(actor, Permission.RUN_MANAGE):
        raise NotFoundError
    return run


def read_run(run: CourseRun, places: Places) -> RunPage:
    """Read what everybody sees: days, trainers, and whether there is a logo; three statements."""
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
    )


def read_mine(run: CourseRun, applicant: Applicant, closed_to_all: EnrolmentRefusedError | None) -> Mine:
    """Read what concerns one person: one statement, and one more for whoever waits or could enrol."""
    mine = enrolment.enrolments_in(run.id, applicant.person.id)
    last = next((one for one in mine if one.state in LIVE), mine[-1] if mine else None)
    if last is not None and last.state in LIVE:
        position = enrolment.waiting_position(last) if last.state == EnrolmentState.WAITING else None
        refusal = enrolment.find_withdrawal_refusal(last.state, run.withdrawal_ends_at, clock.now())
        over = run.state in {RunState.COMPLETED, RunState.CANCELLED}
        return Mine(enrolment=last, position=position, can_withdraw=refusal is None and not over)
    if closed_to_all:
        return Mine(enrolment=last)
    refusal = enrolment.find_person_refusal(enrolment.standing_of(applicant, run), run.version.target_categories)
    return Mine(enrolment=last, refusal=refusal, form_key=new_form_key())


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
