"""What can be done with letters: issue one. Nothing is ever changed or deleted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from portal import courses
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.papers import SECRET_BYTES, UndrawableTextError, digest
from portal.letters import paper, queries, rules
from portal.letters.models import IssuedLetter

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment
    from portal.letters.facts import LetterFacts
    from portal.letters.models import LetterKind


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
    same = queries.find_same(enrolment.id, kind, language, digest(facts.to_record()))
    return same or _issue(subject.enrolment, facts, language, by=by)


def _issue(enrolment: Enrolment, facts: LetterFacts, language: str, *, by: int) -> IssuedLetter:
    count = len(queries.letters_of([enrolment.id])) + 1
    try:
        columns = paper.columns_of(enrolment, facts, (count, language, secrets.token_urlsafe(SECRET_BYTES)), by=by, at=clock.now())
    except UndrawableTextError as error:
        raise RefusedError(
            N_("This confirmation cannot be printed: a letter in the name, the post or the title is unknown to the typeface.")
        ) from error
    letter = IssuedLetter(**columns)
    db.session.add(letter)
    db.session.flush()
    change = {"number": letter.number, "letter": letter.kind, "language": language}
    history.record("letter:issue", letter, by=by, person=letter.person_id, change=change)
    return letter
