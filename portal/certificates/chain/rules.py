"""What a link of the register's chain is over. Plain values in, digests out: whoever has the values can compute them again, without the portal.

A digest is the SHA-256, in hexadecimal, of canonical JSON (RFC 8785). The secret of the certificate is among the values of each row, so the
chain can be published: without the secret nobody can guess what a link is about. What the holder's own proof need not show (ids, who
did it, free words) is covered by a digest of its own, ``kept``.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from portal.certificates.chain.models import EntryKind
from portal.foundation.formats import TBILISI

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FIRST_LINK: Final = "0" * 64
"""What the first link follows from, and the head of a register that is empty."""
HEAD_TYPE: Final = "register-head+jwt"
PROMPT: Final = timedelta(hours=1)
"""A row is in the chain so soon after its own moment at the latest: it is taken in by the transaction that writes it."""

# For text, whole numbers and null under ASCII names this is RFC 8785, and thirty times as fast as what sorts out floats.
_encode: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest_of(values: Mapping[str, Any]) -> str:
    """The digest of text, whole numbers and null under ASCII names."""
    return hashlib.sha256(_encode(values).encode()).hexdigest()


def sha256_of(data: bytes | str | None) -> str | None:
    """The digest of bytes, or of text in UTF-8; None of what is not there."""
    if data is None:
        return None
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def moment_text(moment: datetime | None) -> str | None:
    """A moment in UTC to the microsecond, as digests are over it."""
    return None if moment is None else moment.isoformat(timespec="microseconds")


def link(previous: str, number: int, at: datetime, kind: str, row_id: int, content: str) -> str:
    """The digest of link ``number``: over the digest before it and all of its own."""
    values = {"at": moment_text(at), "content": content, "id": number, "kind": kind, "previous": previous, "row_id": row_id}
    return digest_of(values)


def end_of_day(day: date) -> datetime:
    """The moment at which ``day`` is over in Georgia."""
    return datetime.combine(day + timedelta(days=1), time(), TBILISI)


def head_claims(issuer: str, day: date, number: int, digest: str, signed_at: datetime) -> dict[str, Any]:
    """What a signed head says: on which link, with which digest, the register ended when ``day`` was over in Georgia; 0 before the first."""
    end = end_of_day(day).astimezone(UTC)
    return {
        "iss": issuer,
        "day": day.isoformat(),
        "until": moment_text(min(end, signed_at)),
        "entry": number,
        "digest": digest,
        "iat": int(signed_at.timestamp()),
    }


def shown(kind: str, row: Any) -> dict[str, Any]:
    """The values that the content of a row of the table of ``kind`` is over, from the columns as ``chain.queries`` reads them."""
    return _SHOWN[kind](row)


def content_of(kind: str, row: Any) -> str:
    """The digest of a row."""
    return digest_of(_SHOWN[kind](row))


def _certificate(row: Any) -> dict[str, Any]:
    kept = {
        "enrolment_id": row.enrolment_id,
        "issued_by": row.issued_by,
        "person_id": row.person_id,
        "run_id": row.run_id,
        "secret": row.secret,
        "sequence": row.sequence,
        "surname_keys": row.surname_keys,
        "year": row.year,
    }
    return {
        "document_sha256": sha256_of(row.document),
        "expires_at": moment_text(row.expires_at),
        "id": row.id,
        "issued_at": moment_text(row.at),
        "jwt_sha256": sha256_of(row.jwt),
        "kept": digest_of(kept),
        "kind": "certificate",
        "number": row.number,
        "pdf_sha256": row.pdf_sha256,
        "record_sha256": row.record_sha256,
        "rule": row.rule,
        "secret": row.secret,
        "status_index": row.status_index,
        "status_list": row.status_list,
        "supersedes": row.supersedes_id,
    }


def _state(row: Any) -> dict[str, Any]:
    return {
        "at": moment_text(row.at),
        "certificate": row.certificate_id,
        "effective_at": moment_text(row.effective_at),
        "id": row.id,
        "kept": digest_of({"by_id": row.by_id, "reason": row.reason, "secret": row.secret}),
        "kind": "state",
        "reason_code": row.reason_code,
        "secret": row.secret,
        "state": row.state,
    }


def _addition(row: Any) -> dict[str, Any]:
    return {
        "addition": row.kind,
        "at": moment_text(row.at),
        "certificate": row.certificate_id,
        "file_sha256": row.file_sha256,
        "id": row.id,
        "kept": digest_of({"added_by": row.added_by, "secret": row.secret}),
        "kind": "addition",
        "secret": row.secret,
    }


def _case(row: Any) -> dict[str, Any]:
    return {
        "at": moment_text(row.at),
        "attended_after": row.attended_after,
        "attended_before": row.attended_before,
        "certificate": row.certificate_id,
        "closed_at": moment_text(row.closed_at),
        "closed_by": row.closed_by,
        "decision": row.decision,
        "id": row.id,
        "kind": "case",
        "opened_by": row.opened_by,
        "secret": row.secret,
        "words": row.words,
    }


_SHOWN: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {
    EntryKind.CERTIFICATE: _certificate,
    EntryKind.STATE: _state,
    EntryKind.ADDITION: _addition,
    EntryKind.CASE: _case,
}
