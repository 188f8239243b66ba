"""Attendance from the signed sheet: its rows in their order and under their numbers, one key for each, and who signed in the blank rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import attendance, journeys
from portal.access import Permission
from portal.attendance.models import Source
from portal.foundation import clock
from portal.foundation.georgian import clean_text
from portal.web.attendance import pages, roll_form
from portal.web.attendance.scope import taught_session, walk_ins_welcome
from portal.web.attendance.telling_cases import telling_cases
from portal.web.attendance.walk_ins import LONGEST_SEARCH
from portal.web.errors import told
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.attendance import TaughtSession
    from portal.web.attendance.roll_form import Roll

PAPER = "/teaching/sessions/<number:session_id>/from-paper"
UNPROCESSABLE = 422


@pages.get(PAPER)
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def from_paper(session: TaughtSession) -> str:
    """Show the rows of the sheet with what is recorded of them."""
    roll = roll_form.shown(attendance.roll_on_paper(session), session.minutes, language())
    return _page(session, roll, _names(request.args.getlist("name")))


@pages.post(PAPER)
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def save_from_paper(session: TaughtSession) -> Response | tuple[str, int]:
    """Save what changed, or show what stands against it; then find those of the blank rows, one after the other."""
    sent, names = roll_form.read(request.form), _names(request.form.getlist("name"))
    if refused := _refused(session, sent):
        return _page(session, refused, names), UNPROCESSABLE
    flash(gettext("Saved."), "good")
    return redirect(url_for("attendance.from_paper", session_id=session.id, name=names, _anchor="blank-rows" if names else None), 303)


def _refused(session: TaughtSession, sent: roll_form.Sent) -> Roll | None:
    """Record what was sent; when that is refused, the form as it comes back."""
    rows = attendance.roll_on_paper(session)
    if sent.errors:
        return roll_form.as_sent(sent, rows, session.minutes, language())
    wishes, by = sent.wishes, actor().person_id
    try:
        with telling_cases(session.run.id):
            recorded = journeys.record_marks(
                session.run.id, session.id, wishes, by=by, seen=sent.seen, client=sent.client, reason=sent.reason, source=Source.PAPER
            )
    except attendance.TooEarlyError as error:
        return roll_form.as_sent(sent, rows, session.minutes, language(), refusal=told(error))
    except attendance.MarksRefusedError as error:
        return roll_form.refused(sent, error, attendance.roll_on_paper(session), session.minutes, language())
    if recorded.without_place:
        flash(gettext("Not saved, because these people no longer have a place: %(n)s", n=recorded.without_place), "warn")
    return None


def _names(typed: list[str]) -> list[str]:
    """The names that were typed into the blank rows."""
    names = [clean_text(name)[:LONGEST_SEARCH] for name in typed]
    return [name for name in names if name][: attendance.BLANK_ROWS]


def _page(session: TaughtSession, roll: Roll, names: list[str]) -> str:
    first, last = session.days
    return render_template(
        "attendance/from_paper.html",
        session=session,
        roll=roll,
        names=names,
        blanks=[*names, *[""] * (attendance.BLANK_ROWS - len(names))],
        begins_later=not attendance.can_be_marked(first, clock.today()),
        asks_reason=roll.seen > 0 and attendance.reason_needed(last, clock.today()),
        walk_ins=walk_ins_welcome(actor(), session),
        has_errors=roll.refused,
    )
