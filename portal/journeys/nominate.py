"""A municipality nominates its people for a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import enrolment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
            enrolment.note_nominated(run.id, post, given, by=by)
            outcomes.append(Nominated(post.person_id, given, None))
    return outcomes


def nominate_list(
    run: CourseRun, municipality_ids: Collection[int], *, version: str, by: int, form_key: str | None = None
) -> list[Nominated]:
    """Nominate those who wait on the list, in the order of its preference: of equal moments the waiting list keeps it. Refused, they stay on it.

    A form sent twice changes nothing and returns nobody. Raises ``ListChangedError`` when it was made from another ``version`` of the list, and
    ``NobodyToSendError``.
    """
    waiting = enrolment.lock_list_to_send(run.id, municipality_ids, version=version, form_key=form_key)
    return nominate(run, [one.post for one in waiting], by=by, form_key=form_key)
