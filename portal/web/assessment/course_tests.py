"""The tests of a course: how they are given and what they ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField

from portal import assessment, courses
from portal.access import Permission
from portal.assessment.models import Occasion
from portal.foundation.errors import NotFoundError
from portal.web.assessment import pages
from portal.web.attendance.scope import taught_by
from portal.web.fields import Whole
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.assessment.models import CourseTest, QuestionVersion
    from portal.courses.models import Course

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.TEST_MANAGE
MOST_QUESTIONS, MOST_MINUTES, MOST_ATTEMPTS, MOST_DAYS = 200, 600, 20, 365
USUAL = {"attempts": 1, "pass_percent": 60, "days_after": 7}
NAMES = ("active", "draw", "minutes", "attempts", "pass_percent", "days_after", "shows_answers")


class CourseTestForm(FlaskForm):
    """How a test is given. Which questions it asks stands beside it, a place for each."""

    minutes = Whole(
        _("Time for the test, minutes"), low=1, high=MOST_MINUTES, optional=True, description=_("Left empty, there is no limit.")
    )
    attempts = Whole(_("Attempts"), low=1, high=MOST_ATTEMPTS)
    pass_percent = Whole(_("Pass mark, %"), low=0, high=100)
    days_after = Whole(_("Open after the training, days"), low=0, high=MOST_DAYS)
    draw = Whole(
        _("Questions drawn at random"),
        low=1,
        high=MOST_QUESTIONS,
        optional=True,
        description=_("So many of the questions chosen below, anew for each attempt. Left empty, all of them are asked in order."),
    )
    shows_answers = BooleanField(_("Show the right answers afterwards"), description=_("To those who can take the test no more times."))
    active = BooleanField(_("Give the test to participants"))

    def __init__(self, test: CourseTest | None, occasion: str) -> None:
        super().__init__(data={name: getattr(test, name) for name in NAMES} if test else USUAL)
        if occasion == Occasion.PRE:
            del self.days_after

    def values(self, question_ids: tuple[int, ...]) -> assessment.CourseTestValues:
        """What was typed, for the service."""
        days = self.days_after.data if self.days_after is not None else 0
        rest: dict[str, Any] = {name: self[name].data for name in NAMES if name != "days_after"}
        return assessment.CourseTestValues(question_ids=question_ids, days_after=days, **rest)


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A question that the test may ask, and the place that it has or was given; empty: it is not asked."""

    version: QuestionVersion
    place: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class OneTest:
    """A test of a course, new or not."""

    course: Course
    occasion: Occasion
    test: CourseTest | None


def _course(actor: Actor, slug: str) -> Course:
    return assessment.get_course_of_tests(slug, taught_by=taught_by(actor))


def _one(actor: Actor, slug: str, occasion: str) -> OneTest:
    if occasion not in set(Occasion):
        raise NotFoundError
    course = _course(actor, slug)
    return OneTest(course, Occasion(occasion), assessment.tests_of_course(course.id).get(occasion))


@pages.get("/staff/courses/<slug>/tests")
@requires(MANAGE, load=_course)
def course_tests(course: Course) -> str:
    """Show both tests of a course."""
    tests = assessment.tests_of_course(course.id)
    return render_template(
        "assessment/course_tests.html",
        course=course,
        title=courses.get_current_version(course.id).title(language()),
        tests=[(occasion, tests.get(occasion)) for occasion in Occasion],
        questions={occasion: assessment.questions_of(one.id) for occasion, one in tests.items()},
    )


@pages.get("/staff/courses/<slug>/tests/<occasion>")
@requires(MANAGE, load=_one)
def course_test(one: OneTest) -> Answer:
    """Show how the test is given, to be changed."""
    return _page(one, CourseTestForm(one.test, one.occasion), _lines(one, None))


@pages.post("/staff/courses/<slug>/tests/<occasion>")
@requires(MANAGE, load=_one)
def set_course_test(one: OneTest) -> Answer:
    """Change how the test is given."""
    form, lines = CourseTestForm(one.test, one.occasion), _lines(one, request.form)
    if any(line.error for line in lines):
        form.validate()
        form.form_errors = [*form.form_errors, *(line.error for line in lines if line.error)]
        return _page(one, form, lines)
    chosen = sorted((int(line.place), line.version.question_id) for line in lines if line.place)
    values = tuple(question_id for _place, question_id in chosen)
    if attempt(form, lambda: assessment.set_test(one.course.id, one.occasion, form.values(values), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(url_for("assessment.course_tests", slug=one.course.slug), 303)
    return _page(one, form, lines)


def _lines(one: OneTest, sent: Any) -> list[PoolLine]:
    """What the test may ask: first what it asks, in its order, then the rest; with the places of the test, or those ``sent``."""
    asked = [version.question_id for version in assessment.questions_of(one.test.id)] if one.test else []
    places = {key: str(place) for place, key in enumerate(asked, 1)}
    pool = sorted(assessment.pool_of(one.course), key=lambda version: (int(places.get(version.question_id, "999")), version.question_id))
    if sent is None:
        return [PoolLine(version, places.get(version.question_id, "")) for version in pool]
    return [_line_sent(version, str(sent.get(f"place-{version.question_id}", "")).strip()[:10]) for version in pool]


def _line_sent(version: QuestionVersion, place: str) -> PoolLine:
    sound = not place or (place.isascii() and place.isdecimal() and len(place) <= 3)  # noqa: PLR2004  (999 places are enough)
    return PoolLine(
        version, place, "" if sound else gettext("Write a place from 1 to 999: %(question)s", question=version.text(language())[:60])
    )


def _page(one: OneTest, form: CourseTestForm, lines: list[PoolLine]) -> Answer:
    title = courses.get_current_version(one.course.id).title(language())
    return form_page("assessment/course_test.html", form, one=one, title=title, lines=lines)
