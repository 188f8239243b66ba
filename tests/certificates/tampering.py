"""The register, changed by hand as the administrator of its database could, and what its inspection says of that."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import certificates, signing
from portal.certificates.chain.inspection import Inspection
from portal.certificates.chain.services import note
from portal.certificates.models import Certificate, CertificateAddition
from portal.foundation import clock
from portal.foundation.database import db, transactions_write
from portal.foundation.transaction import abandon, reading, writing
from tests.certificates import scenes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from portal.people.models import Person


def register_since(began: datetime, second_day: datetime, staff: Person) -> list[str]:
    """Three certificates: one was suspended, one rests on minutes since corrected, one has an added timestamp. Returns the numbers."""
    with writing():
        signing.publish_keys()
    with clock.frozen(began):
        scenes.issued_run(staff, 3)
    first, second, third = (row.id for row in certificates_in_order())
    with clock.frozen(second_day):
        with writing():
            certificates.suspend(first, "შემოწმება", by=staff.id)
        with writing():
            scenes.correct(db.session.get_one(Certificate, second), by=staff)
        with writing():
            add_timestamp(third)
    with writing():
        certificates.sign_heads()
    return [row.number for row in certificates_in_order()]


def certificates_in_order() -> list[sa.Row[int, str]]:
    abandon()
    return list(db.session.execute(sa.select(Certificate.id, Certificate.number).order_by(Certificate.id)))


def add_timestamp(certificate_id: int, tail: bytes = b"%%timestamp") -> None:
    digest = hashlib.sha256(certificates.pdf_of(certificate_id) + tail).hexdigest()
    addition = CertificateAddition(
        certificate_id=certificate_id, kind="timestamp", tail=tail, file_sha256=digest, added_by=None, added_at=clock.now()
    )
    db.session.add(addition)
    db.session.flush()
    note(addition)


def findings(**options: bool) -> list[str]:
    """What an inspection says of the register as it stands."""
    abandon()
    with reading():
        return list(Inspection(**options).findings())


def findings_after(*changes: str | Callable[[], None]) -> list[str]:
    """What an inspection says after the ``changes``, statements or functions that execute some; they are undone. The guards are off meanwhile."""
    abandon()
    transactions_write(on=True)
    try:
        take_guards_off()
        for change in changes:
            db.session.execute(sa.text(change)) if isinstance(change, str) else change()
        return [finding for finding in Inspection().findings() if not finding.startswith("database: ")]
    finally:
        abandon()
        transactions_write(on=None)


def take_guards_off() -> None:
    """Until this transaction ends: triggers, and that rows refer to rows that are there."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    db.session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    for name in db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        db.session.execute(sa.text(f"DROP TRIGGER {name}"))
