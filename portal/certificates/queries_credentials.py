"""Credentials as they are handed out: to the holder, to staff, to whoever has the secret."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.certificates.models import Certificate, CertificateCredential
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """The credential of the certificate ``number`` as it was signed, in both forms."""

    number: str
    document: bytes
    jwt: str


_STORED = sa.select(Certificate.number, CertificateCredential.document, CertificateCredential.jwt).join(
    CertificateCredential, CertificateCredential.certificate_id == Certificate.id
)


def get_credential(number: str, *, person_id: int | None = None) -> StoredCredential:
    """The credential of the certificate ``number``, which must be that of ``person_id`` when given.

    Raises ``NotFoundError``, also for a certificate that was issued without one.
    """
    statement = _STORED.where(Certificate.number == number)
    if person_id is not None:
        statement = statement.join(Certificate.enrolment).where(Enrolment.person_id == person_id)
    return _one(statement)


def get_credential_by_secret(secret: str) -> StoredCredential:
    """The credential of the certificate whose QR says ``secret``. Raises ``NotFoundError`` as above."""
    return _one(_STORED.where(Certificate.secret == secret))


def has_credential(certificate_id: int) -> bool:
    """True when a credential was issued with the certificate."""
    return (
        db.session.scalar(sa.select(CertificateCredential.certificate_id).where(CertificateCredential.certificate_id == certificate_id))
        is not None
    )


def _one(statement: sa.Select[str, bytes, str]) -> StoredCredential:
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFoundError
    return StoredCredential(*row)
