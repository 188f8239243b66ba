"""The form of a question of the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, FormField

from portal import assessment, courses
from portal.assessment.models import WITH_OPTIONS, QuestionKind
from portal.web.fields import Choice, Radios, Rows, Whole, line, lines
from portal.web.ids import find_id
from portal.web.labels import choices
from portal.web.language import language

if TYPE_CHECKING:
    from portal.assessment.models import QuestionVersion

MOST_OPTIONS, ROOM_AT_FIRST, SPARE = 12, 4, 2
LONGEST_TEXT, MOST_POINTS = 2_000, 100
TOPIC, COURSE = "topic", "course"


class OptionRow(Form):
    """One option. A row left empty is passed over."""

    ka = line(_("In Georgian"), optional=True)
    en = line(_("In English"), optional=True)
    right = BooleanField(_("This is right"))


class QuestionForm(FlaskForm):
    """What staff or a trainer say about a question."""

    home = Choice(_("Belongs to"), description=_("Tests of a course ask its own questions and those of its topic."))
    kind = Radios(_("Kind of question"), choices=choices("question_kind"))
    text_ka = lines(_("Question in Georgian"), optional=False, limit=LONGEST_TEXT)
    text_en = lines(_("Question in English"), limit=LONGEST_TEXT, description=_("Left empty, the Georgian text is shown."))
    options = Rows(FormField(OptionRow, _("Option")), _("Options"), max_entries=MOST_OPTIONS, min_entries=ROOM_AT_FIRST)
    answer = line(_("Right number"), optional=True, limit=30, description=_("For example 12,5."))
    tolerance = line(
        _("Tolerance"), optional=True, limit=30, description=_("So much more or less is right as well. Left empty, only the number itself.")
    )
    points = Whole(_("Points"), low=1, high=MOST_POINTS)

    def __init__(self, version: QuestionVersion | None = None, *, taught_by: int | None, **typed: Any) -> None:
        super().__init__(data=_typed_of(version) if version else {"kind": QuestionKind.SINGLE.value, "points": 1}, **typed)
        self.home.choices = [("", _("Choose")), *homes(taught_by)]

    def values(self) -> assessment.QuestionValues:
        """What was typed, for the service."""
        kind, _dash, key = (self.home.data or "").partition("-")
        rows = [row.form.data for row in self.options] if self.kind.data in WITH_OPTIONS else []
        return assessment.QuestionValues(
            topic_id=find_id(key) if kind == TOPIC else None,
            course_id=find_id(key) if kind == COURSE else None,
            kind=self.kind.data,
            text_ka=self.text_ka.data,
            text_en=self.text_en.data,
            options=tuple(
                assessment.OptionValues(one["ka"] or one["en"], one["en"], one["right"]) for one in rows if one["ka"] or one["en"]
            ),
            answer=self.answer.data,
            tolerance=self.tolerance.data,
            points=self.points.data,
        )


def homes(taught_by: int | None) -> list[tuple[str, str]]:
    """Where ``taught_by`` may put questions: in the courses that they teach; staff (None) in topics and all courses."""
    versions = courses.current_versions()
    if taught_by is not None:
        taught = assessment.ids_of_courses_taught(taught_by)
        versions = [version for version in versions if version.course_id in taught]
    topics = courses.topics_in_order() if taught_by is None else []
    return [
        *((f"{TOPIC}-{one.id}", gettext("Topic: %(name)s", name=one.name(language()))) for one in topics),
        *((f"{COURSE}-{one.course_id}", gettext("Course: %(name)s", name=one.title(language()))) for one in versions),
    ]


def _typed_of(version: QuestionVersion) -> dict[str, Any]:
    question = version.question
    spare: list[Any] = [{} for _row in range(min(SPARE, MOST_OPTIONS - len(version.options)))]
    return {name: getattr(version, name) for name in ("kind", "text_ka", "text_en", "points")} | {
        "home": f"{TOPIC}-{question.topic_id}" if question.topic_id else f"{COURSE}-{question.course_id}",
        "options": [*version.options, *spare],
        "answer": version.answer.replace(".", ",") if language() == "ka" else version.answer,
        "tolerance": version.tolerance.replace(".", ",") if language() == "ka" else version.tolerance,
    }
