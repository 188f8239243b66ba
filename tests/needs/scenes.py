"""Needs for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal import needs
from portal.foundation import clock
from tests import factories

if TYPE_CHECKING:
    from portal.needs.models import TrainingNeed
    from portal.people.models import Person


def quarter() -> needs.Quarter:
    """The one that comes next."""
    return needs.Quarter.of(clock.today()).following


def values(**changes: Any) -> needs.NeedValues:
    """What somebody types; of a course unless a topic is named."""
    if "topic_id" not in changes and "course_id" not in changes:
        changes["course_id"] = factories.course().course_id
    soon = quarter()
    return needs.NeedValues(**{"people": 5, "starts_on": soon.first, "ends_on": soon.last, "contact": "მაია კაპანაძე"} | changes)


def need(by: Person, municipality: str = "telavi", **changes: Any) -> TrainingNeed:
    """A need that is open."""
    return needs.post_need(factories.municipality(municipality).id, values(**changes), by=by.id)


def over(**changes: Any) -> dict[str, Any]:
    """Values of a run whose days are over."""
    return {"starts_at": clock.now() - timedelta(days=9), "state": "running"} | changes
