"""Forms about needs: what a municipality posts, its money, and what staff say when they plan or decline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import courses, needs
from portal.foundation import clock
from portal.foundation.errors import N_
from portal.web.fields import Choice, Day, KeyChoice, Number, Ticks, Whole, line, lines, sentence
from portal.web.labels import choices
from portal.web.language import language
from portal.web.needs.words import quarter_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.courses.models import CourseVersion
    from portal.municipalities.models import Municipality
    from portal.needs import Posted

QUARTERS_AHEAD = 8


class NeedForm(FlaskForm):
    """What a municipality needs. The period is a quarter, or two days."""

    municipality_id = KeyChoice(_("Municipality"))
    course_id = KeyChoice(_("Course of the catalogue"), optional=True)
    topic_id = KeyChoice(_("Topic"), optional=True)
    subject = line(_("What is needed, in your own words"), optional=True)
    form = Choice(_("Mode of study"), choices=choices("need_form"), default="any")
    people = Whole(_("How many people"), low=1, high=needs.MOST_PEOPLE)
    categories = Ticks(_("Categories of post"), choices=choices("category"), description=_("None ticked: for all."))
    quarter = Choice(_("Quarter"), optional=True, validate_choice=False)
    starts_on = Day(_("First day"), optional=True)
    ends_on = Day(_("Last day"), optional=True)
    cost = Number(_("Estimated cost, lari"), optional=True, high=int(needs.MOST_MONEY))
    note = lines(_("Note"), limit=2000)
    contact = line(_("Contact person"))

    def __init__(self, places: Sequence[Municipality], name: str, posted: Posted | None = None) -> None:
        super().__init__(data=_typed_of(posted) if posted else {"contact": name, "municipality_id": places[0].id})
        lang = language()
        self.municipality_id.choices = [(one.id, one.full_name(lang)) for one in places]
        self.course_id.choices = [("", _("None of these")), *((one.course_id, one.title(lang)) for one in _offered(posted))]
        self.topic_id.choices = [("", _("Choose")), *((one.id, one.name(lang)) for one in courses.topics_in_order())]
        self.quarters = {"": _("Other days")} | {_code(one): quarter_words(one) for one in _quarters(posted)}
        self.quarter.choices = list(self.quarters.items())
        if posted or len(places) == 1:
            del self.municipality_id

    def validate(self, extra_validators: Any = None) -> bool:
        """The period is said in one of the two ways."""
        sound: bool = super().validate(extra_validators)
        if self.quarter.data not in self.quarters:
            self.quarter.errors = [sentence(self.quarter, N_("Choose “%(field)s” from the list."))]
        elif self.quarter.data and (self.starts_on.data or self.ends_on.data) and not self._says_the_same():
            self.quarter.errors = [sentence(self.quarter, N_("Choose a quarter, or write the days: one of the two."))]
        elif not self.quarter.data:
            for field in (self.starts_on, self.ends_on):
                if field.data is None and not field.errors:
                    field.errors = [sentence(field, N_("Fill in “%(field)s”, or choose a quarter."))]
        return sound and not (self.quarter.errors or self.starts_on.errors or self.ends_on.errors)

    def _says_the_same(self) -> bool:
        quarter = _quarter_of(self.quarter.data)
        return (quarter.first, quarter.last) == (self.starts_on.data, self.ends_on.data)

    def values(self) -> needs.NeedValues:
        """What was typed, for the service."""
        quarter = _quarter_of(self.quarter.data) if self.quarter.data else None
        return needs.NeedValues(
            course_id=self.course_id.data,
            topic_id=self.topic_id.data,
            subject=self.subject.data,
            form=self.form.data,
            people=self.people.data,
            categories=tuple(self.categories.data or ()),
            starts_on=quarter.first if quarter else self.starts_on.data,
            ends_on=quarter.last if quarter else self.ends_on.data,
            note=self.note.data,
            cost=self.cost.data,
            contact=self.contact.data,
        )


def _typed_of(posted: Posted) -> dict[str, Any]:
    need = posted.need
    names = ("course_id", "topic_id", "subject", "form", "people", "categories", "cost", "note", "contact")
    typed = {name: getattr(need, name) for name in names}
    quarter = needs.find_quarter(need.starts_on, need.ends_on)
    return typed | ({"quarter": _code(quarter)} if quarter else {"starts_on": need.starts_on, "ends_on": need.ends_on})


def _offered(posted: Posted | None) -> list[CourseVersion]:
    """The published courses, and the one that the need names already."""
    known = [one for one in courses.current_versions() if one.course.published]
    named = posted.version if posted else None
    return known if named is None or named in known else [*known, named]


def _quarters(posted: Posted | None) -> list[needs.Quarter]:
    """This quarter and the next ones, and the one that the need names already."""
    found = [needs.Quarter.of(clock.today())]
    while len(found) < QUARTERS_AHEAD:
        found.append(found[-1].following)
    named = needs.find_quarter(posted.need.starts_on, posted.need.ends_on) if posted else None
    return sorted({*found, named}) if named else found


def _code(quarter: needs.Quarter) -> str:
    return f"{quarter.year}-{quarter.number}"


def _quarter_of(code: str) -> needs.Quarter:
    year, _dash, number = code.partition("-")
    return needs.Quarter(int(year), int(number))


class BudgetForm(FlaskForm):
    """The money that a municipality plans for training in a year."""

    amount = Number(_("Money planned for training, lari"), high=int(needs.MOST_MONEY))


class DeclineForm(FlaskForm):
    """Why no training is planned for a need."""

    words = lines(_("Reason"), optional=False, limit=1000, description=_("The coordinators of the municipality read it in a mail."))


class RunOfNeedsForm(FlaskForm):
    """The run that staff make of needs."""

    course_id = KeyChoice(_("Course"))
    form = Choice(_("Mode of study"), choices=choices("form"))
    venue_id = KeyChoice(_("Venue"), optional=True, description=_("An online run needs none."))
    capacity = Whole(_("Capacity"), low=1, high=2000)
