"""Hours of a coordinator's people: of those who hold a post in the municipality today, and what they did with one there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal import enrolment, transcripts
from portal.access import Permission
from portal.foundation.errors import NotFoundError
from portal.web.guard import actor, requires
from portal.web.transcripts import pages
from portal.web.transcripts.asking import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.access import Actor
    from portal.people.models import Post


def _posts(actor: Actor, person_id: int) -> Sequence[Post]:
    """The posts that one of the coordinator's people holds there."""
    posts = enrolment.own_posts_of(actor.municipality_ids, [person_id])
    if not posts:
        raise NotFoundError
    return posts


@pages.get("/municipality/people/<number:person_id>/hours")
@requires(Permission.MUNICIPALITY_VIEW, load=_posts)
def officials_hours(posts: Sequence[Post]) -> str:
    """The hours and credits of one of the coordinator's people by year."""
    within = transcripts.Within(actor().municipality_ids, min(post.starts_on for post in posts))
    return render_template("transcripts/officials_hours.html", post=posts[0], **shown(transcripts.entries_of(posts[0].person_id, within)))
