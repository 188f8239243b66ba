"""The page of one run for staff, and its way from draft to completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext

from portal import certificates, courses, enrolment, journeys
from portal.access import Actor, Permission
from portal.courses.models import CourseRun, RunState
from portal.foundation import clock
from portal.foundation.errors import RefusedError
from portal.web.courses import pages
from portal.web.courses.staff_run_people import read_people, read_place_rules
from portal.web.errors import told
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.lines import standing_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from portal.people.models import Person

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.RUN_MANAGE
BOTH = ["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a draft needs before it is published, or should have, and where to see to it."""

    words: str
    done: bool
    href: str
    required: bool = True


def run_of_code(_actor: Actor, code: str) -> CourseRun:
    """Load the run: staff may know of every one."""
    return courses.get_run(code)


def to_run(run: CourseRun) -> Response:
    """Lead back to the page of the run."""
    return redirect(url_for("courses.staff_run", code=run.code), 303)


def crumbs(run: CourseRun) -> list[tuple[str, str]]:
    """The way back up from a page below the run's."""
    return [(gettext("Runs"), url_for("courses.staff_runs")), (run.code, url_for("courses.staff_run", code=run.code))]


@pages.get("/staff/runs/<code>")
@requires(MANAGE, load=run_of_code)
def staff_run(run: CourseRun) -> str:
    """Show everything about a run: state, days, people, and what can be done now."""
    sessions = courses.sessions_of(run.id, with_cancelled=True)
    trainers = courses.trainers_of(run.id)
    held = [session for session in sessions if not session.cancelled]
    return render_template(
        "courses/staff/run.html",
        run=run,
        standing=standing_of(run, language(), clock.now()),
        sessions=sessions,
        trainers=trainers,
        people=read_people(run),
        rules=read_place_rules(run, language()),
        places=enrolment.places_of([run.id])[run.id],
        planned_hours=sum(session.minutes for session in held) / 60,
        steps=_steps(run, trainers) if run.state == RunState.DRAFT else [],
        actions=_actions(run),
        unusual_rules=courses.unless_usual(courses.attendance_rules_of(run)),
    )


def _steps(run: CourseRun, trainers: list[Person]) -> list[Step]:
    """List what publishing asks for, by the rule that refuses it, and what is merely advised."""
    problems = {problem.field for problem in courses.problems_of_publishing(run)}
    edit = url_for("courses.staff_run_edit", code=run.code)
    course = url_for("courses.staff_course", slug=run.course.slug)
    asked_for = {
        "course": (gettext("The course is published"), course),
        "sessions": (gettext("There is a training day still to come"), url_for("courses.staff_session_new", code=run.code)),
        "venue_id": (gettext("There is a venue, or the training is online"), edit),
        "enrolment_closes_at": (gettext("Registration closes before the training begins"), edit),
        "cancel_until": (gettext("The withdrawal deadline is before the training begins"), edit),
    }
    if "sessions" in problems:
        del asked_for["enrolment_closes_at"], asked_for["cancel_until"]  # nobody knows yet when the training begins
    trainer = Step(gettext("There is a trainer"), bool(trainers), url_for("courses.staff_trainers", code=run.code), required=False)
    usual = courses.place_rules_of(run) == courses.PlaceRuleValues()
    words = gettext("Check the rules for places: for now all municipalities can take part, and places are given at once")
    rules = Step(
        words if usual else gettext("The rules for places are set"),
        not usual,
        url_for("courses.staff_place_rules", code=run.code),
        required=False,
    )
    return [*(Step(words, field not in problems, href) for field, (words, href) in asked_for.items()), trainer, rules]


def _actions(run: CourseRun) -> dict[str, bool]:
    """What can be done in this state."""
    begun = run.starts_at is not None and run.starts_at <= clock.now()
    complete = journeys.can_be_completed(run)
    return {
        "publish": run.state == RunState.DRAFT,
        "close": run.state == RunState.OPEN and not complete,
        "reopen": run.state == RunState.CLOSED and not begun,
        "start": run.state in {RunState.OPEN, RunState.CLOSED} and begun and not complete,
        "complete": complete,
        "change": courses.can_be_changed(run.state),
        "enrol": run.state in {RunState.OPEN, RunState.CLOSED, RunState.RUNNING},
        "certificates": run.state == RunState.COMPLETED,
        "cancel": courses.may_become(run.state, RunState.CANCELLED),
    }


def _become(run: CourseRun, service: Callable[..., Any], words: str) -> Response:
    try:
        service(courses.lock_run(run.id), by=actor().person_id)
        flash(words, "good")
    except RefusedError as error:
        flash(told(error), "bad")
    return to_run(run)


@pages.post("/staff/runs/<code>/publish")
@requires(MANAGE, load=run_of_code)
def staff_run_publish(run: CourseRun) -> Answer:
    """Show the run to visitors, and tell those who asked for it; its window says when people can enrol."""
    try:
        asked = journeys.publish_run(run, by=actor().person_id)
        flash(gettext("Published. It stands in the catalogue now."), "good")
        if asked:
            flash(
                ngettext(
                    "%(num)s person who wanted to hear of this course gets a message.",
                    "%(num)s people who wanted to hear of this course get a message.",
                    asked,
                ),
                "info",
            )
    except RefusedError as error:
        flash(told(error), "bad")
    return to_run(run)


@pages.post("/staff/runs/<code>/close")
@requires(MANAGE, load=run_of_code)
def staff_run_close(run: CourseRun) -> Answer:
    """Take no more enrolments."""
    return _become(run, courses.close_run, gettext("Registration is closed."))


@pages.post("/staff/runs/<code>/reopen")
@requires(MANAGE, load=run_of_code)
def staff_run_reopen(run: CourseRun) -> Answer:
    """Take enrolments again."""
    return _become(run, courses.reopen_run, gettext("Registration is open again."))


@pages.post("/staff/runs/<code>/start")
@requires(MANAGE, load=run_of_code)
def staff_run_start(run: CourseRun) -> Answer:
    """Say that the run is under way."""
    return _become(run, courses.start_run, gettext("The run is under way."))


@pages.get("/staff/runs/<code>/complete")
@requires(MANAGE, load=run_of_code)
def staff_run_complete(run: CourseRun) -> Answer:
    """Ask before the run is completed: who will have completed it, by the evidence so far."""
    if not journeys.can_be_completed(run):
        return to_run(run)
    candidates = certificates.candidates_of_run(run)
    return render_template(
        "courses/staff/run_complete.html",
        run=run,
        ready=sum(candidate.completes for candidate in candidates),
        candidates=candidates,
        unscored=sum(run.version.score_percent is not None and one.evidence.score_percent is None for one in candidates),
        unmarked=sum(one.evidence.unmarked_sessions for one in candidates),
        waiting=enrolment.places_of([run.id])[run.id].waiting,
        crumbs=crumbs(run),
    )


@pages.post("/staff/runs/<code>/complete")
@requires(MANAGE, load=run_of_code)
def staff_run_completed(run: CourseRun) -> Answer:
    """Complete the run."""
    try:
        journeys.complete_run(run, by=actor().person_id)
        flash(gettext("The run is completed. Its certificates can be issued now."), "good")
    except RefusedError as error:
        flash(told(error), "bad")
    return to_run(run)


@pages.route("/staff/runs/<code>/cancel", methods=BOTH)
@requires(MANAGE, load=run_of_code)
def staff_run_cancel(run: CourseRun) -> Answer:
    """Cancel the run for a reason, which everybody with a place is told; one cancelled already just shows that it is."""
    form = ReasonForm()
    if attempt(form, lambda: journeys.cancel_run(run, form.reason.data, by=actor().person_id)):
        flash(gettext("The run is cancelled. Everybody concerned gets a message."), "warn")
    if run.state == RunState.CANCELLED:
        return to_run(run)
    places = enrolment.places_of([run.id])[run.id]
    intro = gettext(
        "%(taken)s people have a place, %(waiting)s wait. All of them, and the trainers, get a message with the reason. This cannot be undone.",
        taken=places.taken,
        waiting=places.waiting,
    )
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Cancel the run?"),
        subject=run.version.title(language()),
        intro=intro,
        crumbs=crumbs(run),
        back_url=url_for("courses.staff_run", code=run.code),
        primary=gettext("Cancel the run"),
        danger=True,
    )
