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


@dataclass(frozen=True, slots=True)
class Nominated:
    """What became of one nomination: the enrolment, or the refusal with its reason."""

    person_id: int
    enrolment: Enrolment | None
    refusal: EnrolmentRefusedError | None


def nominate(run: CourseRun, person_ids: Iterable[int], *, by: int, form_key: str | None = None) -> list[Nominated]:
    """Enrol each of the people, who are the nominating coordinator's own; returns what became of each, in their order.

    Each goes through ``enrolment.enrol`` by themselves: one refusal keeps nobody else from a place, and a form sent twice changes nothing.
    """
    return [_nominate(run, person_id, by=by, form_key=form_key) for person_id in person_ids]


def _nominate(run: CourseRun, person_id: int, *, by: int, form_key: str | None) -> Nominated:
    try:
        given = enrolment.enrol(run.id, person_id, by=by, form_key=form_key)
    except enrolment.EnrolmentRefusedError as refusal:
        return Nominated(person_id, None, refusal)
    return Nominated(person_id, given, None)
