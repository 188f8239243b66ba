"""What can be asked about bundles: which certificates belong into one, which are made and still hold, which the worker has to make."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal.certificates.bundling import WholeFile
from portal.certificates.models import (
    BundleKind,
    Certificate,
    CertificateAddition,
    CertificateBundle,
    CertificateCredential,
    CertificateFile,
    CertificateState,
    IssueItem,
)
from portal.certificates.queries_files import tails_of
from portal.certificates.queries_register import newest_state
from portal.foundation import clock
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_LEFT_OUT: Final = (CertificateState.REVOKED, CertificateState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Contents:
    """The certificates of a run, or of one of its batches, that belong into a bundle now, by number; ``digest`` changes with any of their files."""

    ids: tuple[int, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as a page shows it: how many files are in it already, of how many, and since when it is asked for."""

    id: int
    kind: str
    asked_at: datetime
    made: bool
    failed: bool
    done: int
    total: int

    @property
    def waiting(self) -> bool:
        """True while the worker has it to make."""
        return not self.made and not self.failed

    @property
    def waited(self) -> float:
        """For how many seconds it is asked for."""
        return (clock.now() - self.asked_at).total_seconds()


def contents_of(run_id: int, batch_id: int | None = None) -> Contents:
    """What belongs into a bundle of the run now: not what was revoked or superseded. One statement."""
    newest_file = (
        sa.select(CertificateAddition.file_sha256)
        .where(CertificateAddition.certificate_id == Certificate.id)
        .order_by(CertificateAddition.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        sa.select(Certificate.id, sa.func.coalesce(newest_file, CertificateFile.pdf_sha256))
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .where(Certificate.run_id == run_id, newest_state.not_in(_LEFT_OUT))
        .order_by(Certificate.year, Certificate.sequence)
    )
    if batch_id is not None:
        statement = statement.where(Certificate.id.in_(sa.select(IssueItem.certificate_id).where(IssueItem.batch_id == batch_id)))
    rows = db.session.execute(statement).all()
    digest = hashlib.sha256("\n".join(f"{number} {file}" for number, file in rows).encode()).hexdigest()
    return Contents(tuple(row[0] for row in rows), digest)


def whole_files(certificate_ids: Sequence[int]) -> list[WholeFile]:
    """The files of these certificates, in this order. Two statements."""
    tails = tails_of(certificate_ids)
    rows = db.session.execute(
        sa.select(Certificate.id, Certificate.number, Certificate.record, CertificateFile.pdf, CertificateCredential.document)
        .join(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .outerjoin(CertificateCredential, CertificateCredential.certificate_id == Certificate.id)
        .where(Certificate.id.in_(certificate_ids))
        .order_by(Certificate.year, Certificate.sequence)
    )
    return [
        WholeFile(number, json.loads(record)["name"]["latin"], pdf + tails[key], credential)
        for key, number, record, pdf, credential in rows
    ]


def bundles_of(run_id: int, batch_id: int | None = None) -> dict[str, Bundle]:
    """The newest bundle of each kind of a run, or of one of its batches; without those that no longer hold what they should. Two statements."""
    contents = contents_of(run_id, batch_id)
    found: dict[str, Bundle] = {}
    newest = _of(run_id, batch_id).where(CertificateBundle.id.in_(_newest(run_id, batch_id))).order_by(CertificateBundle.id)
    for one in db.session.execute(newest):
        if one.made_at is None or (one.has_data and one.contents == contents.digest):
            total = len(contents.ids)
            found[one.kind] = Bundle(one.id, one.kind, one.asked_at, one.made_at is not None, one.failed_at is not None, one.files, total)
    return found


def _of(run_id: int, batch_id: int | None) -> sa.Select[int, str, datetime, datetime | None, datetime | None, int, str, bool]:
    """The bundles of a run or batch without what is in them."""
    return sa.select(
        CertificateBundle.id,
        CertificateBundle.kind,
        CertificateBundle.asked_at,
        CertificateBundle.made_at,
        CertificateBundle.failed_at,
        CertificateBundle.files,
        CertificateBundle.contents,
        CertificateBundle.data.is_not(None).label("has_data"),
    ).where(CertificateBundle.run_id == run_id, CertificateBundle.batch_id.is_not_distinct_from(batch_id))


def _newest(run_id: int, batch_id: int | None) -> sa.Select[int]:
    return (
        sa.select(sa.func.max(CertificateBundle.id))
        .where(CertificateBundle.run_id == run_id, CertificateBundle.batch_id.is_not_distinct_from(batch_id))
        .group_by(CertificateBundle.kind)
    )


def find_made(run_id: int, batch_id: int | None, kind: BundleKind) -> bytes | None:
    """The file of the newest bundle that still holds what it should, if it is made. Three statements."""
    bundle = bundles_of(run_id, batch_id).get(kind)
    if bundle is None or not bundle.made:
        return None
    return db.session.scalar(sa.select(CertificateBundle.data).where(CertificateBundle.id == bundle.id))


def find_due_bundle() -> CertificateBundle | None:
    """The bundle that waits longest."""
    due = CertificateBundle.made_at.is_(None), CertificateBundle.failed_at.is_(None)
    return db.session.scalar(sa.select(CertificateBundle).where(*due).order_by(CertificateBundle.id).limit(1))


def lock_bundle(bundle_id: int) -> CertificateBundle:
    """The bundle, locked."""
    return db.session.scalars(sa.select(CertificateBundle).where(CertificateBundle.id == bundle_id).with_for_update()).one()


def bundles_to_drop(made_before: datetime) -> Sequence[int]:
    """The ids of the bundles that were made before this moment and still hold their file."""
    old = CertificateBundle.data.is_not(None), CertificateBundle.made_at < made_before
    return db.session.scalars(sa.select(CertificateBundle.id).where(*old).order_by(CertificateBundle.id)).all()
