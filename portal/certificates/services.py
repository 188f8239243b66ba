"""What can be done with certificates: ask for them, issue them, suspend, reinstate and revoke them. Nothing is ever changed or deleted."""

from __future__ import annotations

import json
import logging
import secrets
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects import postgresql, sqlite

from portal import courses, people
from portal.certificates import paper, queries, queries_register, rules, services_cases
from portal.certificates.models import (
    Certificate,
    CertificateCounter,
    CertificateFile,
    CertificateState,
    CertificateStatus,
    IssueBatch,
    IssueItem,
    Refusal,
)
from portal.foundation import clock, history, jobs, outbox
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.transaction import after_commit

if TYPE_CHECKING:
    from collections.abc import Collection

WAKE: Final = "issue_certificates"
"""The name of the work for which the worker is woken."""
LONGEST_REASON: Final = 500
SECRET_BYTES: Final = 18
"""Of the QR's secret: 144 bits, in 24 letters without padding."""
LAST_ATTEMPT: Final = 5
"""Of a certificate that fails for a reason unforeseen: after a quarter of an hour, as staff wait for the batch."""

log = logging.getLogger(__name__)


def ask_to_issue(run_id: int, enrolment_ids: Collection[int] | None = None, *, by: int) -> IssueBatch:
    """Ask the worker to issue certificates for everyone of a run who qualifies, or for those of ``enrolment_ids`` who do.

    Whose certificate was revoked gets another only when they are named: it was taken from them for a reason.
    Asked again, by a double click or by a colleague, it returns the batch that there is already. Raises ``RefusedError`` when nobody
    qualifies. The run is locked, so two clerks cannot ask for the same person twice.
    """
    run = courses.lock_run(run_id)
    due = [
        candidate.enrolment.id
        for candidate in queries.candidates_of_run(run)
        if candidate.verdict.ok
        and candidate.batch_id is None
        and (not candidate.revoked if enrolment_ids is None else candidate.enrolment.id in enrolment_ids)
    ]
    if not due:
        earlier = queries.find_batch_of(run_id, enrolment_ids)
        if earlier is None:
            raise RefusedError(N_("Nobody chosen qualifies for a certificate. The list says why."))
        return earlier
    batch = IssueBatch(run_id=run_id, asked_by=by, asked_at=clock.now())
    db.session.add(batch)
    db.session.flush()
    db.session.add_all([IssueItem(batch_id=batch.id, enrolment_id=enrolment_id) for enrolment_id in due])
    db.session.flush()
    history.record("certificate:ask", batch, by=by, change={"run": run.code, "certificates": len(due)})
    after_commit(WAKE, partial(jobs.wake, WAKE))
    return batch


def issue_next() -> bool:
    """Serve one item that is due, in the transaction that the caller opened for writing; False when none is.

    Number, record, file, mail and item go into the database together: killed at any point, nothing of it is there, and the item waits on.
    An item that fails is put aside for a while, and the others go on.
    """
    item = queries.take_due_item()
    if item is None:
        return False
    batch = queries.get_batch(item.batch_id)
    refusal = _serve(item, by=batch.asked_by)
    if refusal is not None:
        item.refusal = refusal
        history.record("certificate:refuse", item, by=batch.asked_by, person=item.enrolment.person_id, change={"refusal": refusal})
    if refusal is not None or item.certificate_id is not None:
        _finish(item)
    return True


def _serve(item: IssueItem, *, by: int) -> Refusal | None:
    """See that the certificate of ``item`` is there, put the item aside, or say why there will be none."""
    try:
        with db.session.begin_nested():  # what fails leaves nothing behind and gives its number back
            newest_id, state = queries.find_newest_certificate(item.enrolment_id) or (None, "")
            if newest_id is not None and state != CertificateState.REVOKED:
                item.certificate_id = newest_id
                return None
            subject = queries.get_subject(item.enrolment_id)
            if not queries.verdict_of(subject).ok:
                return Refusal.NOT_QUALIFIED
            item.certificate_id = _issue(subject, by=by, instead_of=newest_id)
            return None
    except paper.NotPrintableError:
        return Refusal.NOT_PRINTABLE
    except Exception:  # whatever is wrong with one, the others behind it get theirs
        item.attempts += 1
        log.exception("item %s of batch %s gave no certificate, attempt %s of %s", item.id, item.batch_id, item.attempts, LAST_ATTEMPT)
    if item.attempts >= LAST_ATTEMPT:
        return Refusal.FAILED
    item.next_attempt_at = clock.now() + timedelta(minutes=2 ** (item.attempts - 1))
    return None


def _finish(item: IssueItem) -> None:
    """Nothing is left to do for ``item``, nor for its batch when it was the last."""
    item.done_at = clock.now()
    db.session.flush()
    batch = queries.lock_batch(item.batch_id)
    if not queries.has_waiting_items(batch.id):
        batch.finished_at = clock.now()


def _issue(subject: paper.Subject, *, by: int, instead_of: int | None) -> int:
    """Issue a certificate, ``instead_of`` a revoked one if there is one, and tell its holder; returns its id."""
    today = clock.today()
    number = rules.number_of(today.year, _next_number(today.year))
    facts = paper.facts_of(subject, number=number, issued_on=today)
    sealed = paper.seal(subject, facts, secrets.token_urlsafe(SECRET_BYTES))
    certificate = Certificate(**paper.columns_of(subject, facts, sealed, by=by, at=clock.now()), supersedes_id=instead_of)
    db.session.add(certificate)
    db.session.flush()
    db.session.add(CertificateFile(certificate_id=certificate.id, pdf=sealed.pdf, pdf_sha256=sealed.pdf_sha256))
    _add_state(certificate, CertificateState.ISSUED, by=by)
    replaced = None if instead_of is None else queries_register.lock_certificate(instead_of)
    if replaced is not None:
        _add_state(replaced, CertificateState.SUPERSEDED, by=by)
    _tell_holder("certificate_ready", certificate, event=f"certificate_ready:{certificate.number}")
    db.session.flush()  # history is recorded last: it would outlive the undoing of what failed after it
    change = {"number": number, "record_sha256": sealed.record_sha256, "pdf_sha256": sealed.pdf_sha256}
    history.record("certificate:issue", certificate, by=by, person=certificate.person_id, change=change)
    if replaced is not None:
        states = [CertificateState.REVOKED, CertificateState.SUPERSEDED]
        history.record("certificate:supersede", replaced, by=by, person=replaced.person_id, change={"state": states}, public=True)
    return certificate.id


def _next_number(year: int) -> int:
    """Raise the counter of ``year``. Its row stays locked until the end of the transaction, and falls back with it: no gap, no double."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = insert(CertificateCounter).values(year=year, last=1)
    raised = statement.on_conflict_do_update(index_elements=[CertificateCounter.year], set_={"last": CertificateCounter.last + 1})
    return int(db.session.execute(raised.returning(CertificateCounter.last), execution_options={"populate_existing": True}).scalar_one())


def _add_state(certificate: Certificate, state: CertificateState, *, by: int, reason: str = "") -> CertificateStatus:
    status = CertificateStatus(certificate_id=certificate.id, state=state, reason=reason, by_id=by, at=clock.now())
    db.session.add(status)
    db.session.flush()
    return status


def _tell_holder(kind: str, certificate: Certificate, *, event: str, **facts: str) -> None:
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


def suspend(certificate_id: int, reason: str, *, by: int) -> None:
    """Suspend a valid certificate while something is looked into; its holder is told the reason, here and below."""
    _change_state(certificate_id, CertificateState.SUSPENDED, reason, by=by)


def reinstate(certificate_id: int, reason: str, *, by: int) -> None:
    """Make a suspended certificate valid again."""
    _change_state(certificate_id, CertificateState.REINSTATED, reason, by=by)


def revoke(certificate_id: int, reason: str, *, by: int) -> Certificate:
    """Revoke a certificate for good; another may be issued in its place. Its number goes on answering, and says so."""
    services_cases.close_case_of(certificate_id, by=by)
    return _change_state(certificate_id, CertificateState.REVOKED, reason, by=by)


def _change_state(certificate_id: int, state: CertificateState, reason: str, *, by: int) -> Certificate:
    """Add a state with its ``reason``, and tell the holder both; returns the certificate.

    Raises ``RefusedError`` when the reason is missing or the state may not follow the one before.
    """
    certificate = queries_register.lock_certificate(certificate_id)
    before = queries_register.state_of(certificate_id)
    if not reason or len(reason) > LONGEST_REASON:
        raise RefusedError(N_("Write the reason, in %(most)s characters at most."), most=LONGEST_REASON)
    if state not in rules.FOLLOWING[before]:
        raise RefusedError(N_("The state of this certificate was changed in the meantime. Look at it again."))
    status = _add_state(certificate, state, by=by, reason=reason)
    history.record(
        f"certificate:{_VERBS[state]}",
        certificate,
        by=by,
        person=certificate.person_id,
        change={"state": [before, state]},
        personal={"reason": reason},
        public=True,
    )
    _tell_holder(f"certificate_{state}", certificate, event=f"certificate_state:{status.id}", reason=reason)
    return certificate


_VERBS: Final = {
    CertificateState.SUSPENDED: "suspend",
    CertificateState.REINSTATED: "reinstate",
    CertificateState.REVOKED: "revoke",
}
