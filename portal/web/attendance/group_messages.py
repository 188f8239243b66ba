"""Messages to the group: written, looked at, sent; and who wrote when to how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import ValidationError

from portal import journeys, reports
from portal.access import Permission
from portal.foundation.history_queries import HistoryFilter, history_page
from portal.foundation.keyset import Place
from portal.journeys import GroupMessage
from portal.web.attendance import pages
from portal.web.attendance.scope import taught_run
from portal.web.fields import Radios, line, lines
from portal.web.form_keys import new_form_key, sent_form_key
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.labels import label
from portal.web.limits import by_person, limiter

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from portal.attendance import TaughtRun
    from portal.people.models import Person

SENT_BY_ONE = "10 per hour"
SEND, CHANGE = "send", "change"


class GroupMessageForm(FlaskForm):
    """What is written and to whom; ``audiences`` says how many each of them is."""

    audience = Radios(_("To whom"))
    subject = line(_("Subject"), limit=journeys.LONGEST_SUBJECT)
    text = lines(
        _("Text"),
        optional=False,
        limit=journeys.LONGEST_TEXT,
        description=_("Plain text. A greeting, the training's title and a link to its page stand around it."),
    )
    form_key = HiddenField(default=new_form_key)

    def __init__(self, audiences: dict[str, int]) -> None:
        super().__init__(data={"audience": journeys.Audience.EVERYBODY})
        self.audiences = audiences
        self.audience.choices = [
            (code, gettext("%(whom)s (%(n)s)", whom=label("audience", code), n=number)) for code, number in audiences.items()
        ]
        self.audience.not_now = frozenset(code for code, number in audiences.items() if not number)

    def validate_audience(self, field: Radios) -> None:
        """Somebody must read it."""
        if not self.audiences.get(field.data):
            raise ValidationError(gettext("There is nobody to write to."))

    @property
    def message(self) -> GroupMessage:
        """What was typed, for the service."""
        return GroupMessage(subject=self.subject.data, text=self.text.data, audience=self.audience.data)


def is_looked_at_first() -> bool:
    """True unless the message is sent now: looking at it, or changing it, is not counted."""
    return request.form.get("step") != SEND


@pages.route("/teaching/runs/<code>/message", methods=["GET", "POST"])
@requires(Permission.GROUP_WRITE, load=taught_run)
@limiter.limit(SENT_BY_ONE, key_func=by_person, methods=["POST"], exempt_when=is_looked_at_first)
def group_message(run: TaughtRun) -> str | tuple[str, int] | Response:
    """Write, look at what will leave, send it or change it."""
    audiences = journeys.audiences_of(run.id)
    form = GroupMessageForm(audiences)
    step = request.form.get("step")
    if step == SEND and (done := attempt(form, lambda: _send(run, form))):
        return _sent(run, done.value)
    if form.is_submitted() and step not in {SEND, CHANGE} and form.validate():
        return render_template("attendance/group_message_preview.html", form=form, run=run, number=audiences[form.audience.data])
    return form_page("attendance/group_message.html", form, run=run, audiences=audiences, written=_written(run))


def _send(run: TaughtRun, form: GroupMessageForm) -> int:
    return journeys.write_to_group(run.id, form.message, form_key=sent_form_key() or new_form_key(), by=actor().person_id)


def _sent(run: TaughtRun, number: int) -> Response:
    if number:
        flash(ngettext("The message goes to %(num)s person.", "The message goes to %(num)s people.", number), "good")
    else:
        flash(gettext("This message was sent before. Nobody gets it twice."), "info")
    return redirect(url_for("attendance.group_message", code=run.code), 303)


@dataclass(frozen=True, slots=True)
class Written:
    """A message that was sent: when, by whom, to whom and to how many. What it said stands in the mails alone."""

    at: datetime
    by: Person | None
    audience: str
    people: int


def _written(run: TaughtRun) -> list[Written]:
    """What was written before, newest first: from the history, which does not hold the text."""
    rows = history_page(HistoryFilter(actions=frozenset({"run:write_to_group"}), subjects={"course_run": [run.id]}), Place()).rows
    names = reports.names_of_people(row.actor_id for row in rows if row.actor_id is not None)
    return [Written(row.at, names.get(row.actor_id or 0), row.change["audience"], row.change["people"]) for row in rows]
