"""What can be done to the ledger of attendance: facts are added, never changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import enrolment
from portal.attendance import queries, rules
from portal.attendance.models import AttendanceFact, Mark
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.attendance.rules import Decision, MarkWish
    from portal.courses.models import CourseSession


_INSERT = sa.insert(AttendanceFact.__table__)  # type: ignore[arg-type]


class MarksRefusedError(RefusedError):
    """Marks that cannot be recorded as they are; nothing was. ``problems`` and ``contradictions`` are by enrolment id.

    A contradiction is the fact that somebody else recorded since the form was shown; ``needs_reason`` is a late correction without its
    reason. ``wished`` are the enrolments for which the form asked for a change.
    """

    message = N_("The marks were not saved.")

    def __init__(self, decision: Decision, *, needs_reason: bool) -> None:
        super().__init__()
        self.problems = decision.problems
        self.contradictions = decision.contradictions
        self.wished = decision.wished
        self.needs_reason = needs_reason


class TooEarlyError(RefusedError):
    """The session is on a later day: nobody was seen yet, and nothing was recorded."""

    message = N_("Attendance can be marked from the day of the session on.")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a form: marks recorded for the first time, corrections, and marks of people who no longer have a place."""

    first: int
    corrected: int
    without_place: int


def record_marks(session_id: int, wishes: Iterable[MarkWish], *, by: int, seen: int = 0, client: str = "", reason: str = "") -> Recorded:
    """Add the facts that ``wishes`` make new to the ledger of a session, in one INSERT; what they leave unchanged is not written.

    ``seen`` is the id of the newest fact of the session that ``by`` was shown, ``client`` a name of the form, so that it counts once
    when it is sent twice, ``reason`` why older marks are corrected. Raises ``MarksRefusedError``, ``TooEarlyError`` before the day of the session, or
    ``NotFoundError`` when there is no such session.
    """
    session = queries.lock_session(session_id)
    if not rules.can_be_marked(to_tbilisi(session.starts_at).date(), clock.today()):
        raise TooEarlyError
    client = f"{session_id}:{client}" if client else ""
    places = enrolment.ids_of_places(session.run_id)
    wishes = list(wishes)
    placed = [wish for wish in wishes if wish.enrolment_id in places]
    ledger = queries.ledger_of_session(session_id)
    decision = rules.decide(placed, ledger, minutes=session.minutes, seen=seen, by=by, client=client)
    needs_reason = not reason and any(corrects and not wish.reason for wish, corrects in decision.changes) and _is_long_over(session)
    if decision.problems or decision.contradictions or needs_reason:
        raise MarksRefusedError(decision, needs_reason=needs_reason)
    if decision.changes:
        used = {fact.client_id for fact in ledger}
        facts = [_fact(session, wish, by=by, client=client, reason=reason if corrects else "") for wish, corrects in decision.changes]
        for fact in facts:
            fact["client_id"] = None if fact["client_id"] in used else fact["client_id"]
        db.session.execute(_INSERT, facts)
    corrected = sum(corrects for _wish, corrects in decision.changes)
    recorded = Recorded(len(decision.changes) - corrected, corrected, len(wishes) - len(placed))
    if decision.changes:
        marks = Counter(wish.mark.value for wish, _corrects in decision.changes)
        history.record("attendance:mark", session, by=by, change={"first": recorded.first, "corrected": corrected, **marks})
    return recorded


def _is_long_over(session: CourseSession) -> bool:
    return rules.reason_needed(to_tbilisi(session.ends_at).date(), clock.today())


def _fact(session: CourseSession, wish: MarkWish, *, by: int, client: str, reason: str) -> dict[str, Any]:
    present = wish.mark == Mark.PRESENT
    return {
        "session_id": session.id,
        "enrolment_id": wish.enrolment_id,
        "mark": wish.mark.value,
        "from_minute": wish.late if present else None,
        "to_minute": session.minutes - wish.left if present else None,
        "reason": "; ".join(part for part in (wish.reason, reason) if part),
        "recorded_by": by,
        "recorded_at": clock.now(),
        "client_id": rules.client_id(client, wish.enrolment_id) if client else None,
    }
