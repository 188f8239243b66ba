"""What the export of the register reads: certificates page by page, with their files, states, additions and successors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from portal.certificates.chain.models import EntryKind
from portal.certificates.chain.queries import ROWS, rows_about
from portal.certificates.models import Certificate, CertificateFile
from portal.certificates.queries_files import tails_of
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Exported:
    """One certificate: its row as ``chain.queries`` reads it, its states and additions likewise, oldest first, and what follows it.

    ``pdf`` is the file as it is today, with all that was added; ``successor`` is number and secret of the certificate that replaced it.
    """

    row: Any
    states: list[Any]
    additions: list[Any]
    pdf: bytes
    successor: tuple[str, str] | None


def exported_certificates() -> Iterator[Exported]:
    """All certificates in the order of their ids, read some at a time."""
    after = 0
    page = ROWS[EntryKind.CERTIFICATE].where(Certificate.id > sa.bindparam("after")).order_by(Certificate.id).limit(AT_ONCE)
    while rows := list(db.session.execute(page, {"after": after})):
        ids = [row.id for row in rows]
        states, additions = rows_about(EntryKind.STATE, ids), rows_about(EntryKind.ADDITION, ids)
        files, successors = _files(ids), _successors(ids)
        for row in rows:
            yield Exported(row, states[row.id], additions[row.id], files[row.id], successors.get(row.id))
        after = ids[-1]


def _files(ids: Collection[int]) -> dict[int, bytes]:
    """The files as they are today, by the id of the certificate."""
    issued = sa.select(CertificateFile.certificate_id, CertificateFile.pdf).where(CertificateFile.certificate_id.in_(ids))
    tails = tails_of(ids)
    return {
        row.certificate_id: row.pdf + tails[row.certificate_id]
        for row in db.session.execute(issued.order_by(CertificateFile.certificate_id))
    }


def _successors(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    newer = sa.select(Certificate.supersedes_id, Certificate.number, Certificate.secret).where(Certificate.supersedes_id.in_(ids))
    newer = newer.order_by(Certificate.id)
    return {row.supersedes_id: (row.number, row.secret) for row in db.session.execute(newer)}
