"""Somebody comes to a training day whom the portal does not know yet: they are entered, with their post, and get a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import enrolment, people

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment
    from portal.people import PersonDetails, PostDetails


def admit_newcomer(run_id: int, person: PersonDetails, post: PostDetails, *, by: int) -> Enrolment:
    """Enter the person with the post, and give them a place in the run. Raises as ``enrolment.admit_on_the_day``."""
    added = people.add_person(person, by=by)
    people.add_post(added.id, post, by=by)
    return enrolment.admit_on_the_day(run_id, added.id, by=by)
