"""Something on a certificate is wrong, or is no longer so: staff ask for a corrected one, which takes its place under a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses
from portal.certificates import queries_corrections, queries_register, rules, services, services_states
from portal.certificates.models import CertificateState, IssueBatch, IssueItem
from portal.foundation import history
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.certificates.models import StateReason


class NothingToCorrectError(RefusedError):
    """Nothing would be different on another certificate."""

    message = N_(
        "A certificate issued today would say the same. Correct the position, the course or the attendance first; "
        "a name is corrected by its holder in the profile, or by an administrator."
    )


class NotValidError(RefusedError):
    """The certificate is not valid, so that there is nothing to correct."""

    message = N_("Only a valid certificate is corrected. Look at what became of this one.")


def ask_to_correct(certificate_id: int, reason: StateReason, words: str, *, by: int) -> IssueBatch:
    """Ask the worker for a corrected certificate in the place of this one; what it says is drawn anew, that it is due is not asked again.

    Asked again while that one waits, by a double click or by a colleague, it returns the same batch: the run is locked. Raises
    ``NotValidError``, ``NothingToCorrectError``, ``NotPrintableError``, ``NotFoundError``, or ``RefusedError`` for a reason that is missing.
    """
    run = courses.lock_run(queries_register.get_certificate(certificate_id).run_id)
    certificate = queries_register.lock_certificate(certificate_id)
    waiting = queries_corrections.find_waiting_correction(certificate.enrolment_id)
    if waiting is not None:
        return waiting
    services_states.check_words(words)
    if reason not in rules.REASONS[CertificateState.SUPERSEDED]:
        raise RefusedError(N_("Choose a reason that fits what is done."))
    if not queries_register.is_valid(certificate):
        raise NotValidError
    if not queries_corrections.correction_of(certificate).differs:
        raise NothingToCorrectError
    batch = services.open_batch(
        run.id, [IssueItem(enrolment_id=certificate.enrolment_id, replaces_id=certificate.id, reason_code=reason, reason=words)], by=by
    )
    change = {"number": certificate.number, "reason_code": reason}
    history.record(
        "certificate:ask_to_correct", certificate, by=by, person=certificate.person_id, change=change, personal={"reason": words}
    )
    return batch
