"""Somebody comes to a training day whom the portal does not know yet: they are entered, with their post, and get a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment, people

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment
    from portal.people import PersonDetails, PostDetails


def admit_newcomer(run_id: int, person: PersonDetails, post: PostDetails, *, by: int, form_key: str | None = None) -> Enrolment:
    """Enter the person with the post, and give them a place in the run. Raises as ``enrolment.admit_on_the_day``.

    A ``form_key`` sent before for the same run returns the enrolment of then: nobody is entered twice.
    """
    courses.lock_run(run_id)  # of a form sent twice at once, the second waits here and then finds what the first did
    key = f"{run_id}:newcomer:{form_key}" if form_key else None
    before = enrolment.find_enrolment_of_form(key) if key else None
    if before is not None:
        return before
    added = people.add_person(person, by=by)
    people.add_post(added.id, post, by=by)
    return enrolment.admit_on_the_day(run_id, added.id, by=by, form_key=key)
