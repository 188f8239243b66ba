"""What the inspection of the register asks beside its chain: what stands outside of it, gaps, files, and the guards of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from portal.certificates.chain.models import EntryKind, RegisterEntry, RegisterHead
from portal.certificates.chain.queries import FIRST, MODELS
from portal.certificates.models import (
    Certificate,
    CertificateAddition,
    CertificateCounter,
    CertificateCredential,
    CertificateFile,
    CertificateState,
    CertificateStatus,
)
from portal.foundation.database import db
from portal.foundation.history import HistoryRow, broken_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILES_AT_ONCE: Final = 50
ROWS_AT_ONCE: Final = 1_000
GUARDED: Final = (
    "certificate",
    "certificate_file",
    "certificate_credential",
    "certificate_addition",
    "certificate_status",
    "register_entry",
    "register_head",
    "history",
)
_GUARDS: Final = {
    "sqlite": ("no_update", "no_delete"),
    "postgresql": ("no_change", "no_truncate"),
}
_TRIGGERS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEGIN SELECT RAISE(ABORT, %'",
    "postgresql": (
        "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE tgenabled IN ('O', 'A') AND proname = 'refuse_change' AND prosrc LIKE '%RAISE EXCEPTION%'"
    ),
}
_TOLD: Final = {
    "certificate:issue": CertificateState.ISSUED,
    "certificate:suspend": CertificateState.SUSPENDED,
    "certificate:reinstate": CertificateState.REINSTATED,
    "certificate:revoke": CertificateState.REVOKED,
    "certificate:supersede": CertificateState.SUPERSEDED,
}
# Compared as text: what stands in a row that was changed by hand may be no number.
_ABOUT_CERTIFICATE = sa.and_(
    HistoryRow.subject_kind == Certificate.__tablename__, HistoryRow.subject_id == sa.cast(Certificate.id, sa.String)
)


def missing_guards() -> list[str]:
    """The triggers that should refuse changes and are not there, or are switched off."""
    engine = db.engine.dialect.name
    there = set(db.session.scalars(sa.text(_TRIGGERS[engine])))
    return [name for table in GUARDED for ending in _GUARDS[engine] if (name := f"{table}_{ending}") not in there]


def outside_the_chain(kind: EntryKind) -> Iterable[Any]:
    """Rows of the table of ``kind`` that no link is about: id, and the number of the certificate (None when there is no such)."""
    table, certificate = MODELS[kind].__table__, Certificate.__table__.alias("of")
    key = table.c.id if kind == EntryKind.CERTIFICATE else table.c.certificate_id
    linked = sa.exists().where(RegisterEntry.id >= FIRST, RegisterEntry.kind == kind, RegisterEntry.row_id == table.c.id)
    statement = (
        sa.select(table.c.id, certificate.c.number)
        .select_from(table.outerjoin(certificate, certificate.c.id == key))
        .where(~linked)
        .order_by(table.c.id)
    )
    return db.session.execute(statement)


def before_the_first() -> Iterable[int]:
    """The numbers of links that stand before the first: numbers begin at 1."""
    return db.session.scalars(sa.select(RegisterEntry.id).where(RegisterEntry.id < FIRST).order_by(RegisterEntry.id))


def linked_twice() -> Iterable[Any]:
    """Rows, cases apart, that several links are about: ``kind``, ``row_id``, and ``id``, the newest of the links."""
    entry = RegisterEntry.__table__.c
    statement = sa.select(entry.kind, entry.row_id, sa.func.max(entry.id).label("id")).where(
        entry.kind != EntryKind.CASE, entry.id >= FIRST
    )
    return db.session.execute(statement.group_by(entry.kind, entry.row_id).having(sa.func.count() > 1).order_by(sa.func.max(entry.id)))


def links_of_cases() -> Iterable[Any]:
    """Links about cases, those of one case together, oldest first: ``id``, ``row_id``, ``content``."""
    entry = RegisterEntry.__table__.c
    return db.session.execute(
        sa.select(entry.id, entry.row_id, entry.content).where(entry.kind == EntryKind.CASE).order_by(entry.row_id, entry.id)
    )


def issued_and_gone() -> Iterable[str]:
    """The ids of certificates of whose issue the history tells, and which are not there."""
    there = sa.select(sa.cast(Certificate.id, sa.String))
    gone = sa.select(HistoryRow.subject_id).where(HistoryRow.action == "certificate:issue", HistoryRow.subject_id.not_in(there))
    return db.session.scalars(gone.order_by(HistoryRow.id))


def issued_otherwise() -> Iterable[str]:
    """The numbers of certificates of which the history says that another record, or another file, was issued."""
    told = [HistoryRow.change[name].as_string() for name in ("record_sha256", "pdf_sha256")]
    statement = (
        sa.select(Certificate.number)
        .join(HistoryRow, _ABOUT_CERTIFICATE)
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .where(HistoryRow.action == "certificate:issue")
        .where(sa.or_(told[0] != Certificate.record_sha256, told[1] != CertificateFile.pdf_sha256))
    )
    return db.session.scalars(statement.order_by(Certificate.id))


def states_gone() -> Iterable[Any]:
    """Which states of certificates the history tells of more often than there are rows: ``number``, ``state``."""
    state = sa.case(_TOLD, value=HistoryRow.action).label("state")
    told = (
        sa.select(Certificate.id, Certificate.number, state, sa.func.count().label("times"))
        .join(HistoryRow, _ABOUT_CERTIFICATE)
        .where(HistoryRow.action.in_(_TOLD))
        .group_by(Certificate.id, Certificate.number, state)
        .subquery()
    )
    rows = sa.select(sa.func.count()).where(CertificateStatus.certificate_id == told.c.id, CertificateStatus.state == told.c.state)
    statement = sa.select(told.c.number, told.c.state).where(told.c.times > rows.scalar_subquery())
    return db.session.execute(statement.order_by(told.c.id, told.c.state))


def states_untold() -> Iterable[Any]:
    """Which states of certificates there are more often than the history tells of: ``number``, ``state``."""
    table = CertificateStatus.__table__.c
    rows = (
        sa.select(table.certificate_id, table.state, sa.func.count().label("times")).group_by(table.certificate_id, table.state).subquery()
    )
    told = sa.select(sa.func.count()).where(
        HistoryRow.subject_kind == Certificate.__tablename__,
        HistoryRow.subject_id == sa.cast(rows.c.certificate_id, sa.String),
        HistoryRow.action == sa.case({state: action for action, state in _TOLD.items()}, value=rows.c.state),
    )
    statement = sa.select(Certificate.number, rows.c.state).join(Certificate, Certificate.id == rows.c.certificate_id)
    return db.session.execute(statement.where(rows.c.times > told.scalar_subquery()).order_by(Certificate.id, rows.c.state))


def signed_otherwise() -> Iterable[str]:
    """The days (2026-12-08) of which the history says that another head was signed than there is, or any at all where there is none."""
    head = RegisterHead.__table__.c
    same = sa.exists().where(
        sa.cast(head.day, sa.String) == HistoryRow.subject_id, head.digest == HistoryRow.change["head_sha256"].as_string()
    )
    statement = sa.select(HistoryRow.subject_id).distinct().where(HistoryRow.action == "register:sign", ~same)
    return db.session.scalars(statement.order_by(HistoryRow.subject_id))


def broken_history() -> Iterator[int]:
    """The ids of rows of the history that were changed, or do not follow from the row before."""
    yield from broken_links(_history())


def _history() -> Iterator[Any]:
    """Every row of the history from the first on, page by page."""
    after, page = None, sa.select(*HistoryRow.__table__.c).order_by(HistoryRow.id).limit(ROWS_AT_ONCE)
    while rows := db.session.execute(page if after is None else page.where(HistoryRow.id > after)).all():
        yield from rows
        after = rows[-1].id


def of_no_certificate() -> Iterator[tuple[str, int]]:
    """Files and credentials whose certificate is not there: the table and the id."""
    for model in (CertificateFile, CertificateCredential):
        table = model.__table__
        there = sa.exists().where(Certificate.id == table.c.certificate_id)
        for (row_id,) in db.session.execute(sa.select(table.c.certificate_id).where(~there).order_by(table.c.certificate_id)):
            yield model.__tablename__, row_id


def years() -> list[Any]:
    """Each year with numbers or a counter: ``year``, ``counted`` (what the counter says), ``last`` number and how many ``numbers`` there are."""
    numbers = sa.select(Certificate.year, sa.func.max(Certificate.sequence).label("last"), sa.func.count().label("numbers"))
    issued = numbers.group_by(Certificate.year).subquery()
    known = sa.union(sa.select(CertificateCounter.year), sa.select(issued.c.year)).subquery()
    return list(
        db.session.execute(
            sa.select(known.c.year, CertificateCounter.last.label("counted"), issued.c.last, issued.c.numbers)
            .select_from(known)
            .outerjoin(CertificateCounter, CertificateCounter.year == known.c.year)
            .outerjoin(issued, issued.c.year == known.c.year)
            .order_by(known.c.year)
        )
    )


def sequences_of(year: int) -> Iterable[int]:
    """The numbers of a year, in order."""
    return db.session.scalars(sa.select(Certificate.sequence).where(Certificate.year == year).order_by(Certificate.sequence))


def files() -> Iterator[Any]:
    """Every file with its digest and the number of its certificate, in small pages."""
    after, page = (
        0,
        sa.select(CertificateFile.__table__, Certificate.number).join(Certificate, Certificate.id == CertificateFile.certificate_id),
    )
    page = page.where(CertificateFile.certificate_id > sa.bindparam("after")).order_by(CertificateFile.certificate_id).limit(FILES_AT_ONCE)
    while rows := list(db.session.execute(page, {"after": after})):
        yield from rows
        after = rows[-1].certificate_id


def additions_of(certificate_id: int) -> list[Any]:
    """What was added to a file, in order: ``id``, ``tail``, ``file_sha256``."""
    table = CertificateAddition.__table__
    return list(db.session.execute(sa.select(table).where(table.c.certificate_id == certificate_id).order_by(table.c.id)))


def certificates_with_additions() -> set[int]:
    """The certificates whose files were added to."""
    return set(db.session.scalars(sa.select(CertificateAddition.certificate_id).distinct()))
