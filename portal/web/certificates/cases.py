"""Certificates that rest on attendance which was corrected since: staff decide what becomes of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from wtforms import HiddenField

from portal import attendance, certificates, courses
from portal.access import Permission
from portal.foundation import formats
from portal.web.attendance.roll_form import words
from portal.web.certificates import pages
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.certificates import Entry
    from portal.certificates.models import CertificateCase


class CaseForm(ReasonForm):
    """Why the certificate is kept, and on which minutes that is based."""

    shown = HiddenField()

    @property
    def minutes(self) -> int:
        """The minutes that were shown; of a form that was tampered with none that could be right."""
        text = self.shown.data or ""
        return int(text) if re.fullmatch("[0-9]{1,6}", text) else -1


def _case(_actor: Actor, number: str) -> tuple[Entry, CertificateCase | None]:
    """The certificate, and its case while it waits."""
    entry = certificates.get_entry(number)
    return entry, certificates.find_open_case(entry.id)


@pages.get("/staff/certificates/cases")
@requires(Permission.REGISTER_VIEW)
def cases() -> str:
    """The cases that wait, oldest first."""
    return render_template(
        "certificates/cases.html", cases=[certificates.read_case(one) for one in certificates.open_cases()], **_numbers()
    )


@pages.route("/staff/certificates/<number>/case", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_ISSUE, load=_case)
def case(loaded: tuple[Entry, CertificateCase | None]) -> str | Response | tuple[str, int]:
    """What was corrected, and the choice: keep the certificate, with the reason, or revoke it."""
    entry, waiting = loaded
    to_certificate = redirect(url_for("certificates.certificate", number=entry.number), 303)
    if waiting is None:
        if request.method == "POST":
            flash(gettext("This case was closed in the meantime. Look at the certificate again."), "warn")
        return to_certificate
    form = CaseForm(data={"shown": str(waiting.attended_after)})
    if attempt(form, lambda: certificates.keep_certificate(waiting.id, by=actor().person_id, words=form.reason.data, shown=form.minutes)):
        flash(gettext("The certificate stays as it is."), "good")
        return to_certificate
    form.shown.data = str(waiting.attended_after)
    return form_page(
        "certificates/case.html", form, entry=entry, read=certificates.read_case(waiting), **_corrected(entry, waiting), **_numbers()
    )


def _corrected(entry: Entry, case: CertificateCase) -> dict[str, Any]:
    """Who corrected what since the certificate was issued, newest first, and on which days; and the run."""
    corrections = attendance.corrections_of_place(case.certificate.enrolment_id)
    return {
        "run": courses.get_run_by_id(entry.run_id),
        "days": {day.id: day for day in courses.sessions_of(entry.run_id, with_cancelled=True)},
        "corrections": [one for one in corrections if one.at >= entry.issued_at],
        "words": words,
    }


def _numbers() -> dict[str, Any]:
    """How the pages write hours and percentages."""
    return {"hours": attendance.hours, "percent": lambda value: formats.format_percent(value, language())}
