"""What a browser may do for a few minutes because it showed the code of a session while that was on the wall.

A scan is kept in the signed cookie of the browser that made it, with the portal's own time: so signing in does not lose it, and the address,
passed on by message, opens nothing. Nothing else of the browser is looked at or kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from flask import session as cookie

from portal import attendance
from portal.foundation import clock
from portal.web.signed_in import SCAN

if TYPE_CHECKING:
    from portal.attendance import WallCode

LASTS: Final = timedelta(minutes=5)
"""Long enough to sign in on a phone."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The session whose code was shown, and when."""

    session_id: int
    at: datetime


def find_scan(token: str) -> Scan | None:
    """The scan of the link ``token``: made at this moment, or kept by this browser; None when the code is not, or no longer, on the wall."""
    now = clock.now()
    session_id = attendance.find_session_of_token(token, now)
    if session_id is not None:
        return keep(token, session_id, now)
    kept_token, seconds = cookie.get(SCAN, ("", 0))
    at, session_id = datetime.fromtimestamp(seconds, UTC), attendance.session_named_in(token)
    return Scan(session_id, at) if kept_token == token and session_id is not None and now - LASTS <= at <= now else None


def keep(token: str, session_id: int, at: datetime) -> Scan:
    """Keep the scan of a code that was right at the moment ``at``."""
    cookie[SCAN] = (token, at.timestamp())
    return Scan(session_id, at)


def keep_typed(session_id: int, at: datetime) -> WallCode:
    """Keep that the code of a session was typed rightly at the moment ``at``; returns the code, whose link leads on."""
    code = attendance.wall_code(session_id, at)
    keep(code.token, session_id, at)
    return code


def drop() -> None:
    """Forget the scan: it was used."""
    cookie.pop(SCAN, None)
