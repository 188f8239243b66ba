"""Counting heads: how many people are in the room, beside how many are marked present."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import attendance
from portal.access import Permission
from portal.foundation.errors import RefusedError
from portal.web.attendance import pages
from portal.web.attendance.check_in_forms import HeadCountForm
from portal.web.attendance.scope import taught_session
from portal.web.errors import told
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.attendance import TaughtSession


@pages.get("/teaching/sessions/<number:session_id>/head-count")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def head_count(session: TaughtSession) -> str:
    """Show the last count, and ask for a new one."""
    return _page(session, HeadCountForm(formdata=None))


@pages.post("/teaching/sessions/<number:session_id>/head-count")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def count_heads(session: TaughtSession) -> Response | tuple[str, int]:
    """Keep the count; the roll call then shows what it says."""
    form = HeadCountForm()
    if not form.validate():
        return _page(session, form), 422
    try:
        attendance.count_heads(session.id, form.people.data, by=actor().person_id)
    except RefusedError as error:
        form.form_errors.append(told(error))
        return _page(session, form), 422
    flash(gettext("Saved."), "good")
    return redirect(url_for("attendance.roll_call", session_id=session.id), 303)


def _page(session: TaughtSession, form: HeadCountForm) -> str:
    check = attendance.find_head_check(session.id, attendance.roll(session.id))
    return render_template("attendance/head_count.html", session=session, form=form, check=check)
