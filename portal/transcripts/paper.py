"""From facts to what is kept for good: the canonical record, the exact file, and their digests. Pure: no database, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import certificates
from portal.foundation.addresses import addresses
from portal.foundation.formats import to_tbilisi
from portal.foundation.papers import Issue, digest
from portal.transcripts.drawing import draw_transcript

if TYPE_CHECKING:
    from datetime import datetime

    from portal.transcripts.facts import TranscriptFacts


def columns_of(facts: TranscriptFacts, issue: tuple[str, str, str], *, at: datetime) -> dict[str, Any]:
    """Give the values of a transcript's row but whose it is. ``issue`` is its number, its language, and the secret of its QR.

    Raises ``UndrawableTextError``.
    """
    number, language, secret = issue
    record = facts.to_record()
    pdf = draw_transcript(facts, Issue(number, language, to_tbilisi(at).date(), certificates.verify_url(secret), addresses.contact))
    return {
        "number": number,
        "language": language,
        "secret": secret,
        "facts": record,
        "facts_sha256": digest(record),
        "pdf": pdf,
        "pdf_sha256": digest(pdf),
        "issued_at": at,
    }
