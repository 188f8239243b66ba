"""From facts to what is kept for good: the canonical record, the exact file, and their digests. Pure: no database, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import certificates
from portal.foundation.addresses import addresses
from portal.foundation.formats import to_tbilisi
from portal.foundation.papers import Issue, digest
from portal.letters.drawing import draw_letter

if TYPE_CHECKING:
    from datetime import datetime

    from portal.enrolment.models import Enrolment
    from portal.letters.facts import LetterFacts


def columns_of(enrolment: Enrolment, facts: LetterFacts, issue: tuple[int, str, str], *, by: int, at: datetime) -> dict[str, Any]:
    """Give the values of a letter's row. ``issue`` is which letter of the enrolment it is, its language, and the secret of its QR.

    Raises ``UndrawableTextError``.
    """
    count, language, secret = issue
    number, record = f"{enrolment.reference}-{count}", facts.to_record()
    pdf = draw_letter(facts, Issue(number, language, to_tbilisi(at).date(), certificates.verify_url(secret), addresses.contact))
    return {
        "number": number,
        "kind": facts.kind,
        "language": language,
        "secret": secret,
        "enrolment_id": enrolment.id,
        "run_id": enrolment.run_id,
        "person_id": enrolment.person_id,
        "facts": record,
        "facts_sha256": digest(record),
        "pdf": pdf,
        "pdf_sha256": digest(pdf),
        "issued_at": at,
        "issued_by": by,
    }
