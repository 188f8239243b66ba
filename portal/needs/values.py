"""What a service is given to post or change a need: plain values, as the form fills them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedValues:
    """What a municipality says it needs: a course, or a topic with a ``subject`` in its own words. ``form`` is a word of ``NeedForm``."""

    course_id: int | None = None
    topic_id: int | None = None
    subject: str = ""
    form: str = "any"
    people: int
    categories: tuple[str, ...] = ()
    starts_on: date
    ends_on: date
    note: str = ""
    cost: Decimal | None = None
    contact: str = ""
