"""Results in words: for each question its mean and how often each answer was given, or that too few have answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.evaluation import Distribution, Kind
from portal.web.evaluation.words import values_of
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from portal.evaluation import Question, Round, ShownText


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer: its words, how often it was given, and the share of it."""

    words: str
    number: int
    percent: int


@dataclass(frozen=True, slots=True)
class Item:
    """One question with what was answered. ``number`` is 0 where fewer have answered than may be shown; ``best`` is the highest mark of a scale."""

    key: str
    title: str
    number: int
    mean: Decimal | None
    best: int
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written to one question."""

    key: str
    title: str
    texts: list[ShownText]


def item_of(question: Question, found: Distribution | None, *, about: str = "", key: str = "") -> Item:
    """One question; ``about`` names the trainer whom it is about."""
    title, shown = question.words.said(language()), found or Distribution({})
    return Item(
        key=f"{question.code}{key}",
        title=f"{title} — {about}" if about else title,
        number=shown.number,
        mean=shown.mean if question.kind in {Kind.SCALE, Kind.LIKELY} else None,
        best=question.values[-1] if question.values else 0,
        bars=[Bar(words, shown.values.get(value, 0), shown.percent(value)) for value, words in values_of(question)] if found else [],
    )


def items_of(questions: Iterable[Question], round_: Round, found: Mapping[tuple[Round, str], Distribution]) -> list[Item]:
    """The questions of a round that can be counted, but for archived ones that nobody has answered."""
    return [
        item_of(one, found.get((round_, one.code)))
        for one in questions
        if one.kind != Kind.TEXT and not (one.archived and (round_, one.code) not in found)
    ]


def written_of(questions: Iterable[Question], round_: Round, texts: Iterable[ShownText]) -> list[Written]:
    """The questions of a round that are answered in words, with the texts that may be shown."""
    mine = [text for text in texts if text.round == round_]
    found = [
        (one, Written(one.code, one.words.said(language()), [text for text in mine if text.question == one.code]))
        for one in questions
        if one.kind == Kind.TEXT
    ]
    return [written for question, written in found if written.texts or not question.archived]
