"""Forms of this room: somebody who came and is not known to the portal yet, and of which day the ledger is shown."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from portal import municipalities, people
from portal.foundation import clock
from portal.web.fields import Choice, Day, line, moment
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


class KnownOnForm(FlaskForm):
    """As of which day the ledger is shown: whatever was recorded later is left out."""

    class Meta:
        """It only asks and changes nothing, so it needs no token."""

        csrf = False

    on = Day(_("As it was known on"), optional=True)

    @property
    def known_at(self) -> datetime | None:
        """The end of that day; None for now."""
        return moment(self.on.data + timedelta(days=1), time.min) - timedelta(microseconds=1) if self.on.data else None
