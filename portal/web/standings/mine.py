"""What my posts call for, and my tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal import people, standings
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.form_keys import new_form_key
from portal.web.guard import actor, requires
from portal.web.standings import pages
from portal.web.standings.reading import called_or_held, cards_of, steps_of

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.people.models import Post
    from portal.standings import OwnTrack


def _posts(person_id: int) -> list[Post]:
    return [post for post in people.posts_of(person_id) if post.held_on(clock.today())]


def _track(actor: Actor, slug: str) -> OwnTrack:
    found = next((one for one in standings.tracks_of(actor.person_id, clock.today()) if one.track.slug == slug), None)
    if found is None:
        raise NotFoundError
    return found


@pages.get("/my/qualifications")
@requires(Permission.MY_TRAINING_VIEW)
def my_qualifications() -> str:
    """What my posts call for and what I hold: on which evidence, under which rule, and what is missing."""
    mine = actor().person_id
    cards = cards_of(mine, _posts(mine), called_or_held(standings.standings_of(mine, clock.today())))
    return render_template("standings/my_qualifications.html", cards=cards, new_form_key=new_form_key)


@pages.get("/my/tracks/<slug>")
@requires(Permission.MY_TRAINING_VIEW, load=_track)
def my_track(own: OwnTrack) -> str:
    """My track step by step, with the way to each that is not done."""
    mine = actor().person_id
    return render_template("standings/my_track.html", own=own, steps=steps_of(mine, _posts(mine), own), new_form_key=new_form_key)
