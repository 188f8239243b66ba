"""The form of a course: every field of the state register of training programmes, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Form, FormField

from portal import courses
from portal.web.fields import REQUIRED, KeyChoice, Number, Rows, Ticks, Whole, line, lines, sentence
from portal.web.labels import choices
from portal.web.language import language

if TYPE_CHECKING:
    from portal.courses.models import CourseVersion

MOST_METHODS = 10
SPARE_METHODS = 2
ONE_PER_LINE = _("One per line.")
TEXTS = ("title", "summary", "goal", "learning_outcomes", "curriculum", "prerequisite", "teaching_method")
NUMBERS = (
    "contact_hours",
    "independent_hours",
    "credits",
    "minimum_group",
    "maximum_group",
    "attendance_percent",
    "score_percent",
    "validity_months",
)


class AssessmentRow(Form):
    """One way of assessing participants. A row left empty is passed over."""

    name_ka = line(_("Method in Georgian"), optional=True)
    name_en = line(_("Method in English"), optional=True)
    minimum = Whole(_("Minimum points"), low=0, high=1000, optional=True)
    maximum = Whole(_("Maximum points"), low=0, high=1000, optional=True)

    @property
    def used(self) -> bool:
        """Something stands in this row."""
        return any(field.raw_data and any(str(text).strip() for text in field.raw_data) for field in self) or any(
            field.data not in (None, "") for field in self
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """A row that is used is filled in whole."""
        sound = super().validate(extra_validators)
        if self.used:
            for field in self:
                if field.data in (None, "") and not field.errors:
                    field.errors = [sentence(field, REQUIRED)]
                    sound = False
        return sound


class CourseForm(FlaskForm):
    """What staff say about a course."""

    topic_id = KeyChoice(_("Topic"))
    title_ka = line(_("Title in Georgian"))
    title_en = line(_("Title in English"))
    slug = line(
        _("Web address"),
        optional=True,
        description=_("Latin letters, digits and hyphens. Left empty, it is made from the English title."),
    )
    summary_ka = lines(_("Short description in Georgian"))
    summary_en = lines(_("Short description in English"))
    goal_ka = lines(_("Goal in Georgian"))
    goal_en = lines(_("Goal in English"))
    learning_outcomes_ka = lines(_("Learning outcomes in Georgian"), description=ONE_PER_LINE)
    learning_outcomes_en = lines(_("Learning outcomes in English"), description=ONE_PER_LINE)
    curriculum_ka = lines(_("Curriculum in Georgian"), description=ONE_PER_LINE)
    curriculum_en = lines(_("Curriculum in English"), description=ONE_PER_LINE)
    prerequisite_ka = lines(_("Prerequisite in Georgian"))
    prerequisite_en = lines(_("Prerequisite in English"))
    teaching_method_ka = lines(_("Teaching method in Georgian"))
    teaching_method_en = lines(_("Teaching method in English"))
    target_categories = Ticks(_("Target group"), choices=choices("category"), description=_("None ticked: open to everybody."))
    contact_hours = Number(_("Contact hours"), high=2000)
    independent_hours = Number(_("Independent study hours"), high=2000, optional=True)
    credits = Number(_("Credits"), high=60, optional=True)
    minimum_group = Whole(_("Minimum participants"), low=1, high=2000)
    maximum_group = Whole(_("Maximum participants"), low=1, high=2000)
    assessment = Rows(
        FormField(AssessmentRow, _("Assessment method")), _("Assessment methods"), max_entries=MOST_METHODS, min_entries=SPARE_METHODS
    )
    attendance_percent = Whole(_("Attendance of contact hours, %"), low=1, high=100, optional=True)
    score_percent = Whole(_("Final score, %"), low=1, high=100, optional=True)
    validity_months = Whole(
        _("Validity of the certificate, months"), low=1, high=240, optional=True, description=_("Left empty, it is valid without limit.")
    )

    def __init__(self, version: CourseVersion | None = None, **typed: Any) -> None:
        super().__init__(data=_typed_of(version) if version else {"attendance_percent": 80, "independent_hours": 0}, **typed)
        self.topic_id.choices = [("", _("Choose")), *((topic.id, topic.name(language())) for topic in courses.topics_in_order())]

    def values(self) -> courses.CourseValues:
        """What was typed, for the service."""
        fields: dict[str, Any] = {f"{text}_{code}": self[f"{text}_{code}"].data for text in TEXTS for code in ("ka", "en")}
        fields |= {name: self[name].data for name in NUMBERS}
        fields["independent_hours"] = fields["independent_hours"] or 0
        methods = tuple(courses.AssessmentMethod(**row.form.data) for row in self.assessment if row.form.used)
        return courses.CourseValues(
            topic_id=self.topic_id.data,
            slug=self.slug.data,
            target_categories=tuple(self.target_categories.data or ()),
            assessment=methods,
            **fields,
        )


def _typed_of(version: CourseVersion) -> dict[str, Any]:
    fields = {f"{text}_{code}": getattr(version, f"{text}_{code}") for text in TEXTS for code in ("ka", "en")}
    fields |= {name: getattr(version, name) for name in NUMBERS}
    spare: list[Any] = [{} for _row in range(min(SPARE_METHODS, MOST_METHODS - len(version.assessment)))]
    return fields | {
        "topic_id": version.course.topic_id,
        "slug": version.course.slug,
        "target_categories": version.target_categories,
        "assessment": [*version.assessment, *spare],
    }
