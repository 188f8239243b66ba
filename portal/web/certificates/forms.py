"""Forms of this room."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired
from wtforms.widgets import SearchInput

from portal import certificates
from portal.web.fields import Choice, Ticks, key_of, line, lines

LONGEST_NUMBER = 60
LONGEST_NAME = 120


def option(value: object, words: object = "") -> Any:
    """One entry of a list to choose from."""
    return SelectChoice(value, words)


class VerifyForm(FlaskForm):
    """The number of a certificate, and the surname on it."""

    number = line(_("Certificate number"), description=_("For example NALAG-2026-000123"), limit=LONGEST_NUMBER)
    surname = line(_("Surname"), description=_("As on the certificate, in Georgian or Latin letters"), limit=LONGEST_NAME)


class IssueForm(FlaskForm):
    """For whom certificates are issued: ids of enrolments of the run."""

    people = Ticks(_("Certificates for"), coerce=key_of, rules=(DataRequired(_("Choose at least one person.")),))


class StateForm(FlaskForm):
    """Why the state of a certificate is changed."""

    reason = lines(_("Reason"), optional=False, limit=certificates.LONGEST_REASON)


class RegisterForm(FlaskForm):
    """What staff look for in the register; sent as a GET, so without a token."""

    class Meta:
        """No token: it changes nothing."""

        csrf = False

    q = line(_("Number or surname"), optional=True, limit=LONGEST_NAME, widget=SearchInput())
    state = Choice(
        _("Status"),
        optional=True,
        choices=[
            option("", _("All")),
            option("valid", _("Valid")),
            option("suspended", _("Suspended")),
            option("revoked", _("Revoked")),
            option("superseded", _("Superseded")),
            option("expired", _("Expired")),
        ],
        default="",
    )
    year = Choice(_("Year"), optional=True, default="")
