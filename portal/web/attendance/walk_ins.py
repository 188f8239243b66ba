"""Somebody came who is not on the list: find them, or add who is not known yet, and give them a place for the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import attendance, enrolment, journeys, people
from portal.access import Permission
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.georgian import clean_text
from portal.web.attendance import pages
from portal.web.attendance.forms import NewPersonForm
from portal.web.attendance.scope import session_with_walk_ins
from portal.web.errors import told
from portal.web.form_keys import sent_form_key
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.attendance import TaughtSession
    from portal.enrolment.models import Enrolment

    AnyAnswer = str | Response | tuple[str, int]

LONGEST_SEARCH = 100
UNPROCESSABLE = 422


@pages.get("/teaching/sessions/<number:session_id>/walk-in")
@requires(Permission.ATTENDANCE_MARK, load=session_with_walk_ins)
def walk_in(session: TaughtSession) -> str:
    """Search by family name; only name and municipality are shown, and the post of those who have the same name."""
    return _search_page(session, request.args.get("q", ""))


@pages.post("/teaching/sessions/<number:session_id>/walk-in")
@requires(Permission.ATTENDANCE_MARK, load=session_with_walk_ins)
def admit(session: TaughtSession) -> Response | tuple[str, int]:
    """Give the person a place; the roll then shows them."""
    person_id = find_id(request.form.get("person"))
    if person_id is None:
        raise NotFoundError
    try:
        added = enrolment.admit_on_the_day(session.run.id, person_id, by=actor().person_id)
    except RefusedError as error:
        return _search_page(session, request.form.get("q", ""), refusal=told(error)), UNPROCESSABLE
    return _to_roll(session, added)


def _to_roll(session: TaughtSession, added: Enrolment) -> Response:
    flash(gettext("%(name)s was added to the list. Now mark them present.", name=added.person.name_by_family(language())), "good")
    page = "attendance.from_paper" if _paper() else "attendance.roll_call"
    return redirect(url_for(page, session_id=session.id, name=_paper().get("name"), _anchor=f"person-{added.id}"), 303)


def _paper() -> dict[str, list[str]]:
    """What brings back to the entry of a signed sheet whoever came from there, with the names that are still to be found."""
    return {name: request.values.getlist(name) for name in ("paper", "name")} if "paper" in request.values else {}


def _search_page(session: TaughtSession, text: str, *, refusal: str = "") -> str:
    text = clean_text(text)[:LONGEST_SEARCH]
    found = attendance.candidates(session.run.id, text)
    same = people.namesakes(one.name.written(language()) for one in found)
    return render_template("attendance/walk_in.html", session=session, text=text, found=found, same=same, refusal=refusal, paper=_paper())


@pages.route("/teaching/sessions/<number:session_id>/walk-in/new", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, load=session_with_walk_ins)
def new_walk_in(session: TaughtSession) -> AnyAnswer:
    """Add somebody whom the search did not find."""
    form = NewPersonForm()
    if not form.is_submitted():
        return render_template("attendance/new_walk_in.html", session=session, form=form)
    if not form.validate():
        return render_template("attendance/new_walk_in.html", session=session, form=form), UNPROCESSABLE
    try:
        added = journeys.admit_newcomer(session.run.id, form.person, form.post, by=actor().person_id, form_key=sent_form_key())
    except RefusedError as error:
        form.form_errors.append(told(error))
        return render_template("attendance/new_walk_in.html", session=session, form=form), UNPROCESSABLE
    return _to_roll(session, added)
