"""What changed of a run's plan, so that people can be told what it was and what it is now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.courses import letters
from portal.foundation.mail_texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.courses.models import CourseRun, CourseSession

Words = dict[str, str]
"""The same said in every language of the portal."""


class MoveKind(StrEnum):
    """What has moved."""

    DAY = "day"
    PLACE = "place"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing that people must hear of: another time, place or online link; ``was`` is empty for a day that is new.

    ``session_id`` names a day whose times are other ones now. In words, because what it was is gone from the database.
    """

    kind: MoveKind
    was: Words | None = None
    now: Words
    session_id: int | None = None

    def tells(self, language: str) -> bool:
        """Whether it says anything new in ``language``: only the other language's address of a venue may have been corrected."""
        return self.was is None or self.was[language] != self.now[language]

    def told(self, language: str) -> dict[str, str]:
        """What mails in ``language`` say of it."""
        return {"kind": self.kind, "was": self.was[language] if self.was else "", "now": self.now[language]}


def moves_in_words(moves: Iterable[Move], language: str) -> list[dict[str, str]]:
    """What mails in ``language`` say of ``moves``; empty when none of them says anything new in it."""
    return [move.told(language) for move in moves if move.tells(language)]


def place_words(run: CourseRun) -> Words:
    """Where the run is held, as people are told."""
    return {language: letters.where(run, language) for language in LANGUAGES}


def day_words(session: CourseSession) -> Words:
    """When the day is held, as people are told."""
    return {language: letters.when(session.starts_at, session.ends_at, language) for language in LANGUAGES}


def new_day(session: CourseSession) -> Move:
    """A day that was not there before."""
    return Move(kind=MoveKind.DAY, now=day_words(session), session_id=session.id)
