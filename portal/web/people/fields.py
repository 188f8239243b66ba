"""Fields of the forms about people: cleaned as they come in; wrong input is told in plain words and stays as typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from wtforms import EmailField, Field, Form, HiddenField, PasswordField, TelField
from wtforms.validators import Optional, StopValidation, ValidationError
from wtforms.widgets import TextInput

from portal import municipalities, people
from portal.foundation import georgian
from portal.foundation.errors import N_
from portal.foundation.identifiers import parse_phone
from portal.web.fields import AtMost, Filled, clean, sentence
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable

EMAIL, TYPED = 254, 64


def email(label: Any, *, required: bool = True, **values: Any) -> Any:
    """A field for an e-mail address; its value comes out folded."""
    checks = [Filled() if required else Optional(), AtMost(EMAIL), email_address]
    return EmailField(label, checks, filters=[clean], **values)


def phone(label: Any) -> Any:
    """A field for a phone number; its value comes out in the international form."""
    return TelField(label, [Optional(), AtMost(TYPED), phone_number], filters=[clean])


def password(label: Any, autocomplete: str, **values: Any) -> Any:
    """A field for a password; spaces in it are kept, and it never comes back filled."""
    return PasswordField(label, [Filled()], render_kw={"autocomplete": autocomplete}, **values)


class SealedInput(TextInput):
    """A line of text that never comes back filled: what was typed does not stand in any page."""

    def __call__(self, field: Field, **kwargs: Any) -> Any:
        """The field, empty."""
        return super().__call__(field, **kwargs | {"value": ""})


def hidden() -> Any:
    """A field that nobody sees."""
    return HiddenField()


def email_address(_form: Form, field: Field) -> None:
    """Fold the address, or say that it is none."""
    try:
        field.data = people.parse_email(field.data)
    except ValueError:
        raise StopValidation(gettext("Enter a valid e-mail address, for example name@telavi.gov.ge.")) from None


def georgian_name(_form: Form, field: Field) -> None:
    """Names in Georgian letters only."""
    if not people.is_georgian_name(field.data):
        raise ValidationError(sentence(field, N_("Use only Georgian letters in “%(field)s”.")))


def latin_name(_form: Form, field: Field) -> None:
    """Names in Latin letters only."""
    if not people.is_latin_name(field.data):
        raise ValidationError(sentence(field, N_("Use only Latin letters in “%(field)s”.")))


def phone_number(_form: Form, field: Field) -> None:
    """Bring a phone number into its international form, or say that it is none."""
    try:
        field.data = parse_phone(field.data)
    except ValueError:
        raise ValidationError(gettext("Enter the phone number as +995 5XX XX XX XX.")) from None


def with_blank(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """``choices`` behind one that asks to choose."""
    return [("", gettext("Choose")), *choices]


def municipality_choices() -> list[tuple[str, str]]:
    """The active municipalities, in the alphabet of this page."""
    lang = language()
    names = [(str(place.id), place.name(lang)) for place in municipalities.municipalities_in_order()]
    return with_blank(sorted(names, key=lambda choice: georgian.collation_key(choice[1])))
