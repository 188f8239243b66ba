"""The queues of those who decide: what waits for the coordinator of a municipality, or for the staff, and all the rest by its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.foundation.database import db
from portal.foundation.georgian import fold_for_search
from portal.people.models import Person
from portal.recognition.models import RecognitionRequest, RecognitionState, RecognitionStep
from portal.recognition.queries import is_newest
from portal.recognition.rules import CONFIRM_TIME

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

State = RecognitionState


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a queue, with its newest step. ``step.id`` is where the next page begins."""

    request: RecognitionRequest
    step: RecognitionStep


def queue(
    now: datetime,
    *,
    limit: int,
    state: RecognitionState | None = None,
    search: str = "",
    municipality_ids: Collection[int] | None = None,
    after: int | None = None,
) -> list[Line]:
    """At most ``limit`` requests in ``state``, the newest first; without a state those that wait for whoever asks, the longest waiting first.

    ``municipality_ids`` are those of a coordinator; None is for staff. ``search`` are parts of names. One statement.
    """
    statement = _lines(municipality_ids)
    for word in fold_for_search(search).split():
        statement = statement.where(Person.search_text.contains(word, autoescape=True))
    if state is None:
        statement = statement.where(_waits(now, municipality_ids)).order_by(RecognitionStep.id)
        statement = statement.where(RecognitionStep.id > after) if after else statement
    else:
        statement = statement.where(RecognitionStep.step == state).order_by(RecognitionStep.id.desc())
        statement = statement.where(RecognitionStep.id < after) if after else statement
    return [Line(request, step) for request, step in db.session.execute(statement.limit(limit)).unique()]


def number_waiting(now: datetime, most: int, *, municipality_ids: Collection[int] | None = None) -> int:
    """How many wait for the coordinator of these municipalities, or for the staff; ``most`` at most. One statement."""
    waiting = (
        sa.select(RecognitionStep.id)
        .join(RecognitionRequest, RecognitionRequest.id == RecognitionStep.request_id)
        .where(is_newest(), _waits(now, municipality_ids))
        .limit(most)
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


def _lines(municipality_ids: Collection[int] | None) -> sa.Select[Any]:
    statement: Any = (
        sa.select(RecognitionRequest, RecognitionStep)
        .join(RecognitionStep, RecognitionStep.request_id == RecognitionRequest.id)
        .join(RecognitionRequest.person)
        .options(contains_eager(RecognitionRequest.person), joinedload(RecognitionRequest.municipality))
        .options(joinedload(RecognitionStep.author))
        .where(is_newest())
    )
    found: sa.Select[Any] = statement
    return found if municipality_ids is None else found.where(RecognitionRequest.municipality_id.in_(municipality_ids))


def _waits(now: datetime, municipality_ids: Collection[int] | None) -> sa.ColumnElement[bool]:
    """The condition on the newest step that it waits for whoever asks; as ``rules.waits_for_employer`` says it of one request."""
    submitted = RecognitionStep.step == State.SUBMITTED
    if municipality_ids is not None:
        asked = sa.and_(RecognitionRequest.employer_confirms, RecognitionRequest.municipality_id.in_(municipality_ids))
        return sa.and_(submitted, asked)
    unheard = sa.or_(RecognitionRequest.employer_confirms.is_(False), RecognitionStep.at <= now - CONFIRM_TIME)
    return sa.or_(RecognitionStep.step == State.CONFIRMED, sa.and_(submitted, unheard))
