"""Staff enrol somebody whom the portal does not know yet, before the training begins: they are entered, with their post, and get a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment, people

if TYPE_CHECKING:
    from datetime import datetime

    from portal.enrolment.models import Enrolment
    from portal.people import PersonDetails, PostDetails


def enrol_newcomer(run_id: int, person: PersonDetails, post: PostDetails, *, by: int, since: datetime) -> Enrolment:
    """Enter the person with the post, and give them a place in the run or a place in its line. Raises as ``enrolment.place_by_staff``.

    Of a form sent twice ``since`` it was drawn, the second finds the person of the first, and the place that they have.
    """
    courses.lock_run(run_id)
    entered = people.enter_person(person, post, by=by, since=since)
    return enrolment.find_live_enrolment(run_id, entered.id) or enrolment.place_by_staff(run_id, entered.id, by=by)
