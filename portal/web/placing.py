"""What staff are told of a place that they gave to somebody, or of why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash
from flask_babel import gettext

from portal import enrolment
from portal.enrolment.models import EnrolmentState
from portal.web.errors import told
from portal.web.language import language

if TYPE_CHECKING:
    from portal.enrolment.models import Enrolment
    from portal.foundation.errors import RefusedError


def tell_placed(placed: Enrolment) -> None:
    """Say what came of it: a place, or a place in the line."""
    name = placed.person.name(language())
    if placed.state == EnrolmentState.WAITING:
        flash(gettext("No place is free: %(name)s is on the waiting list.", name=name), "warn")
    else:
        flash(gettext("%(name)s has a place.", name=name), "good")


def words_about_them(error: RefusedError) -> str:
    """The refusal in words about the person, for the one who adds them."""
    words = {
        "already_enrolled": gettext("This person is enrolled already."),
        "no_post": gettext("This person has no current post in the portal."),
        "not_for_category": gettext("The course is not meant for this person's position."),
        "not_invited": gettext("The municipality of this person is not invited."),
        "clash": gettext("This person has another training at this time."),
        "deadline_passed": gettext("Registration is over. Reopen it or move its deadline, then add the person."),
    }
    code = error.code if isinstance(error, enrolment.EnrolmentRefusedError) else ""
    return words.get(code) or told(error)
