"""What all who look at a ledger or ask for a transcript share: the page's facts, issuing, and the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for

from portal import transcripts
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.mail_texts import LANGUAGES
from portal.web import downloads
from portal.web.errors import told
from portal.web.guard import actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response
    from werkzeug.wrappers import Response as Redirect

    from portal.transcripts.models import Transcript


def shown(entries: Sequence[transcripts.Entry]) -> dict[str, Any]:
    """What ``transcripts/_ledger.html`` shows of these."""
    return {"years": transcripts.by_year(entries), "total": transcripts.total(entries)}


def issued(person_id: int, endpoint: str, back: str, **path: Any) -> Redirect:
    """Lead to the transcript that the form asks for, which ``endpoint`` shows, or ``back`` with the reason why there is none."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise NotFoundError
    try:
        transcript = transcripts.issue(person_id, language, by=actor().person_id)
    except RefusedError as refusal:
        flash(told(refusal), "bad")
        return redirect(back, 303)
    return redirect(url_for(endpoint, transcript=transcript.number, **path), 303)


def file_of(transcript: Transcript) -> Response:
    """The exact file that was issued."""
    return downloads.as_file(transcript.pdf, downloads.PDF, f"transcript-{transcript.number}.pdf", inline=True)
