"""What can be done to the ledger of attendance: facts are added, never changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import enrolment
from portal.attendance import queries, rules
from portal.attendance.models import AttendanceFact, Mark, Source
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.attendance.rules import Decision, MarkWish, Operation
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


@dataclass(frozen=True, slots=True)
class Received:
    """What became of operations: how many were recorded, how many were here already, and why others were not, by their client ids."""

    recorded: int
    repeated: int
    refused: dict[str, RefusedError]


class NoPlaceError(RefusedError):
    """The person has no place in the run, or no longer."""

    message = N_("This person no longer has a place in the run.")


def record_marks(
    session_id: int,
    wishes: Iterable[MarkWish],
    *,
    by: int,
    seen: int = 0,
    client: str = "",
    reason: str = "",
    source: Source = Source.ROLL,
) -> Recorded:
    """Add the facts that ``wishes`` make new to the ledger of a session, in one INSERT; what they leave unchanged is not written.

    ``seen`` is the id of the newest fact of the session that ``by`` was shown, ``client`` a name of the form, so that it counts once
    when it is sent twice, ``reason`` why older marks are corrected. Raises ``MarksRefusedError``, ``TooEarlyError`` before the day of the session, or
    ``NotFoundError`` when there is no such session.
    """
    session = _lock(session_id)
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
        facts = []
        for wish, corrects in decision.changes:
            name = rules.client_id(client, wish.enrolment_id) if client else None
            words = "; ".join(part for part in (wish.reason, reason if corrects else "") if part)
            facts.append(_fact(session, wish, by=by, source=source, reason=words, client_id=None if name in used else name))
        db.session.execute(_INSERT, facts)
    corrected = sum(corrects for _wish, corrects in decision.changes)
    recorded = Recorded(len(decision.changes) - corrected, corrected, len(wishes) - len(placed))
    if decision.changes:
        marks = Counter(wish.mark.value for wish, _corrects in decision.changes)
        history.record("attendance:mark", session, by=by, change={"first": recorded.first, "corrected": corrected, **marks})
    return recorded


def receive_marks(session_id: int, operations: Iterable[Operation], *, by: int, source: Source = Source.PHONE) -> Received:
    """Add marks to the ledger that were made without knowing what others recorded meanwhile; what stands against them stays beside them.

    An operation that comes again changes nothing. Raises ``TooEarlyError`` before the day of the session, or ``NotFoundError`` when there is
    no such session; whatever else speaks against an operation keeps only that one out.
    """
    session = _lock(session_id)
    places, ledger = enrolment.ids_of_places(session.run_id), queries.ledger_of_session(session_id)
    operations = list({operation.client_id: operation for operation in operations}.values())
    known = queries.known_client_ids(operation.client_id for operation in operations)
    newest, moment = max((fact.id for fact in ledger), default=0), clock.now()
    facts: list[dict[str, Any]] = []
    refused: dict[str, RefusedError] = {}
    for operation in operations:
        wish = operation.wish
        if operation.client_id in known:
            continue
        refusal = rules.problem_of(wish, session.minutes) if wish.enrolment_id in places else NoPlaceError()
        if refusal:
            refused[operation.client_id] = refusal
            continue
        came: dict[str, Any] = {"client_id": operation.client_id, "device": operation.device, "sequence": operation.sequence}
        came |= {"seen_id": min(operation.seen_id, newest), "done_at": min(operation.done_at, moment)}
        facts.append(_fact(session, wish, by=by, source=source, reason=wish.reason or "") | came)
    if facts:
        db.session.execute(_INSERT, facts)
        marks = Counter(str(fact["mark"]) for fact in facts)
        history.record("attendance:mark", session, by=by, change={"source": str(source), **marks})
    return Received(len(facts), len(known), refused)


def _lock(session_id: int) -> CourseSession:
    """The session, locked. Raises ``TooEarlyError`` before its day."""
    session = queries.lock_session(session_id)
    if not rules.can_be_marked(to_tbilisi(session.starts_at).date(), clock.today()):
        raise TooEarlyError
    return session


def _is_long_over(session: CourseSession) -> bool:
    return rules.reason_needed(to_tbilisi(session.ends_at).date(), clock.today())


def _fact(session: CourseSession, wish: MarkWish, *, by: int, source: Source, reason: str, client_id: str | None = None) -> dict[str, Any]:
    present = wish.mark == Mark.PRESENT
    return {
        "session_id": session.id,
        "enrolment_id": wish.enrolment_id,
        "mark": wish.mark.value,
        "from_minute": wish.late if present else None,
        "to_minute": session.minutes - wish.left if present else None,
        "reason": reason,
        "recorded_by": by,
        "recorded_at": clock.now(),
        "client_id": client_id,
        "source": source.value,
        "seen_id": None,
        "device": None,
        "sequence": 0,
        "done_at": None,
    }
