"""Pages of staff: plan a run, change it, choose its trainers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext

from portal import courses, enrolment, journeys, people
from portal.courses.models import CourseRun, RunState
from portal.foundation import georgian
from portal.foundation.errors import NotFoundError
from portal.people.models import Role
from portal.web.courses import pages
from portal.web.courses.staff_run import BOTH, MANAGE, crumbs, run_of_code, to_run
from portal.web.courses.staff_run_forms import NewRunForm, RunForm, TrainersForm
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    Answer = str | tuple[str, int] | Response

KEPT_BY_QUOTAS = "quota_taken"
"""The code of what refuses a capacity that leaves no room for the quotas."""


@pages.route("/staff/runs/new", methods=BOTH)
@requires(MANAGE)
def staff_run_new() -> Answer:
    """Plan a run: of a course (``?course=``), or like another run (``?like=``)."""
    form = NewRunForm(like=_like(), course_id=_course_id())
    if done := attempt(form, lambda: _create(form)):
        flash(gettext("The run is planned. Publish it when all is there."), "good")
        return redirect(url_for("courses.staff_run", code=done.value.code), 303)
    wanted = form.course_id.data
    return form_page(
        "courses/staff/run_form.html",
        form,
        title=gettext("New run"),
        back_url=url_for("courses.staff_runs"),
        demand=enrolment.demand_by_region(wanted) if wanted else [],
    )


def _like() -> CourseRun | None:
    try:
        return courses.get_run(request.args["like"]) if "like" in request.args else None
    except NotFoundError:
        return None


def _course_id() -> int | None:
    try:
        return courses.get_course(request.args["course"]).id if "course" in request.args else None
    except NotFoundError:
        return None


def _create(form: NewRunForm) -> CourseRun:
    version = courses.get_current_version(form.course_id.data)
    return courses.create_run(
        version.course,
        form.values(),
        capacity=form.capacity.data,
        sessions=form.sessions(),
        by=actor().person_id,
        since=form.drawn_at.data,
    )


@pages.route("/staff/runs/<code>/edit", methods=BOTH)
@requires(MANAGE, load=run_of_code)
def staff_run_edit(run: CourseRun) -> Answer:
    """Change a run; participants hear of another place or form, and more places go to those who wait."""
    form = RunForm(run)
    if run.state != RunState.DRAFT:
        del form.code
    if done := attempt(form, lambda: _change(run, form)):
        flash(gettext("Saved."), "good")
        messages, given = done.value
        if messages:
            flash(gettext("Everybody with a place, on the waiting list or teaching gets a message about the change."), "info")
        if given:
            flash(
                ngettext("%(num)s person from the waiting list got a place.", "%(num)s people from the waiting list got a place.", given),
                "info",
            )
        return to_run(run)
    return form_page(
        "courses/staff/run_form.html", form, title=gettext("Edit the run"), run=run, back_url=url_for("courses.staff_run", code=run.code)
    )


def _change(run: CourseRun, form: RunForm) -> tuple[int, int]:
    """Change the run; returns how many people were told of it, and how many got a place by it."""
    by = actor().person_id
    messages = journeys.change_run(run, form.values(), by=by)
    if form.capacity.data == run.capacity:
        return messages, 0
    try:
        return messages, journeys.change_capacity(run, form.capacity.data, by=by)
    except enrolment.EnrolmentRefusedError as refusal:
        form.kept_by_quotas = refusal.code == KEPT_BY_QUOTAS
        raise courses.WrongValuesError([courses.Problem("capacity", refusal.message, tuple(refusal.facts.items()))]) from refusal


@pages.route("/staff/runs/<code>/trainers", methods=BOTH)
@requires(MANAGE, load=run_of_code)
def staff_trainers(run: CourseRun) -> Answer:
    """Choose who trains: those who do, then others with the role, by name when there are many."""
    search = georgian.clean_text(request.args.get("q", ""))[:100]
    chosen = courses.trainers_of(run.id)
    found = people.people_page(search, role=Role.TRAINER)
    known = {person.id: person.name(language()) for person in [*chosen, *(row.person for row in found.rows)]}
    form = TrainersForm(known, [person.id for person in chosen])
    if done := attempt(form, lambda: courses.set_trainers(run, form.trainers.data or [], by=actor().person_id)):
        flash(gettext("Saved."), "good")
        if done.value:
            flash(gettext("Whoever was added or taken off gets a message."), "info")
        return to_run(run)
    return form_page("courses/staff/trainers.html", form, run=run, search=search, more=found.following is not None, crumbs=crumbs(run))
