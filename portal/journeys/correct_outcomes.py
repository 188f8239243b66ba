"""Attendance or a score is recorded, a test taken or marked, a certificate revoked: who completed a completed run follows at once.

The run is locked first, here and in ``complete_run``: whoever completes it meanwhile either sees what is recorded, or is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import assessment, attendance, certificates, courses
from portal.attendance.models import Source
from portal.certificates.models import StateReason
from portal.courses.models import RunState
from portal.journeys.complete_run import complete_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from decimal import Decimal
    from typing import Any

    from portal.assessment import RecordedScores, TakenIn
    from portal.assessment.models import Attempt
    from portal.attendance import MarkWish, Operation, Received, Recorded
    from portal.courses.models import CourseRun


def record_marks(
    run_id: int,
    session_id: int,
    wishes: Iterable[MarkWish],
    *,
    by: int,
    seen: int = 0,
    client: str = "",
    reason: str = "",
    source: Source = Source.ROLL,
) -> Recorded:
    """Record the marks of a session of the run. Raises as ``attendance.record_marks``."""
    run = courses.lock_run(run_id)
    recorded = attendance.record_marks(session_id, wishes, by=by, seen=seen, client=client, reason=reason, source=source)
    if recorded.first or recorded.corrected:
        _follow(run, by=by)
    return recorded


def receive_marks(run_id: int, session_id: int, operations: Iterable[Operation], *, by: int, source: Source = Source.PHONE) -> Received:
    """Add marks to a session of the run that were made elsewhere. Raises as ``attendance.receive_marks``."""
    run = courses.lock_run(run_id)
    received = attendance.receive_marks(session_id, operations, by=by, source=source)
    if received.recorded:
        _follow(run, by=by)
    return received


def record_scores(run_id: int, scores: Mapping[int, int], *, by: int, shown: Mapping[int, int] | None = None) -> RecordedScores:
    """Record final scores of the run. Raises as ``assessment.record_scores``."""
    run = courses.lock_run(run_id)
    recorded = assessment.record_scores(run_id, scores, by=by, shown=shown)
    if recorded.new:
        _follow(run, by=by)
    return recorded


def save_answers(
    run_id: int, attempt: Attempt, answers: Mapping[int, Any], *, hand_in: bool, by: int, form_key: str | None = None
) -> TakenIn:
    """Take in the answers of an attempt at a test of the run. As ``assessment.save_answers``."""
    run = courses.lock_run(run_id)
    taken_in = assessment.save_answers(attempt, answers, hand_in=hand_in, by=by, run_id=run_id, form_key=form_key)
    if taken_in.final_score:
        _follow(run, by=by)
    return taken_in


def end_attempt(run_id: int, attempt_id: int) -> None:
    """End an attempt whose time ran out; what follows from its score is the doing of whoever took the test."""
    run = courses.lock_run(run_id)
    attempt = assessment.get_attempt_of_run(run_id, attempt_id)
    if assessment.end_attempt(attempt, run_id=run_id):
        _follow(run, by=attempt.enrolment.person_id)


def mark_answers(run_id: int, marks: Mapping[tuple[int, int], Decimal], *, by: int) -> int:
    """Give points for answers in words; returns how many were new or changed. Raises as ``assessment.mark_answers``."""
    run = courses.lock_run(run_id)
    changed, scored = assessment.mark_answers(run_id, marks, by=by)
    if scored:
        _follow(run, by=by)
    return changed


def revoke_certificate(
    certificate_id: int, words: str, *, by: int, reason: StateReason = StateReason.OTHER, effective_at: datetime | None = None
) -> None:
    """Revoke a certificate: of itself it no longer says that its holder completed the run. Raises as ``certificates.revoke``."""
    certificate = certificates.revoke(certificate_id, words, by=by, reason=reason, effective_at=effective_at)
    _follow(courses.lock_run(certificate.run_id), by=by)


def _follow(run: CourseRun, *, by: int) -> None:
    if run.state == RunState.COMPLETED:
        complete_run(run, by=by)
        certificates.review_attendance(run, by=by)
