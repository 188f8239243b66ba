"""Mails about needs, to those who coordinate the municipality today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal import courses, municipalities, people
from portal.foundation import outbox
from portal.foundation.addresses import addresses

if TYPE_CHECKING:
    from portal.courses.models import CourseRun
    from portal.needs.models import TrainingNeed


def tell_planned(need: TrainingNeed, run: CourseRun) -> None:
    """A training is being planned for what they need."""
    _tell("need_planned", need, f"planned:{run.id}", {})


def tell_declined(need: TrainingNeed) -> None:
    """It will not be planned, and why."""
    _tell("need_declined", need, "declined", {"words": need.words})


def _tell(kind: str, need: TrainingNeed, event: str, facts: dict[str, Any]) -> None:
    (place,) = municipalities.municipalities_by_ids([need.municipality_id])
    version = courses.get_current_version(need.course_id) if need.course_id else None
    for person_id in people.coordinator_ids(need.municipality_id):
        coordinator = people.get_person(person_id)
        to = people.recipient_of(coordinator)
        told = {
            "name": coordinator.name(to.language),
            "title": version.title(to.language) if version else need.subject,
            "municipality": place.full_name(to.language),
            "number": need.people,
            "starts_on": need.starts_on,
            "ends_on": need.ends_on,
            "url": addresses.page(f"/municipality/needs?year={need.starts_on.year}", to.language),
            "contact": addresses.contact,
        }
        outbox.post(kind, to, told | facts, event_key=f"need:{need.id}:{event}:{person_id}")
