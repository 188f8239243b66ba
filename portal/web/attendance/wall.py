"""The wall: a big code that the portal changes every twenty seconds, for the people in the room to check in with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from portal import attendance
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.addresses import addresses
from portal.foundation.qr import qr_code
from portal.web.attendance import pages
from portal.web.attendance.scope import taught_session
from portal.web.guard import requires

if TYPE_CHECKING:
    from portal.attendance import TaughtSession


@pages.get("/teaching/sessions/<number:session_id>/check-in")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def wall(session: TaughtSession) -> str:
    """Show the code of this moment, and how many have checked in; never who."""
    now = clock.now()
    code = attendance.wall_code(session.id, now)
    return render_template(
        "attendance/wall.html",
        session=session,
        code=code,
        qr=qr_code(addresses.bare(url_for("attendance_bare.scanned", token=code.token))),
        short_address=addresses.bare(url_for("attendance_bare.typed")).partition("://")[2],
        checked_in=attendance.checked_in(session.id),
        expected=attendance.counts_of([session])[session.id].expected,
        opens_at=session.starts_at - attendance.OPENS_BEFORE,
        over=now >= session.ends_at,
        now=now,
        step=attendance.STEP,
    )
