"""Attendance was corrected after a certificate was issued: a case for staff. The certificate itself is never touched by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.certificates import queries_cases
from portal.certificates.chain import services as chain
from portal.certificates.models import CaseDecision, CertificateCase
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.models import CourseRun

LONGEST_WORDS = 500


class CaseClosedError(RefusedError):
    """Somebody decided meanwhile."""

    message = N_("This case was closed in the meantime. Look at the certificate again.")


class CaseChangedError(RefusedError):
    """Attendance was corrected once more since the case was shown."""

    message = N_("Attendance was corrected once more in the meantime. Look at the hours again.")


def review_attendance(run: CourseRun, *, by: int) -> None:
    """Open a case for each certificate of the locked ``run`` that rests on other minutes than are recorded now.

    What staff decided once is not asked again until attendance changes once more. A case whose minutes are corrected back is closed.
    """
    for certificate, minutes, case in queries_cases.evidence_now(run.id):
        if case is None and minutes.now != minutes.settled:
            _open(CertificateCase(certificate_id=certificate.id, attended_before=minutes.settled, attended_after=minutes.now), by=by)
        elif case is not None and minutes.now == case.attended_before:
            case.attended_after = minutes.now
            _close(case, CaseDecision.KEPT, by=by)
        elif case is not None and minutes.now != case.attended_after:
            case.attended_after = minutes.now
            chain.note(case)
    db.session.flush()


def _open(case: CertificateCase, *, by: int) -> None:
    case.opened_by, case.opened_at = by, clock.now()
    db.session.add(case)
    db.session.flush()
    chain.note(case)
    change = {"certificate": case.certificate_id, "minutes": [case.attended_before, case.attended_after]}
    history.record("certificate_case:open", case, by=by, change=change)


def keep_certificate(case_id: int, *, by: int, words: str, shown: int) -> CertificateCase:
    """Leave the certificate as it is, and note why; ``shown`` are the minutes recorded now that the decision is based on.

    Raises ``CaseClosedError``, ``CaseChangedError``, ``NotFoundError``, or ``RefusedError`` without a reason.
    """
    case = queries_cases.lock_case(case_id)
    if case.closed_at is not None:
        raise CaseClosedError
    if case.attended_after != shown:
        raise CaseChangedError
    if not words or len(words) > LONGEST_WORDS:
        raise RefusedError(N_("Write the reason, in %(most)s characters at most."), most=LONGEST_WORDS)
    case.words = words
    _close(case, CaseDecision.KEPT, by=by)
    return case


def close_case_of(certificate_id: int, decision: CaseDecision, *, by: int) -> None:
    """Close the open case of a certificate that was revoked or superseded, if there is one."""
    case = queries_cases.find_open_case(certificate_id)
    if case is not None:
        _close(case, decision, by=by)


def _close(case: CertificateCase, decision: CaseDecision, *, by: int) -> None:
    case.closed_at, case.closed_by, case.decision = clock.now(), by, decision
    db.session.flush()
    history.record("certificate_case:close", case, by=by, change={"certificate": case.certificate_id, "decision": str(decision)})
    chain.note(case)
