"""A person's details change; the runs that they teach are found by the new name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, people

if TYPE_CHECKING:
    from portal.people import PersonDetails
    from portal.people.models import Person


def change_person(person: Person, details: PersonDetails, *, by: int) -> None:
    """Correct what is known of ``person``, and the search words of the runs that name them as a trainer."""
    people.change_person(person, details, by=by)
    courses.index_runs(courses.run_ids_of_trainer(person.id))
