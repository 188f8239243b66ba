"""Forms of the profile: the person, the personal number, the post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, Form, StringField
from wtforms.validators import ValidationError

from portal import people
from portal.foundation import clock
from portal.people.models import Person, Post, PostCategory
from portal.web.fields import Choice, Day, Filled, Radios, line
from portal.web.labels import choices
from portal.web.people import fields

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

EARLIEST = 1950
RANKS = [("1", "I"), ("2", "II"), ("3", "III"), ("4", "IV")]
NO_RANK, NO_SEX = "0", "unstated"


class NamesForm(FlaskForm):
    """What a person is called, in both alphabets."""

    given_name_ka = line(_("First name"), rules=(fields.georgian_name,), limit=people.LONGEST_NAME, description=_("In Georgian letters"))
    family_name_ka = line(_("Last name"), rules=(fields.georgian_name,), limit=people.LONGEST_NAME, description=_("In Georgian letters"))
    given_name_latin = line(
        _("First name in Latin letters"),
        rules=(fields.latin_name,),
        limit=people.LONGEST_NAME,
        description=_("As in your passport; it is printed on certificates."),
    )
    family_name_latin = line(_("Last name in Latin letters"), rules=(fields.latin_name,), limit=people.LONGEST_NAME)


class PersonForm(NamesForm):
    """What a person says about themselves."""

    email = fields.email(_("Address for e-mails"), description=_("The portal writes to this address."))
    phone = fields.phone(_("Phone number"))
    language = Radios(_("Language of e-mails"))
    sex = Radios(_("Sex"), optional=True, description=_("Used only for counts in reports."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = choices("language")
        self.sex.choices = [*choices("sex"), (NO_SEX, gettext("Not stated"))]

    @classmethod
    def of(cls, person: Person, email: str | None) -> PersonForm:
        """The form, filled with what is known of ``person``; ``email`` is the address asked for, if one waits to be confirmed."""
        names = ("given_name_ka", "family_name_ka", "given_name_latin", "family_name_latin", "email", "phone", "language")
        known = {name: getattr(person, name) for name in names} | {"sex": person.sex or NO_SEX}
        return cls(data=known | ({"email": email} if email else {}))

    def details(self) -> people.PersonDetails:
        """What was typed, checked."""
        names = ("given_name_ka", "family_name_ka", "given_name_latin", "family_name_latin", "language")
        return people.PersonDetails(
            **{name: self[name].data for name in names},
            email=self.email.data or None,
            phone=self.phone.data or None,
            sex=self.sex.data if self.sex.data != NO_SEX else None,
        )


class PersonalNumberForm(FlaskForm):
    """Eleven digits, which never come back in a page."""

    personal_number: Any = StringField(
        _("Personal number"),
        [Filled()],
        widget=fields.SealedInput(),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class CategoryForm(Form):
    """The question before a post is described: its category decides what else is asked."""

    category = Radios(_("Category of position"))

    def __init__(self, formdata: MultiDict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(formdata, **kwargs)
        self.category.choices = choices("category")


class PostForm(FlaskForm):
    """A post of ``category``: rank is asked of civil servants only, the role in the sakrebulo of its members only."""

    municipality = Choice(_("Municipality"))
    unit = line(_("Structural unit"), optional=True)
    title_ka = line(_("Position"), description=_("In Georgian, as in your contract or order"))
    title_en = line(_("Position in English"), optional=True, description=_("It is printed on certificates in English."))
    rank = Radios(_("Rank"), optional=True)
    sakrebulo_role = Choice(_("Role in the sakrebulo"))
    starts_on = Day(_("In this position from"), first_year=EARLIEST)

    def __init__(self, category: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.post_category = PostCategory(category)
        self.municipality.choices = fields.municipality_choices()
        if people.has_rank(category):
            self.rank.choices = [*RANKS, (NO_RANK, gettext("Without rank"))]
        else:
            del self.rank
        if people.has_sakrebulo_role(category):
            self.sakrebulo_role.choices = fields.with_blank(choices("sakrebulo_role"))
        else:
            del self.sakrebulo_role

    @classmethod
    def of(cls, post: Post, category: str) -> PostForm:
        """The form, filled with what is known of ``post``."""
        names = ("unit", "title_ka", "title_en", "sakrebulo_role", "starts_on")
        known = {name: getattr(post, name) for name in names}
        return cls(category, data=known | {"municipality": str(post.municipality_id), "rank": str(post.rank or NO_RANK)})

    def validate_starts_on(self, field: Field) -> None:
        """A post begins no later than today."""
        if field.data is not None and field.data > clock.today():
            raise ValidationError(gettext("The first day in the position cannot be in the future."))

    def details(self) -> people.PostDetails:
        """What was typed, checked."""
        rank = self.rank.data if "rank" in self else NO_RANK
        return people.PostDetails(
            municipality_id=int(self.municipality.data),
            unit=self.unit.data,
            title_ka=self.title_ka.data,
            title_en=self.title_en.data,
            category=self.post_category,
            rank=int(rank or NO_RANK) or None,
            sakrebulo_role=self.sakrebulo_role.data if "sakrebulo_role" in self else None,
            starts_on=self.starts_on.data,
        )
