"""Somebody else enters a post for a person whom the portal knows: the person is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.foundation import outbox
from portal.foundation.addresses import addresses
from portal.people import queries
from portal.people.services import add_post, recipient_of

if TYPE_CHECKING:
    from portal.people.models import Post
    from portal.people.services import PostDetails


def enter_post(person_id: int, details: PostDetails, *, by: int) -> Post:
    """As ``add_post``, for whom a municipality enters besides; a mail to the address known so far says which post it is."""
    post, person = add_post(person_id, details, by=by), queries.get_person(person_id)
    to = recipient_of(person)
    facts = {
        "name": person.name(to.language),
        "municipality": post.municipality.full_name(to.language),
        "post": post.line(to.language),
        "contact": addresses.contact,
    }
    outbox.post("post_added", to, facts, event_key=f"post:{post.id}:post_added")
    return post
