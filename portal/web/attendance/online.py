"""The report of an online meeting is taken over into the ledger: upload, preview, questions, confirmation. Nothing is saved before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from portal import attendance, journeys
from portal.access import Permission
from portal.attendance.models import Source
from portal.foundation import clock, spreadsheets
from portal.foundation.errors import RefusedError
from portal.web.attendance import online_preview, pages
from portal.web.attendance.online_form import Answers, Upload, read_answers
from portal.web.attendance.online_words import COLUMNS, EFFECTS
from portal.web.attendance.roll_form import said
from portal.web.attendance.scope import taught_session
from portal.web.errors import told
from portal.web.fields import Filled
from portal.web.guard import actor, requires
from portal.web.limits import UPLOADS, by_person, limiter

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.attendance import TaughtSession
    from portal.web.attendance.online_preview import Preview

    AnyAnswer = str | Response | tuple[str, int]

ONLINE = "/teaching/sessions/<number:session_id>/online"
UNPROCESSABLE = 422


class ReportForm(FlaskForm):
    """The report."""

    file = FileField(_("Report of the meeting"), [Filled()], description=_("CSV or XLSX, at most 5 MB."))


@pages.route(ONLINE, methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
@limiter.limit(UPLOADS, key_func=by_person, methods=["POST"])
def online_report(session: TaughtSession) -> AnyAnswer:
    """Take the report of the meeting, and show what it says."""
    form = ReportForm()
    if form.is_submitted() and form.validate():
        try:
            upload = Upload.read(form.file.data.stream.read(spreadsheets.LARGEST_FILE + 1))
            return _page(online_preview.build(session, upload, Answers()), upload)
        except RefusedError as error:
            form.file.errors = [told(error)]
    begins_later = not attendance.can_be_marked(session.days[0], clock.today())
    page = render_template("attendance/online_report.html", session=session, form=form, begins_later=begins_later)
    return (page, UNPROCESSABLE) if form.errors else page


@pages.route(f"{ONLINE}/check", methods=["GET", "POST"])
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def record_online(session: TaughtSession) -> AnyAnswer:
    """Look again with the answers, or record what was looked at. The form brings the report along; an address alone brings nothing."""
    upload = Upload.find(request.form.get("report", ""), session.id, actor().person_id)
    if upload is None:
        if request.method == "POST":
            flash(gettext("The report could not be opened any more. Upload it again."), "warn")
        return redirect(url_for("attendance.online_report", session_id=session.id), 303)
    answers = read_answers(request.form)
    preview = online_preview.with_problems(online_preview.build(session, upload, answers))
    if preview.problems or not answers.to_save or preview.signature != answers.looked:
        return _page(preview, upload, looks_again=answers.to_save)
    return _record(preview, upload)


def _record(preview: Preview, upload: Upload) -> AnyAnswer:
    session, answers, wishes = preview.session, preview.answers, preview.wishes()
    try:
        recorded = journeys.record_marks(
            session.run.id,
            session.id,
            wishes,
            by=actor().person_id,
            seen=answers.seen,
            client=upload.client,
            reason=answers.reason,
            source=Source.ONLINE,
        )
    except attendance.MarksRefusedError as error:
        refused = online_preview.with_problems(
            preview, meanwhile=frozenset(error.contradictions), refusal="" if error.contradictions else told(error)
        )
        return _page(refused, upload)
    except attendance.TooEarlyError as error:
        return _page(online_preview.with_problems(preview, refusal=told(error)), upload)
    done = recorded.first + recorded.corrected
    flash(gettext("Recorded from the report: %(n)s", n=done) if done else gettext("Nothing has changed."), "good" if done else "info")
    return redirect(url_for("attendance.roll_call", session_id=session.id), 303)


def _page(preview: Preview, upload: Upload, *, looks_again: bool = False) -> AnyAnswer:
    page = render_template(
        "attendance/online_preview.html",
        session=preview.session,
        preview=preview,
        report=upload.sealed(preview.session.id, actor().person_id),
        looks_again=looks_again,
        columns=COLUMNS,
        effects=EFFECTS,
        said=said,
        has_errors=bool(preview.problems),
    )
    return (page, UNPROCESSABLE) if preview.problems else page
