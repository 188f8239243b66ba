"""What whoever checks a certificate can ask: by the secret of its QR, by number and surname, by the digest of a file. Nothing else, and no list.

Each answer costs one statement that reads at most one certificate, and a miss costs what a hit does: unknown and wrong are told apart neither
by words nor by time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.certificates import rules
from portal.certificates.models import Certificate, CertificateAddition, CertificateFile, CertificateStatus
from portal.certificates.queries_register import ENTRY, Entry, holds_since, newest, read
from portal.foundation import clock
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime

# The family name that no search key can be equal to: an unknown number costs the same comparison as a wrong name.
_NOBODY: Final = "-"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visitor who checks a certificate is told: the entry, since when it has its state, and the last that replaced it.

    ``successor_valid`` says whether that one is worth today what it says.
    """

    entry: Entry
    state_at: datetime
    successor_number: str | None
    successor_secret: str | None
    successor_valid: bool


# All certificates of one enrolment follow each other, so the last of them is the end of the chain.
_last = aliased(Certificate)
_sibling = aliased(Certificate)
_last_id = (
    sa.select(sa.func.max(_sibling.id)).where(_sibling.enrolment_id == Certificate.enrolment_id).correlate(Certificate).scalar_subquery()
)
# Built once: building one costs more than the answer.
_BY_SECRET = (
    sa.select(
        *ENTRY,
        holds_since.label("state_at"),
        _last.number.label("last_number"),
        _last.secret.label("last_secret"),
        newest(CertificateStatus.state, _last).label("last_state"),
        _last.expires_at.label("last_expires_at"),
    )
    .outerjoin(_last, sa.and_(_last.id == _last_id, _last.id > Certificate.id))
    .where(Certificate.secret == sa.bindparam("secret", type_=sa.String))
)
# One row, whether there is such a number or not.
_BY_NUMBER = sa.select(sa.func.max(Certificate.secret), sa.func.max(Certificate.surname_keys)).where(
    Certificate.number == sa.bindparam("number", type_=sa.String)
)
_DIGEST = sa.bindparam("digest", type_=sa.String)
_BY_DIGEST = sa.union_all(
    sa.select(Certificate.secret)
    .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
    .where(CertificateFile.pdf_sha256 == _DIGEST),
    sa.select(Certificate.secret)
    .join(CertificateAddition, CertificateAddition.certificate_id == Certificate.id)
    .where(CertificateAddition.file_sha256 == _DIGEST),
)


def find_by_secret(secret: str) -> Answer | None:
    """The certificate whose QR says ``secret``. One statement."""
    row = db.session.execute(_BY_SECRET, {"secret": secret}).first()
    if row is None:
        return None
    valid = row.last_number is not None and rules.standing(row.last_state, row.last_expires_at, clock.now()) in rules.VALID
    return Answer(Entry(**read(row)), row.state_at, row.last_number, row.last_secret, valid)


def find_by_number_and_surname(number: str, surname: str) -> str | None:
    """The secret of the certificate ``number`` (any spelling) of somebody called ``surname``, else None.

    One statement and one comparison, whether the number is unknown, unreadable, or that of somebody else.
    """
    secret, keys = db.session.execute(_BY_NUMBER, {"number": rules.parse_number(number) or ""}).one()
    return secret if rules.surname_fits(keys or _NOBODY, surname) else None


def find_by_digest(sha256: str) -> str | None:
    """The secret of the certificate of which a file, as issued or with what was added to it since, has this digest (hexadecimal), else None."""
    return db.session.scalar(_BY_DIGEST, {"digest": sha256})
