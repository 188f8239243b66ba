"""Words for what this room alone shows: reasons, refusals, and what was printed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.certificates import Percent
from portal.certificates.models import Refusal
from portal.foundation import formats
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from portal.certificates import CertificateFacts, Pair, Reason, Signatory

REFUSALS = {
    Refusal.NOT_QUALIFIED: lazy_gettext("Does not qualify any more: attendance or score was corrected."),
    Refusal.NOT_PRINTABLE: lazy_gettext(
        "This certificate cannot be printed: a letter in the name, the post or the title is unknown to the typeface, or dates are missing."
    ),
    Refusal.FAILED: lazy_gettext(
        "This certificate could not be drawn after several attempts. Tell the administrator, then ask for it again."
    ),
}
_BETWEEN = " · "


def reason_words(reason: Reason) -> str:
    """Why somebody gets no certificate, in the language of this page."""
    facts = {name: _number(value) for name, value in reason.facts}
    return str(_(reason.message, **facts) if facts else _(reason.message))


def _number(value: object) -> object:
    if isinstance(value, Percent):
        return formats.format_percent(value, language())
    return formats.format_decimal(value, language()) if isinstance(value, Decimal) else value


def printed(facts: CertificateFacts) -> list[tuple[str, str]]:
    """Every printed fact with its label. Names are given in both spellings, all else in the language of this page."""
    lang = language()
    return [
        (_("Participant"), _BETWEEN.join(filter(None, (facts.name_ka, facts.name_latin)))),
        (_("Municipality"), _said((facts.municipality_ka, facts.municipality_en))),
        (_("Position"), _said((facts.post_ka, facts.post_en))),
        (_("Training"), _said((facts.course_title_ka, facts.course_title_en))),
        (_("Dates"), formats.format_dates(facts.first_day, facts.last_day, lang)),
        (_("Place"), _BETWEEN.join(filter(None, (_said((facts.place_ka, facts.place_en)), label("form", facts.form))))),
        (_("Contact hours"), formats.format_decimal(facts.contact_hours, lang)),
        (_("Independent study hours"), formats.format_decimal(facts.independent_hours, lang) if facts.independent_hours else ""),
        (_("Credits"), "" if facts.credits is None else formats.format_decimal(facts.credits, lang)),
        (_("Attendance"), _share(facts.attendance_percent)),
        (_("Final score"), _share(facts.score_percent)),
        (_("Trainers"), ", ".join(_said(trainer) for trainer in facts.trainers)),
        (_("Funding project"), ", ".join(_said(project) for project in facts.projects)),
        (_("Date of issue"), formats.format_date(facts.issued_on, lang)),
        (_("Valid until"), formats.format_date(facts.valid_until, lang) if facts.valid_until else _("No end date")),
        (_("Signed by"), "; ".join(_signatory(signatory) for signatory in facts.signatories)),
        (_("Issued by"), _said((facts.issuer_ka, facts.issuer_en))),
    ]


def _said(pair: Pair) -> str:
    """In the language of the page, or in the other where it says nothing."""
    ka, en = pair
    return (ka or en) if language() == "ka" else (en or ka)


def _share(percent: int | None) -> str:
    return "" if percent is None else formats.format_percent(percent, language())


def _signatory(signatory: Signatory) -> str:
    names, posts = (signatory.name_ka, signatory.name_en), (signatory.post_ka, signatory.post_en)
    return ", ".join(filter(None, (_said(names), _said(posts))))
