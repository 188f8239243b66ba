"""What can be done with letters: issue one. Nothing is ever changed or deleted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from portal import certificates, courses
from portal.foundation import clock, history
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.letters import queries, rules
from portal.letters.drawing import Issue, UndrawableTextError, draw_letter
from portal.letters.facts import digest
from portal.letters.models import IssuedLetter

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment
    from portal.letters.facts import LetterFacts
    from portal.letters.models import LetterKind

SECRET_BYTES: Final = 18
"""Of the QR's secret: 144 bits, in 24 letters without padding."""


def issue(enrolment: Enrolment, kind: LetterKind, language: str, *, by: int) -> IssuedLetter:
    """Issue the letter of ``kind`` for ``enrolment`` in ``language``; the one that says the same already, if there is one.

    The run is locked, so that a double click finds what the first made and a place that is given back is not confirmed at that moment.
    Raises ``RefusedError`` when there is no such letter now, or it cannot be printed.
    """
    courses.lock_run(enrolment.run_id)
    subject = queries.get_subject(enrolment.id)
    refusal = rules.find_refusal(kind, subject.place, clock.now(), marked=subject.marked)
    if refusal is not None:
        raise RefusedError(refusal)
    facts = queries.facts_of(subject, kind)
    record = facts.to_record()
    return queries.find_same(enrolment.id, kind, language, digest(record)) or _issue(subject, facts, record, language, by=by)


def _issue(subject: queries.Subject, facts: LetterFacts, record: bytes, language: str, *, by: int) -> IssuedLetter:
    one = subject.enrolment
    number = f"{one.reference}-{len(queries.letters_of([one.id])) + 1}"
    secret = secrets.token_urlsafe(SECRET_BYTES)
    issued = Issue(number, language, clock.today(), certificates.verify_url(secret), addresses.contact)
    try:
        pdf = draw_letter(facts, issued)
    except UndrawableTextError as error:
        raise RefusedError(
            N_("This confirmation cannot be printed: a letter in the name, the post or the title is unknown to the typeface.")
        ) from error
    letter = IssuedLetter(
        number=number,
        kind=facts.kind,
        language=language,
        secret=secret,
        enrolment_id=one.id,
        run_id=one.run_id,
        person_id=one.person_id,
        facts=record,
        facts_sha256=digest(record),
        pdf=pdf,
        pdf_sha256=digest(pdf),
        issued_at=clock.now(),
        issued_by=by,
    )
    db.session.add(letter)
    db.session.flush()
    change = {"number": number, "letter": facts.kind, "language": language, "pdf_sha256": letter.pdf_sha256}
    history.record("letter:issue", letter, by=by, person=one.person_id, change=change)
    return letter
