"""Pages of staff: the training days of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from portal import courses, journeys
from portal.courses.models import CourseRun, CourseSession, RunState
from portal.foundation.errors import NotFoundError, RefusedError
from portal.web.courses import pages
from portal.web.courses.staff_run import BOTH, MANAGE, crumbs, run_of_code, to_run
from portal.web.courses.staff_run_forms import SessionForm
from portal.web.errors import told
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor

    Answer = str | tuple[str, int] | Response


def _session(_actor: Actor, code: str, session_id: int) -> CourseSession:
    session = _any_session(_actor, code, session_id)
    if session.cancelled:
        raise NotFoundError
    return session


def _any_session(_actor: Actor, code: str, session_id: int) -> CourseSession:
    session = courses.get_session(session_id)
    if session.run.code != code:
        raise NotFoundError
    return session


def _told(run: CourseRun) -> str | None:
    """A warning for a run that people know of."""
    return (
        None
        if run.state == RunState.DRAFT
        else gettext("Everybody with a place, on the waiting list or teaching gets a message about the change.")
    )


def _say_saved(run: CourseRun, messages: int) -> None:
    """Say that it is saved, and that messages are on their way when there are any."""
    flash(gettext("Saved."), "good")
    if messages and (words := _told(run)):
        flash(words, "info")


@pages.route("/staff/runs/<code>/sessions/new", methods=BOTH)
@requires(MANAGE, load=run_of_code)
def staff_session_new(run: CourseRun) -> Answer:
    """Add a training day."""
    form = SessionForm()
    if done := attempt(form, lambda: journeys.add_session(run, form.values(), by=actor().person_id)):
        _say_saved(run, done.value)
        return to_run(run)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("New training day"),
        intro=_told(run),
        crumbs=crumbs(run),
        back_url=url_for("courses.staff_run", code=run.code),
    )


@pages.route("/staff/runs/<code>/sessions/<number:session_id>", methods=BOTH)
@requires(MANAGE, load=_session)
def staff_session(session: CourseSession) -> Answer:
    """Change or move a training day."""
    run, form = session.run, SessionForm(session)
    if done := attempt(form, lambda: journeys.change_session(session, form.values(), by=actor().person_id)):
        _say_saved(run, done.value)
        return to_run(run)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Training day"),
        intro=_told(run),
        crumbs=crumbs(run),
        back_url=url_for("courses.staff_run", code=run.code),
        stop_url=url_for("courses.staff_session_cancel", code=run.code, session_id=session.id),
        stop_label=gettext("Cancel this training day"),
    )


@pages.get("/staff/runs/<code>/sessions/<number:session_id>/cancel")
@requires(MANAGE, load=_session)
def staff_session_cancel(session: CourseSession) -> str:
    """Ask before a training day is struck out."""
    return render_template(
        "courses/staff/session_cancel.html", session=session, run=session.run, crumbs=crumbs(session.run), warning=_told(session.run)
    )


@pages.post("/staff/runs/<code>/sessions/<number:session_id>/cancel")
@requires(MANAGE, load=_any_session)
def staff_session_cancelled(session: CourseSession) -> Answer:
    """Strike a training day out; once more is no mistake."""
    try:
        journeys.cancel_session(session, by=actor().person_id)
        flash(gettext("The training day is cancelled."), "warn")
    except RefusedError as error:
        flash(told(error), "bad")
    return to_run(session.run)
