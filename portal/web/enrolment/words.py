"""Words of enrolment that a page says about somebody else, or about what has become of an enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from portal import enrolment
from portal.web.errors import told

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask_babel.speaklater import LazyString

    from portal.enrolment import EnrolmentRefusedError

REFUSALS: dict[str, LazyString] = {
    "already_enrolled": _("Already enrolled"),
    "no_post": _("No current post"),
    "not_for_category": _("The training is for other positions"),
    "not_invited": _("The municipality is not invited"),
    "clash": _("Another training at this time"),
    "not_open_yet": _("Registration has not opened yet."),
    "deadline_passed": _("The registration deadline has passed."),
    "not_enrolled": _("No place and no waiting place any more"),
    "run_cancelled": _("This training was cancelled."),
    "not_to_decide": _("This application was decided or withdrawn meanwhile."),
    "own_application": _("Somebody else decides on your own application."),
    "too_late_to_approve": _("The training has begun; no place is given any more."),
}


def refusal_of_other(refusal: EnrolmentRefusedError, known: Collection[str], language: str) -> str:
    """Say why somebody else cannot have a place; a clash is named with the other training if its code is ``known`` to who asks."""
    words = str(REFUSALS.get(refusal.code) or told(refusal))
    if isinstance(refusal, enrolment.ClashError) and refusal.clash.code in known:
        return f"{words}: {refusal.clash.title(language)}"
    return words
