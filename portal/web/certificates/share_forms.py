"""Forms by which a holder shares a certificate: what a link shows, and for how long."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import DataRequired

from portal import certificates
from portal.certificates import Shown
from portal.foundation import clock
from portal.web.fields import REQUIRED, Day, DrawnAt, Radios, Ticks, line, moment, sentence
from portal.web.labels import choices

if TYPE_CHECKING:
    from datetime import datetime

USUAL = (Shown.NAME, Shown.TRAINING, Shown.HOURS, Shown.ISSUE)
"""What a link shows when its holder does not say otherwise, and what LinkedIn's visitors see."""
OWN_DAY = "until"
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "two_years": 730, "five_years": 1825}
_WORDS = {
    "day": _("One day"),
    "week": _("One week"),
    "month": _("One month"),
    "year": _("One year"),
    "two_years": _("Two years"),
    "five_years": _("Five years"),
    OWN_DAY: _("Until a day that I choose"),
}


def _offered(*names: str) -> list[tuple[str, Any]]:
    return [(name, _WORDS[name]) for name in names]


class ShareForm(FlaskForm):
    """What the link shows, how long it lasts, and a note for the holder alone."""

    shows = Ticks(
        _("What the link shows"),
        description=_("Whether the certificate is valid, and who issued it, is always shown."),
        choices=choices("share_choice"),
        default=[str(one) for one in USUAL],
        rules=(DataRequired(_("Choose at least one thing to show.")),),
    )
    lasts = Radios(_("How long it lasts"), choices=_offered("day", "week", "month", "year", OWN_DAY), default="month")
    until = Day(
        _("Last day"),
        optional=True,
        description=_("Only if you choose the day yourself. For example 08.12.2026, five years from now at most."),
    )
    note = line(
        _("Note"),
        optional=True,
        limit=certificates.LONGEST_NOTE,
        description=_("Only you see it. For example for whom the link is."),
    )
    drawn_at = DrawnAt()

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the day too where it is to be chosen."""
        sound = super().validate(extra_validators)
        if self.lasts.data == OWN_DAY and self.until.data is None and not self.until.errors:
            self.until.errors = [sentence(self.until, REQUIRED)]
            return False
        return bool(sound)

    @property
    def ends_at(self) -> datetime:
        """When the link ends: at the end of the day that was chosen, in Georgia, or after so many days."""
        if self.lasts.data == OWN_DAY:
            return moment(self.until.data + timedelta(days=1), time())
        return clock.now() + timedelta(days=DAYS[self.lasts.data])


class LinkedInForm(FlaskForm):
    """How long the link lasts that LinkedIn is given, and whether it is given the number."""

    lasts = Radios(_("How long the link lasts"), choices=_offered("year", "two_years", "five_years"), default="two_years")
    number = BooleanField(
        _("Show the certificate number too"),
        description=_("Whoever has the number and your surname can see everything that is printed on the certificate."),
    )
    drawn_at = DrawnAt()

    @property
    def ends_at(self) -> datetime:
        """When the link ends."""
        return clock.now() + timedelta(days=DAYS[self.lasts.data])

    @property
    def shows(self) -> list[str]:
        """The groups of facts that the link shows."""
        return [*USUAL, Shown.NUMBER] if self.number.data else list(USUAL)
