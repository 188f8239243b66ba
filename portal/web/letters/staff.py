"""Letters of a participant, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from portal import courses, enrolment, letters
from portal.access import Permission
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.errors import NotFoundError
from portal.web.guard import requires
from portal.web.letters import pages
from portal.web.letters.asking import file_of, issued

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Redirect

    from portal.access import Actor
    from portal.letters.models import IssuedLetter

PATH = "/staff/runs/<code>/participants/<reference>/letters"


def _participant(_actor: Actor, code: str, reference: str) -> Enrolment:
    found = enrolment.find_enrolment_of_reference(courses.get_run(code).id, reference)
    if found is None or found.state not in HOLDS_PLACE:
        raise NotFoundError
    return found


def _letter(_actor: Actor, code: str, number: str) -> IssuedLetter:
    return letters.get_letter(number, run_id=courses.get_run(code).id)


@pages.get(PATH)
@requires(Permission.RUN_MANAGE, load=_participant)
def of_participant(place: Enrolment) -> str:
    """The letters of a participant, and what can be issued now."""
    return render_template("letters/of_participant.html", place=place, run=place.run, offer=letters.offer_of(place))


@pages.post(PATH)
@requires(Permission.RUN_MANAGE, load=_participant)
def issue_for_participant(place: Enrolment) -> Redirect:
    """Make or find a letter."""
    code = place.run.code
    back = url_for("letters.of_participant", code=code, reference=place.reference)
    return issued(place, "letters.participants_letter", back, code=code)


@pages.get("/staff/runs/<code>/letters/<number>.pdf")
@requires(Permission.RUN_MANAGE, load=_letter)
def participants_letter(letter: IssuedLetter) -> Response:
    """The file."""
    return file_of(letter)
