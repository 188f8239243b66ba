"""One's own attendance of a run: session by session what is recorded, how far one is, and disputing what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import attendance, enrolment
from portal.access import Permission
from portal.enrolment.models import HOLDS_PLACE
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.formats import format_day
from portal.web.attendance import pages, roll_form
from portal.web.attendance.appeal_forms import DisputeForm
from portal.web.errors import told
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.attendance import OwnDay
    from portal.enrolment.models import Enrolment

    Answer = str | tuple[str, int] | Response


def _my_place(actor: Actor, code: str) -> Enrolment:
    """The place of the person in the run. Raises ``NotFoundError`` for those who have none."""
    mine = enrolment.enrolments_in(enrolment.get_run_id(code), actor.person_id)
    place = next((one for one in mine if one.state in HOLDS_PLACE), None)
    if place is None:
        raise NotFoundError
    return place


def _my_day(actor: Actor, code: str, session_id: int) -> tuple[Enrolment, OwnDay]:
    place = _my_place(actor, code)
    day = next((one for one in attendance.own_days(place.id) if one.session.id == session_id), None)
    if day is None:
        raise NotFoundError
    return place, day


@pages.get("/my/runs/<code>/attendance")
@requires(Permission.MY_TRAINING_VIEW, load=_my_place)
def own_attendance(place: Enrolment) -> str:
    """What is recorded of oneself, and how far one is."""
    return render_template(
        "attendance/own.html",
        run=place.run,
        summary=attendance.summaries_of_person(place.person_id)[place.id],
        days=attendance.own_days(place.id),
        words=roll_form.words,
    )


@pages.route("/my/runs/<code>/attendance/<number:session_id>/dispute", methods=["GET", "POST"])
@requires(Permission.MY_TRAINING_VIEW, load=_my_day)
def dispute(mine: tuple[Enrolment, OwnDay]) -> Answer:
    """Dispute what is recorded of oneself in a session."""
    place, day = mine
    back = url_for("attendance.own_attendance", code=place.run.code)
    form = DisputeForm()
    if not form.is_submitted() and day.refusal:
        flash(told(day.refusal), "info")
        return redirect(back, 303)
    if attempt(form, lambda: attendance.make_appeal(day.session.id, place, form.words.data, by=actor().person_id)):
        flash(gettext("Sent. The trainers answer, then the association decides; we write to you each time."), "good")
        return redirect(back, 303)
    until = format_day(day.until, language())
    return form_page("attendance/dispute.html", form, run=place.run, day=day, until=until, words=roll_form.words, back=back)


@pages.post("/my/runs/<code>/attendance/<number:session_id>/take-back")
@requires(Permission.MY_TRAINING_VIEW, load=_my_day)
def take_dispute_back(mine: tuple[Enrolment, OwnDay]) -> Answer:
    """Take one's appeal back while it is undecided."""
    place, day = mine
    if not day.appeal:
        raise NotFoundError
    try:
        attendance.take_back_appeal(day.appeal[0].said.id, by=actor().person_id)
    except RefusedError as error:
        flash(told(error), "warn")
    else:
        flash(gettext("Taken back. What is recorded stays as it is."), "good")
    return redirect(url_for("attendance.own_attendance", code=place.run.code), 303)
