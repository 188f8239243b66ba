"""Pages for everybody: the home page, the catalogue, a course, the logos of projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request
from werkzeug.wrappers import Response

from portal import courses, qualifications
from portal.foundation import clock
from portal.foundation.errors import NotFoundError
from portal.web.courses import bare, pages
from portal.web.courses.catalogue import read_catalogue
from portal.web.enrolment.interest import read_interest
from portal.web.guard import find_actor, public
from portal.web.language import language
from portal.web.lines import lines_of

if TYPE_CHECKING:
    from portal.courses.models import CourseVersion
    from portal.qualifications.models import Qualification

NEXT_RUNS = 5
RUNS_OF_COURSE = 8
LOGO_SECONDS = 3600


@pages.get("/")
@public
def home() -> str:
    """What the portal is, and where to go from here."""
    now = clock.now()
    page = courses.list_public_runs(courses.RunFilter(), at=now, size=NEXT_RUNS, only=[courses.takes_enrolments()])
    return render_template("courses/home.html", lines=lines_of(page.runs, language(), at=now), topics=courses.topics_in_order())


@pages.get("/courses")
@public
def catalogue() -> str:
    """The runs to come, searched and filtered."""
    return render_template("courses/catalogue.html", catalogue=read_catalogue())


@pages.get("/courses/<slug>")
@public
def course(slug: str) -> str:
    """A course: everything that the state register asks for, its runs to come, the next first, and a way to hear of the next when there is none."""
    now = clock.now()
    version = courses.get_public_version(slug)
    after, before = (courses.find_position(request.args.get(name, "")) for name in ("after", "before"))
    wanted = courses.RunFilter(course_id=version.course_id, after=after, before=None if after else before)
    page = courses.list_public_runs(wanted, at=now, size=RUNS_OF_COURSE)
    return render_template(
        "courses/course.html",
        version=version,
        counts_towards=_counts_towards(version),
        interest=read_interest(version, find_actor()),
        lines=lines_of(page.runs, language(), at=now),
        earlier_url=f"?before={page.earlier}" if page.earlier else None,
        later_url=f"?after={page.later}" if page.later else None,
    )


def _counts_towards(version: CourseVersion) -> list[Qualification]:
    """The qualifications towards which a course counts today: those that posts call for."""
    in_force = [(row.qualification, qualifications.as_version(row)) for row in qualifications.versions_in_force(clock.today())]
    course, topic = version.course_id, version.course.topic_id
    return [row for row, rule in in_force if rule.audience.categories and qualifications.counts_towards(rule, course, topic)]


@bare.get("/projects/<number:project_id>/logo.png")
@public
def project_logo(project_id: int) -> Response:
    """The logo of a funding project; browsers ask again after an hour, and get it only when it is another one."""
    logo = courses.find_logo(project_id)
    if logo is None:
        raise NotFoundError
    response = Response(logo, mimetype="image/png")
    response.cache_control.public = True
    response.cache_control.max_age = LOGO_SECONDS
    response.add_etag()
    return response.make_conditional(request.environ)
