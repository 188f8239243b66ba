"""Staff make a run of the needs that they ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from portal import courses, journeys, needs
from portal.access import Permission
from portal.foundation.errors import NotFoundError
from portal.web.courses.staff_place_forms import venues_by_name
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language
from portal.web.needs import pages
from portal.web.needs.forms import RunOfNeedsForm

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.courses.models import CourseRun, CourseVersion
    from portal.needs import Posted

    Answer = str | tuple[str, int] | Response


def _ticked(_actor: Actor) -> list[Posted]:
    """The needs that the address names."""
    ids = {find_id(text) for text in request.args.getlist("need")}
    found = needs.needs_by_ids([one for one in ids if one is not None])
    if len(found) < len(ids):
        raise NotFoundError
    return found


def _offered(ticked: list[Posted]) -> list[CourseVersion]:
    """The course that a need names; else those of the topics, and when these have none, all."""
    named = [one.version for one in ticked if one.version]
    if named:
        return named[:1]
    versions, topics = courses.current_versions(), {one.topic.id for one in ticked}
    return [one for one in versions if one.course.topic_id in topics] or versions


def _form(ticked: list[Posted]) -> RunOfNeedsForm:
    """The form, filled in as the needs say."""
    lang, offered = language(), _offered(ticked)
    people = sum(one.need.people for one in ticked)
    first = offered[0]
    form = RunOfNeedsForm(
        data={
            "course_id": first.course_id if len(offered) == 1 else None,
            "form": needs.form_of_run(one.need.form for one in ticked),
            "capacity": min(max(people, first.minimum_group), first.maximum_group),
        }
    )
    form.course_id.choices = [("", _("Choose")), *((one.course_id, one.title(lang)) for one in offered)]
    near = {one.need.municipality.region_id for one in ticked}
    venues = sorted(venues_by_name(courses.venues_in_order()), key=lambda one: one.municipality.region_id not in near)
    form.venue_id.choices = [("", _("None")), *((one.id, f"{one.municipality.name(lang)}: {one.name(lang)}") for one in venues)]
    return form


@pages.route("/staff/needs/run", methods=["GET", "POST"])
@requires(Permission.NEED_MANAGE, load=_ticked)
def make_run(ticked: list[Posted]) -> Answer:
    """Make a draft run for the ticked needs, and lead to it."""
    if not ticked:
        flash(gettext("Tick at least one need."), "bad")
        return redirect(url_for("needs.overview"), 303)
    form = _form(ticked)

    def make() -> CourseRun:
        return journeys.make_run_of_needs(
            [one.need.id for one in ticked],
            courses.get_current_version(form.course_id.data).course,
            form=form.form.data,
            venue_id=form.venue_id.data,
            capacity=form.capacity.data,
            by=actor().person_id,
        )

    if made := attempt(form, make):
        flash(gettext("The run is planned as a draft. Add its days and publish it; the municipalities are told."), "good")
        return redirect(url_for("courses.staff_run", code=made.value.code), 303)
    return form_page("needs/make_run.html", form, ticked=ticked, people=sum(one.need.people for one in ticked))
