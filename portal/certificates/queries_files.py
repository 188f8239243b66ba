"""What can be asked about the files of certificates: as issued, with all that was appended since, in order."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.certificates.models import AdditionKind, Certificate, CertificateAddition, CertificateFile
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The exact bytes of a certificate with its number and the names on it."""

    number: str
    name_ka: str
    name_latin: str
    pdf: bytes


def get_file(number: str, *, person_id: int | None = None) -> StoredFile:
    """The file of the certificate ``number``, which must be that of ``person_id`` when given. Raises ``NotFoundError``."""
    statement = _FILES.where(Certificate.number == number)
    if person_id is not None:
        statement = statement.join(Certificate.enrolment).where(Enrolment.person_id == person_id)
    found = _stored(statement)
    if not found:
        raise NotFoundError
    return found[0]


def pdf_of(certificate_id: int) -> bytes:
    """The exact bytes of a certificate. Raises ``NotFoundError``."""
    found = _stored(_FILES.where(Certificate.id == certificate_id))
    if not found:
        raise NotFoundError
    return found[0].pdf


def newest_addition(certificate_id: int) -> int | None:
    """The id of what was appended last to the file of a certificate."""
    return db.session.scalar(sa.select(sa.func.max(CertificateAddition.id)).where(CertificateAddition.certificate_id == certificate_id))


def certificates_to_stamp(stamped_before: datetime, most: int, behind: int) -> list[tuple[int, int | None]]:
    """The first ``most`` certificates after ``behind`` without a timestamp since a moment, each with the id of what was appended last."""
    mine = CertificateAddition.certificate_id == CertificateFile.certificate_id
    since = sa.exists().where(mine, CertificateAddition.kind == AdditionKind.TIMESTAMP, CertificateAddition.added_at > stamped_before)
    newest = sa.select(sa.func.max(CertificateAddition.id)).where(mine).scalar_subquery()
    statement = sa.select(CertificateFile.certificate_id, newest).where(CertificateFile.certificate_id > behind, ~since)
    rows = db.session.execute(statement.order_by(CertificateFile.certificate_id).limit(most))
    return [(certificate_id, addition_id) for certificate_id, addition_id in rows]


_FILES = sa.select(Certificate.id, Certificate.number, Certificate.record, CertificateFile.pdf).join(
    CertificateFile, CertificateFile.certificate_id == Certificate.id
)


def _stored(statement: Any) -> list[StoredFile]:
    """Read the files that ``statement`` names, with what was appended to them."""
    rows = db.session.execute(statement).all()
    tails = tails_of([row[0] for row in rows])
    return [_file(number, record, pdf + tails[certificate_id]) for certificate_id, number, record, pdf in rows]


def tails_of(certificate_ids: Collection[int]) -> defaultdict[int, bytes]:
    """What was appended to the files of these certificates since their issue, by their ids. One statement at most."""
    tails: defaultdict[int, bytes] = defaultdict(bytes)
    if certificate_ids:
        added = sa.select(CertificateAddition.certificate_id, CertificateAddition.tail).order_by(CertificateAddition.id)
        for certificate_id, tail in db.session.execute(added.where(CertificateAddition.certificate_id.in_(certificate_ids))):
            tails[certificate_id] += tail
    return tails


def _file(number: str, record: bytes, pdf: bytes) -> StoredFile:
    name = json.loads(record)["name"]
    return StoredFile(number, name["ka"], name["latin"], pdf)
