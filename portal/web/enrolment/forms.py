"""Forms of enrolment."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal.web.fields import line

LONGEST_REASON = 300


class WithdrawForm(FlaskForm):
    """Why somebody gives a place back, if they wish to say."""

    reason = line(_("Reason"), optional=True, limit=LONGEST_REASON, description=_("Only the staff of the association read it."))


class TakeBackForm(FlaskForm):
    """Why a municipality takes a nomination back."""

    reason = line(_("Reason"), limit=LONGEST_REASON, description=_("The person reads it in the mail."))
