"""All needs, for staff: clustered with the whole demand, put into groups of neighbours, and declined with words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal import courses, enrolment, municipalities, needs, reports
from portal.access import Permission
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.form_pages import attempt, form_page
from portal.web.guard import actor, requires
from portal.web.ids import find_id
from portal.web.language import language
from portal.web.needs import clusters, pages
from portal.web.needs.forms import DeclineForm
from portal.web.needs.words import asked_year, year_to_plan, years_to_choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from portal.access import Actor
    from portal.courses.models import CourseVersion, Topic
    from portal.municipalities.models import Region
    from portal.needs import Group, Posted

    Answer = str | tuple[str, int] | Response

USUAL_GROUP = (10, 25)


@dataclass(frozen=True, slots=True)
class Filters:
    """What staff look at: a year, and in it a region or a topic."""

    year: int
    region: Region | None
    topic: Topic | None

    def address(self, **changes: Any) -> str:
        """The address of the page with some of it changed."""
        values = {"year": self.year, "region": self.region.id if self.region else None, "topic": self.topic.slug if self.topic else None}
        return url_for("needs.overview", **values | changes)


def _chip(words: str, href: str, current: object) -> dict[str, Any]:
    return {"label": words, "href": href, "current": bool(current)}


def _chips(asked: Filters, regions: Sequence[Region], topics: Sequence[Topic]) -> list[tuple[str, list[dict[str, Any]]]]:
    lang, every = language(), gettext("All")
    years = years_to_choose(needs.years_of(), asked.year)
    by_region = [_chip(every, asked.address(region=None), asked.region is None)]
    by_topic = [_chip(every, asked.address(topic=None), asked.topic is None)]
    return [
        (gettext("Year"), [_chip(str(one), asked.address(year=one), one == asked.year) for one in years]),
        (gettext("Region"), by_region + [_chip(one.name(lang), asked.address(region=one.id), one is asked.region) for one in regions]),
        (gettext("Topic"), by_topic + [_chip(one.name(lang), asked.address(topic=one.slug), one is asked.topic) for one in topics]),
    ]


@pages.get("/staff/needs")
@requires(Permission.NEED_MANAGE)
def overview() -> str:
    """Needs by topic, course and region, what else is wanted, and the runs that were made of needs."""
    regions, topics = municipalities.regions_in_order(), courses.topics_in_order()
    region_id, slug = find_id(request.args.get("region")), request.args.get("topic")
    asked = Filters(
        asked_year(year_to_plan()),
        next((one for one in regions if one.id == region_id), None),
        next((one for one in topics if one.slug == slug), None),
    )
    topic_id = asked.topic.id if asked.topic else None
    posted = needs.all_needs(year=asked.year, region_id=asked.region.id if asked.region else None, topic_id=topic_id)
    year = reports.Scope(first=date(asked.year, 1, 1), last=date(asked.year, 12, 31))
    versions = courses.current_versions(topic_id=topic_id)
    return render_template(
        "needs/overview.html",
        asked=asked,
        chips=_chips(asked, regions, topics),
        topics=clusters.by_topic(posted),
        demand=clusters.demand(versions, posted, enrolment.demand_by_course(), reports.unmet_demand(year)),
        made=clusters.runs_made(posted, language()),
    )


@dataclass(frozen=True, slots=True)
class About:
    """What is pooled: the needs for a course, or those of a topic in own words."""

    version: CourseVersion | None
    topic: Topic

    def size(self) -> tuple[int, int]:
        """The smallest and the largest group: of the course, or of the topic's courses together."""
        versions = [self.version] if self.version else courses.current_versions(topic_id=self.topic.id)
        if not versions:
            return USUAL_GROUP
        return min(one.minimum_group for one in versions), max(one.maximum_group for one in versions)


def _about(_actor: Actor) -> About:
    """The course or topic of the address."""
    if slug := request.args.get("course"):
        course = courses.get_course(slug)
        return About(courses.get_current_version(course.id), course.topic)
    found = next((one for one in courses.topics_in_order() if one.slug == request.args.get("topic")), None)
    if found is None:
        raise NotFoundError
    return About(None, found)


def _wish(one: Posted) -> needs.Wish:
    need = one.need
    return needs.Wish(need.id, need.municipality.region_id, need.people, need.form, need.starts_on, need.ends_on)


@pages.get("/staff/needs/groups")
@requires(Permission.NEED_MANAGE, load=_about)
def groups(about: About) -> str:
    """Propose groups of neighbours; staff tick which needs a run is made for."""
    posted = needs.open_needs(course_id=about.version.course_id) if about.version else needs.open_needs(topic_id=about.topic.id)
    by_id, today = {one.need.id: one for one in posted}, clock.today()
    minimum, maximum = about.size()
    timely = [_wish(one) for one in posted if one.need.ends_on >= today]
    found: list[Group] = needs.pool(timely, minimum, maximum, municipalities.neighbouring_regions())
    return render_template(
        "needs/groups.html",
        about=about,
        groups=found,
        by_id=by_id,
        minimum=minimum,
        maximum=maximum,
        over=[one for one in posted if one.need.ends_on < today],
    )


def _need(_actor: Actor, need_id: int) -> Posted:
    return needs.get_need(need_id)


@pages.route("/staff/needs/<number:need_id>/decline", methods=["GET", "POST"])
@requires(Permission.NEED_MANAGE, load=_need)
def decline(posted: Posted) -> Answer:
    """Say why no training is planned for it."""
    form, back = DeclineForm(), url_for("needs.overview", year=posted.need.starts_on.year)
    if attempt(form, lambda: needs.decline_need(posted.need, form.words.data, by=actor().person_id)):
        flash(gettext("Declined. The coordinators of the municipality are told."), "good")
        return redirect(back, 303)
    return form_page("needs/decline.html", form, posted=posted, back_url=back)
