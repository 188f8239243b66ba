"""Forms of enrolment."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm

from portal.web.fields import line

LONGEST_REASON = 300
_DECISION_HINT = _("To reject, write why: each of the people reads it in the mail. To approve, you can leave it empty.")


class WithdrawForm(FlaskForm):
    """Why somebody gives a place back, if they wish to say."""

    reason = line(_("Reason"), optional=True, limit=LONGEST_REASON, description=_("Only the staff of the association read it."))


class TakeBackForm(FlaskForm):
    """Why a municipality takes a nomination back."""

    reason = line(_("Reason"), limit=LONGEST_REASON, description=_("The person reads it in the mail."))


class DecisionForm(FlaskForm):
    """What is decided on the applications that are ticked beside it: the button says which, the reason goes to the people."""

    reason = line(_("Reason"), optional=True, limit=500, description=_DECISION_HINT)

    @property
    def approves(self) -> bool:
        """True for the button that approves."""
        return request.form.get("verdict") == "approve"

    def validate(self, extra_validators: dict[str, Any] | None = None) -> bool:
        """Nobody is rejected without a reason, or without the button for it."""
        super().validate(extra_validators)
        if request.form.get("verdict") not in {"approve", "reject"}:
            self.reason.errors = [gettext("Say with the button whether you approve or reject.")]
        elif not self.approves and not self.reason.data:
            self.reason.errors = [gettext("Write the reason why you reject.")]
        return not self.errors
