"""The question bank: staff see all of it, trainers the questions of the courses that they teach and of their topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import assessment, courses
from portal.access import Permission
from portal.assessment.models import QuestionKind
from portal.foundation.errors import RefusedError
from portal.foundation.georgian import clean_text
from portal.web.assessment import pages
from portal.web.assessment.question_form import QuestionForm
from portal.web.attendance.scope import taught_by
from portal.web.errors import told
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language
from portal.web.transactions import release

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.assessment.models import QuestionVersion

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.TEST_MANAGE
BOTH = ["GET", "POST"]
ON_A_PAGE = 50
FILTERS = ("q", "topic", "kind", "archived", "older_than")


def _question(actor: Actor, question_id: int) -> QuestionVersion:
    return assessment.get_question(question_id, taught_by=taught_by(actor))


def _own_question(actor: Actor, question_id: int) -> QuestionVersion:
    return assessment.get_question(question_id, taught_by=taught_by(actor), own=True)


@pages.get("/staff/questions")
@requires(MANAGE)
def questions() -> str:
    """List the questions, those added last first."""
    asked = request.args
    wanted = assessment.QuestionFilter(
        topic_id=find_id(asked.get("topic")),
        kind=asked.get("kind", "") if asked.get("kind") in set(QuestionKind) else "",
        words=clean_text(asked.get("q", ""))[:100],
        archived=asked.get("archived") == "1",
    )
    found = assessment.list_questions(
        wanted, taught_by=taught_by(actor()), older_than=find_id(asked.get("older_than")), limit=ON_A_PAGE + 1
    )
    shown = found[:ON_A_PAGE]
    titles = {version.course_id: version.title(language()) for version in courses.current_versions(with_archived=True)}
    return render_template(
        "assessment/questions.html",
        wanted=wanted,
        questions=shown,
        topics=courses.topics_in_order(),
        titles=titles,
        older=_page_behind(shown[-1].question_id) if len(found) > ON_A_PAGE else None,
        newest=url_for("assessment.questions") if asked.get("older_than") else None,
    )


def _page_behind(question_id: int) -> str:
    asked: dict[str, Any] = request.args.to_dict() | {"older_than": str(question_id)}
    return url_for("assessment.questions", **{name: asked[name] for name in FILTERS if name in asked})


@pages.route("/staff/questions/new", methods=BOTH)
@requires(MANAGE)
def question_new() -> Answer:
    """Add a question."""
    form = QuestionForm(taught_by=taught_by(actor()))
    if (asked := request.args.get("home")) and not form.is_submitted():
        form.home.data = asked
    title, back = gettext("New question"), url_for("assessment.questions")
    if preview := _preview(form, title, back):
        return preview
    if done := attempt(form, lambda: assessment.create_question(form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(url_for("assessment.question", question_id=done.value.question_id), 303)
    return form_page("assessment/question_form.html", form, title=title, back=back)


@pages.get("/staff/questions/<number:question_id>")
@requires(MANAGE, load=_question)
def question(version: QuestionVersion) -> str:
    """Show a question as learners see it, with what is right, and its editions."""
    mine = taught_by(actor())
    return render_template(
        "assessment/question.html",
        version=version,
        editions=assessment.editions_of(version.question_id),
        tests=assessment.tests_with(version.question_id),
        titles={one.course_id: one.title(language()) for one in courses.current_versions(with_archived=True)},
        own=mine is None or version.question.course_id in assessment.ids_of_courses_taught(mine),
    )


@pages.route("/staff/questions/<number:question_id>/edit", methods=BOTH)
@requires(MANAGE, load=_own_question)
def question_edit(version: QuestionVersion) -> Answer:
    """Make a new edition of a question."""
    form = QuestionForm(version, taught_by=taught_by(actor()))
    title, back = gettext("Edit the question"), url_for("assessment.question", question_id=version.question_id)
    if preview := _preview(form, title, back, version):
        return preview
    if attempt(form, lambda: assessment.change_question(version.question_id, form.values(), by=actor().person_id)):
        flash(gettext("Saved."), "good")
        return redirect(back, 303)
    return form_page("assessment/question_form.html", form, title=title, back=back, version=version)


@pages.post("/staff/questions/<number:question_id>/archive")
@requires(MANAGE, load=_own_question)
def question_archive(version: QuestionVersion) -> Response:
    """Put a question away, or take it out again."""
    archived = not version.question.archived
    try:
        assessment.archive_question(version.question_id, by=actor().person_id, archived=archived)
    except RefusedError as error:
        flash(told(error), "bad")
    else:
        flash(gettext("Archived") if archived else gettext("Taken out of the archive"), "good")
    return redirect(url_for("assessment.question", question_id=version.question_id), 303)


def _preview(form: QuestionForm, title: str, back: str, version: QuestionVersion | None = None) -> Answer | None:
    """Show what is typed as learners would see it, above the form; nothing is saved."""
    if request.form.get("action") != "preview":
        return None
    seen = attempt(form, lambda: assessment.edition(form.values(), by=actor().person_id))
    page = form_page("assessment/question_form.html", form, title=title, back=back, version=version, seen=seen.value if seen else None)
    release()
    return page
