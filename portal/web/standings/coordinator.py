"""What the posts of a coordinator's people call for, and what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal import enrolment, standings
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.guard import actor, requires
from portal.web.standings import pages
from portal.web.standings.reading import cards_of

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.people.models import Post


def _post(actor: Actor, person_id: int) -> Post:
    """The post that one of the coordinator's people holds there."""
    posts = enrolment.own_posts_of(actor.municipality_ids, [person_id])
    if not posts:
        raise NotFoundError
    return posts[0]


@pages.get("/municipality/people/<number:person_id>/qualifications")
@requires(Permission.MUNICIPALITY_VIEW, load=_post)
def officials_qualifications(post: Post) -> str:
    """What the post of one of the coordinator's people calls for, and what is missing, with the next run to nominate for."""
    called = [one for one in standings.standings_of(post.person_id, clock.today()) if one.called_since is not None]
    cards = cards_of(post.person_id, [post], called, actor().municipality_ids)
    return render_template("standings/officials_qualifications.html", post=post, cards=cards)
