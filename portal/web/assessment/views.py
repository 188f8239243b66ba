"""Final scores of a run, for its trainers and staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import assessment, attendance, journeys
from portal.access import Permission
from portal.foundation.errors import NotFoundError
from portal.web.assessment import pages, score_form
from portal.web.attendance.scope import taught_run
from portal.web.consequences import LOOK, shown
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.attendance import TaughtRun
    from portal.web.assessment.score_form import Sent
    from portal.web.consequences import Shown

UNPROCESSABLE = 422


def scored_run(actor: Actor, code: str) -> TaughtRun:
    """The run of the path, when its course asks for a score. Raises ``NotFoundError`` otherwise, and outside the actor's scope."""
    run = taught_run(actor, code)
    if run.score_percent is None:
        raise NotFoundError
    return run


@pages.get("/teaching/runs/<code>/scores")
@requires(Permission.SCORE_RECORD, load=scored_run)
def scores(run: TaughtRun) -> str:
    """Everyone with their score."""
    return _page(run)


@pages.post("/teaching/runs/<code>/scores")
@requires(Permission.SCORE_RECORD, load=scored_run)
def save_scores(run: TaughtRun) -> Response | tuple[str, int]:
    """Record what changed."""
    sent = score_form.read(request.form)
    if sent.errors:
        return _page(run, sent, sent.errors), UNPROCESSABLE
    try:
        if LOOK in request.form:
            found = journeys.preview_scores(run.id, sent.scores, by=actor().person_id, shown=sent.shown)
            return _page(run, sent, would=shown(found, language())), UNPROCESSABLE
        recorded = journeys.record_scores(run.id, sent.scores, by=actor().person_id, shown=sent.shown)
    except assessment.ScoresRefusedError as error:
        errors = {
            key: gettext("Meanwhile recorded by somebody else: %(score)s %%. Save again to put your score in its place.", score=score)
            for key, score in error.contradictions.items()
        }
        return _page(run, sent, errors), UNPROCESSABLE
    flash(gettext("Saved."), "good")
    if recorded.without_place:
        names = ", ".join(person.name_by_family(language()) for person in recorded.without_place)
        flash(gettext("No score was saved for people who no longer have a place: %(names)s", names=names), "warn")
    return redirect(url_for("assessment.scores", code=run.code), 303)


def _page(run: TaughtRun, sent: Sent | None = None, errors: dict[int, str] | None = None, would: Shown | None = None) -> str:
    lines = score_form.lines(
        attendance.attendance_of_run(run.id), assessment.scores_of_run(run.id), assessment.sources_of_run(run.id), sent, errors
    )
    return render_template("assessment/scores.html", run=run, lines=lines, has_errors=bool(errors), would=would)
