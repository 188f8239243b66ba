"""What can be asked of the register's chain, and of the rows that it is over. Plain columns, page by page: a register has no end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from portal.certificates.chain.models import EntryKind, RegisterEntry, RegisterHead
from portal.certificates.models import (
    Certificate,
    CertificateAddition,
    CertificateCase,
    CertificateCredential,
    CertificateFile,
    CertificateStatus,
)
from portal.foundation.database import Base, db

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime

PAGE: Final = 150
"""Links at once: with more, the statements grow past what the driver of PostgreSQL prepares once and keeps."""
FIRST: Final = 1
"""The number of the first link."""
MODELS: Final[dict[EntryKind, type[Base]]] = {
    EntryKind.CERTIFICATE: Certificate,
    EntryKind.STATE: CertificateStatus,
    EntryKind.ADDITION: CertificateAddition,
    EntryKind.CASE: CertificateCase,
}
_table = {kind: model.__table__ for kind, model in MODELS.items()}
_WHOSE = (Certificate.secret, Certificate.number)


def _with_secret(kind: EntryKind, *columns: Any) -> sa.Select[Any]:
    """The ``columns`` of the table of ``kind``, with secret and number of the certificate that a row is about."""
    table = _table[kind]
    return sa.select(*columns, *_WHOSE).select_from(table.join(Certificate.__table__, Certificate.id == table.c.certificate_id))


ROWS: Final[dict[EntryKind, sa.Select[Any]]] = {
    EntryKind.CERTIFICATE: sa.select(
        *_table[EntryKind.CERTIFICATE].c,
        Certificate.issued_at.label("at"),
        CertificateFile.pdf_sha256,
        CertificateCredential.document,
        CertificateCredential.jwt,
    )
    .outerjoin(CertificateFile, CertificateFile.certificate_id == Certificate.id)
    .outerjoin(CertificateCredential, CertificateCredential.certificate_id == Certificate.id),
    EntryKind.STATE: _with_secret(EntryKind.STATE, *_table[EntryKind.STATE].c),
    EntryKind.ADDITION: _with_secret(
        EntryKind.ADDITION,
        *(column for column in _table[EntryKind.ADDITION].c if column.key != "tail"),
        CertificateAddition.added_at.label("at"),
    ),
    EntryKind.CASE: _with_secret(EntryKind.CASE, *_table[EntryKind.CASE].c, CertificateCase.opened_at.label("at")),
}
_BY_ID = {
    kind: statement.where(_table[kind].c.id.in_(sa.bindparam("ids", expanding=True))).order_by(_table[kind].c.id)
    for kind, statement in ROWS.items()
}
_ABOUT: Final[dict[EntryKind, sa.Select[Any]]] = {
    kind: statement.where(_table[kind].c.certificate_id.in_(sa.bindparam("ids", expanding=True))).order_by(_table[kind].c.id)
    for kind, statement in ROWS.items()
    if kind != EntryKind.CERTIFICATE
}
_LAST = sa.select(RegisterEntry.id, RegisterEntry.at, RegisterEntry.digest).order_by(RegisterEntry.id.desc()).limit(1)
_ENTRIES = (
    sa.select(*RegisterEntry.__table__.c)
    .where(RegisterEntry.id > sa.bindparam("after"))
    .order_by(RegisterEntry.id)
    .limit(sa.bindparam("most"))
)


def rows_of(kind: EntryKind, ids: Collection[int]) -> list[Any]:
    """The rows of the table of ``kind`` with these ids, each with the ``secret`` and the ``number`` of its certificate; ``at`` is its moment."""
    return list(db.session.execute(_BY_ID[kind], {"ids": list(ids)}))


def rows_about(kind: EntryKind, certificate_ids: Collection[int]) -> dict[int, list[Any]]:
    """Likewise the rows, oldest first, that are about these certificates, by the id of the certificate."""
    rows: dict[int, list[Any]] = {certificate_id: [] for certificate_id in certificate_ids}
    for row in db.session.execute(_ABOUT[kind], {"ids": list(certificate_ids)}):
        rows[row.certificate_id].append(row)
    return rows


def last_entry(before: datetime | None = None) -> Any | None:
    """The newest link, or the newest from ``before`` a moment: its ``id``, ``at`` and ``digest``; None when there is none."""
    return db.session.execute(_LAST if before is None else _LAST.where(RegisterEntry.at < before)).first()


def first_moment() -> datetime | None:
    """When the chain began: the moment of its first link; None while it is empty."""
    return db.session.scalar(sa.select(RegisterEntry.at).where(RegisterEntry.id >= FIRST).order_by(RegisterEntry.id).limit(1))


def entries() -> Iterator[list[Any]]:
    """All links in the order of their numbers, in pages."""
    after = 0
    while page := list(db.session.execute(_ENTRIES, {"after": after, "most": PAGE})):
        yield page
        after = page[-1].id


def everything_in_order() -> Iterator[list[tuple[EntryKind, int]]]:
    """Kind and id of every row that belongs into the chain, in the order of their moments, in pages."""
    parts = [
        sa.select(sa.literal(rank).label("rank"), sa.literal(kind.value).label("kind"), model.__table__.c.id, moment.label("moment"))
        for rank, (kind, model, moment) in enumerate(
            (
                (EntryKind.CERTIFICATE, Certificate, Certificate.issued_at),
                (EntryKind.STATE, CertificateStatus, CertificateStatus.at),
                (EntryKind.ADDITION, CertificateAddition, CertificateAddition.added_at),
                (EntryKind.CASE, CertificateCase, CertificateCase.opened_at),
            )
        )
    ]
    union = sa.union_all(*parts).subquery()
    ordered = sa.select(union.c.kind, union.c.id).order_by(union.c.moment, union.c.rank, union.c.id)
    for page in db.session.execute(ordered, execution_options={"yield_per": PAGE}).partitions():
        yield [(EntryKind(row.kind), row.id) for row in page]


def heads() -> Iterator[Any]:
    """All signed heads, oldest first."""
    yield from db.session.execute(sa.select(*RegisterHead.__table__.c).order_by(RegisterHead.day))


def newest_head_day() -> date | None:
    """The last day of which the head is signed."""
    return db.session.scalar(sa.select(sa.func.max(RegisterHead.day)))
