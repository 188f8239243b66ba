"""Letters of a coordinator's people: of those who hold a post in the municipality today, and about what they did with one there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import render_template, request, url_for

from portal import enrolment, letters
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
    from portal.people.models import Post

PATH = "/municipality/people/<number:person_id>/letters"


class Official(NamedTuple):
    """One of the coordinator's people, and the places that they have or had as people of the municipality, the newest first."""

    post: Post
    places: list[Enrolment]


def _official(actor: Actor, person_id: int) -> Official:
    posts = enrolment.own_posts_of(actor.municipality_ids, [person_id])
    if not posts:
        raise NotFoundError
    places = [one for one in enrolment.enrolments_of_person(person_id) if one.municipality_id in actor.municipality_ids]
    return Official(posts[0], [one for one in reversed(places) if one.state in HOLDS_PLACE])


def _letter(actor: Actor, number: str) -> IssuedLetter:
    found = letters.get_letter(number, municipality_ids=actor.municipality_ids)
    if not enrolment.own_posts_of(actor.municipality_ids, [found.person_id]):
        raise NotFoundError
    return found


@pages.get(PATH)
@requires(Permission.MUNICIPALITY_VIEW, load=_official)
def of_official(official: Official) -> str:
    """The letters of one of the coordinator's people, training by training."""
    return render_template("letters/of_official.html", post=official.post, offers=letters.offers_of(official.places))


@pages.post(PATH)
@requires(Permission.MUNICIPALITY_VIEW, load=_official)
def issue_for_official(official: Official) -> Redirect:
    """Make or find a letter about one of the trainings."""
    place = next((one for one in official.places if one.reference == request.form.get("reference")), None)
    if place is None:
        raise NotFoundError
    return issued(place, "letters.officials_letter", url_for("letters.of_official", person_id=official.post.person_id))


@pages.get("/municipality/letters/<number>.pdf")
@requires(Permission.MUNICIPALITY_VIEW, load=_letter)
def officials_letter(letter: IssuedLetter) -> Response:
    """The file."""
    return file_of(letter)
