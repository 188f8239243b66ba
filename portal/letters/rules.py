"""Who can have which letter, and whether a letter still stands. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from portal.courses.models import RunState
from portal.enrolment.models import HOLDS_PLACE, EnrolmentState
from portal.foundation.errors import N_
from portal.letters.facts import LetterFacts
from portal.letters.models import LetterKind

if TYPE_CHECKING:
    from datetime import datetime

LANGUAGES = ("ka", "en")


class Standing(StrEnum):
    """What a letter is worth today."""

    CURRENT = "current"
    CHANGED = "changed"
    NO_PLACE = "no_place"
    RUN_CANCELLED = "run_cancelled"


class Place(NamedTuple):
    """What decides about letters for an enrolment: its state, that of the run, and when the last day ends."""

    state: str
    run_state: str
    ends_at: datetime | None


def due_kind(place: Place, at: datetime) -> LetterKind:
    """The kind of letter of this moment: of attendance once the last day is over."""
    return LetterKind.ATTENDANCE if place.ends_at is not None and place.ends_at <= at else LetterKind.PARTICIPATION


def find_refusal(kind: LetterKind, place: Place, at: datetime, *, marked: bool) -> str | None:
    """Why there is no letter of ``kind`` now; ``marked`` says that attendance of this person was recorded."""
    due = due_kind(place, at)
    participation, attendance = kind == LetterKind.PARTICIPATION, kind == LetterKind.ATTENDANCE
    refusals = (
        (place.run_state == RunState.CANCELLED, N_("The training was cancelled, so there is nothing to confirm.")),
        (place.state not in HOLDS_PLACE, N_("Only somebody with a place in the training gets a confirmation.")),
        (place.ends_at is None, N_("The training has no days yet.")),
        (
            participation and (due != kind or place.state != EnrolmentState.CONFIRMED),
            N_("The training is over: attendance is confirmed now, not participation."),
        ),
        (attendance and due != kind, N_("Attendance is confirmed once the last day of the training is over.")),
        (attendance and not marked, N_("Attendance has not been recorded yet. Ask again when the trainer has marked it.")),
    )
    return next((words for holds, words in refusals if holds), None)


def changed_fields(then: LetterFacts, now: LetterFacts) -> tuple[str, ...]:
    """Which facts are others than they were. A certificate that was issued afterwards takes nothing from the letter."""
    changed = [field.name for field in fields(LetterFacts) if getattr(then, field.name) != getattr(now, field.name)]
    return tuple(name for name in changed if name != "certificate" or then.certificate)


def standing(place: Place, changed: tuple[str, ...]) -> Standing:
    """What a letter is worth whose enrolment has this ``place`` and whose facts have ``changed``."""
    if place.run_state == RunState.CANCELLED:
        return Standing.RUN_CANCELLED
    if place.state not in HOLDS_PLACE:
        return Standing.NO_PLACE
    return Standing.CHANGED if changed else Standing.CURRENT
