"""Pages of those who decide on applications: the staff of the association, and the employer. Both have the same queue, each their own part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import courses, enrolment
from portal.access import Permission
from portal.enrolment.models import DecisionStage
from portal.foundation import clock
from portal.web.enrolment import pages
from portal.web.enrolment.cases import Desk, read_desk
from portal.web.enrolment.decisions import MOST_AT_ONCE, read_decided, written
from portal.web.enrolment.forms import DecisionForm
from portal.web.errors import told
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import requires
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.enrolment.models import Enrolment

    Answer = str | tuple[str, int] | Response

STAFF, EMPLOYER = Permission.APPLICATION_DECIDE, Permission.EMPLOYER_DECIDE
SHOWN_AFTERWARDS = timedelta(days=30)
REFUSED = 422
BOTH = ["GET", "POST"]


class Ways(NamedTuple):
    """The endpoints of a desk: its queue, what came of a decision, and taking one back; and the layout of its pages."""

    queue: str
    decided: str
    undo: str
    layout: str


WAYS = {
    DecisionStage.STAFF: Ways("enrolment.staff_applications", "enrolment.staff_decided", "enrolment.staff_undo", "layouts/staff.html"),
    DecisionStage.EMPLOYER: Ways(
        "enrolment.employer_applications", "enrolment.employer_decided", "enrolment.employer_undo", "layouts/base.html"
    ),
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """An application on which was decided, as those see it who could take that back."""

    desk: Desk
    enrolment: Enrolment


def _staff_desk(actor: Actor) -> Desk:
    code = request.args.get("run")
    return Desk(actor, DecisionStage.STAFF, run=courses.get_run(code) if code else None)


def _employer_desk(actor: Actor) -> Desk:
    return Desk(actor, DecisionStage.EMPLOYER, municipality_ids=actor.municipality_ids)


def _undoing_of_staff(actor: Actor, reference: str) -> Undoing:
    return Undoing(_staff_desk(actor), enrolment.get_application(reference))


def _undoing_of_employer(actor: Actor, reference: str) -> Undoing:
    desk = _employer_desk(actor)
    return Undoing(desk, enrolment.get_application(reference, desk.municipality_ids))


@pages.get("/staff/applications")
@requires(STAFF, load=_staff_desk)
def staff_applications(desk: Desk) -> str:
    """Show the staff what waits for their decision, and what was decided lately."""
    return _queue(desk, DecisionForm())


@pages.post("/staff/applications")
@requires(STAFF, load=_staff_desk)
def decide_as_staff(desk: Desk) -> Answer:
    """Approve or reject the applications that were chosen."""
    return _decide(desk)


@pages.get("/municipality/applications")
@requires(EMPLOYER, load=_employer_desk)
def employer_applications(desk: Desk) -> str:
    """Show an employer what waits for their decision, and what was decided lately."""
    return _queue(desk, DecisionForm())


@pages.post("/municipality/applications")
@requires(EMPLOYER, load=_employer_desk)
def decide_as_employer(desk: Desk) -> Answer:
    """Approve or reject the applications of one's own people that were chosen."""
    return _decide(desk)


@pages.get("/staff/applications/decided")
@requires(STAFF, load=_staff_desk)
def staff_decided(desk: Desk) -> Answer:
    """Show the staff what came of the applications on which they decided."""
    return _decided(desk)


@pages.get("/municipality/applications/decided")
@requires(EMPLOYER, load=_employer_desk)
def employer_decided(desk: Desk) -> Answer:
    """Show an employer what came of the applications on which they decided."""
    return _decided(desk)


@pages.route("/staff/applications/<reference>/undo", methods=BOTH)
@requires(STAFF, load=_undoing_of_staff)
def staff_undo(undoing: Undoing) -> Answer:
    """Take a decision of the staff back."""
    return _undo(undoing)


@pages.route("/municipality/applications/<reference>/undo", methods=BOTH)
@requires(EMPLOYER, load=_undoing_of_employer)
def employer_undo(undoing: Undoing) -> Answer:
    """Take a decision of the employer back."""
    return _undo(undoing)


def _queue(desk: Desk, form: DecisionForm, *, chosen: Collection[str] = (), unchosen: str = "") -> str:
    """The queue; ``unchosen`` says what was wrong with the ``chosen``, who stay ticked."""
    now, ways = clock.now(), WAYS[desk.stage]
    shown = read_desk(desk, now, since=now - SHOWN_AFTERWARDS)
    return render_template(
        "enrolment/applications.html",
        layout=ways.layout,
        desk=desk,
        shown=shown,
        form=form,
        chosen=chosen,
        unchosen=unchosen,
        action=url_for(ways.queue, run=desk.run.code if desk.run else None),
        older=url_for(ways.queue, run=desk.run.code if desk.run else None, after=shown.following) if shown.following else None,
        undo=ways.undo,
        all_url=url_for(ways.queue),
        has_errors=bool(form.errors or unchosen),
    )


def _decide(desk: Desk) -> Answer:
    form, references = DecisionForm(), list(dict.fromkeys(request.form.getlist("application")))
    unchosen = "" if 0 < len(references) <= MOST_AT_ONCE else _wrong_number(len(references))
    if not form.validate() or unchosen:
        return _queue(desk, form, chosen=references, unchosen=unchosen), REFUSED
    chosen = enrolment.applications_of_references(references, desk.municipality_ids)
    outcomes = enrolment.decide_many(chosen, desk.stage, approve=form.approves, by=desk.actor.person_id, words=form.reason.data)
    run = desk.run.code if desk.run else None
    return redirect(url_for(WAYS[desk.stage].decided, run=run, of=written(outcomes)), 303)


def _decided(desk: Desk) -> Answer:
    queue = url_for(WAYS[desk.stage].queue, run=desk.run.code if desk.run else None)
    if "of" not in request.args:
        return redirect(queue, 303)
    return render_template("enrolment/decided.html", layout=WAYS[desk.stage].layout, desk=desk, rows=read_decided(desk), back_url=queue)


def _wrong_number(chosen: int) -> str:
    if not chosen:
        return str(gettext("Choose at least one application."))
    return str(gettext("Decide on at most %(most)s applications at once; %(number)s are chosen.", most=MOST_AT_ONCE, number=chosen))


def _undo(undoing: Undoing) -> Answer:
    desk, one, form = undoing.desk, undoing.enrolment, ReasonForm()
    queue = url_for(WAYS[desk.stage].queue)
    name, by = one.person.name(language()), desk.actor.person_id
    if not form.is_submitted() and one.id not in enrolment.decisions_to_undo([one], desk.stage, clock.now()):
        flash(told(enrolment.NothingToUndoError()), "info")
        return redirect(queue, 303)
    if attempt(form, lambda: enrolment.undo_decision(one, desk.stage, by=by, words=form.reason.data)):
        flash(gettext("The decision is undone. The application waits for a new one: %(name)s", name=name), "good")
        return redirect(queue, 303)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Undo the decision?"),
        subject=f"{name}, {one.run.version.title(language())}",
        intro=gettext(
            "The application waits for a decision again, and the person is told why. A place that it gave goes to the next in line."
        ),
        crumbs=[(gettext("Applications"), queue)],
        back_url=queue,
        primary=gettext("Undo the decision"),
        danger=True,
    )
