"""What a holder can show by a link, and for how long. Plain values in, plain values out."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

LONGEST: Final = timedelta(days=5 * 366)
"""No link lasts longer: who shows something for good forgets that it is shown."""
LONGEST_NOTE: Final = 100
MOST_LINKS: Final = 30
"""Of one certificate that open something at the same time."""


class Shown(StrEnum):
    """What a link may show, in groups that say something by themselves. What the certificate is worth today is always shown."""

    NAME = "name"
    TRAINING = "training"
    HOURS = "hours"
    POST = "post"
    RESULTS = "results"
    ISSUE = "issue"
    NUMBER = "number"
    FILE = "file"


def check_share(shows: Collection[str], ends_at: datetime, note: str, at: datetime) -> list[str]:
    """The groups ``shows`` in their order. Raises ``RefusedError`` when nothing is chosen, or the time or the note is out of bounds."""
    chosen = [str(group) for group in Shown if group in set(shows)]
    if not chosen:
        raise RefusedError(N_("Choose at least one thing to show."))
    if not at < ends_at <= at + LONGEST:
        raise RefusedError(N_("A link can last until a day within the next five years."))
    if len(note) > LONGEST_NOTE:
        raise RefusedError(N_("The note can have at most %(most)s characters."), most=LONGEST_NOTE)
    return chosen
