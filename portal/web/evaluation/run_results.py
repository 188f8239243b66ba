"""The results of one run: for staff all of it, for its trainers the numbers, and of those about trainers their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import courses, evaluation, reports
from portal.access import Permission
from portal.foundation.errors import NotFoundError
from portal.web.attendance.scope import taught_run
from portal.web.evaluation import pages
from portal.web.evaluation.items import Item, Written, item_of, items_of, written_of
from portal.web.form_pages import ReasonForm, attempt, form_page
from portal.web.guard import actor, requires
from portal.web.labels import label
from portal.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.wrappers import Response as Answer

    from portal.access import Actor
    from portal.evaluation import EvaluatedRun, Question, Round, ShownText
    from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class RoundResults:
    """One round of a run, or of several."""

    round: Round
    asked: int
    answered: int
    items: list[Item]
    written: list[Written]


def evaluated_run(_actor: Actor, code: str) -> EvaluatedRun:
    """The run, once it is over. Raises ``NotFoundError``."""
    found = evaluation.evaluated_runs(run_id=courses.get_run(code).id)
    if not found:
        raise NotFoundError
    return found[0]


def own_evaluated_run(actor: Actor, code: str) -> EvaluatedRun:
    """As ``evaluated_run``, within what the actor teaches."""
    return evaluated_run(actor, taught_run(actor, code).code)


def read_results(run: EvaluatedRun, trainers: Iterable[Person], texts: Iterable[ShownText] = ()) -> list[RoundResults]:
    """The rounds of a run that have begun, with the results about these trainers. Two statements."""
    cells = evaluation.within(evaluation.cells_of([run.course_id]), [run.id])
    about = evaluation.of_trainers(cells)
    found = evaluation.distributions(cell for cell in cells if cell.trainer_id is None)
    rounds = []
    for round_, questions in evaluation.questions_ever().items():
        if run.asked(round_):
            items = items_of([one for one in questions if not one.of_trainer], round_, found)
            items += _of_trainers(questions, trainers, about)
            rounds.append(RoundResults(round_, run.asked(round_), run.answers(round_), items, written_of(questions, round_, texts)))
    return rounds


def _of_trainers(
    questions: Iterable[Question], trainers: Iterable[Person], about: dict[int, dict[str, evaluation.Distribution]]
) -> list[Item]:
    return [
        item_of(one, about.get(person.id, {}).get(one.code), about=person.name(language()), key=f"-{person.id}")
        for one in questions
        if one.of_trainer
        for person in trainers
    ]


@pages.get("/staff/runs/<code>/evaluation")
@requires(Permission.EVALUATION_MANAGE, load=evaluated_run)
def staff_run(run: EvaluatedRun) -> str:
    """Everything that may be shown of a run."""
    texts = [text for text, cell in evaluation.texts_of_course(run.course_id) if cell == {run.id}]
    rounds = read_results(run, courses.trainers_of(run.id), texts)
    return render_template("evaluation/run.html", run=run, rounds=rounds, for_staff=True)


@pages.get("/teaching/runs/<code>/evaluation")
@requires(Permission.EVALUATION_VIEW, load=own_evaluated_run)
def taught(run: EvaluatedRun) -> str:
    """The numbers of a run for one of its trainers; nothing that was written, nothing about the other trainers."""
    own = [person for person in courses.trainers_of(run.id) if person.id == actor().person_id]
    return render_template("evaluation/run.html", run=run, rounds=read_results(run, own), for_staff=False)


@pages.get("/staff/runs/<code>/evaluation.csv")
@requires(Permission.EVALUATION_MANAGE, load=evaluated_run)
def staff_run_file(run: EvaluatedRun) -> Response:
    """The numbers of a run as a file: a row for each answer."""
    heads = [gettext("Round"), gettext("Question"), gettext("Answer"), gettext("Answers"), gettext("Share, %")]
    rows: list[list[object]] = [list(heads)]
    for round_ in read_results(run, courses.trainers_of(run.id)):
        words = label("evaluation_round", round_.round)
        rows += [[words, item.title, bar.words, bar.number, bar.percent] for item in round_.items for bar in item.bars]
    headers = {"Content-Disposition": f"attachment; filename=evaluation-{run.code}.csv"}
    return Response(reports.as_csv(rows), mimetype="text/csv", headers=headers)


def shown_text(_actor: Actor, text_id: str) -> ShownText:
    """The text of the path, when it may be shown and is. Raises ``NotFoundError``."""
    text = evaluation.get_text(text_id)
    if text.words is None:
        raise NotFoundError
    return text


@pages.route("/staff/evaluation/texts/<text_id>/redact", methods=["GET", "POST"])
@requires(Permission.EVALUATION_MANAGE, load=shown_text)
def redact(text: ShownText) -> Answer | tuple[str, int]:
    """Take a text off the pages, and say why."""
    form, run = ReasonForm(), courses.get_run_by_id(text.run_id)
    back = url_for("evaluation.overview", course=run.course_id)
    if attempt(form, lambda: evaluation.redact(text, form.reason.data, by=actor().person_id)):
        flash(gettext("The text is no longer shown."), "good")
        return redirect(back, 303)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Take the text off the pages"),
        subject=f"„{text.words}“",
        intro=gettext("What a text says about a person, or tells who wrote it, need not be shown. It cannot be brought back."),
        crumbs=[(gettext("Evaluation"), url_for("evaluation.overview")), (run.version.title(language()), back)],
        back_url=back,
        primary=gettext("Take the text off"),
        danger=True,
    )
