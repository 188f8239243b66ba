"""Words for what this room alone shows: reasons, refusals, and what was printed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.certificates import Percent, Shown, Words
from portal.certificates.models import Refusal
from portal.foundation import formats
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Collection

    from portal.certificates import CertificateFacts, Pair, Reason, Signatory

REFUSALS = {
    Refusal.NOT_QUALIFIED: lazy_gettext("Does not qualify any more: attendance or score was corrected."),
    Refusal.EMPTY_TEXT: lazy_gettext(
        "A text of this certificate has a placeholder that is empty for this person. The list of the run says which."
    ),
    Refusal.NOT_PRINTABLE: lazy_gettext(
        "This certificate cannot be printed: a letter in the name, the post or the title is unknown to the typeface, or dates are missing."
    ),
    Refusal.NO_LONGER_VALID: lazy_gettext("Not corrected: the certificate was suspended, revoked or superseded in the meantime."),
    Refusal.NOTHING_TO_CORRECT: lazy_gettext("Not corrected: a certificate issued today would say the same."),
    Refusal.TOO_LONG: lazy_gettext(
        "The texts do not fit on the sheet at a readable size. Shorten those of the design, or choose fewer logos or signatories."
    ),
    Refusal.FAILED: lazy_gettext(
        "This certificate could not be drawn after several attempts. Tell the administrator, then ask for it again."
    ),
}
_BETWEEN = " · "


def reason_words(reason: Reason) -> str:
    """Why somebody gets no certificate, in the language of this page."""
    facts = {name: _fact(value) for name, value in reason.facts}
    return str(_(reason.message, **facts) if facts else _(reason.message))


def _fact(value: object) -> object:
    if isinstance(value, Words):
        return _(value)
    if isinstance(value, Percent):
        return formats.format_percent(value, language())
    return formats.format_decimal(value, language()) if isinstance(value, Decimal) else value


ALWAYS, WORDING = "", "wording"
"""Beside the groups that a holder may share: what every link shows, and what only a check shows."""


def printed(facts: CertificateFacts, shows: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Every printed fact with its label, or only those of the groups ``shows`` (``certificates.Shown``).

    Names are given in both spellings, all else in the language of this page.
    """
    return [(label_, value) for group, label_, value in _rows(facts) if shows is None or group in shows or group == ALWAYS]


def _rows(facts: CertificateFacts) -> list[tuple[str, str, str]]:
    """Group, label and value of each fact, in the order of the paper."""
    lang = language()
    return [
        (WORDING, _("Wording"), _BETWEEN.join(filter(None, (_said(facts.texts.heading), _said(facts.texts.sentence))))),
        (Shown.NAME, _("Participant"), _BETWEEN.join(filter(None, (facts.name_ka, facts.name_latin)))),
        (Shown.POST, _("Municipality"), _said((facts.municipality_ka, facts.municipality_en))),
        (Shown.POST, _("Position"), _said((facts.post_ka, facts.post_en))),
        (Shown.TRAINING, _("Training"), _said((facts.course_title_ka, facts.course_title_en))),
        (Shown.TRAINING, _("Dates"), formats.format_dates(facts.first_day, facts.last_day, lang)),
        (Shown.TRAINING, _("Place"), _BETWEEN.join(filter(None, (_said((facts.place_ka, facts.place_en)), label("form", facts.form))))),
        (Shown.HOURS, _("Contact hours"), formats.format_decimal(facts.contact_hours, lang)),
        (
            Shown.HOURS,
            _("Independent study hours"),
            formats.format_decimal(facts.independent_hours, lang) if facts.independent_hours else "",
        ),
        (Shown.HOURS, _("Credits"), "" if facts.credits is None else formats.format_decimal(facts.credits, lang)),
        (Shown.RESULTS, _("Attendance"), _share(facts.attendance_percent)),
        (Shown.RESULTS, _("Final score"), _share(facts.score_percent)),
        (WORDING, _("Statement"), _said(facts.texts.statement)),
        (Shown.TRAINING, _("Trainers"), ", ".join(_said(trainer) for trainer in facts.trainers)),
        (Shown.TRAINING, _("Funding project"), ", ".join(_said(project) for project in facts.projects)),
        (Shown.ISSUE, _("Date of issue"), formats.format_date(facts.issued_on, lang)),
        (Shown.ISSUE, _("Valid until"), formats.format_date(facts.valid_until, lang) if facts.valid_until else _("No end date")),
        (Shown.ISSUE, _("Signed by"), "; ".join(signatory_words(signatory) for signatory in facts.signatories)),
        (WORDING, _("Note"), _said(facts.texts.note)),
        (ALWAYS, _("Issued by"), _said((facts.issuer_ka, facts.issuer_en))),
    ]


def _said(pair: Pair) -> str:
    """In the language of the page, or in the other where it says nothing."""
    ka, en = pair
    return (ka or en) if language() == "ka" else (en or ka)


def _share(percent: int | None) -> str:
    return "" if percent is None else formats.format_percent(percent, language())


def signatory_words(signatory: Signatory) -> str:
    """Who signs, by name and post."""
    names, posts = (signatory.name_ka, signatory.name_en), (signatory.post_ka, signatory.post_en)
    return ", ".join(filter(None, (_said(names), _said(posts))))
