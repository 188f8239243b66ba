"""What all who ask for letters share: reading the wish, issuing, and the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for

from portal import letters
from portal.foundation.errors import NotFoundError, RefusedError
from portal.letters.models import LetterKind
from portal.web import downloads
from portal.web.errors import told
from portal.web.guard import actor

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Redirect

    from portal.enrolment.models import Enrolment
    from portal.letters.models import IssuedLetter


def issued(enrolment: Enrolment, endpoint: str, back: str, **path: Any) -> Redirect:
    """Lead to the letter that the form asks for, which ``endpoint`` shows, or ``back`` with the reason why there is none."""
    kind, language = request.form.get("kind", ""), request.form.get("language", "")
    if kind not in set(LetterKind) or language not in letters.LANGUAGES:
        raise NotFoundError
    try:
        letter = letters.issue(enrolment, LetterKind(kind), language, by=actor().person_id)
    except RefusedError as refusal:
        flash(told(refusal), "bad")
        return redirect(back, 303)
    return redirect(url_for(endpoint, number=letter.number, **path), 303)


def file_of(letter: IssuedLetter) -> Response:
    """The exact file that was issued."""
    return downloads.as_file(letter.pdf, downloads.PDF, f"{letter.kind}-{letter.number}.pdf", inline=True)
