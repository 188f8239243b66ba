"""What can be done with the papers of a session: signed sheets and proofs of excuses are kept with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.attendance import queries, queries_paper
from portal.attendance.models import AttendanceDocument, DocumentKind, Mark
from portal.foundation import clock, history
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.attendance.scans import Scan

MOST_DOCUMENTS = 20


class NotExcusedError(RefusedError):
    """A proof is kept for an excused absence only."""

    message = N_("First mark the person as excused in the roll call; then add the document.")


def keep_documents(session_id: int, scans: Iterable[Scan], *, by: int, enrolment_id: int | None = None) -> int:
    """Keep signed sheets with a session, or with ``enrolment_id`` the proof of that person's excuse. Returns how many are new.

    A file that is kept there already counts as that one. Raises ``RefusedError`` for too many, ``NotExcusedError``, or ``NotFoundError`` when
    there is no such session, or the person has no place in its run.
    """
    session = queries.lock_session(session_id)
    if enrolment_id is not None:
        _check_excused(session_id, enrolment_id)
    kind = DocumentKind.SHEET if enrolment_id is None else DocumentKind.EXCUSE
    known = queries_paper.fingerprints_of(session_id, enrolment_id)
    new = {scan.sha256: scan for scan in scans if scan.sha256 not in known}
    if len(known) + len(new) > MOST_DOCUMENTS:
        raise RefusedError(N_("At most %(most)s files can be kept here."), most=MOST_DOCUMENTS)
    for digest, scan in new.items():
        db.session.add(
            AttendanceDocument(
                session_id=session_id,
                enrolment_id=enrolment_id,
                kind=kind,
                media_type=scan.media_type,
                sha256=digest,
                sealed=keyring.seal_bytes(scan.data, queries_paper.sealed_for(session_id, enrolment_id)),
                added_by=by,
                added_at=clock.now(),
            )
        )
        history.record("attendance:add_document", session, by=by, change={"document": kind.value, "bytes": len(scan.data)})
    db.session.flush()
    return len(new)


def _check_excused(session_id: int, enrolment_id: int) -> None:
    row = queries_paper.get_row(session_id, enrolment_id)
    if not any(fact.mark == Mark.EXCUSED for fact in (row.fact, *row.against) if fact):
        raise NotExcusedError
