"""My letters: asked for on the page of my enrolment, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from portal import letters
from portal.access import Permission
from portal.web.enrolment.places import my_place
from portal.web.guard import requires
from portal.web.letters import pages
from portal.web.letters.asking import file_of, issued

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Redirect

    from portal.access import Actor
    from portal.letters.models import IssuedLetter
    from portal.web.enrolment.places import MyPlace


def _mine(actor: Actor, number: str) -> IssuedLetter:
    return letters.get_letter(number, person_id=actor.person_id)


@pages.post("/runs/<code>/letters")
@requires(Permission.RUN_ENROL, load=my_place)
def issue(mine: MyPlace) -> Redirect:
    """Make or find the letter about my place in a run."""
    back = url_for("enrolment.confirmation", code=mine.run.code, _anchor="employer")
    return issued(mine.enrolment, "letters.my_letter", back)


@pages.get("/my/letters/<number>.pdf")
@requires(Permission.MY_TRAINING_VIEW, load=_mine)
def my_letter(letter: IssuedLetter) -> Response:
    """The file; nobody else's is found."""
    return file_of(letter)
