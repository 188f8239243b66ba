"""Staff issue certificates for a run: who gets one and why not, a preview, one button, the progress, the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, redirect, render_template, url_for
from flask_babel import gettext

from portal import certificates, courses, journeys, people
from portal.access import Permission
from portal.foundation import clock, formats
from portal.web import downloads
from portal.web.certificates import pages
from portal.web.certificates.forms import IssueForm, option
from portal.web.certificates.words import REFUSALS, reason_words
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.certificates import Progress, Subject
    from portal.courses.models import CourseRun

PATH = "/staff/runs/<code>/certificates"
STANDS_STILL, MINUTES_FROM = 90, 100
"""Seconds after which the page says that nothing happens, and from which on an estimate is given in minutes."""
BATCH = f"{PATH}/batches/<number:batch_id>"


def _run(_actor: Actor, code: str) -> CourseRun:
    return courses.get_run(code)


def _subject(actor: Actor, code: str, enrolment_id: int) -> Subject:
    return certificates.get_subject(enrolment_id, run_id=_run(actor, code).id)


def _batch(actor: Actor, code: str, batch_id: int) -> tuple[CourseRun, Progress]:
    run = _run(actor, code)
    return run, certificates.get_progress(run.id, batch_id)


@pages.get(PATH)
@requires(Permission.CERTIFICATE_ISSUE, load=_run)
def candidates(run: CourseRun) -> str:
    """Everyone of the run, with hours, score, verdict and reason."""
    return _list(run, IssueForm(formdata=None), certificates.candidates_of_run(run))


@pages.post(PATH)
@requires(Permission.CERTIFICATE_ISSUE, load=_run)
def issue(run: CourseRun) -> Any:
    """Complete the run when it is not, and ask the worker to issue for those chosen."""
    form = IssueForm()
    candidates = certificates.candidates_of_run(run)
    form.people.choices = [option(candidate.enrolment.id) for candidate in candidates]
    if not form.validate():
        return _list(run, form, candidates), 422
    by = actor().person_id
    journeys.complete_run(run, by=by)
    batch = certificates.ask_to_issue(run.id, form.people.data, by=by)
    return redirect(url_for("certificates.progress", code=run.code, batch_id=batch.id), 303)


def _list(run: CourseRun, form: IssueForm, candidates: list[certificates.Candidate]) -> str:
    form.people.choices = [option(candidate.enrolment.id) for candidate in candidates]
    batches = certificates.batches_of_run(run.id)
    return render_template(
        "certificates/candidates.html",
        run=run,
        form=form,
        candidates=candidates,
        same=people.namesakes(candidate.enrolment.person.name_ka for candidate in candidates),
        to_decide_on=certificates.numbers_to_decide_on(run.id),
        due=[candidate for candidate in candidates if candidate.can_be_issued],
        batches=batches,
        found=certificates.bundles_of(run.id) if batches else {},
        can_be_completed=journeys.can_be_completed(run),
        reason_words=reason_words,
        percent=lambda value: formats.format_percent(value, language()),
    )


@pages.get(f"{PATH}/preview/<number:enrolment_id>.pdf")
@requires(Permission.CERTIFICATE_ISSUE, load=_subject)
def preview(subject: Subject) -> Response:
    """What would be printed, without a number. It is kept nowhere."""
    return downloads.as_file(certificates.preview(subject, clock.today()), downloads.PDF, f"preview-{subject.run.code}.pdf", inline=True)


@pages.get(BATCH)
@requires(Permission.CERTIFICATE_ISSUE, load=_batch)
def progress(loaded: tuple[CourseRun, Progress]) -> str:
    """How far the worker is; when it is done, the files."""
    run, batch = loaded
    return render_template(
        "certificates/progress.html",
        run=run,
        batch=batch,
        found=certificates.bundles_of(run.id, batch.batch_id) if batch.finished else {},
        items=certificates.items_of_batch(batch.batch_id) if batch.finished else [],
        refusals=REFUSALS,
        waited=_waited(batch),
        stands_still=_waited(batch) > STANDS_STILL,
        left=_left(batch),
    )


@pages.get(f"{BATCH}/progress")
@requires(Permission.CERTIFICATE_ISSUE, load=_batch)
def progress_numbers(loaded: tuple[CourseRun, Progress]) -> Response:
    """The same in numbers, for the script that moves the bar."""
    _run_of_batch, batch = loaded
    return jsonify(done=batch.done, total=batch.total, finished=batch.finished, failed=batch.unsigned > 0, left=_left(batch))


def _left(batch: Progress) -> str:
    """How long the rest will take, in words; nothing while nobody can say, or when nothing has happened for a while."""
    seconds = batch.seconds_left()
    if batch.finished or seconds is None or not 0 <= _waited(batch) <= STANDS_STILL:
        return ""
    if seconds < MINUTES_FROM:
        return str(gettext("About %(seconds)s seconds left.", seconds=seconds))
    return str(gettext("About %(minutes)s minutes left.", minutes=-(-seconds // 60)))


def _waited(batch: Progress) -> float:
    return (clock.now() - batch.idle_since).total_seconds()
