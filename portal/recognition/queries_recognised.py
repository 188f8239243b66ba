"""What is recognised now, for other floors: hours, credits and what the training is equal to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi
from portal.recognition.models import OutsideCertificate, RecognitionRequest, RecognitionState, RecognitionStep
from portal.recognition.queries import is_newest

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Recognised:
    """A training taken elsewhere that stands recognised. ``id`` is the request's, ``completed_on`` the last day of the training.

    ``course_id``, ``topic_id`` and ``outside_code`` say what it counts as. After ``valid_until`` it counts no more, though it stays recognised.
    """

    id: int
    person_id: int
    course_id: int | None
    topic_id: int | None
    outside_code: str | None
    contact_hours: Decimal
    independent_hours: Decimal
    credits: Decimal | None
    completed_on: date
    recognised_on: date
    valid_until: date | None
    title: str


def recognised_of(person_ids: Collection[int]) -> list[Recognised]:
    """What stands recognised of these people, by person and last day. One statement."""
    wanted = _standing().where(RecognitionRequest.person_id.in_(person_ids))
    return [_made(row) for row in db.session.execute(wanted)]


@cache
def _standing() -> sa.Select[Any]:
    request, step = RecognitionRequest, RecognitionStep
    statement: Any = (
        sa.select(
            request.id,
            request.person_id,
            step.course_id,
            step.topic_id,
            OutsideCertificate.code,
            step.contact_hours,
            step.independent_hours,
            step.credits,
            request.ends_on,
            step.at,
            step.valid_until,
            request.title,
        )
        .join(step, step.request_id == request.id)
        .outerjoin(OutsideCertificate, OutsideCertificate.id == step.outside_id)
        .where(step.step == RecognitionState.RECOGNISED, is_newest())
        .order_by(request.person_id, request.ends_on, request.id)
    )
    found: sa.Select[Any] = statement
    return found


def _made(row: Any) -> Recognised:
    values = list(row)
    values[9] = to_tbilisi(values[9]).date()
    return Recognised(*values)
