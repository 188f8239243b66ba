"""Pages of staff: all mail, one message with its calendar part, stopping it and sending it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.access import Permission
from portal.foundation import outbox_queries, sending
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.outbox_queries import COUNTED_TO
from portal.web.errors import told
from portal.web.guard import actor, requires
from portal.web.keyset import place_asked
from portal.web.language import language
from portal.web.outbox import pages
from portal.web.outbox.forms import OutboxForm
from portal.web.outbox.message import body_shown, calendar_days, masked, paragraphs
from portal.web.outbox.words import CALENDAR_METHODS, error_words, kind_words

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from portal.access import Actor
    from portal.foundation.outbox import OutboxMessage

CAN_BE_STOPPED = ("waiting", "failed")
IS_LEAVING = "sending"


def message_by_id(_actor: Actor, number: int) -> OutboxMessage:
    """The message, to be read."""
    return outbox_queries.get_message(number)


def message_to_change(_actor: Actor, number: int) -> OutboxMessage:
    """The message, locked: the worker may be about to send it."""
    return outbox_queries.lock_message(number)


@pages.get("/staff/outbox")
@requires(Permission.OUTBOX_MANAGE)
def messages() -> str | tuple[str, int]:
    """All mail, newest first."""
    form = OutboxForm(request.args)
    if not form.validate():
        return render_template("outbox/refused.html", form=form), 422
    return render_template(
        "outbox/messages.html",
        form=form,
        page=outbox_queries.messages_page(form.wanted, place_asked()),
        counts=outbox_queries.counts_by_state(),
        counted_to=COUNTED_TO,
        masked=masked,
        kind_words=kind_words,
        mail_leaves=mail_leaves(),
    )


def mail_leaves() -> bool:
    """Whether there is a mail server to send by; without one everything waits in the outbox."""
    return bool(current_app.config["SETTINGS"].mail_url)


@pages.get("/staff/outbox/<number:number>")
@requires(Permission.OUTBOX_MANAGE, load=message_by_id)
def message(found: OutboxMessage) -> str:
    """One message, as it was or will be sent."""
    return _page(found)


def _page(found: OutboxMessage, refusal: str = "") -> str:
    return render_template(
        "outbox/message.html",
        message=found,
        paragraphs=paragraphs(body_shown(found.body, secret=found.secret, env=current_app.config["SETTINGS"].env)),
        days=calendar_days(found.calendar, language()) if found.calendar else [],
        method=CALENDAR_METHODS.get(found.calendar_method or "", found.calendar_method),
        kind_words=kind_words,
        problem=error_words(found.last_error),
        refusal=refusal,
        can_be_stopped=found.state in CAN_BE_STOPPED,
        can_be_sent=found.state != IS_LEAVING,
        mail_leaves=mail_leaves(),
    )


@pages.get("/staff/outbox/<number:number>/calendar.ics")
@requires(Permission.OUTBOX_MANAGE, load=message_by_id)
def calendar(found: OutboxMessage) -> Response:
    """The calendar part as a file."""
    if not found.calendar:
        raise NotFoundError
    headers = {"Content-Disposition": f"attachment; filename=message-{found.id}.ics"}
    return Response(found.calendar, mimetype="text/calendar", headers=headers)


@pages.post("/staff/outbox/<number:number>/stop")
@requires(Permission.OUTBOX_MANAGE, load=message_to_change)
def stop(found: OutboxMessage) -> AnyResponse | tuple[str, int]:
    """Keep it from leaving."""
    try:
        sending.stop(found, by=actor().person_id)
    except RefusedError as error:
        return _page(found, told(error)), 422
    return _done(found, gettext("The message is stopped and will not leave."))


@pages.post("/staff/outbox/<number:number>/send-again")
@requires(Permission.OUTBOX_MANAGE, load=message_to_change)
def send_again(found: OutboxMessage) -> AnyResponse | tuple[str, int]:
    """Let it leave now."""
    try:
        sending.send_again(found, by=actor().person_id)
    except RefusedError as error:
        return _page(found, told(error)), 422
    if not mail_leaves():
        return redirect(url_for("outbox.message", number=found.id), 303)
    return _done(found, gettext("The message leaves within a minute."))


def _done(found: OutboxMessage, words: str) -> AnyResponse:
    flash(words, "good")
    return redirect(url_for("outbox.message", number=found.id), 303)
