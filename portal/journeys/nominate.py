"""A municipality nominates its people for a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import enrolment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.courses.models import CourseRun
    from portal.enrolment import EnrolmentRefusedError
    from portal.enrolment.models import Enrolment
    from portal.people.models import Post


@dataclass(frozen=True, slots=True)
class Nominated:
    """What became of one nomination: the enrolment, or the refusal with its reason."""

    person_id: int
    enrolment: Enrolment | None
    refusal: EnrolmentRefusedError | None


def nominate(run: CourseRun, posts: Iterable[Post], *, by: int, form_key: str | None = None) -> list[Nominated]:
    """Enrol each of the people with the post that they hold in the nominating municipality; returns what became of each, in their order.

    Each goes through ``enrolment.enrol`` by themselves: one refusal keeps nobody else from a place, and a form sent twice changes nothing.
    """
    outcomes = []
    for post in posts:
        try:
            given = enrolment.enrol(run.id, post.person_id, by=by, municipality_ids=[post.municipality_id], form_key=form_key)
        except enrolment.EnrolmentRefusedError as refusal:
            outcomes.append(Nominated(post.person_id, None, refusal))
        else:
            outcomes.append(Nominated(post.person_id, given, None))
    return outcomes
