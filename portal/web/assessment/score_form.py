"""The form of the final scores: one small field for each person; only what was changed is recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext

from portal import people
from portal.foundation.georgian import clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.attendance import PersonAttendance, RunAttendance

_NUMBER = re.compile(r"[0-9]{1,15}")
_SCORE = re.compile(r"[0-9]{1,3}")
BEST = 100


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One person in the form: the score as typed, the one that the form shows as recorded, what is wrong, and whether another has the name.

    ``from_test`` says that the recorded score comes from a test.
    """

    person: PersonAttendance
    typed: str
    recorded: str
    error: str = ""
    namesake: bool = False
    from_test: bool = False

    @property
    def key(self) -> int:
        """The enrolment."""
        return self.person.enrolment_id


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent, by enrolment id: texts, the scores that it showed, the scores in it, and what cannot be read."""

    typed: dict[int, str]
    shown: dict[int, int]
    scores: dict[int, int]
    errors: dict[int, str]


def read(form: Mapping[str, str]) -> Sent:
    """What was sent. An empty field is no wish, unless a score was shown there: a recorded score is never removed."""
    sent = Sent({}, {}, {}, {})
    for name, value in form.items():
        prefix, _, key = name.partition("-")
        if prefix == "score" and _NUMBER.fullmatch(key):
            _read_one(sent, int(key), clean_text(value).removesuffix("%").strip(), form.get(f"shown-{key}", ""))
    return sent


def _read_one(sent: Sent, key: int, text: str, shown: str) -> None:
    sent.typed[key] = text
    if _SCORE.fullmatch(shown):
        sent.shown[key] = int(shown)
    if _SCORE.fullmatch(text) and int(text) <= BEST:
        sent.scores[key] = int(text)
    elif text:
        sent.errors[key] = gettext("Write a whole number from 0 to 100.")
    elif key in sent.shown:
        sent.errors[key] = gettext("A recorded score can be changed, not removed.")


def lines(
    matrix: RunAttendance,
    recorded: Mapping[int, int],
    from_tests: Mapping[int, bool],
    sent: Sent | None = None,
    errors: Mapping[int, str] | None = None,
) -> list[ScoreLine]:
    """The form: what is recorded, or what was ``sent`` with its ``errors``."""
    found = []
    same = people.namesakes(person.name.ka for person in matrix.people)
    for person in matrix.people:
        key = person.enrolment_id
        known = str(recorded[key]) if key in recorded else ""
        wished = sent is not None and key in sent.typed and sent.typed[key] != str(sent.shown.get(key, ""))
        found.append(
            ScoreLine(
                person,
                sent.typed[key] if sent and wished else known,
                known,
                (errors or {}).get(key, ""),
                person.name.ka in same,
                from_tests.get(key, False),
            )
        )
    return found
