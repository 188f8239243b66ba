"""Appending to the file of a certificate after its issue: timestamps, and a seal made outside. What is there never changes."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from portal import signing
from portal.certificates import queries_files, queries_register
from portal.certificates.chain import services as chain
from portal.certificates.models import AdditionKind, CertificateAddition
from portal.foundation import clock, history
from portal.foundation.database import db

STAMP_AGAIN_AFTER: Final = timedelta(days=365)
"""A timestamp is renewed long before the certificate of its authority ends."""


def certificates_to_stamp(most: int, *, behind: int = 0) -> list[tuple[int, int | None]]:
    """Up to ``most`` certificates after the one with the id ``behind`` that have no timestamp of the last year, each with what was appended last."""
    return queries_files.certificates_to_stamp(clock.now() - STAMP_AGAIN_AFTER, most, behind)


def add_timestamp(certificate_id: int, tail: bytes, *, after: int | None) -> bool:
    """Append a timestamp to a file that ends with the addition ``after``; False, and nothing done, when something was added meanwhile."""
    certificate = queries_register.lock_certificate(certificate_id)
    if queries_files.newest_addition(certificate_id) != after:
        return False
    _add(certificate.id, AdditionKind.TIMESTAMP, queries_files.pdf_of(certificate_id), tail, by=None)
    history.record("certificate:stamp", certificate, by=None, change={"bytes": len(tail)})
    return True


def add_seal(number: str, uploaded: bytes, *, by: int) -> None:
    """Append the seal that was put outside on the file of the certificate ``number``: ``uploaded`` is the whole file as it came back.

    Raises ``NotFoundError``, and ``RefusedError`` for whatever is not the file as it stands and one more good signature over it.
    """
    certificate = queries_register.lock_certificate(queries_register.get_entry(number).id)
    before = queries_files.pdf_of(certificate.id)
    tail = signing.added_seal(before, uploaded)
    _add(certificate.id, AdditionKind.SEAL, before, tail, by=by)
    history.record("certificate:seal", certificate, by=by, change={"bytes": len(tail)})


def _add(certificate_id: int, kind: AdditionKind, before: bytes, tail: bytes, *, by: int | None) -> None:
    addition = CertificateAddition(
        certificate_id=certificate_id,
        kind=kind,
        tail=tail,
        file_sha256=hashlib.sha256(before + tail).hexdigest(),
        added_by=by,
        added_at=clock.now(),
    )
    db.session.add(addition)
    db.session.flush()
    chain.note(addition)
