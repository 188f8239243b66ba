"""What can be asked of share links: by the holder of a certificate, and by whoever was given a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.certificates.models import Certificate, CertificateShare
from portal.certificates.queries_register import ENTRY, Entry, holds_since, read
from portal.foundation import clock
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link shows: the certificate, since when it has its state, and the groups of facts that its holder chose."""

    entry: Entry
    state_at: datetime
    shows: frozenset[str]


def _live() -> sa.ColumnElement[bool]:
    """That a link still opens something."""
    return sa.and_(CertificateShare.ended_at.is_(None), CertificateShare.expires_at > clock.now())


def is_live(share: CertificateShare) -> bool:
    """True while the link opens something."""
    return share.ended_at is None and share.expires_at > clock.now()


def shares_of(certificate_id: int) -> Sequence[CertificateShare]:
    """The links of a certificate, newest first."""
    statement = sa.select(CertificateShare).where(CertificateShare.certificate_id == certificate_id)
    return db.session.scalars(statement.order_by(CertificateShare.id.desc())).all()


def lock_share(share_id: int, certificate_id: int) -> CertificateShare:
    """The link of a certificate, locked. Raises ``NotFoundError``."""
    statement = sa.select(CertificateShare).where(CertificateShare.id == share_id, CertificateShare.certificate_id == certificate_id)
    found: CertificateShare | None = db.session.scalar(locked(statement))
    if found is None:
        raise NotFoundError
    return found


def is_shared(token: str) -> bool:
    """True when a link opens something now. Reads nothing of the certificate."""
    return db.session.scalar(sa.select(CertificateShare.id).where(CertificateShare.token == token, _live())) is not None


def get_shared(token: str) -> Shared:
    """What the link shows now. Raises ``NotFoundError`` alike for one that ended, expired, or never was."""
    row = db.session.execute(
        sa.select(*ENTRY, holds_since.label("state_at"), CertificateShare.shows)
        .join(CertificateShare, CertificateShare.certificate_id == Certificate.id)
        .where(CertificateShare.token == token, _live())
    ).first()
    if row is None:
        raise NotFoundError
    return Shared(Entry(**read(row)), row.state_at, frozenset(row.shows))
