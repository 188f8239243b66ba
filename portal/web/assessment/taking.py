"""Taking a test: what to expect, the questions, what came of it. For whoever has a place in the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import assessment, journeys
from portal.access import Permission
from portal.assessment.models import Occasion
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.assessment import answer_form, pages
from portal.web.enrolment.places import my_place
from portal.web.errors import told
from portal.web.form_keys import new_form_key, sent_form_key
from portal.web.guard import actor, requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.assessment import OwnTest, Paper
    from portal.assessment.models import Attempt
    from portal.courses.models import CourseRun
    from portal.enrolment.models import Enrolment

    Answer = str | tuple[str, int] | Response

TAKE = Permission.TEST_TAKE
BOTH = ["GET", "POST"]
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class MyTest:
    """A test of the person who looks; ``own`` is None once it is no longer given."""

    run: CourseRun
    place: Enrolment
    occasion: Occasion
    own: OwnTest | None


def my_test(actor: Actor, code: str, occasion: str) -> MyTest:
    """The test of a run in which the person has a place. Raises ``NotFoundError`` for those who have none, and where no such test is given."""
    found = _mine(actor, code, occasion)
    if found.own is None:
        raise NotFoundError
    return found


def my_attempt(actor: Actor, code: str, occasion: str, number: int) -> tuple[MyTest, Attempt]:
    """An attempt of the person; there even when the test is no longer given. Raises ``NotFoundError``."""
    found = _mine(actor, code, occasion)
    return found, assessment.get_attempt(found.place.id, found.occasion, number)


def _mine(actor: Actor, code: str, occasion: str) -> MyTest:
    if occasion not in set(Occasion):
        raise NotFoundError
    mine = my_place(actor, code)
    return MyTest(mine.run, mine.enrolment, Occasion(occasion), assessment.find_own_test(mine.enrolment.id, occasion))


@pages.get("/runs/<code>/test/<occasion>")
@requires(TAKE, load=my_test)
def test(mine: MyTest) -> str:
    """Say what to expect, and what came of attempts so far."""
    return _start_page(mine)


@pages.post("/runs/<code>/test/<occasion>")
@requires(TAKE, load=my_test)
def start_test(mine: MyTest) -> Answer:
    """Begin, or go on."""
    try:
        begun = assessment.start_attempt(mine.place, mine.occasion, by=actor().person_id)
    except (assessment.NotOpenError, assessment.NoAttemptLeftError) as refusal:
        flash(told(refusal), "warn")
        return redirect(url_for("assessment.test", code=mine.run.code, occasion=mine.occasion), 303)
    return _to_attempt(mine, begun)


@pages.get("/runs/<code>/test/<occasion>/<number:number>")
@requires(TAKE, load=my_attempt)
def attempt(found: tuple[MyTest, Attempt]) -> str:
    """Show the questions while there is time, and afterwards the result."""
    mine, begun = found
    (paper,) = assessment.papers_of([begun])
    if assessment.find_result(begun.id) is None and not assessment.is_late(clock.now(), begun.ends_at):
        return _questions_page(mine, paper, paper.answers)
    return _result_page(mine, paper)


@pages.post("/runs/<code>/test/<occasion>/<number:number>")
@requires(TAKE, load=my_attempt)
def send_answers(found: tuple[MyTest, Attempt]) -> Answer:
    """Keep what was answered, or take it as the last word; what comes too late is said to be."""
    mine, begun = found
    (paper,) = assessment.papers_of([begun])
    answers = answer_form.read(request.form, paper.questions)
    hand_in, in_time = request.form.get("action") != "save", clock.now() <= begun.ends_at
    errors = answer_form.too_long(paper, answers)
    if hand_in and in_time:
        errors |= answer_form.not_ready(paper, answers, empty_is_fine="sure" in request.form)
    if errors and assessment.find_result(begun.id) is None:
        return _questions_page(mine, paper, answers, errors), UNPROCESSABLE
    taken_in = journeys.save_answers(mine.run.id, begun, answers, hand_in=hand_in, by=actor().person_id, form_key=sent_form_key())
    if taken_in.late:
        flash(gettext("Your answers came after the end of the time. What you had saved before counts."), "warn")
    elif not taken_in.over:
        flash(gettext("Saved. You can go on until the end of the time."), "good")
    return _to_attempt(mine, begun)


def _to_attempt(mine: MyTest, begun: Attempt) -> Response:
    return redirect(url_for("assessment.attempt", code=mine.run.code, occasion=mine.occasion, number=begun.number), 303)


def _start_page(mine: MyTest) -> str:
    own, now = mine.own, clock.now()
    assert own is not None  # noqa: S101  (the loader saw to it)
    return render_template(
        "assessment/test.html",
        mine=mine,
        test=own.test,
        frame=own.frame,
        questions=own.test.draw or len(assessment.questions_of(own.test.id)),
        attempts=assessment.attempts_of(mine.place.id, own.test.id),
        refusal=None if own.under_way else assessment.find_start_refusal(own.frame, used=own.used, attempts=own.test.attempts, at=now),
        now=now,
    )


def _questions_page(mine: MyTest, paper: Paper, answers: dict[int, Any], errors: dict[int, str] | None = None) -> str:
    lines = answer_form.lines_of(paper.questions, answers, errors)
    return render_template(
        "assessment/attempt.html",
        mine=mine,
        attempt=paper.attempt,
        lines=lines,
        form_key=new_form_key(),
        has_errors=bool(errors),
        empty=any(line.given is None for line in lines),
        saved_at=paper.saved_at,
    )


def _result_page(mine: MyTest, paper: Paper) -> str:
    own, now = mine.own, clock.now()
    again = own is not None and own.can_be_taken(now)
    return render_template(
        "assessment/result.html",
        mine=mine,
        paper=paper,
        result=assessment.find_result(paper.attempt.id),
        lines=answer_form.lines_of(paper.questions, paper.answers),
        again=again,
        shows_answers=paper.attempt.test.shows_answers and not again,
    )
