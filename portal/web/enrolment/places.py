"""Enrol, see what came of it, take it into the calendar, withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, url_for

from portal import assessment, courses, enrolment, evaluation, letters, people
from portal.access import Permission
from portal.enrolment.models import HOLDS_PLACE, LIVE, EnrolmentState
from portal.foundation import clock
from portal.foundation.calendar import PUBLISH
from portal.foundation.errors import NotFoundError
from portal.web.enrolment import pages
from portal.web.enrolment.calendar_links import calendar_links
from portal.web.enrolment.forms import WithdrawForm
from portal.web.enrolment.line import places_in_line
from portal.web.enrolment.run_page import run_for
from portal.web.errors import told
from portal.web.form_keys import sent_form_key
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.access import Actor
    from portal.courses.models import CourseRun
    from portal.enrolment import EnrolmentRefusedError
    from portal.enrolment.models import Enrolment


@dataclass(frozen=True, slots=True)
class MyPlace:
    """The last enrolment of the person who looks, in one run, and how many there were before it."""

    run: CourseRun
    enrolment: Enrolment
    earlier: int


def _run_id(_actor: Actor, code: str) -> tuple[str, int]:
    return code, enrolment.get_run_id(code)


def my_enrolment(actor: Actor, code: str) -> MyPlace:
    """Find what the person was last in the run. Raises ``NotFoundError`` when they never were in it."""
    run = run_for(actor, code)
    mine = enrolment.enrolments_in(run.id, actor.person_id)
    if not mine:
        raise NotFoundError
    last = next((one for one in mine if one.state in LIVE), mine[-1])
    return MyPlace(run, last, mine.index(last))


def my_place(actor: Actor, code: str) -> MyPlace:
    """Load what the person holds a place with. Raises ``NotFoundError`` for those who do not."""
    mine = my_enrolment(actor, code)
    if mine.enrolment.state not in HOLDS_PLACE:
        raise NotFoundError
    return mine


def refused(run: CourseRun, refusal: EnrolmentRefusedError) -> tuple[str, int]:
    """Answer with a page that says why not, and what to do next."""
    return render_template("enrolment/refused.html", run=run, refusal=refusal, words=told(refusal)), 422


@pages.post("/runs/<code>/enrol")
@requires(Permission.RUN_ENROL)
def enrol(code: str) -> Answer | tuple[str, int]:
    """Give the person a place or put them on the waiting list."""
    me = actor().person_id
    try:
        enrolment.enrol_by_code(code, me, by=me, form_key=sent_form_key())
    except enrolment.AlreadyEnrolledError as refusal:
        flash(told(refusal), "info")
    except enrolment.EnrolmentRefusedError as refusal:
        return refused(courses.get_run(code), refusal)
    return redirect(url_for("enrolment.confirmation", code=code), 303)


@pages.get("/runs/<code>/enrolment")
@requires(Permission.RUN_ENROL, load=my_enrolment)
def confirmation(mine: MyPlace) -> str:
    """Show what came of the enrolment; a bookmark of this page goes on answering."""
    sessions = courses.sessions_of(mine.run.id)
    has_place = mine.enrolment.state == EnrolmentState.CONFIRMED
    return render_template(
        "enrolment/confirmation.html",
        run=mine.run,
        enrolment=mine.enrolment,
        sessions=sessions,
        person=people.get_person(actor().person_id),
        line=places_in_line([mine.enrolment]).get(mine.enrolment.id),
        place=courses.place_of(mine.run, language()),
        links=calendar_links(mine.run, sessions, language()) if has_place else [],
        tests=assessment.own_tests([mine.enrolment.id]).get(mine.enrolment.id, []),
        questions=evaluation.find_open(mine.enrolment.id) if mine.enrolment.state in HOLDS_PLACE else None,
        offer=letters.offer_of(mine.enrolment) if mine.enrolment.state in HOLDS_PLACE else None,
        can_withdraw=enrolment.find_withdrawal_refusal(mine.enrolment.state, mine.run.withdrawal_ends_at, clock.now()) is None,
    )


@pages.get("/runs/<code>/participation")
@requires(Permission.RUN_ENROL, load=my_place)
def participation(mine: MyPlace) -> Answer:
    """Lead bookmarks of the page that was printed for employers to where letters are asked for."""
    return redirect(url_for("enrolment.confirmation", code=mine.run.code, _anchor="employer"), 303)


@pages.get("/runs/<code>/calendar.ics")
@requires(Permission.RUN_ENROL, load=my_place)
def calendar(mine: MyPlace) -> Response:
    """Give the training days as a file for a calendar."""
    letter = enrolment.Letter(
        enrolment=mine.enrolment,
        person=people.get_person(actor().person_id),
        run=mine.run,
        sessions=courses.sessions_of(mine.run.id),
        earlier=mine.earlier,
    )
    headers = {"Content-Disposition": f'attachment; filename="{mine.run.code}.ics"'}
    return Response(enrolment.calendar_of(letter, PUBLISH), headers=headers, content_type="text/calendar; charset=utf-8")


@pages.get("/runs/<code>/withdraw")
@requires(Permission.RUN_ENROL, load=my_enrolment)
def ask_to_withdraw(mine: MyPlace) -> Answer | str:
    """Ask before something is given back."""
    refusal = enrolment.find_withdrawal_refusal(mine.enrolment.state, mine.run.withdrawal_ends_at, clock.now())
    if refusal and refusal.code == "not_enrolled":
        return redirect(url_for("enrolment.confirmation", code=mine.run.code), 303)
    if refusal:
        return refused(mine.run, refusal)[0]
    return render_template("enrolment/withdraw.html", run=mine.run, enrolment=mine.enrolment, form=WithdrawForm())


@pages.post("/runs/<code>/withdraw")
@requires(Permission.RUN_ENROL, load=_run_id)
def withdraw(found: tuple[str, int]) -> Answer | tuple[str, int]:
    """Give back the place, the waiting place, the offer or the application."""
    code, run_id = found
    form = WithdrawForm()
    if not form.validate():
        mine = my_enrolment(actor(), code)
        return render_template("enrolment/withdraw.html", run=mine.run, enrolment=mine.enrolment, form=form), 422
    try:
        enrolment.withdraw(run_id, actor().person_id, by=actor().person_id, reason=form.reason.data or "")
    except enrolment.EnrolmentRefusedError as refusal:
        return refused(courses.get_run(code), refusal)
    return redirect(url_for("enrolment.confirmation", code=code), 303)
