"""The home of those who teach: today's session first, what is left to do after others, those to come and the past ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, jsonify, render_template, request

from portal import attendance, courses
from portal.access import Permission
from portal.courses.models import RunState
from portal.foundation import clock
from portal.web.attendance import pages
from portal.web.attendance.scope import taught_session
from portal.web.guard import actor, requires
from portal.web.ids import find_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.attendance import LeftToDo, SessionCounts, SessionExtras, TaughtSession

PAST_ON_A_PAGE = 20
LOOKED_BACK = 100
"""So many past sessions are looked at for what is left to do in them."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """Everything on the page. ``left`` are the sessions that are over and lack something, the newest first; the dicts are by a session's id."""

    today: list[TaughtSession]
    coming: list[TaughtSession]
    past: list[TaughtSession]
    older: int | None
    counts: dict[int, SessionCounts]
    extras: dict[int, SessionExtras]
    left: list[tuple[TaughtSession, LeftToDo]]
    materials: dict[int, int]


@pages.get("/teaching")
@requires(Permission.TEACHING_VIEW)
def teaching() -> str:
    """My sessions: today's first, what is left to do, then those to come, then the past ones, page by page."""
    older_than = find_id(request.args.get("older"))
    shown = read_teaching(actor().person_id, older_than)
    return render_template("attendance/teaching.html", shown=shown, counts=shown.counts, older_than=older_than)


def read_teaching(person_id: int, older_than: int | None) -> Teaching:
    """Read the page: five statements, however much there is."""
    day = clock.today()
    ahead = attendance.sessions_from(day, taught_by=person_id)
    looked_back = LOOKED_BACK if older_than is None else PAST_ON_A_PAGE + 1
    behind = attendance.sessions_before(day, taught_by=person_id, older_than=older_than, limit=looked_back)
    past = behind[:PAST_ON_A_PAGE]
    further = [one for one in behind[PAST_ON_A_PAGE:] if one.run.state != RunState.COMPLETED]
    today = [one for one in ahead if one.days[0] <= day] if older_than is None else []
    over = [one for one in reversed(today) if one.ends_at <= clock.now()] + ([*past, *further] if older_than is None else [])
    counts = attendance.counts_of([*ahead, *past, *further])
    extras = attendance.extras_of([one.id for one in (*today, *over)])
    return Teaching(
        today=today,
        coming=[one for one in ahead if one.days[0] > day],
        past=past,
        older=past[-1].id if len(behind) > PAST_ON_A_PAGE else None,
        counts=counts,
        extras=extras,
        left=[(one, left) for one in over if not (left := left_of(one, counts[one.id], extras[one.id])).nothing],
        materials=courses.numbers_of_materials(_runs_of(today)),
    )


def _runs_of(sessions: Iterable[TaughtSession]) -> list[int]:
    return list(dict.fromkeys(session.run.id for session in sessions))


def left_of(session: TaughtSession, counts: SessionCounts, extras: SessionExtras) -> LeftToDo:
    """What is left to do in a session that is over."""
    return attendance.left_to_do(
        state=session.run.state,
        form=session.form,
        expected=counts.expected,
        marked=counts.marked,
        disputed=counts.disputed,
        scanned=extras.scanned,
    )


@pages.get("/teaching/sessions/<number:session_id>/counts")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def counts(session: TaughtSession) -> Response:
    """The numbers of a session, for the page that asks for them again and again."""
    now = attendance.counts_of([session])[session.id]
    numbers = {"expected": now.expected, "present": now.present, "absent": now.marked - now.present, "unmarked": now.expected - now.marked}
    return jsonify(numbers | {"disputed": now.disputed})
