"""Forms of the roll call: somebody who came and is not known yet, the code on the wall, the heads in the room."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from portal import attendance, municipalities, people
from portal.foundation import clock
from portal.web.fields import Choice, Typed, Whole, line
from portal.web.form_keys import new_form_key
from portal.web.labels import choices
from portal.web.language import language
from portal.web.people.fields import georgian_name


class NewPersonForm(FlaskForm):
    """As little as the roll and a certificate need; the rest is asked of the person when they make an account."""

    family_name = line(_("Last name"), limit=people.LONGEST_NAME, rules=(georgian_name,))
    given_name = line(_("First name"), limit=people.LONGEST_NAME, rules=(georgian_name,))
    municipality = Choice(_("Municipality"))
    category = Choice(_("Category"))
    title = line(_("Position"))
    form_key = HiddenField(default=new_form_key)

    def __init__(self) -> None:
        super().__init__()
        self._municipalities = {place.code: place for place in municipalities.municipalities_in_order()}
        nothing = ("", _("Choose"))
        by_name = sorted(self._municipalities.values(), key=lambda place: place.name(language()))
        self.municipality.choices = [nothing, *((place.code, place.name(language())) for place in by_name)]
        self.category.choices = [nothing, *choices("category")]

    @property
    def person(self) -> people.PersonDetails:
        """Who it is; the Latin spelling is the national one until the person says otherwise."""
        return people.PersonDetails(given_name_ka=self.given_name.data or "", family_name_ka=self.family_name.data or "")

    @property
    def post(self) -> people.PostDetails:
        """The post, known to be held from today on."""
        return people.PostDetails(
            municipality_id=self._municipalities[self.municipality.data].id,
            title_ka=self.title.data or "",
            category=self.category.data,
            starts_on=clock.today(),
        )


class WallCode(Typed):
    """The digits that stand beside the QR, with or without the space between them."""

    example = "123 456"

    def read(self, text: str) -> str:
        """The digits."""
        digits = text.replace(" ", "").replace("-", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) == attendance.DIGITS):
            raise ValueError(text)
        return digits


class WallCodeForm(FlaskForm):
    """The code from the wall."""

    code: Any = WallCode(_("Code from the wall"), render_kw={"inputmode": "numeric", "autocomplete": "off"})


class HeadCountForm(FlaskForm):
    """How many people are in the room."""

    people: Any = Whole(_("People in the room"), low=0, high=attendance.MOST_HEADS)
