"""What can be asked about the kinds of outside certificates."""

from __future__ import annotations

import sqlalchemy as sa

from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.recognition.models import OutsideCertificate


def outside_certificates(*, with_archived: bool = False) -> list[OutsideCertificate]:
    """The kinds of outside certificates, by code."""
    statement = sa.select(OutsideCertificate).order_by(OutsideCertificate.code)
    if not with_archived:
        statement = statement.where(OutsideCertificate.archived.is_(False))
    return list(db.session.scalars(statement))


def get_outside_certificate(certificate_id: int) -> OutsideCertificate:
    """A kind of outside certificate. Raises ``NotFoundError``."""
    found = db.session.get(OutsideCertificate, certificate_id)
    if found is None:
        raise NotFoundError
    return found
