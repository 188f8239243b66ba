"""The questionnaire, for those who were there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from portal import courses, evaluation
from portal.access import Permission
from portal.evaluation import Round
from portal.foundation import clock
from portal.web.enrolment.places import my_place
from portal.web.evaluation import pages
from portal.web.evaluation.answer_form import answer_form
from portal.web.form_pages import attempt, form_page
from portal.web.guard import requires
from portal.web.ids import find_id

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.evaluation import Asked
    from portal.web.enrolment.places import MyPlace


@dataclass(frozen=True, slots=True)
class MyEvaluation:
    """My place, and whether I am asked about the run."""

    place: MyPlace
    asked: Asked | None

    @property
    def round(self) -> Round | None:
        """The round that I can answer now."""
        return self.asked.find_open(clock.now()) if self.asked else None

    @property
    def standing(self) -> str:
        """Why there is nothing to answer now, in a word."""
        run, now = self.place.run, clock.now()
        if run.ends_at is None or run.ends_at > now:
            return "too_early"
        if self.asked is None:
            return "not_there"
        last = max((one for one in Round if evaluation.opens_at(one, run.ends_at) <= now), key=list(Round).index)
        return "answered" if last in self.asked.answered else "over"


def my_evaluation(actor: Actor, code: str) -> MyEvaluation:
    """My evaluation of the run. Raises ``NotFoundError`` for those without a place."""
    mine = my_place(actor, code)
    return MyEvaluation(mine, evaluation.find_asked(mine.enrolment.id))


@pages.route("/runs/<code>/evaluation", methods=["GET", "POST"])
@requires(Permission.RUN_ENROL, load=my_evaluation)
def evaluate(mine: MyEvaluation) -> Response | str | tuple[str, int]:
    """Ask, or say why nothing is asked; a bookmark of this page goes on answering."""
    run, round_ = mine.place.run, mine.round
    to_here = url_for("evaluation.evaluate", code=run.code)
    if round_ is None:
        return redirect(to_here, 303) if request.method == "POST" else render_template("evaluation/told.html", run=run, mine=mine)
    asked = evaluation.questionnaire(round_, find_id(request.form.get("edition")))
    form = answer_form(asked, courses.trainers_of(run.id))
    if attempt(form, lambda: evaluation.answer(mine.place.enrolment, round_, form.given())):
        return redirect(to_here, 303)
    until = evaluation.closes_at(round_, mine.asked.ends_at) if mine.asked else None
    return form_page("evaluation/evaluate.html", form, run=run, round=round_, until=until)
