"""Certificates are asked for by staff, and issued by the worker, one a transaction. What was issued is never changed or deleted."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects import postgresql, sqlite

from portal import courses, signing
from portal.certificates import (
    paper,
    queries,
    queries_corrections,
    queries_lists,
    queries_register,
    rules,
    services_bundles,
    services_cases,
    services_states,
)
from portal.certificates.chain import services as chain
from portal.certificates.models import (
    CaseDecision,
    Certificate,
    CertificateCounter,
    CertificateCredential,
    CertificateFile,
    CertificateState,
    IssueBatch,
    IssueItem,
    Refusal,
)
from portal.foundation import clock, history, jobs
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.transaction import after_commit

if TYPE_CHECKING:
    from collections.abc import Collection

WAKE: Final = "issue_certificates"
"""The name of the work for which the worker is woken."""
SECRET_BYTES: Final = 18
"""Of the QR's secret: 144 bits, in 24 letters without padding."""
LAST_ATTEMPT: Final = 5
"""Of a certificate that fails for a reason unforeseen: after a quarter of an hour, as staff wait for the batch."""
WAIT_FOR_KEYS: Final = timedelta(minutes=1)

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
    batch = open_batch(run_id, [IssueItem(enrolment_id=enrolment_id) for enrolment_id in due], by=by)
    history.record("certificate:ask", batch, by=by, change={"run": run.code, "certificates": len(due)})
    return batch


def open_batch(run_id: int, items: Collection[IssueItem], *, by: int) -> IssueBatch:
    """Hand ``items`` of a run, which is locked, to the worker."""
    batch = IssueBatch(run_id=run_id, asked_by=by, asked_at=clock.now())
    db.session.add(batch)
    db.session.flush()
    for item in items:
        item.batch_id = batch.id
    db.session.add_all(items)
    db.session.flush()
    after_commit(WAKE, partial(jobs.wake, WAKE))
    return batch


def issue_next() -> bool:
    """Serve one item that is due, in the transaction that the caller opened for writing; False when none is.

    Number, record, file, mail and item go into the database together: killed at any point, nothing of it is there, and the item waits on.
    An item that fails is put aside for a while, and the others go on. Without keys to sign with all of them wait, and nothing is issued.
    """
    item = queries.take_due_item()
    if item is None:
        return False
    batch = queries.get_batch(item.batch_id)
    try:
        refusal = _serve(item, by=batch.asked_by)
    except signing.SigningUnavailableError as problem:
        log.error("%s Certificates wait.", problem)  # noqa: TRY400  (one clear line)
        _wait_for_keys()
        return False
    if refusal is not None:
        item.refusal = refusal
        history.record("certificate:refuse", item, by=batch.asked_by, person=item.enrolment.person_id, change={"refusal": refusal})
    if refusal is not None or item.certificate_id is not None:
        _finish(item)
    return True


def _serve(item: IssueItem, *, by: int) -> Refusal | None:
    """See that the certificate of ``item`` is there, put the item aside, or say why there will be none."""
    try:
        with history.savepoint():  # what fails leaves nothing behind and gives its number back
            return _issue_first(item, by=by) if item.replaces_id is None else _correct(item, item.replaces_id, by=by)
    except paper.NotPrintableError as error:
        return error.refusal
    except signing.SigningUnavailableError:
        raise
    except Exception:  # whatever is wrong with one, the others behind it get theirs
        item.attempts += 1
        log.exception("item %s of batch %s gave no certificate, attempt %s of %s", item.id, item.batch_id, item.attempts, LAST_ATTEMPT)
    if item.attempts >= LAST_ATTEMPT:
        return Refusal.FAILED
    item.next_attempt_at = clock.now() + timedelta(minutes=2 ** (item.attempts - 1))
    return None


def _wait_for_keys() -> None:
    """Put aside all that is due. That is no attempt: an item with a next attempt and none so far is one that waits for keys."""
    for item in queries.take_due_items():
        item.attempts, item.next_attempt_at = 0, clock.now() + WAIT_FOR_KEYS
    db.session.flush()


def _finish(item: IssueItem) -> None:
    """Nothing is left to do for ``item``, nor for its batch when it was the last."""
    item.done_at = clock.now()
    db.session.flush()
    batch = queries.lock_batch(item.batch_id)
    if not queries.has_waiting_items(batch.id):
        batch.finished_at = clock.now()
        if queries.number_issued(batch.id) > 1:
            services_bundles.open_bundles(batch.run_id, batch.id, by=batch.asked_by)


def _issue_first(item: IssueItem, *, by: int) -> Refusal | None:
    """Issue what ``item`` asks for, in the place of a revoked certificate if there is one, and tell its holder."""
    newest_id, state = queries.find_newest_certificate(item.enrolment_id) or (None, "")
    if newest_id is not None and state != CertificateState.REVOKED:
        item.certificate_id = newest_id
        return None
    subject = queries.get_subject(item.enrolment_id)
    if not queries.verdict_of(subject).ok:
        return Refusal.NOT_QUALIFIED
    certificate = _issue(subject, by=by, instead_of=None if newest_id is None else queries_register.lock_certificate(newest_id))
    services_states.tell_holder("certificate_ready", certificate, event=f"certificate_ready:{certificate.number}")
    item.certificate_id = certificate.id
    return None


def _correct(item: IssueItem, certificate_id: int, *, by: int) -> Refusal | None:
    """Issue a corrected certificate in the place of a valid one, and tell its holder why."""
    replaced = queries_register.lock_certificate(certificate_id)
    if not queries_register.is_valid(replaced):
        return Refusal.NO_LONGER_VALID
    correction = queries_corrections.correction_of(replaced, item.reason_code)
    if not correction.differs:
        return Refusal.NOTHING_TO_CORRECT
    services_cases.close_case_of(replaced.id, CaseDecision.SUPERSEDED, by=by)
    certificate = _issue(correction.subject, by=by, instead_of=replaced, why=(item.reason_code, item.reason))
    facts = {"replaced": replaced.number, "reason_code": item.reason_code, "words": item.reason}
    services_states.tell_holder("certificate_corrected", certificate, event=f"certificate_corrected:{certificate.number}", **facts)
    item.certificate_id = certificate.id
    return None


def _issue(subject: paper.Subject, *, by: int, instead_of: Certificate | None, why: tuple[str, str] = ("", "")) -> Certificate:
    """Issue a certificate, ``instead_of`` another (locked) if there is one: ``why`` is the code and the words of the reason."""
    now, today = clock.now(), clock.today()
    number = rules.number_of(today.year, _next_number(today.year))
    facts = paper.facts_of(subject, number=number, issued_on=today)
    sealed = paper.seal(subject, facts, secrets.token_urlsafe(SECRET_BYTES), now, queries_lists.free_place())
    columns = paper.columns_of(subject, facts, sealed, by=by, at=now)
    certificate = Certificate(**columns, supersedes_id=instead_of.id if instead_of else None)
    db.session.add(certificate)
    db.session.flush()
    db.session.add(CertificateFile(certificate_id=certificate.id, pdf=sealed.pdf, pdf_sha256=sealed.pdf_sha256))
    twin = sealed.credential
    db.session.add(CertificateCredential(certificate_id=certificate.id, document=twin.document, jwt=twin.jwt))
    chain.note(certificate)
    services_states.add_state(certificate, CertificateState.ISSUED, by=by)
    change = {"number": number, "record_sha256": sealed.record_sha256, "pdf_sha256": sealed.pdf_sha256}
    if instead_of is not None:
        services_states.supersede(instead_of, *why, by=by)
    history.record("certificate:issue", certificate, by=by, person=certificate.person_id, change=change)
    return certificate


def _next_number(year: int) -> int:
    """Raise the counter of ``year``. Its row stays locked until the end of the transaction, and falls back with it: no gap, no double."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = insert(CertificateCounter).values(year=year, last=1)
    raised = statement.on_conflict_do_update(index_elements=[CertificateCounter.year], set_={"last": CertificateCounter.last + 1})
    return int(db.session.execute(raised.returning(CertificateCounter.last), execution_options={"populate_existing": True}).scalar_one())
