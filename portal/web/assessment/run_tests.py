"""The tests of a run for its trainers and staff: who took them, what was learned, and what is to be marked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import assessment, courses, enrolment, journeys, people
from portal.access import Permission
from portal.assessment.models import Occasion
from portal.foundation.errors import RefusedError
from portal.foundation.formats import format_decimal
from portal.web.assessment import pages
from portal.web.attendance.scope import taught_run
from portal.web.errors import told
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language

if TYPE_CHECKING:
    from fractions import Fraction

    from werkzeug.wrappers import Response

    from portal.assessment import Paper
    from portal.assessment.models import Attempt, AttemptResult, QuestionVersion
    from portal.attendance import TaughtRun
    from portal.enrolment.models import Enrolment

    Attempts = list[tuple[Attempt, AttemptResult | None]]

MARK = Permission.SCORE_RECORD
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody with a place, the attempts at each test, and the final score with whether it comes from a test."""

    place: Enrolment
    attempts: dict[str, Attempts]
    score: int | None
    from_test: bool

    @property
    def before(self) -> int | None:
        """What they knew before: the percent of the first attempt at the pre-test, once it is marked in whole."""
        first = next((result for _attempt, result in self.attempts[Occasion.PRE][:1]), None)
        return first.percent if first and not first.waits else None

    @property
    def after(self) -> int | None:
        """What they knew afterwards: the best percent at the post-test."""
        return max((result.percent for _attempt, result in self.attempts[Occasion.POST] if result and not result.waits), default=None)


@dataclass(frozen=True, slots=True)
class MarkLine:
    """An answer in words, and the points for it: as recorded, as typed."""

    paper: Paper
    version: QuestionVersion
    recorded: str
    typed: str
    error: str = ""

    @property
    def name(self) -> str:
        """By which the form names it."""
        return f"{self.paper.attempt.id}-{self.version.id}"

    @property
    def answer(self) -> str:
        """What was answered."""
        return str(self.paper.answers[self.version.id])


@pages.get("/teaching/runs/<code>/tests")
@requires(MARK, load=taught_run)
def run_tests(run: TaughtRun) -> str:
    """Who took which test, with what result, and the learning gain of the run."""
    takers = _takers(run.id)
    pairs = [(taker.before, taker.after) for taker in takers if taker.before is not None and taker.after is not None]
    course = courses.get_run_by_id(run.id).course
    return render_template(
        "assessment/run_tests.html",
        run=run,
        course=course,
        takers=takers,
        same=people.namesakes(taker.place.person.name_by_family(language()) for taker in takers),
        gain=assessment.find_gain(pairs),
        tests=assessment.tests_of_course(course.id),
        to_mark=assessment.number_to_mark(run.id),
        in_words=_in_words,
    )


@pages.get("/teaching/runs/<code>/marking")
@requires(MARK, load=taught_run)
def marking(run: TaughtRun) -> str:
    """The answers in words: what nobody has marked first."""
    return _marking_page(run, _mark_lines(run.id))


@pages.post("/teaching/runs/<code>/marking")
@requires(MARK, load=taught_run)
def save_marking(run: TaughtRun) -> Response | tuple[str, int]:
    """Record the points that changed."""
    lines = _mark_lines(run.id, sent=True)
    if any(line.error for line in lines):
        return _marking_page(run, lines), UNPROCESSABLE
    marks = {
        (line.paper.attempt.id, line.version.id): Decimal(str(assessment.find_number(line.typed)))
        for line in lines
        if line.typed and line.typed != line.recorded
    }
    try:
        changed = journeys.mark_answers(run.id, marks, by=actor().person_id)
    except RefusedError as error:
        flash(told(error), "bad")
    else:
        flash(gettext("Marked: %(number)s", number=changed), "good")
    return redirect(url_for("assessment.marking", code=run.code), 303)


def _takers(run_id: int) -> list[Taker]:
    """Everyone with a place, in Georgian order. Four statements."""
    attempts: dict[tuple[int, str], Attempts] = {}
    for one, result in assessment.attempts_of_run(run_id):
        attempts.setdefault((one.enrolment_id, one.test.occasion), []).append((one, result))
    scores, from_tests = assessment.scores_of_run(run_id), assessment.sources_of_run(run_id)
    return [
        Taker(
            place,
            {occasion: attempts.get((place.id, occasion), []) for occasion in Occasion},
            scores.get(place.id),
            from_tests.get(place.id, False),
        )
        for place in enrolment.roster(run_id)
    ]


def _mark_lines(run_id: int, *, sent: bool = False) -> list[MarkLine]:
    over = [one for one, result in assessment.attempts_of_run(run_id) if result]
    lines = [_mark_line(paper, version, sent=sent) for paper in assessment.papers_of(over) for version in paper.texts]
    return sorted(lines, key=lambda line: bool(line.recorded))


def _mark_line(paper: Paper, version: QuestionVersion, *, sent: bool) -> MarkLine:
    given = paper.markings.get(version.id)
    recorded = "" if given is None else format_decimal(given, language())
    line = MarkLine(paper, version, recorded, recorded)
    name = f"points-{line.name}"
    if not sent or name not in request.form:
        return line
    typed = request.form[name].strip()[:40]
    points = assessment.find_number(typed)
    if not typed and not recorded:
        return line
    if points is None or not 0 <= points <= version.points or points != round(points, 2):
        error = gettext("Write points from 0 to %(most)s, with at most two decimals.", most=version.points)
        return MarkLine(paper, version, recorded, typed, error)
    return MarkLine(paper, version, recorded, typed)


def _marking_page(run: TaughtRun, lines: list[MarkLine]) -> str:
    names = {place.id: place.person.name_by_family(language()) for place in enrolment.roster(run.id)}
    return render_template(
        "assessment/marking.html",
        run=run,
        lines=lines,
        names=names,
        only=find_id(request.args.get("attempt")),
        has_errors=any(line.error for line in lines),
    )


def _in_words(value: Fraction) -> str:
    """A mean with one decimal, in the language of the page."""
    return format_decimal(Decimal(value.numerator) / value.denominator, language(), places=1)
