"""My hours by year, and my transcripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from portal import transcripts
from portal.access import Permission
from portal.web.guard import actor, requires
from portal.web.transcripts import pages
from portal.web.transcripts.asking import file_of, issued, shown

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Redirect

    from portal.access import Actor
    from portal.transcripts.models import Transcript


def _mine(actor: Actor, transcript: str) -> Transcript:
    return transcripts.get_transcript(transcript, actor.person_id)


@pages.get("/my/hours")
@requires(Permission.MY_TRAINING_VIEW)
def my_hours() -> str:
    """My hours and credits by year."""
    mine = actor().person_id
    return render_template("transcripts/my_hours.html", **shown(transcripts.entries_of(mine)), transcripts=transcripts.transcripts_of(mine))


@pages.post("/my/hours")
@requires(Permission.MY_TRAINING_VIEW)
def issue_mine() -> Redirect:
    """Make or find my transcript."""
    return issued(actor().person_id, "transcripts.my_transcript", url_for("transcripts.my_hours"))


@pages.get("/my/transcripts/<transcript>.pdf")
@requires(Permission.MY_TRAINING_VIEW, load=_mine)
def my_transcript(transcript: Transcript) -> Response:
    """The file; nobody else's is found."""
    return file_of(transcript)
