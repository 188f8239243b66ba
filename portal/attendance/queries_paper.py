"""What can be asked about the papers of a session: its sheet in the order in which it is printed, and the files kept with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.attendance import queries
from portal.attendance.models import AttendanceDocument
from portal.attendance.queries_people import Name, sheet_facts
from portal.attendance.scans import Scan
from portal.attendance.sheet import SheetFacts, SheetRow
from portal.enrolment.models import ON_THE_DAY, Enrolment, EnrolmentState
from portal.foundation.addresses import addresses
from portal.foundation.clock import TBILISI
from portal.foundation.crypto import keyring
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.people.models import Person

if TYPE_CHECKING:
    from portal.attendance.queries import RollRow
    from portal.attendance.queries_teaching import TaughtSession

SEAL_BYTES = 12 + 16
"""What sealing adds to a file: nonce and tag."""


def roll_on_paper(session: TaughtSession) -> list[RollRow]:
    """The roll as the sheet numbers it: who is added on the day comes after all others, one after the other, so a printed sheet keeps its numbers."""
    added = {enrolment_id: place for place, enrolment_id in enumerate(_added_on(session), start=1)}
    return sorted(queries.roll(session.id), key=lambda row: added.get(row.enrolment_id, 0))


def get_row(session_id: int, enrolment_id: int) -> RollRow:
    """One person of the roll. Raises ``NotFoundError`` when they have no place in the run."""
    for row in queries.roll(session_id):
        if row.enrolment_id == enrolment_id:
            return row
    raise NotFoundError


def _added_on(session: TaughtSession) -> list[int]:
    midnight = datetime.combine(session.days[0], time.min, TBILISI)
    return list(db.session.scalars(_added(), {"run": session.run.id, "midnight": midnight}))


@cache
def _added() -> sa.Select[Any]:
    """Built once: to build it takes longer than to run it."""
    return (
        sa.select(Enrolment.id)
        .where(
            Enrolment.run_id == sa.bindparam("run"),
            Enrolment.state == EnrolmentState.CONFIRMED,
            Enrolment.state_reason == ON_THE_DAY,
            Enrolment.changed_at >= sa.bindparam("midnight", type_=Enrolment.changed_at.type),
        )
        .order_by(Enrolment.changed_at, Enrolment.id)
    )


def sheet_to_print(session: TaughtSession) -> SheetFacts:
    """What stands on the sign-in sheet of ``session``, in Georgian, with the address of the session's page for its QR. Four statements."""
    rows = enumerate(roll_on_paper(session), start=1)
    return replace(
        sheet_facts(session),
        url=addresses.page(f"/teaching/sessions/{session.id}", "ka"),
        rows=tuple(SheetRow(number, row.name("ka"), row.municipality("ka"), row.title_ka) for number, row in rows),
    )


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A file of a session, without its bytes: what it is, how large, who added it and when. Of an excuse ``enrolment_id`` says whose."""

    id: int
    enrolment_id: int | None
    kind: str
    media_type: str
    size: int
    by: Name
    at: datetime


def documents_of(session_id: int) -> list[KeptDocument]:
    """The files kept with a session, oldest first. One statement."""
    rows = db.session.execute(_documents(), {"session": session_id})
    return [KeptDocument(number, of, kind, media, size, Name(ka, latin), at) for number, of, kind, media, size, ka, latin, at in rows]


@cache
def _documents() -> sa.Select[Any]:
    return (
        sa.select(
            AttendanceDocument.id,
            AttendanceDocument.enrolment_id,
            AttendanceDocument.kind,
            AttendanceDocument.media_type,
            sa.func.length(AttendanceDocument.sealed) - SEAL_BYTES,
            Person.family_name_ka + " " + Person.given_name_ka,
            Person.family_name_latin + " " + Person.given_name_latin,
            AttendanceDocument.added_at,
        )
        .join(Person, Person.id == AttendanceDocument.added_by)
        .where(AttendanceDocument.session_id == sa.bindparam("session"))
        .order_by(AttendanceDocument.id)
    )


def get_document(document_id: int, *, session_id: int) -> tuple[str, Scan]:
    """A file of the session, opened, and of which kind it is. Raises ``NotFoundError`` when it is of another session, or of none."""
    found = db.session.execute(
        sa.select(AttendanceDocument.kind, AttendanceDocument.enrolment_id, AttendanceDocument.media_type, AttendanceDocument.sealed).where(
            AttendanceDocument.id == document_id, AttendanceDocument.session_id == session_id
        )
    ).first()
    if found is None:
        raise NotFoundError
    kind, enrolment_id, media_type, sealed = found
    return kind, Scan(media_type, keyring.unseal_bytes(sealed, sealed_for(session_id, enrolment_id)))


def fingerprints_of(session_id: int, enrolment_id: int | None) -> list[str]:
    """The digests of the sheets of a session, or of the documents of one person's excuse."""
    return list(
        db.session.scalars(
            sa.select(AttendanceDocument.sha256)
            .where(AttendanceDocument.session_id == session_id, AttendanceDocument.enrolment_id.is_not_distinct_from(enrolment_id))
            .order_by(AttendanceDocument.id)
        )
    )


def sealed_for(session_id: int, enrolment_id: int | None) -> str:
    """The purpose under which a file is sealed: it opens as that of this session and person only."""
    return f"attendance_document {session_id} {enrolment_id or ''}"
