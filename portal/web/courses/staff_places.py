"""Pages of staff: venues, funding projects and topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from portal import certificates, courses, journeys
from portal.access import Actor, Permission
from portal.foundation.errors import RefusedError
from portal.web.courses import pages
from portal.web.courses.staff_place_forms import ProjectForm, TopicForm, VenueForm, venues_by_name
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.language import language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.courses.models import FundingProject, Topic, Venue

    Answer = str | tuple[str, int] | Response

MANAGE = Permission.COURSE_MANAGE
BOTH = ["GET", "POST"]


def _venue(_actor: Actor, venue_id: int) -> Venue:
    return courses.get_venue(venue_id)


def _project(_actor: Actor, project_id: int) -> FundingProject:
    return courses.get_project(project_id)


def _topic(_actor: Actor, topic_id: int) -> Topic:
    return courses.get_topic(topic_id)


def _saved(endpoint: str) -> Response:
    flash(gettext("Saved."), "good")
    return redirect(url_for(endpoint), 303)


@pages.get("/staff/venues")
@requires(MANAGE)
def staff_venues() -> str:
    """List the venues."""
    return render_template("courses/staff/venues.html", venues=venues_by_name(courses.venues_in_order(with_archived=True)))


@pages.route("/staff/venues/new", methods=BOTH)
@requires(MANAGE)
def staff_venue_new() -> Answer:
    """Add a venue."""
    form = VenueForm()
    if attempt(form, lambda: courses.create_venue(form.values(), by=actor().person_id)):
        return _saved("courses.staff_venues")
    return form_page("layouts/short_form.html", form, **_frame("courses.staff_venues", gettext("Venues"), gettext("New venue")))


@pages.route("/staff/venues/<number:venue_id>", methods=BOTH)
@requires(MANAGE, load=_venue)
def staff_venue(venue: Venue) -> Answer:
    """Edit a venue; participants of runs still to come hear of a new address."""
    form = VenueForm(venue)
    if attempt(form, lambda: journeys.change_venue(venue, form.values(), by=actor().person_id)):
        return _saved("courses.staff_venues")
    archive = url_for("courses.staff_venue_archive", venue_id=venue.id)
    return form_page(
        "layouts/short_form.html",
        form,
        row=venue,
        archive_url=archive,
        **_frame("courses.staff_venues", gettext("Venues"), venue.name(language())),
    )


@pages.post("/staff/venues/<number:venue_id>/archive")
@requires(MANAGE, load=_venue)
def staff_venue_archive(venue: Venue) -> Answer:
    """Put a venue away, or take it out again."""
    (courses.restore_venue if venue.archived else courses.archive_venue)(venue, by=actor().person_id)
    return _saved("courses.staff_venues")


@pages.get("/staff/projects")
@requires(MANAGE)
def staff_projects() -> str:
    """List the funding projects."""
    projects = courses.projects_in_order(with_archived=True)
    logos = courses.projects_with_logo(project.id for project in projects)
    return render_template("courses/staff/projects.html", projects=projects, logos=logos)


@pages.route("/staff/projects/new", methods=BOTH)
@requires(MANAGE)
def staff_project_new() -> Answer:
    """Add a funding project."""
    form = ProjectForm()
    del form.without_logo
    if attempt(form, lambda: _save_project(None, form)):
        return _saved("courses.staff_projects")
    return form_page(
        "layouts/short_form.html", form, upload=True, **_frame("courses.staff_projects", gettext("Projects"), gettext("New project"))
    )


@pages.route("/staff/projects/<number:project_id>", methods=BOTH)
@requires(MANAGE, load=_project)
def staff_project(project: FundingProject) -> Answer:
    """Edit a funding project."""
    form = ProjectForm(project)
    has_logo = project.id in courses.projects_with_logo([project.id])
    if not has_logo:
        del form.without_logo
    if attempt(form, lambda: _save_project(project, form)):
        return _saved("courses.staff_projects")
    return form_page(
        "layouts/short_form.html",
        form,
        row=project,
        upload=True,
        has_logo=has_logo,
        archive_url=url_for("courses.staff_project_archive", project_id=project.id),
        design_url=url_for("certificates.design", scope=certificates.project_scope(project.id)),
        **_frame("courses.staff_projects", gettext("Projects"), project.name(language())),
    )


def _save_project(project: FundingProject | None, form: ProjectForm) -> None:
    by = actor().person_id
    if project is None:
        project = courses.create_project(form.values(), by=by)
    else:
        courses.change_project(project, form.values(), by=by)
    logo = form.logo_sent()
    if logo is not None:
        try:
            courses.set_logo(project, logo, by=by)
        except RefusedError as error:
            raise courses.WrongValuesError([courses.Problem("logo", error.message, tuple(error.facts.items()))]) from error
    elif form.without_logo is not None and form.without_logo.data:
        courses.remove_logo(project, by=by)


@pages.post("/staff/projects/<number:project_id>/archive")
@requires(MANAGE, load=_project)
def staff_project_archive(project: FundingProject) -> Answer:
    """Put a funding project away, or take it out again."""
    (courses.restore_project if project.archived else courses.archive_project)(project, by=actor().person_id)
    return _saved("courses.staff_projects")


@pages.get("/staff/topics")
@requires(MANAGE)
def staff_topics() -> str:
    """List the topics."""
    return render_template("courses/staff/topics.html", topics=courses.topics_in_order())


@pages.route("/staff/topics/new", methods=BOTH)
@requires(MANAGE)
def staff_topic_new() -> Answer:
    """Add a topic, last in the list unless another place is chosen."""
    form = TopicForm(position=max((topic.position for topic in courses.topics_in_order()), default=0) + 1)
    if attempt(form, lambda: courses.create_topic(form.values(), by=actor().person_id)):
        return _saved("courses.staff_topics")
    return form_page("layouts/short_form.html", form, **_frame("courses.staff_topics", gettext("Topics"), gettext("New topic")))


@pages.route("/staff/topics/<number:topic_id>", methods=BOTH)
@requires(MANAGE, load=_topic)
def staff_topic(topic: Topic) -> Answer:
    """Edit a topic."""
    form = TopicForm(topic)
    if attempt(form, lambda: courses.change_topic(topic, form.values(), by=actor().person_id)):
        return _saved("courses.staff_topics")
    return form_page(
        "layouts/short_form.html",
        form,
        row=topic,
        design_url=url_for("certificates.design", scope=certificates.topic_scope(topic.id)),
        **_frame("courses.staff_topics", gettext("Topics"), topic.name(language())),
    )


def _frame(endpoint: str, above: str, title: str) -> dict[str, Any]:
    """Title and way back of a form page."""
    return {"title": title, "back_url": url_for(endpoint), "crumbs": [(above, url_for(endpoint))]}
