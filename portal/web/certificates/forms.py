"""Forms of this room."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import SearchInput

from portal import certificates
from portal.certificates.models import CertificateState
from portal.foundation import clock
from portal.foundation.errors import N_
from portal.foundation.formats import to_tbilisi
from portal.web.fields import Choice, Day, Radios, Ticks, key_of, line, lines, moment, sentence
from portal.web.labels import choices

if TYPE_CHECKING:
    from datetime import datetime

    from flask_babel.speaklater import LazyString

LONGEST_NUMBER = 60
LONGEST_NAME = 120


def option(value: object, words: object = "") -> Any:
    """One entry of a list to choose from."""
    return SelectChoice(value, words)


class VerifyForm(FlaskForm):
    """The number of a certificate, and the surname on it."""

    number = line(_("Certificate number"), description=_("For example NALAG-2026-000123"), limit=LONGEST_NUMBER)
    surname = line(
        _("Surname"),
        description=_("The whole surname, without the first name, as on the certificate, in Georgian or Latin letters"),
        limit=LONGEST_NAME,
    )


class IssueForm(FlaskForm):
    """For whom certificates are issued: ids of enrolments of the run."""

    people = Ticks(_("Certificates for"), coerce=key_of, rules=(DataRequired(_("Choose at least one person.")),))


def _reasons_for(state: CertificateState) -> list[tuple[str, LazyString]]:
    return [(code, words) for code, words in choices("state_reason") if code in certificates.REASONS[state]]


class StateForm(FlaskForm):
    """Why a certificate is given the state ``to``, and from which day on that holds; without a day from now on."""

    code = Radios(_("Reason"))
    reason = lines(_("In your words"), optional=False, limit=certificates.LONGEST_REASON)
    since = Day(_("In force since"), optional=True)

    def __init__(self, to: CertificateState, issued_at: datetime, **values: Any) -> None:
        super().__init__(**values)
        self.issued_at = issued_at
        self.code.choices = _reasons_for(to)

    @property
    def effective_at(self) -> datetime | None:
        """From when on it holds: the first moment of the day, or that of the issue; None for now."""
        day = self.since.data
        return None if day is None or day == clock.today() else max(moment(day, time()), self.issued_at)

    def validate_since(self, field: Day) -> None:
        """Not before the certificate was issued, and not in the future."""
        if field.data is not None and not to_tbilisi(self.issued_at).date() <= field.data <= clock.today():
            raise ValidationError(sentence(field, N_("“%(field)s” must be a day from the date of issue until today.")))


class CorrectionForm(FlaskForm):
    """Why a corrected certificate is issued."""

    code = Radios(_("Reason"), choices=_reasons_for(CertificateState.SUPERSEDED))
    reason = lines(_("In your words"), optional=False, limit=certificates.LONGEST_REASON)


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
            option("expiring", _("Expires within 90 days")),
            option("expired", _("Expired")),
        ],
        default="",
    )
    year = Choice(_("Year"), optional=True, default="")
