"""Pages of staff: courses, their versions, and a preview of what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import courses, enrolment
from portal.access import Actor, Permission
from portal.foundation.errors import RefusedError
from portal.web.courses import pages
from portal.web.courses.staff_course_form import CourseForm
from portal.web.courses.staff_preview import version_as_typed
from portal.web.errors import told
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.transactions import release

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from portal.courses.models import Course, CourseVersion

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.COURSE_MANAGE
BOTH = ["GET", "POST"]


def _course(_actor: Actor, slug: str) -> Course:
    return courses.get_course(slug)


@pages.get("/staff/courses")
@requires(MANAGE)
def staff_courses() -> str:
    """List the courses, those in the archive when asked for."""
    archived = request.args.get("archived") == "1"
    versions = courses.current_versions(with_archived=True)
    shown = [version for version in versions if version.course.archived == archived]
    return render_template(
        "courses/staff/courses.html",
        versions=shown,
        archived=archived,
        put_away=sum(one.course.archived for one in versions),
        demand=enrolment.demand_by_course(),
    )


@pages.route("/staff/courses/new", methods=BOTH)
@requires(MANAGE)
def staff_course_new() -> Answer:
    """Add a course."""
    form = CourseForm()
    title = gettext("New course")
    back = url_for("courses.staff_courses")
    if asked := _unsaved(form, title, back):
        return asked
    if done := attempt(form, lambda: courses.create_course(form.values(), by=actor().person_id)):
        flash(gettext("Saved. Visitors see the course when it is published."), "good")
        return redirect(url_for("courses.staff_course", slug=done.value.slug), 303)
    return form_page("courses/staff/course_form.html", form, title=title, back_url=back)


@pages.get("/staff/courses/<slug>")
@requires(MANAGE, load=_course)
def staff_course(course: Course) -> str:
    """Show a course to staff: what it says now, who asks for it, and its versions."""
    return render_template(
        "courses/staff/course.html",
        course=course,
        versions=courses.versions_of(course.id),
        demand=enrolment.demand_by_region(course.id),
    )


@pages.route("/staff/courses/<slug>/edit", methods=BOTH)
@requires(MANAGE, load=_course)
def staff_course_edit(course: Course) -> Answer:
    """Edit a course."""
    version, uses = courses.versions_of(course.id)[0]
    form = CourseForm(version)
    title, back = version.title(language()), url_for("courses.staff_course", slug=course.slug)
    if asked := _unsaved(form, title, back, version):
        return asked
    if attempt(form, lambda: courses.change_course(course, form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(url_for("courses.staff_course", slug=course.slug), 303)
    return form_page("courses/staff/course_form.html", form, title=title, back_url=back, version=version, promised=uses > 0)


def _unsaved(form: CourseForm, title: str, back: str, version: CourseVersion | None = None) -> Answer | None:
    """Answer the buttons that save nothing: the preview of what is typed, and the way back from it."""
    wish = request.form.get("action")
    if wish == "edit":
        return render_template("courses/staff/course_form.html", form=form, title=title, back_url=back, version=version)
    if wish == "preview" and form.validate():
        shown = version_as_typed(form.values())
        page = render_template("courses/staff/course_preview.html", version=shown, typed=_typed())
        release()
        return page
    return None


def _typed() -> list[tuple[str, str]]:
    """Everything that was sent, to be sent again; the page adds its own token and button."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "action"}]


def _state_change(slug: str, change: Callable[..., None], course: Course, words: str) -> Response:
    try:
        change(course, by=actor().person_id)
        flash(words, "good")
    except RefusedError as error:
        flash(told(error), "bad")
    return redirect(url_for("courses.staff_course", slug=slug), 303)


@pages.post("/staff/courses/<slug>/publish")
@requires(MANAGE, load=_course)
def staff_course_publish(course: Course) -> Answer:
    """Show the course to visitors."""
    return _state_change(course.slug, courses.publish_course, course, gettext("Published"))


@pages.post("/staff/courses/<slug>/unpublish")
@requires(MANAGE, load=_course)
def staff_course_unpublish(course: Course) -> Answer:
    """Hide the course from visitors."""
    return _state_change(course.slug, courses.unpublish_course, course, gettext("Visitors do not see the course any more."))


@pages.post("/staff/courses/<slug>/archive")
@requires(MANAGE, load=_course)
def staff_course_archive(course: Course) -> Answer:
    """Put the course away, or take it out again."""
    change = courses.restore_course if course.archived else courses.archive_course
    words = gettext("Taken out of the archive") if course.archived else gettext("Archived")
    return _state_change(course.slug, change, course, words)
