"""Points for answers, decided on plain values."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

from portal.assessment.models import QuestionKind
from portal.assessment.rules import BEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,6})?")
SPACES = re.compile(r"[\s\u00a0\u202f]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as far as its points hang on it: the places of the right options, or the right number and how far off is still right."""

    kind: str
    points: int
    right: frozenset[int] = frozenset()
    answer: Decimal = Decimal(0)
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reached:
    """What answers came to: points, of how many, and how many answers still wait for somebody to mark them."""

    earned: Fraction
    most: int
    waits: int

    @property
    def percent(self) -> int:
        """In percent of what could be reached, rounded half up: 82.5 is 83."""
        return percent_of(self.earned, self.most)


def percent_of(earned: Fraction, most: int) -> int:
    """``earned`` of ``most`` in whole percent, rounded half up."""
    return floor(earned * BEST / most + Fraction(1, 2)) if most else 0


def find_number(text: str) -> Decimal | None:
    """The number that somebody wrote, with a decimal comma or point, spaces between digits or none; None when it is none."""
    written = SPACES.sub("", text).replace("\N{MINUS SIGN}", "-")
    return Decimal(written.replace(",", ".")) if NUMBER.fullmatch(written) else None


def find_points(asked: Asked, given: Any, marked: Decimal | None = None) -> Fraction | None:
    """The points for one answer, ``given`` as it is kept; None when somebody has still to mark it.

    One option: all or nothing. Several: each right one adds its share and each wrong one takes one away, never below nothing.
    """
    if given in (None, "", []):
        return Fraction(0)
    if asked.kind == QuestionKind.TEXT:
        return None if marked is None else Fraction(marked)
    if asked.kind == QuestionKind.NUMERIC:
        number = find_number(given)
        return Fraction(asked.points if number is not None and abs(number - asked.answer) <= asked.tolerance else 0)
    if asked.kind == QuestionKind.SINGLE:
        return Fraction(asked.points if given in asked.right else 0)
    chosen = frozenset(given)
    hits = len(chosen & asked.right) - len(chosen - asked.right)
    return Fraction(asked.points * max(hits, 0), len(asked.right))


def reached(questions: Mapping[int, Asked], answers: Mapping[int, Any], markings: Mapping[int, Decimal]) -> Reached:
    """What the ``answers`` to ``questions`` came to; all by the id of the question's edition."""
    points = [find_points(asked, answers.get(key), markings.get(key)) for key, asked in questions.items()]
    return Reached(
        sum((one for one in points if one is not None), Fraction(0)),
        sum(asked.points for asked in questions.values()),
        points.count(None),
    )


def draw(pool: Sequence[int], number: int | None, seed: int) -> list[int]:
    """The questions of one attempt: ``number`` of the ``pool``, drawn at random by ``seed``; all of them in order when it is None."""
    return list(pool) if number is None else random.Random(seed).sample(pool, min(number, len(pool)))  # noqa: S311  (an order, no secret)


@dataclass(frozen=True, slots=True)
class Gain:
    """What a run brought, of those ``people`` who took both tests: mean percent before and after, and of what was left to learn the mean part learned.

    ``improvable`` are those who had anything left to learn; without one there is no such mean.
    """

    people: int
    before: Fraction
    after: Fraction
    improvable: int
    normalised: Fraction | None


def find_gain(pairs: Iterable[tuple[int, int]]) -> Gain | None:
    """The gain from the percent ``(before, after)`` of each person; None where nobody took both tests."""
    both = list(pairs)
    if not both:
        return None
    parts = [Fraction(after - before, BEST - before) for before, after in both if before < BEST]
    return Gain(
        len(both),
        Fraction(sum(before for before, _after in both), len(both)),
        Fraction(sum(after for _before, after in both), len(both)),
        len(parts),
        sum(parts, Fraction(0)) / len(parts) if parts else None,
    )
