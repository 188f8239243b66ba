"""A municipality nominates its people for a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import enrolment

if TYPE_CHECKING:
    from collections.abc import Collection

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

    @classmethod
    def of(cls, person_id: int, outcome: Enrolment | EnrolmentRefusedError) -> Nominated:
        """What enrolling the person came to."""
        if isinstance(outcome, enrolment.EnrolmentRefusedError):
            return cls(person_id, None, outcome)
        return cls(person_id, outcome, None)


def nominate(run: CourseRun, posts: Collection[Post], *, by: int, form_key: str | None = None) -> list[Nominated]:
    """Enrol the people with the posts that they hold in the nominating municipality; returns what became of each, in their order.

    One refusal keeps nobody else from a place, and a form sent twice changes nothing. Of two posts of one person the first counts.
    """
    chosen: dict[int, Post] = {}
    for post in posts:
        chosen.setdefault(post.person_id, post)
    wishes = {person_id: post.municipality_id for person_id, post in chosen.items()}
    outcomes = enrolment.enrol_all(run.id, wishes, by=by, form_key=form_key)
    nominated = {person_id: Nominated.of(person_id, outcome) for person_id, outcome in outcomes.items()}
    sent = [(post, one.enrolment) for person_id, post in chosen.items() if (one := nominated[person_id]).enrolment]
    enrolment.note_nominated(run.id, sent, by=by)
    return [nominated[post.person_id] for post in posts]


def nominate_list(
    run: CourseRun, municipality_ids: Collection[int], *, version: str, by: int, form_key: str | None = None
) -> list[Nominated]:
    """Nominate those who wait on the list, in the order of its preference: of equal moments the waiting list keeps it. Refused, they stay on it.

    A form sent twice changes nothing and returns nobody. Raises ``ListChangedError`` when it was made from another ``version`` of the list, and
    ``NobodyToSendError``.
    """
    waiting = enrolment.lock_list_to_send(run.id, municipality_ids, version=version, form_key=form_key)
    return nominate(run, [one.post for one in waiting], by=by, form_key=form_key)
