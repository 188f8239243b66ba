"""Forms of the administrators."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal import people
from portal.foundation import clock
from portal.foundation.errors import N_
from portal.people.models import Role
from portal.web.fields import Choice, Day, DrawnAt, line, sentence
from portal.web.labels import choices
from portal.web.people import fields
from portal.web.people.profile_forms import NO_SEX, PersonForm


class GrantForm(FlaskForm):
    """A role for a person, from a day to a day."""

    role = Choice(_("Role"))
    municipality = Choice(_("Municipality"), optional=True, description=_("Only for coordinators"))
    starts_on = Day(_("From"), optional=True, description=_("For example 08.12.2026. Left empty: from today."))
    ends_on = Day(_("Until"), optional=True, description=_("For example 08.12.2026. Left empty: until the role is ended."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = fields.with_blank(choices("role"))
        self.municipality.choices = fields.municipality_choices()

    def validate(self, extra_validators: dict[str, Any] | None = None) -> bool:
        """A coordinator works for one municipality."""
        well = bool(super().validate(extra_validators))
        if self.role.data == Role.COORDINATOR and not self.municipality.data and not self.municipality.errors:
            self.municipality.errors = [gettext("Choose the municipality of the coordinator.")]
            return False
        return well

    def grant_to(self, person_id: int, by: int) -> None:
        """Grant what was asked for."""
        people.grant_role(
            person_id,
            Role(self.role.data),
            by=by,
            municipality_id=int(self.municipality.data) if self.municipality.data else None,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )


class AddPersonForm(PersonForm):
    """A person who has no account, and the post if it is known."""

    given_name_latin = line(
        _("First name in Latin letters"),
        optional=True,
        limit=people.LONGEST_NAME,
        rules=(fields.latin_name,),
        description=_("Empty: by the national system of romanisation"),
    )
    family_name_latin = line(_("Last name in Latin letters"), optional=True, limit=people.LONGEST_NAME, rules=(fields.latin_name,))
    email = fields.email(_("Address for e-mails"), required=False)
    municipality = Choice(_("Municipality"), optional=True)
    category = Choice(_("Category of position"), optional=True)
    title_ka = line(_("Position"), optional=True)
    drawn_at = DrawnAt()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.municipality.choices = fields.municipality_choices()
        self.category.choices = fields.with_blank(choices("category"))
        if not self.is_submitted():
            self.language.data, self.sex.data = "ka", NO_SEX

    def validate(self, extra_validators: dict[str, Any] | None = None) -> bool:
        """The post is described whole or not at all; that is asked of empty fields too."""
        well = bool(super().validate(extra_validators))
        post = (self.municipality, self.category, self.title_ka)
        for field in post:
            if any(other.data for other in post) and not field.data and not field.errors:
                field.errors = [sentence(field, N_("Municipality, category and position belong together: “%(field)s” is missing."))]
                well = False
        return well

    def post(self) -> people.PostDetails | None:
        """The post, if it was described."""
        if not self.title_ka.data:
            return None
        return people.PostDetails(
            municipality_id=int(self.municipality.data), category=self.category.data, title_ka=self.title_ka.data, starts_on=clock.today()
        )
