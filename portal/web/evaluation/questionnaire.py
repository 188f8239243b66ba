"""What is asked, for staff: the questions of both rounds, their order, and one more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField

from portal import evaluation
from portal.access import Permission
from portal.evaluation import Change, Kind, Round, Words
from portal.foundation.errors import RefusedError
from portal.web.errors import told
from portal.web.evaluation import pages
from portal.web.evaluation.words import values_of
from portal.web.fields import Radios, line, lines
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.labels import choices, label

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

MANAGE = Permission.EVALUATION_MANAGE
ROUNDS, CHANGES = ",".join(Round), ",".join(Change)


class QuestionForm(FlaskForm):
    """A question of staff."""

    seen = HiddenField()
    kind = Radios(_("How it is answered"), choices=choices("evaluation_kind"), default=Kind.SCALE.value)
    ka = line(_("Question in Georgian"))
    en = line(_("Question in English"))
    options_ka = lines(_("Options in Georgian"), description=_("Of a choice: one a line."), limit=600)
    options_en = lines(_("Options in English"), description=_("In the same order, one a line."), limit=600)

    def validate(self, *args: object, **kwargs: object) -> bool:
        """Check each field, and that each option is there in both languages."""
        sound: bool = super().validate(*args, **kwargs)
        if sound and self.kind.data == Kind.CHOICE and len(_lines(self.options_ka.data)) != len(_lines(self.options_en.data)):
            self.options_en.errors = [gettext("Write as many options in English as in Georgian.")]
            return False
        return sound

    @property
    def options(self) -> list[Words]:
        """The options as typed."""
        return [Words(*pair) for pair in zip(_lines(self.options_ka.data), _lines(self.options_en.data), strict=True)]


def _lines(text: str | None) -> list[str]:
    return [one.strip() for one in (text or "").splitlines() if one.strip()]


@pages.get("/staff/evaluation/questionnaire")
@requires(MANAGE)
def questionnaire() -> str:
    """The questions of both rounds."""
    rounds = [evaluation.questionnaire(round_) for round_ in Round]
    return render_template("evaluation/questionnaire.html", rounds=rounds, values_of=values_of)


@pages.route(f"/staff/evaluation/questionnaire/<any({ROUNDS}):round_>/new", methods=["GET", "POST"])
@requires(MANAGE)
def add_question(round_: str) -> Response | tuple[str, int]:
    """Ask one question more."""
    form, back = QuestionForm(), url_for("evaluation.questionnaire")
    if request.method == "GET":
        form.seen.data = str(evaluation.questionnaire(Round(round_)).number)

    def save() -> None:
        options = form.options if form.kind.data == Kind.CHOICE else []
        words, seen = Words(form.ka.data, form.en.data), find_id(form.seen.data) or 0
        evaluation.add_question(Round(round_), Kind(form.kind.data), words, options, seen=seen, by=actor().person_id)

    if attempt(form, save):
        flash(gettext("The question is asked from now on."), "good")
        return redirect(back, 303)
    return form_page(
        "layouts/short_form.html",
        form,
        title=gettext("Add a question"),
        subject=label("evaluation_round", round_),
        intro=gettext("Its words cannot be changed later, so that answers keep what was asked. Archive it and add another one instead."),
        crumbs=[(gettext("Evaluation"), url_for("evaluation.overview")), (gettext("Questions"), back)],
        back_url=back,
    )


@pages.post(f"/staff/evaluation/questionnaire/<any({ROUNDS}):round_>/<question>/<any({CHANGES}):step>")
@requires(MANAGE)
def change_question(round_: str, question: str, step: str) -> Response:
    """Move a question, archive it, or bring it back."""
    seen = find_id(request.form.get("seen")) or 0
    try:
        evaluation.change_question(Round(round_), question, Change(step), seen=seen, by=actor().person_id)
    except RefusedError as refusal:
        flash(told(refusal), "bad")
    else:
        flash(gettext("Saved."), "good")
    return redirect(url_for("evaluation.questionnaire", _anchor=round_), 303)
