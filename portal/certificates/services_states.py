"""What a certificate is worth changes: it is suspended, made valid again, revoked. A change is a new row with its reason, and nothing else.

Whatever locks more than one of them locks the run first, then the certificate, then its case: so no two wait for each other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from portal import courses, people
from portal.certificates import queries_register, rules, services_cases, services_lists
from portal.certificates.chain import services as chain
from portal.certificates.models import CaseDecision, Certificate, CertificateState, CertificateStatus, StateReason
from portal.foundation import clock, history, outbox
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_REASON: Final = 500
_VERBS: Final = {
    CertificateState.SUSPENDED: "suspend",
    CertificateState.REINSTATED: "reinstate",
    CertificateState.REVOKED: "revoke",
}


def suspend(
    certificate_id: int, words: str, *, by: int, reason: StateReason = StateReason.OTHER, effective_at: datetime | None = None
) -> Certificate:
    """Suspend a valid certificate while something is looked into.

    Here and below the holder is told why: the ``reason`` and the ``words`` of staff. ``effective_at`` is from when on it holds, None for now.
    Returns the certificate. Raises ``RefusedError`` when something is missing or wrong, or the state may not follow the one before.
    """
    return _change_state(certificate_id, CertificateState.SUSPENDED, words, by, reason, effective_at)


def reinstate(
    certificate_id: int, words: str, *, by: int, reason: StateReason = StateReason.OTHER, effective_at: datetime | None = None
) -> Certificate:
    """Make a suspended certificate valid again."""
    return _change_state(certificate_id, CertificateState.REINSTATED, words, by, reason, effective_at)


def revoke(
    certificate_id: int, words: str, *, by: int, reason: StateReason = StateReason.OTHER, effective_at: datetime | None = None
) -> Certificate:
    """Revoke a certificate for good; another may be issued in its place. Its number goes on answering, and says so."""
    courses.lock_run(queries_register.get_certificate(certificate_id).run_id)
    certificate = _change_state(certificate_id, CertificateState.REVOKED, words, by, reason, effective_at)
    services_cases.close_case_of(certificate_id, CaseDecision.REVOKED, by=by)
    return certificate


def _change_state(
    certificate_id: int, state: CertificateState, words: str, by: int, reason: StateReason, effective_at: datetime | None
) -> Certificate:
    certificate = queries_register.lock_certificate(certificate_id)
    before = queries_register.state_of(certificate_id)
    check_words(words)
    if state not in rules.FOLLOWING[before]:
        raise RefusedError(N_("The state of this certificate was changed in the meantime. Look at it again."))
    if reason not in rules.REASONS[state]:
        raise RefusedError(N_("Choose a reason that fits what is done."))
    now = clock.now()
    if effective_at is not None and not certificate.issued_at <= effective_at <= now:
        raise RefusedError(N_("It can hold from the day of issue on, and not from a day to come."))
    status = add_state(certificate, state, by=by, reason=words, code=reason, effective_at=effective_at)
    change = {"state": [before, state], "reason_code": reason, "effective_at": effective_at and effective_at.isoformat()}
    history.record(
        f"certificate:{_VERBS[state]}",
        certificate,
        by=by,
        person=certificate.person_id,
        change={name: value for name, value in change.items() if value},
        personal={"reason": words},
        public=True,
    )
    facts = {"reason_code": reason, "words": words, "since": effective_at or now}
    tell_holder(f"certificate_{state}", certificate, event=f"certificate_state:{status.id}", **facts)
    return certificate


def supersede(certificate: Certificate, reason: str, words: str, *, by: int) -> None:
    """Say of a certificate, which is locked, that another has taken its place; ``reason`` and ``words`` are empty where it was revoked before."""
    before = queries_register.state_of(certificate.id)
    add_state(certificate, CertificateState.SUPERSEDED, by=by, reason=words, code=reason)
    change = {"state": [before, CertificateState.SUPERSEDED]} | ({"reason_code": reason} if reason else {})
    personal = {"reason": words} if words else {}
    history.record("certificate:supersede", certificate, by=by, person=certificate.person_id, change=change, personal=personal, public=True)


def check_words(words: str) -> None:
    """Raise ``RefusedError`` when the reason is missing or too long."""
    if not words or len(words) > LONGEST_REASON:
        raise RefusedError(N_("Write the reason, in %(most)s characters at most."), most=LONGEST_REASON)


def add_state(
    certificate: Certificate, state: CertificateState, *, by: int, reason: str = "", code: str = "", effective_at: datetime | None = None
) -> CertificateStatus:
    """Add the row that says what ``certificate`` is worth from now on."""
    status = CertificateStatus(
        certificate_id=certificate.id, state=state, reason=reason, by_id=by, at=clock.now(), reason_code=code, effective_at=effective_at
    )
    db.session.add(status)
    db.session.flush()
    chain.note(status)
    if state != CertificateState.ISSUED:
        services_lists.ask_to_build()
    return status


def tell_holder(kind: str, certificate: Certificate, *, event: str, **facts: object) -> None:
    """Post the mail ``kind`` to whoever holds ``certificate``, once per ``event``."""
    holder = people.get_person(certificate.enrolment.person_id)
    to = people.recipient_of(holder)
    title = json.loads(certificate.record)["course_title"]
    outbox.post(
        kind,
        to,
        facts
        | {
            "name": holder.name(to.language),
            "title": title["ka" if to.language == "ka" else "en"],
            "number": certificate.number,
            "my_url": addresses.page("/my", to.language),
            "verify_url": addresses.page("/verify", to.language),
            "contact": addresses.contact,
        },
        event_key=event,
    )
