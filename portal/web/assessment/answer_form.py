"""The form of a test: every question with what was answered so far. Read by hand, for the questions are drawn for each attempt anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext

from portal import assessment
from portal.assessment.models import QuestionKind
from portal.foundation.georgian import clean_lines, clean_text
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from portal.assessment import Paper
    from portal.assessment.models import QuestionVersion

LONGEST_WORDS, LONGEST_NUMBER = 4_000, 40


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One question in the form, by its number: the answer so far, and what is wrong with it."""

    number: int
    version: QuestionVersion
    given: Any = None
    error: str = ""

    @property
    def text(self) -> str:
        """The question in the language of the page."""
        return self.version.text(language())

    @property
    def lang(self) -> str | None:
        """The language of its texts, where it is not that of the page."""
        return "ka" if language() != "ka" and not self.version.text_en else None

    @property
    def options(self) -> list[tuple[int, str, bool]]:
        """The options: place, words, and whether it was chosen."""
        chosen = self.given if isinstance(self.given, list) else [self.given]
        return [(place, words, place in chosen) for place, words in enumerate(self.version.texts_of_options(language()))]


def read(form: MultiDict[str, str], versions: Mapping[int, QuestionVersion]) -> dict[int, Any]:
    """The answers that were sent, by the id of the question's edition; what was left empty, or was never offered, is left out."""
    answers = {key: _read_one(form.getlist(f"answer-{key}"), version) for key, version in versions.items()}
    return {key: answer for key, answer in answers.items() if answer not in (None, "", [])}


def _read_one(sent: list[str], version: QuestionVersion) -> Any:
    if version.kind == QuestionKind.TEXT:
        return clean_lines(sent[0]) if sent else ""
    if version.kind == QuestionKind.NUMERIC:
        return clean_text(sent[0]) if sent else ""
    places = sorted({place for place in map(find_id, sent) if place is not None and place < len(version.options)})
    return places if version.kind == QuestionKind.MULTIPLE else next(iter(places), None)


def lines_of(
    versions: Mapping[int, QuestionVersion], answers: Mapping[int, Any], errors: Mapping[int, str] | None = None
) -> list[AskedLine]:
    """The form with these answers."""
    return [
        AskedLine(number, version, answers.get(key), (errors or {}).get(key, ""))
        for number, (key, version) in enumerate(versions.items(), 1)
    ]


def too_long(paper: Paper, answers: Mapping[int, Any]) -> dict[int, str]:
    """What can not be kept, in words, by the id of the question's edition."""
    return {
        line.version.id: gettext("Question %(number)s: write at most %(most)s characters.", number=line.number, most=most)
        for line in lines_of(paper.questions, answers)
        if isinstance(line.given, str) and len(line.given) > (most := _limit(line.version))
    }


def not_ready(paper: Paper, answers: Mapping[int, Any], *, empty_is_fine: bool) -> dict[int, str]:
    """What speaks against handing in, in words, by the id of the question's edition: no number where one is asked for, or no answer."""
    errors = {}
    for line in lines_of(paper.questions, answers):
        if line.given is None and not empty_is_fine:
            errors[line.version.id] = gettext("Question %(number)s has no answer.", number=line.number)
        elif line.version.kind == QuestionKind.NUMERIC and line.given and assessment.find_number(line.given) is None:
            errors[line.version.id] = gettext("Question %(number)s: write a number, for example 12,5.", number=line.number)
    return errors


def _limit(version: QuestionVersion) -> int:
    return LONGEST_WORDS if version.kind == QuestionKind.TEXT else LONGEST_NUMBER
