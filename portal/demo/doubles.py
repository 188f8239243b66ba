"""People who stand in the records twice: one pair that staff have still to find, one that they have merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import journeys, people
from portal.foundation import clock
from portal.foundation.database import db
from portal.people.models import Account, Person, Post

if TYPE_CHECKING:
    from portal.demo.world import World

PHONES = ("+995555010203", "+995555010204")
REASON = "ერთი პირი ორჯერ იყო შეყვანილი"


def make_doubles(world: World) -> None:
    """Enter two people a second time, as happens on a training day; one of them was noticed."""
    staff = world.office.staff.id
    with clock.frozen(world.lately):
        unnoticed, noticed = _without_account()
        people.add_post(_enter_again(unnoticed, PHONES[0], by=staff).id, _same(unnoticed), by=staff)
        journeys.merge_people(noticed.person_id, _enter_again(noticed, PHONES[1], by=staff).id, REASON, by=staff)


def _without_account() -> list[Post]:
    """The posts of the first two people who cannot sign in."""
    signs_in = sa.exists().where(Account.person_id == Post.person_id)
    return list(db.session.scalars(sa.select(Post).where(~signs_in).order_by(Post.id).limit(2)))


def _enter_again(post: Post, phone: str, *, by: int) -> Person:
    given, family, email = post.person.given_name_ka, post.person.family_name_ka, post.person.email
    return people.add_person(people.PersonDetails(given_name_ka=given, family_name_ka=family, email=email, phone=phone), by=by)


def _same(post: Post) -> people.PostDetails:
    return people.PostDetails(
        municipality_id=post.municipality_id, title_ka=post.title_ka, category=post.category, starts_on=clock.today(), unit=post.unit
    )
