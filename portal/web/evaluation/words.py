"""Words for what can be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.evaluation import Kind
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from portal.evaluation import Question


def values_of(question: Question) -> list[tuple[int, str]]:
    """Every answer that can be counted, with its words in the language of the page."""
    return [(value, _words(question, value)) for value in question.values]


def _words(question: Question, value: int) -> str:
    if question.kind == Kind.SCALE:
        return label("mark_of_five", str(value))
    return str(value) if question.kind == Kind.LIKELY else question.options[value].said(language())
