"""The queue of appeals: trainers answer those of their runs, staff decide on all of them. Both see the same pages, each their own part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import attendance, journeys, people
from portal.access import Permission
from portal.foundation import clock
from portal.web.attendance import pages, roll_form
from portal.web.attendance.appeal_forms import AnswerForm, DecisionForm
from portal.web.attendance.telling_cases import telling_cases
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from flask_wtf import FlaskForm
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.attendance import Appeal

    Answer = str | tuple[str, int] | Response

ON_A_PAGE = 50
SHOWN_AFTERWARDS = timedelta(days=30)
DECIDED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose queue it is: ``taught_by`` is the trainer, None for staff."""

    queue: str
    one: str
    layout: str
    taught_by: int | None

    @property
    def staff(self) -> bool:
        """Whether this is where is decided."""
        return self.taught_by is None


def _staff(_actor: Actor) -> Desk:
    return Desk("attendance.staff_appeals", "attendance.staff_appeal", "layouts/staff.html", None)


def _trainer(actor: Actor) -> Desk:
    return Desk("attendance.teaching_appeals", "attendance.teaching_appeal", "layouts/base.html", actor.person_id)


def _for_staff(actor: Actor, appeal_id: int) -> tuple[Desk, Appeal]:
    return _staff(actor), attendance.get_appeal(appeal_id)


def _for_trainer(actor: Actor, appeal_id: int) -> tuple[Desk, Appeal]:
    return _trainer(actor), attendance.get_appeal(appeal_id, taught_by=actor.person_id)


@pages.get("/staff/appeals")
@requires(Permission.APPEAL_DECIDE, load=_staff)
def staff_appeals(desk: Desk) -> str:
    """What waits for the decision of the staff, the oldest first, and what was decided lately."""
    return _queue(desk)


@pages.get("/teaching/appeals")
@requires(Permission.APPEAL_ANSWER, load=_trainer)
def teaching_appeals(desk: Desk) -> str:
    """The same of the runs that one teaches."""
    return _queue(desk)


@pages.route("/staff/appeals/<number:appeal_id>", methods=["GET", "POST"])
@requires(Permission.APPEAL_DECIDE, load=_for_staff)
def staff_appeal(asked: tuple[Desk, Appeal]) -> Answer:
    """Show an appeal to the staff, who decide it."""
    desk, appeal = asked
    form, me = DecisionForm(), actor().person_id

    def decide() -> None:
        if form.dismisses:
            attendance.dismiss_appeal(appeal.id, form.words.data, by=me)
        else:
            with telling_cases(appeal.run_id):
                journeys.uphold_appeal(appeal.id, form.wish(appeal.enrolment_id), seen=form.shown, by=me)

    if attempt(form, decide):
        flash(gettext("Decided. The participant gets a mail: %(name)s", name=appeal.name.written(language())), "good")
        return redirect(url_for(desk.queue), 303)
    return _one(desk, appeal.id, form)


@pages.route("/teaching/appeals/<number:appeal_id>", methods=["GET", "POST"])
@requires(Permission.APPEAL_ANSWER, load=_for_trainer)
def teaching_appeal(asked: tuple[Desk, Appeal]) -> Answer:
    """Show an appeal to a trainer of the run, who answers it."""
    desk, appeal = asked
    form, me = AnswerForm(), actor().person_id
    if attempt(form, lambda: attendance.answer_appeal(appeal.id, form.words.data, by=me)):
        flash(gettext("Sent. The participant gets a mail, and the association decides."), "good")
        return redirect(url_for(desk.queue), 303)
    return _one(desk, appeal.id, form)


def _queue(desk: Desk) -> str:
    after, now = find_id(request.args.get("after")), clock.now()
    found = attendance.open_appeals(taught_by=desk.taught_by, after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    decided = attendance.decided_appeals(taught_by=desk.taught_by, since=now - SHOWN_AFTERWARDS, limit=DECIDED_SHOWN)
    return render_template(
        "attendance/appeals.html",
        desk=desk,
        appeals=shown,
        decided=decided,
        same=people.namesakes({one.person_id: one.name.written(language()) for one in [*shown, *decided]}.values()),
        next_page=url_for(desk.queue, after=shown[-1].id) if len(found) > ON_A_PAGE else None,
        first_page=url_for(desk.queue) if after else None,
        now=now,
        today=clock.today(),
        me=actor().person_id,
    )


def _one(desk: Desk, appeal_id: int, form: FlaskForm) -> Answer:
    """The page as things stand now: somebody else may have recorded or decided meanwhile."""
    appeal = attendance.get_appeal(appeal_id, taught_by=desk.taught_by)
    recorded = attendance.recorded_of(appeal.session_id, appeal.enrolment_id)
    if isinstance(form, DecisionForm):
        form.seen.data = str(attendance.newest_of(one.fact for one in recorded))
    return form_page(
        "attendance/appeal.html",
        form,
        desk=desk,
        appeal=appeal,
        recorded=recorded,
        words=roll_form.words,
        me=actor().person_id,
        now=clock.now(),
    )
