"""The form of a questionnaire: its fields follow from the questions and the trainers of the run. All of them may be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField

from portal.evaluation import Given, Kind, Questionnaire
from portal.web.evaluation.words import values_of
from portal.web.fields import Radios, lines
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.evaluation import Question
    from portal.people.models import Person

LONGEST = 2_000


class Marks(Radios):
    """Radio buttons side by side: a row of numbers, whose ends are told in ``ends``."""

    ends: tuple[str, str] = ("", "")


class AnswerForm(FlaskForm):
    """What every questionnaire has; ``items`` says which field is the answer to what."""

    edition = HiddenField()
    asked: Questionnaire
    items: dict[str, tuple[str, int | None]]

    @property
    def questions(self) -> list[Any]:
        """The fields of the questions, in order."""
        return [self[name] for name in self.items]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check each field, and that something was answered; what is said of that stands beside the first question."""
        sound: bool = super().validate(*args, **kwargs)
        if sound and self.items and not any(field.data for field in self.questions):
            self.questions[0].errors = [gettext("Answer at least one question.")]
            return False
        return sound

    def given(self) -> Given:
        """What was answered."""
        filled = {item: self[name].data for name, item in self.items.items() if self[name].data}
        kinds = {one.code: one.kind for one in self.asked.asked}
        return Given(
            questions=self.asked.asked,
            values={item: int(data) for item, data in filled.items() if kinds[item[0]] != Kind.TEXT},
            texts={code: data for (code, _trainer), data in filled.items() if kinds[code] == Kind.TEXT},
        )


def answer_form(asked: Questionnaire, trainers: Sequence[Person]) -> AnswerForm:
    """The form of a questionnaire about a run with these trainers."""
    fields: dict[str, Any] = {}
    items: dict[str, tuple[str, int | None]] = {}
    for question in asked.asked:
        for trainer in trainers if question.of_trainer else [None]:
            name = f"{question.code}-{trainer.id}" if trainer else question.code
            items[name] = (question.code, trainer.id if trainer else None)
            fields[name] = _field(question, trainer)
    made: AnswerForm = type("QuestionsForm", (AnswerForm,), fields)()
    made.asked, made.items, made.edition.data = asked, items, str(asked.number)
    for name, (code, _trainer) in items.items():
        if isinstance(made[name], Marks):
            _tell_ends(made[name], next(one for one in asked.asked if one.code == code))
    return made


def _field(question: Question, trainer: Person | None) -> Any:
    words = question.words.said(language())
    label = f"{words} — {trainer.name(language())}" if trainer else words
    if question.kind == Kind.TEXT:
        return lines(label, limit=LONGEST)
    chosen = Radios if question.kind == Kind.CHOICE else Marks
    return chosen(label, optional=True, choices=[(str(value), said) for value, said in values_of(question)])


def _tell_ends(field: Marks, question: Question) -> None:
    said = [words for _value, words in values_of(question)]
    field.ends = (said[0], said[-1]) if question.kind == Kind.SCALE else (gettext("certainly not"), gettext("certainly"))
