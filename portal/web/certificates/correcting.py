"""Staff issue a corrected certificate in the place of one on which something is wrong, or is no longer so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from portal import certificates, courses
from portal.access import Permission
from portal.certificates.models import StateReason
from portal.foundation import formats
from portal.web.certificates import pages
from portal.web.certificates.forms import CorrectionForm
from portal.web.certificates.words import signatory_words
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.certificates import CertificateFacts, Entry


def _entry(_actor: Actor, number: str) -> Entry:
    return certificates.get_entry(number)


@pages.route("/staff/certificates/<number>/correct", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE, load=_entry)
def correct(entry: Entry) -> Response | str | tuple[str, int]:
    """What would be different on a certificate issued today, and the wish for one; sent twice, there is one."""
    if not entry.valid:
        flash(_("Only a valid certificate is corrected. Look at what became of this one."), "warn")
        return redirect(url_for("certificates.certificate", number=entry.number), 303)
    form = CorrectionForm()
    by = actor().person_id
    done = attempt(form, lambda: certificates.ask_to_correct(entry.id, StateReason(form.code.data), form.reason.data, by=by))
    if done:
        code = courses.get_run_by_id(entry.run_id).code
        return redirect(url_for("certificates.progress", code=code, batch_id=done.value.id), 303)
    return form_page("certificates/correct.html", form, entry=entry, rows=_rows(entry))


def _rows(entry: Entry) -> list[tuple[str, str, str]] | None:
    """The facts that would change: what is printed, and what would be. None when a certificate cannot be printed as they stand today."""
    try:
        correction = certificates.correction_of(certificates.get_certificate(entry.id))
    except certificates.NotPrintableError:
        return None
    said = _said_and_looks if correction.differs else _said
    rows = zip(said(correction.before), said(correction.after), strict=True)
    return [(fact, before, after) for (fact, before), (_fact, after) in rows if before != after]


def _said(facts: CertificateFacts) -> list[tuple[str, str]]:
    """What a certificate says of its holder and of the training, in both languages, since either may be what is corrected."""
    lang = language()
    shares = ["" if share is None else formats.format_percent(share, lang) for share in (facts.attendance_percent, facts.score_percent)]
    numbers = [
        "" if number is None else formats.format_decimal(number, lang)
        for number in (facts.contact_hours, facts.independent_hours, facts.credits)
    ]
    return [
        (_("Name in Georgian letters"), facts.name_ka),
        (_("Name in Latin letters"), facts.name_latin),
        (_("Municipality"), _joined(facts.municipality_ka, facts.municipality_en)),
        (_("Position"), _joined(facts.post_ka, facts.post_en)),
        (_("Training"), _joined(facts.course_title_ka, facts.course_title_en)),
        (_("Mode of study"), label("form", facts.form)),
        (_("Dates"), formats.format_dates(facts.first_day, facts.last_day, lang)),
        (_("Place"), _joined(facts.place_ka, facts.place_en)),
        (_("Contact hours"), numbers[0]),
        (_("Independent study hours"), numbers[1]),
        (_("Credits"), numbers[2]),
        (_("Attendance"), shares[0]),
        (_("Final score"), shares[1]),
        (_("Trainers"), ", ".join(_joined(*trainer) for trainer in facts.trainers)),
        (_("Funding project"), ", ".join(_joined(*project) for project in facts.projects)),
    ]


def _said_and_looks(facts: CertificateFacts) -> list[tuple[str, str]]:
    """Also what the design of the day changes: no reason for another certificate, but a change to be seen before one is issued."""
    texts = facts.texts
    return [
        *_said(facts),
        (_("Wording"), _joined(_joined(*texts.heading), _joined(*texts.sentence))),
        (_("Statement"), _joined(*texts.statement)),
        (_("Note"), _joined(*texts.note)),
        (_("Signed by"), "; ".join(map(signatory_words, facts.signatories))),
    ]


def _joined(ka: str, en: str) -> str:
    return " · ".join(filter(None, (ka, en)))
