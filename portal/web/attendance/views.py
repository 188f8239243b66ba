"""Pages of those who teach: the roll call, its corrections and its sheet; for staff the attendance of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import attendance, courses, journeys, people
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.formats import format_percent, to_tbilisi
from portal.web.attendance import pages, roll_form
from portal.web.attendance.documents import papers_of
from portal.web.attendance.forms import KnownOnForm
from portal.web.attendance.scope import taught_run, taught_session, walk_ins_welcome
from portal.web.attendance.telling_cases import telling_cases
from portal.web.consequences import LOOK, shown
from portal.web.errors import told
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.transactions import release

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from portal.attendance import TaughtRun, TaughtSession
    from portal.web.attendance.roll_form import Roll, Sent
    from portal.web.consequences import Shown

UNPROCESSABLE = 422


@pages.get("/teaching/sessions/<number:session_id>")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def roll_call(session: TaughtSession) -> str:
    """Show the roll; ``?all=present`` marks everyone present without saving."""
    rows = attendance.roll(session.id)
    roll = roll_form.shown(rows, session.minutes, language(), everyone=request.args.get("all") == "present")
    return _roll_page(session, roll, rows)


@pages.post("/teaching/sessions/<number:session_id>")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def save_roll_call(session: TaughtSession) -> AnyResponse | tuple[str, int]:
    """Save what changed, or show what stands against it."""
    sent = roll_form.read(request.form)
    if sent.errors:
        rows = attendance.roll(session.id)
        return _roll_page(session, roll_form.as_sent(sent, rows, session.minutes, language()), rows), UNPROCESSABLE
    try:
        if LOOK in request.form:
            return _roll_before_saving(session, sent), UNPROCESSABLE
        with telling_cases(session.run.id):
            recorded = journeys.record_marks(
                session.run.id, session.id, sent.wishes, by=actor().person_id, seen=sent.seen, client=sent.client, reason=sent.reason
            )
    except attendance.TooEarlyError as error:
        rows = attendance.roll(session.id)
        return _roll_page(session, roll_form.as_sent(sent, rows, session.minutes, language(), refusal=told(error)), rows), UNPROCESSABLE
    except attendance.MarksRefusedError as error:
        rows = attendance.roll(session.id)
        return _roll_page(session, roll_form.refused(sent, error, rows, session.minutes, language()), rows), UNPROCESSABLE
    flash(gettext("Saved."), "good")
    if recorded.without_place:
        flash(gettext("Not saved, because these people no longer have a place: %(n)s", n=recorded.without_place), "warn")
    return redirect(url_for("attendance.roll_call", session_id=session.id), 303)


def _roll_before_saving(session: TaughtSession, sent: Sent) -> str:
    """The roll as sent, with what saving it would do."""
    found = journeys.preview_marks(session.run.id, session.id, sent.wishes, by=actor().person_id, seen=sent.seen, reason=sent.reason)
    rows = attendance.roll(session.id)
    return _roll_page(session, roll_form.as_sent(sent, rows, session.minutes, language()), rows, would=shown(found, language()))


def _roll_page(session: TaughtSession, roll: Roll, rows: list[attendance.RollRow], *, would: Shown | None = None) -> str:
    today = clock.today()
    first, last = session.days
    return render_template(
        "attendance/roll_call.html",
        session=session,
        roll=roll,
        last_saved=max((row for row in rows if row.fact), key=lambda row: row.fact.id if row.fact else 0, default=None),
        begins_later=not attendance.can_be_marked(first, today),
        rules=courses.unless_usual(session.run.rules),
        asks_reason=roll.seen > 0 and attendance.reason_needed(last, today),
        walk_ins=walk_ins_welcome(actor(), session),
        has_errors=roll.refused and would is None,
        head_check=attendance.find_head_check(session.id, rows),
        papers=papers_of(session),
        would=would,
    )


@pages.get("/teaching/sessions/<number:session_id>/history")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def corrections(session: TaughtSession) -> str:
    """Who corrected whose mark, when and why."""
    return render_template(
        "attendance/corrections.html", session=session, corrections=attendance.corrections_of(session.id), words=roll_form.words
    )


@pages.get("/teaching/sessions/<number:session_id>/sheet.pdf")
@requires(Permission.ATTENDANCE_MARK, load=taught_session)
def sheet(session: TaughtSession) -> Response:
    """The sign-in sheet, for printing."""
    facts = attendance.sheet_to_print(session)
    release()
    day = to_tbilisi(session.starts_at).date().isoformat()
    name = f"sheet-{session.run.code}-{day}.pdf"
    return Response(attendance.draw_sheet(facts), mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


@pages.get("/staff/runs/<code>/attendance")
@requires(Permission.RUN_MANAGE, load=taught_run)
def attendance_of_run(run: TaughtRun) -> str | tuple[str, int]:
    """People by sessions, with hours and percent: as of now, or as it was known at the end of a day."""
    form = KnownOnForm(request.args)
    known_at = form.known_at if form.validate() else None
    matrix = attendance.attendance_of_run(run.id, known_at=known_at)
    same = people.namesakes(person.name.written(language()) for person in matrix.people)
    shown = {"form": form, "known_at": known_at, "matrix": matrix, "same": same, "rules": courses.unless_usual(matrix.policy)}
    page = render_template("attendance/run.html", run=run, words=roll_form.words, percent=_percent, **shown)
    return (page, UNPROCESSABLE) if form.errors else page


def _percent(value: int) -> str:
    return format_percent(value, language())
