"""The form for somebody whom the coordinator's list of people does not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, Form, StringField
from wtforms.validators import Optional, ValidationError

from portal import people
from portal.foundation import clock
from portal.foundation.identifiers import parse_personal_number
from portal.web.enrolment.quotas import names_of_places
from portal.web.fields import Choice, DrawnAt, Radios, line
from portal.web.ids import find_id
from portal.web.labels import choices
from portal.web.language import language
from portal.web.people import fields
from portal.web.people.admin_forms import AddPersonForm
from portal.web.people.profile_forms import NO_SEX, NamesForm

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.journeys import MayBeKnownError

ANOTHER = "another"


def _eleven_digits(_form: Form, field: Field) -> None:
    try:
        parse_personal_number(field.data)
    except ValueError:
        raise ValidationError(gettext("A personal number must have 11 digits")) from None


class NewNomineeForm(NamesForm):
    """As little as a nomination needs: names, post, and a way to reach the person. ``who`` is asked when somebody of that name is known."""

    who = Radios(_("Is it one of these people?"), optional=True, validate_choice=False)
    given_name_latin = AddPersonForm.given_name_latin
    family_name_latin = AddPersonForm.family_name_latin
    email = fields.email(_("Address for e-mails"), required=False, description=_("The person is told of the nomination by e-mail."))
    phone = fields.phone(_("Phone number"))
    municipality = Choice(_("Municipality"))
    category = Choice(_("Category of position"))
    title_ka = line(_("Position"), description=_("In Georgian, as in the contract or order"))
    unit = line(_("Structural unit"), optional=True)
    personal_number: Any = StringField(
        _("Personal number"),
        [Optional(), _eleven_digits],
        widget=fields.SealedInput(),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        description=_("It tells people of the same name apart. It is kept sealed and is never shown."),
    )
    sex = Radios(_("Sex"), optional=True, description=_("Used only for counts in reports."))
    drawn_at = DrawnAt()

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.who.choices = []
        self.sex.choices = [*choices("sex"), (NO_SEX, gettext("Not stated"))]
        self.category.choices = fields.with_blank(choices("category"))
        places = names_of_places(actor)
        self._only_place = None if places else next(iter(actor.municipality_ids))
        if places:
            self.municipality.choices = fields.with_blank((str(number), name) for number, name in places.items())
        else:
            del self.municipality
        if not self.is_submitted():
            self.sex.data = NO_SEX

    def validate(self, extra_validators: dict[str, Any] | None = None) -> bool:
        """E-mail or phone: nobody is nominated whom nobody can reach."""
        well = bool(super().validate(extra_validators))
        if not self.email.data and not self.phone.data and not self.email.errors and not self.phone.errors:
            self.email.errors = [gettext("Write an e-mail address or a phone number: the person must be reached.")]
            return False
        return well

    def ask_who(self, known: MayBeKnownError, words: str) -> None:
        """Offer the people who may be meant; with the same personal number it can be no other."""
        lang = language()
        self.who.choices = [(str(post.person_id), f"{post.person.name(lang)}, {post.line(lang)}") for post in known.posts]
        if not known.certain:
            self.who.choices.append((ANOTHER, gettext("No, it is another person of the same name")))
        self.who.errors = [words]

    @property
    def known_person(self) -> int | None:
        """The id of the person who was said to be meant."""
        return find_id(self.who.data)

    @property
    def is_another(self) -> bool:
        """True when those of the same name were said to be others."""
        return bool(self.who.data == ANOTHER)

    def person(self) -> people.PersonDetails:
        """Who it is."""
        names = ("given_name_ka", "family_name_ka", "given_name_latin", "family_name_latin")
        return people.PersonDetails(
            **{name: self[name].data for name in names},
            email=self.email.data or None,
            phone=self.phone.data or None,
            sex=self.sex.data if self.sex.data != NO_SEX else None,
        )

    def post(self) -> people.PostDetails:
        """The post, known to be held from today on."""
        return people.PostDetails(
            municipality_id=self._only_place or int(self.municipality.data),
            unit=self.unit.data,
            title_ka=self.title_ka.data,
            category=self.category.data,
            starts_on=clock.today(),
        )
