"""The roll call kept on a phone: what it fetches, and the marks that it sends. The page itself is in ``phone_shell``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify, request

from portal import attendance, journeys
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import NotFoundError, PortalError
from portal.web.attendance import pages, phone_words
from portal.web.attendance.scope import taught_run, taught_session
from portal.web.errors import told
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from flask import Response

    from portal.attendance import TaughtRun
    from portal.web.attendance.phone_words import Sent

UNPROCESSABLE = 422


@pages.get("/teaching/phone/runs")
@requires(Permission.ATTENDANCE_MARK)
def phone_runs() -> Response:
    """The runs that I teach in the next days, for the page that the installed icon opens."""
    sessions = attendance.sessions_from(clock.today(), taught_by=actor().person_id)
    return jsonify(phone_words.who() | {"runs": phone_words.runs_of(sessions)})


@pages.get("/teaching/runs/<code>/phone/marks")
@requires(Permission.ATTENDANCE_MARK, load=taught_run)
def phone_roll(run: TaughtRun) -> Response:
    """The roll of each session near today: names, numbers that mean something here only, and what stands."""
    return jsonify(phone_words.roll_of(run))


@pages.post("/teaching/runs/<code>/phone/marks")
@requires(Permission.ATTENDANCE_MARK, load=taught_run)
def send_phone_marks(run: TaughtRun) -> Response | tuple[str, int]:
    """Take the marks of a phone, each by itself, and say what became of each; then the roll as it stands."""
    sent = phone_words.read(request.get_data(cache=False))
    if sent is None or sent.owner != phone_words.owner():
        return "", UNPROCESSABLE
    refused = sent.unreadable | _take(run, sent)
    received = [one.client_id for those in sent.operations.values() for one in those if one.client_id not in refused]
    return jsonify(phone_words.roll_of(run) | {"received": received, "refused": refused})


def _take(run: TaughtRun, sent: Sent) -> dict[str, str]:
    """Record what can be; give the words for the rest by client id."""
    refused: dict[str, str] = {}
    for session_id, operations in sent.operations.items():
        try:
            if taught_session(actor(), session_id).run.id != run.id:
                raise NotFoundError
            taken = journeys.receive_marks(run.id, session_id, operations, by=actor().person_id)
        except PortalError as error:
            refused |= dict.fromkeys((one.client_id for one in operations), phone_words.why(error))
        else:
            refused |= {client_id: told(error) for client_id, error in taken.refused.items()}
    return refused
