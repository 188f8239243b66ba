"""A municipality nominates somebody whom its list of people does not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import enrolment, people
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from portal.courses.models import CourseRun
    from portal.people import PersonDetails, PostDetails
    from portal.people.models import Post


class MayBeKnownError(RefusedError):
    """Somebody of the municipality may be meant: one of these ``posts`` is theirs. ``certain`` when the personal number says so."""

    message = N_("Somebody of this name works in your municipality already. Say whether it is the same person.")

    def __init__(self, posts: Sequence[Post], *, certain: bool) -> None:
        super().__init__(
            N_("Somebody with this personal number works in your municipality already. Say that you mean them.") if certain else None
        )
        self.posts, self.certain = posts, certain


class NotToBeAddedError(RefusedError):
    """The personal number is somebody's of another name: nothing is told of them."""

    message = N_(
        "This person cannot be added with these data. Check the personal number and the name, or ask the staff of the association."
    )


def add_nominee(
    run: CourseRun,
    person: PersonDetails,
    post: PostDetails,
    *,
    personal_number: str,
    another: bool,
    municipality_ids: Collection[int],
    by: int,
    since: datetime,
) -> None:
    """Enter the person with the post, and put them on the list. A form drawn at the moment ``since`` and sent twice adds nobody twice.

    ``another`` says that people of the same name in the ``municipality_ids`` are others. Somebody with this personal number who works
    elsewhere gets the post besides, when the names agree; who is on the list already stays there. Raises ``MayBeKnownError``,
    ``NotToBeAddedError`` and as ``add_to_list``.
    """
    people.lock_turn_of(by)
    if people.find_entered(person, post, by=by, since=since) is None:
        known = people.find_person_by_personal_number(personal_number)
        if known is not None:
            if any(one.post.person_id == known.id for one in enrolment.nominees_of(run.id, municipality_ids)):
                return
            if posts := enrolment.own_posts_of(municipality_ids, [known.id]):
                raise MayBeKnownError(posts, certain=True)
            if (known.given_name_ka, known.family_name_ka) != (person.given_name_ka, person.family_name_ka):
                raise NotToBeAddedError
            enrolment.add_to_list(run.id, [people.enter_post(known.id, post, by=by)], by=by)
            return
        if not another and (posts := enrolment.own_people_called(municipality_ids, person.given_name_ka, person.family_name_ka)):
            raise MayBeKnownError(posts, certain=False)
    entered = people.enter_person(person, post, by=by, since=since)
    if personal_number and people.masked_personal_number(entered) is None:
        people.set_personal_number(entered, personal_number, by=by)
    enrolment.add_to_list(run.id, enrolment.own_posts_of([post.municipality_id], [entered.id]), by=by)
