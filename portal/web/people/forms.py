"""Forms of accounts: create one, sign in, passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field
from wtforms.validators import InputRequired, ValidationError

from portal import people
from portal.foundation.errors import RefusedError
from portal.web.errors import told
from portal.web.fields import Choice, Filled, clean, line
from portal.web.labels import choices
from portal.web.people import fields
from portal.web.people.homes import safe_path

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSWORD_HINT = _("At least 8 characters. Spaces are allowed; a few words in a row are easy to remember.")


def check_password(field: Field, own_words: Iterable[str]) -> None:
    """Say why a password may not be chosen."""
    try:
        people.check_new_password(field.data, own_words)
    except RefusedError as refusal:
        raise ValidationError(told(refusal)) from None


class OnTheWayForm(FlaskForm):
    """A form that leads on to the page that somebody wanted to see."""

    next = fields.hidden()

    def take_next(self) -> None:
        """Keep the wanted page from the address, or from the form that comes back."""
        self.next.data = safe_path(self.next.data or request.args.get("next"))


class SignInForm(OnTheWayForm):
    """One e-mail, one password."""

    email: Any = EmailField(_("E-mail"), [Filled()], filters=[clean], render_kw={"autocomplete": "username"})
    password = fields.password(_("Password"), "current-password")


class CreateAccountForm(OnTheWayForm):
    """Eight fields, and no more: rank, phone and the rest wait for the profile."""

    given_name_ka = line(
        _("First name"),
        rules=(fields.georgian_name,),
        limit=people.LONGEST_NAME,
        description=_("In Georgian letters"),
        render_kw={"autocomplete": "given-name"},
    )
    family_name_ka = line(
        _("Last name"),
        rules=(fields.georgian_name,),
        limit=people.LONGEST_NAME,
        description=_("In Georgian letters"),
        render_kw={"autocomplete": "family-name"},
    )
    email = fields.email(_("E-mail"), description=_("You sign in with it. We send a link there."), render_kw={"autocomplete": "email"})
    password = fields.password(_("Password"), "new-password", description=PASSWORD_HINT)
    municipality = Choice(_("Municipality"))
    category = Choice(_("Category of position"))
    title_ka = line(_("Position"), description=_("As in your contract or order, for example: chief specialist"))
    privacy = BooleanField(_("I have read the privacy policy"), [InputRequired(_("Read the privacy policy and tick the box."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.municipality.choices = fields.municipality_choices()
        self.category.choices = fields.with_blank(choices("category"))

    def validate_password(self, field: Field) -> None:
        """The password is checked against the names and the e-mail beside it."""
        names = (self.given_name_ka.data, self.family_name_ka.data, self.email.data)
        check_password(field, [text for text in names if text])


class ConfirmAccountForm(FlaskForm):
    """The password once more, unless it was typed in this browser: whoever only knows an e-mail gets nobody to confirm their own password."""

    password = fields.password(_("Password"), "current-password", description=_("The one that you chose when you filled in the form."))

    def __init__(self, *, typed_here: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if typed_here:
            del self.password

    def fits(self, password_hash: str) -> bool:
        """True when nothing is asked, or the password belongs to ``password_hash``; else the field says so. Slow: outside any transaction."""
        if "password" not in self or people.password_fits(self.password.data, password_hash):
            return True
        self.password.errors = [_("The password is wrong. If you do not know it, this profile may not be yours.")]
        return False


class AskForResetForm(FlaskForm):
    """The e-mail of a forgotten password."""

    email = fields.email(_("E-mail"), render_kw={"autocomplete": "username"})


class NewPasswordForm(FlaskForm):
    """A new password; ``own_words`` may not be part of it alone."""

    password = fields.password(_("New password"), "new-password", description=PASSWORD_HINT)

    def __init__(self, own_words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.own_words = own_words

    def validate_password(self, field: Field) -> None:
        """The rules of passwords."""
        check_password(field, self.own_words)


class ChangePasswordForm(NewPasswordForm):
    """The new password, and the old one to show who asks."""

    current = fields.password(_("Current password"), "current-password")
    field_order = ("current", "password")
