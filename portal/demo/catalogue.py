"""What the demo teaches, where, and by whose money: made by the portal's own services, on a day two years ago."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal import courses
from portal.demo import content
from portal.demo.logos import draw_logo
from portal.foundation import clock, history
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime

    from portal.courses.models import CourseVersion, FundingProject, Venue
    from portal.municipalities.models import Municipality


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to plan runs with, by code. ``hours`` and titles of the days stand in the content."""

    versions: dict[str, CourseVersion]
    venues: dict[str, Venue]
    projects: dict[str, FundingProject]


def make_catalogue(places: dict[str, Municipality], when: datetime, by: int) -> Catalogue:
    """Make topics, courses, venues and projects as ``by`` would have at the moment ``when``."""
    with clock.frozen(when):
        topics = {
            topic["code"]: courses.create_topic(
                courses.TopicValues(name_ka=topic["name_ka"], name_en=topic["name_en"], slug=topic["code"], position=number), by=by
            ).id
            for number, topic in enumerate(content.read("topics"), 1)
        }
        made = Catalogue(
            versions={course["code"]: _course(course, topics, by) for course in content.read("courses")},
            venues={venue["code"]: _venue(venue, places, by) for venue in content.read("venues") if venue["kind"] == "in_person"},
            projects={project["code"]: _project(project, number, by) for number, project in enumerate(content.read("projects"))},
        )
    history.append_recorded(db.session())
    return made


def _course(item: dict[str, Any], topics: dict[str, int], by: int) -> CourseVersion:
    texts = {name: item[name] for stem in ("title", "goal", "prerequisite", "teaching_method") for name in (f"{stem}_ka", f"{stem}_en")}
    for language in ("ka", "en"):
        texts[f"summary_{language}"] = item[f"short_description_{language}"]
        texts[f"learning_outcomes_{language}"] = "\n".join(item[f"learning_outcomes_{language}"])
        texts[f"curriculum_{language}"] = "\n".join(day[f"title_{language}"] for day in item["sessions"])
    course = courses.create_course(
        courses.CourseValues(
            topic_id=topics[item["topic"]],
            slug=item["code"],
            target_categories=tuple(item["target_categories"]),
            assessment=tuple(
                courses.AssessmentMethod(
                    name_ka=method["name_ka"], name_en=method["name_en"], minimum=method["min_points"], maximum=method["max_points"]
                )
                for method in item["assessment_methods"]
            ),
            contact_hours=Decimal(item["contact_hours"]),
            independent_hours=Decimal(item["independent_hours"]),
            credits=None if item["credits"] is None else Decimal(item["credits"]),
            minimum_group=item["min_group"],
            maximum_group=item["max_group"],
            attendance_percent=item["certificate"]["attendance_percent"],
            score_percent=item["certificate"]["score_percent"],
            validity_months=item["validity_months"],
            **texts,
        ),
        by=by,
    )
    courses.publish_course(course, by=by)
    return courses.get_current_version(course.id)


def _venue(item: dict[str, Any], places: dict[str, Municipality], by: int) -> Venue:
    names = {name: item[name] for name in ("name_ka", "name_en", "address_ka", "address_en")}
    return courses.create_venue(courses.VenueValues(municipality_id=places[item["municipality"]].id, **names), by=by)


def _project(item: dict[str, Any], number: int, by: int) -> FundingProject:
    values = courses.ProjectValues(name_ka=item["title_ka"], name_en=item["title_en"], donor_ka=item["donor_ka"], donor_en=item["donor_en"])
    project = courses.create_project(values, by=by)
    courses.set_logo(project, draw_logo(item["donor_short"], number), by=by)
    return project
