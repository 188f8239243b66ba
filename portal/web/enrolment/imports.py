"""A coordinator nominates by spreadsheet: upload, preview with what is wrong in which row, confirmation, result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from portal import courses, enrolment, imports, journeys
from portal.access import Permission
from portal.foundation import clock, georgian, spreadsheets
from portal.foundation.errors import RefusedError
from portal.imports.models import ImportState, Verdict
from portal.web.downloads import as_file
from portal.web.enrolment import import_templates, pages
from portal.web.enrolment.import_words import COLUMNS, VERDICTS, column_choices, reason_words
from portal.web.enrolment.nomination_page import find_nomination_refusal
from portal.web.enrolment.quotas import names_of_places, number_to_wait
from portal.web.errors import told
from portal.web.fields import Choice, Filled
from portal.web.form_pages import form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.limits import UPLOADS, by_person, limiter
from portal.web.transactions import release

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as Answer

    from portal.access import Actor
    from portal.courses.models import CourseRun
    from portal.imports.models import NominationImport

    AnyAnswer = Answer | str | tuple[str, int]

UPLOAD = "/municipality/nominate/<code>/import"
IMPORT = f"{UPLOAD}/<number:import_id>"
UNPROCESSABLE = 422
LONGEST_NAME = 120
ANSWER = "row-"


class UploadForm(FlaskForm):
    """The spreadsheet; and for which municipality, for somebody who works for several."""

    file = FileField(_("Spreadsheet"), [Filled()], description=_("XLSX or CSV, at most 5 MB and 10,000 people."))
    municipality = Choice(_("Municipality"))

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        places = names_of_places(actor)
        self._only_place = None if places else next(iter(actor.municipality_ids))
        self.municipality.choices = [(str(number), name) for number, name in places.items()]
        if not places:
            del self.municipality

    @property
    def municipality_id(self) -> int:
        """For which municipality people are nominated."""
        return self._only_place or int(self.municipality.data)


def _run(_actor: Actor, code: str) -> CourseRun:
    return courses.get_public_run(code)


def _import(actor: Actor, code: str, import_id: int) -> NominationImport:
    return imports.get_import(import_id, code=code, municipality_ids=actor.municipality_ids)


@pages.get(f"{UPLOAD}/template.xlsx")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_run)
def import_template(_run: CourseRun) -> Response:
    """The spreadsheet to fill in."""
    return as_file(import_templates.as_xlsx(), import_templates.XLSX, "nominees.xlsx")


@pages.get(f"{UPLOAD}/template.csv")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_run)
def import_template_csv(_run: CourseRun) -> Response:
    """The same for programs that write CSV."""
    return as_file(import_templates.as_csv(), "text/csv", "nominees.csv")


@pages.route(UPLOAD, methods=["GET", "POST"])
@requires(Permission.MUNICIPALITY_NOMINATE, load=_run)
@limiter.limit(UPLOADS, key_func=by_person, methods=["POST"])
def upload_nominees(run: CourseRun) -> AnyAnswer:
    """Take a spreadsheet; nothing of it is carried out before it was looked at and confirmed."""
    form = UploadForm(actor())
    if form.is_submitted() and form.validate():
        try:
            return _park(run, form)
        except RefusedError as error:
            form.file.errors = [told(error)]
    closed = find_nomination_refusal(run, actor().municipality_ids)
    return form_page("enrolment/import_upload.html", form, run=run, closed=closed)


def _park(run: CourseRun, form: UploadForm) -> Answer:
    data = form.file.data.stream.read(spreadsheets.LARGEST_FILE + 1)
    table = spreadsheets.read(data)
    name = georgian.clean_text(form.file.data.filename or "")[:LONGEST_NAME]
    parked, fresh = imports.park(data, table, name, run_id=run.id, municipality_id=form.municipality_id, by=actor().person_id)
    if fresh:
        _check_at_once(parked)
    elif parked.state == ImportState.DONE:
        flash(gettext("This file was uploaded before, and people were nominated by it. Nothing has changed."), "info")
    return _to(run.code, parked.id)


def _check_at_once(parked: NominationImport) -> None:
    if imports.is_small(parked):
        journeys.check_import(parked.id, imports.entries_of(parked.id))


def _to(code: str, import_id: int, **question: Any) -> Answer:
    return redirect(url_for("enrolment.nominees", code=code, import_id=import_id, **question), 303)


@pages.get(IMPORT)
@requires(Permission.MUNICIPALITY_NOMINATE, load=_import)
def nominees(parked: NominationImport) -> str:
    """Show what the rows mean and what is wrong with them, how far the worker is, or what became of everybody."""
    return _page(parked)


def _page(parked: NominationImport, *, refusal: str = "") -> str:
    if parked.state in {ImportState.UPLOADED, ImportState.CONFIRMED}:
        waited = (clock.now() - parked.changed_at).total_seconds()
        return render_template("enrolment/import_progress.html", run=parked.run, parked=parked, waited=waited)
    numbers, run = imports.numbers_of_verdicts(parked.id), parked.run
    taken = sum(numbers[verdict] for verdict in imports.TAKEN)
    is_settled = parked.state == ImportState.CHECKED and not numbers[Verdict.ASK]
    return render_template(
        "enrolment/import_result.html" if parked.state in {ImportState.DONE, ImportState.DROPPED} else "enrolment/import_preview.html",
        run=run,
        parked=parked,
        page=imports.shown_rows(parked, after=find_id(request.args.get("after"))),
        numbers=numbers,
        taken=taken,
        to_wait=number_to_wait(run, enrolment.seats_of(run.id), [parked.municipality_id] * taken) if is_settled else 0,
        verdicts=VERDICTS,
        reason_words=reason_words,
        headings=column_choices(parked.headings),
        columns=COLUMNS,
        complete=imports.has_names(parked.columns),
        closed=find_nomination_refusal(run, [parked.municipality_id]),
        refusal=refusal,
        has_errors=bool(refusal),
        answers=_answers(),
        WRONG=Verdict.WRONG,
        ASK=Verdict.ASK,
        ENROLLED=Verdict.ENROLLED,
    )


@pages.get(f"{IMPORT}/progress")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_import)
def import_progress(parked: NominationImport) -> Response:
    """How far the worker is, for the script that moves the bar."""
    finished = parked.state not in {ImportState.UPLOADED, ImportState.CONFIRMED}
    return jsonify(done=parked.done_rows, total=parked.rows, finished=finished, failed=False)


@pages.post(f"{IMPORT}/columns")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_import)
def set_import_columns(parked: NominationImport) -> AnyAnswer:
    """Say what the columns hold; the rows are checked anew."""
    chosen = [request.form.get(name, "") for name, _heading in column_choices(parked.headings)]
    try:
        imports.set_columns(parked, chosen)
    except RefusedError as error:
        return _page(parked, refusal=told(error)), UNPROCESSABLE
    _check_at_once(parked)
    return _to(parked.run.code, parked.id)


@pages.post(f"{IMPORT}/confirm")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_import)
def confirm_import(parked: NominationImport) -> AnyAnswer:
    """Keep the answers; and unless only they were sent, nominate everybody whose row is right: all of them or, if anything fails, nobody."""
    code, left_out = parked.run.code, find_id(request.form.get("left_out"))
    try:
        answered = imports.answer(parked, _answers())
        if answered:
            _check_at_once(parked)
        if left_out is None or (answered and not imports.is_as_shown(parked, left_out=left_out)):
            flash(gettext("Your answers are kept. Look at the rows once more."), "info")
            return _to(code, parked.id)
        imports.confirm(parked, left_out=left_out, by=actor().person_id)
        if imports.is_small(parked):
            journeys.nominate_import(parked.id, imports.entries_of(parked.id))
    except RefusedError as error:
        release()
        return _page(_import(actor(), code, parked.id), refusal=told(error)), UNPROCESSABLE
    return _to(code, parked.id)


def _answers() -> dict[int, int]:
    """Whom rows mean, as chosen in the form: by row number the id of a person, or 0 for somebody else."""
    sent = {find_id(name.removeprefix(ANSWER)): find_id(value) for name, value in request.form.items() if name.startswith(ANSWER)}
    return {number: chosen for number, chosen in sent.items() if number is not None and chosen is not None}


@pages.post(f"{IMPORT}/drop")
@requires(Permission.MUNICIPALITY_NOMINATE, load=_import)
def drop_import(parked: NominationImport) -> AnyAnswer:
    """Forget the upload."""
    try:
        imports.drop(parked, by=actor().person_id)
    except RefusedError as error:
        return _page(parked, refusal=told(error)), UNPROCESSABLE
    flash(gettext("The file was discarded. Nobody was nominated by it."), "good")
    return redirect(url_for("enrolment.upload_nominees", code=parked.run.code), 303)
