"""What can be done with transcripts: issue one. Nothing is ever changed or deleted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from portal import people
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.papers import SECRET_BYTES, UndrawableTextError, digest
from portal.transcripts import paper, queries
from portal.transcripts.models import Transcript

if TYPE_CHECKING:
    from portal.transcripts.facts import TranscriptFacts

LETTERS: Final = "234679ACDEFGHJKMNPQRTUVWXYZ"
LENGTH: Final = 8
"""Of the number, which has no letters that look like another."""


def issue(person_id: int, language: str, *, by: int) -> Transcript:
    """Issue the transcript of a person in ``language``; the one that says the same already, if there is one.

    The person is locked, so that a double click finds what the first made. Raises ``RefusedError`` when there is nothing to say, or it
    cannot be printed.
    """
    people.lock_people([person_id])
    facts = queries.facts_of(person_id)
    if not facts.entries:
        raise RefusedError(N_("No training has been completed yet, so there is nothing to confirm."))
    return queries.find_same(person_id, language, digest(facts.to_record())) or _issue(person_id, facts, language, by=by)


def _issue(person_id: int, facts: TranscriptFacts, language: str, *, by: int) -> Transcript:
    number = "T-" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    try:
        columns = paper.columns_of(facts, (number, language, secrets.token_urlsafe(SECRET_BYTES)), at=clock.now())
    except UndrawableTextError as error:
        raise RefusedError(
            N_("This transcript cannot be printed: a letter in the name, the post or a title is unknown to the typeface.")
        ) from error
    transcript = Transcript(person_id=person_id, issued_by=by, **columns)
    db.session.add(transcript)
    db.session.flush()
    history.record("transcript:issue", transcript, by=by, person=person_id, change={"number": number, "language": language})
    return transcript
