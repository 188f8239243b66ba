"""What can be done to topics, courses, venues and funding projects. Every one of these checks its rule, changes, records, flushes."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from portal.courses import logos, moves, queries, rules
from portal.courses.changes import add_unique, apply, apply_unique, plain
from portal.courses.models import Course, CourseVersion, FundingProject, Topic, Venue
from portal.courses.moves import Move, MoveKind
from portal.courses.services_search import index_runs
from portal.foundation import clock, georgian, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.models import CourseRun
    from portal.courses.values import CourseValues, ProjectValues, TopicValues, VenueValues


def create_topic(values: TopicValues, *, by: int | None) -> Topic:
    """Add a subject area. Raises ``WrongValuesError``."""
    rules.check(rules.problems_of_topic(values, queries.names_of_topics()))
    fields = asdict(values) | {"slug": values.slug or _free_slug(Topic, values.name_en)}
    topic = Topic(**fields)
    add_unique(topic, "slug")
    history.record("topic:create", topic, by=by, change={"name": values.name_en}, public=True)
    return topic


def change_topic(topic: Topic, values: TopicValues, *, by: int | None) -> None:
    """Change a subject area; an empty slug keeps the one it has. Raises ``WrongValuesError``."""
    rules.check(rules.problems_of_topic(values, queries.names_of_topics(but=topic.id)))
    changed = apply_unique(topic, asdict(values) | {"slug": values.slug or topic.slug}, "slug")
    if changed:
        history.record("topic:change", topic, by=by, change=changed, public=True)
        index_runs(queries.run_ids_of_topic(topic.id))


def create_course(values: CourseValues, *, by: int | None) -> Course:
    """Add a course with its first version; visitors see it once it is published. Raises ``WrongValuesError``."""
    rules.check(rules.problems_of_course(values))
    course = Course(slug=values.slug or _free_slug(Course, values.title_en), topic_id=values.topic_id)
    add_unique(course, "slug")
    version = CourseVersion(course_id=course.id, number=1, created_at=clock.now(), **_version_fields(values))
    db.session.add(version)
    db.session.flush()
    history.record("course:create", course, by=by, change={"title": values.title_en, "version": 1}, public=True)
    return course


def change_course(course: Course, values: CourseValues, *, by: int | None) -> CourseVersion:
    """Change a course; returns its newest version. Raises ``WrongValuesError``.

    Runs keep the texts and rules with which they were published: when such a run uses the newest version, the change makes a new one, and
    only drafts follow to it. Otherwise the newest version is changed in place.
    """
    rules.check(rules.problems_of_course(values))
    changed = apply_unique(course, {"topic_id": values.topic_id, "slug": values.slug or course.slug}, "slug")
    version = queries.get_current_version(course.id)
    fields = _version_fields(values)
    differing = {name: value for name, value in fields.items() if getattr(version, name) != value}
    if differing and queries.version_is_promised(version.id):
        changed |= {name: [plain(getattr(version, name)), plain(value)] for name, value in differing.items()}
        changed["version"] = [version.number, version.number + 1]
        version = CourseVersion(course_id=course.id, number=version.number + 1, created_at=clock.now(), **fields)
        db.session.add(version)
        db.session.flush()
        for run in queries.drafts_of(course.id):
            run.version = version
    else:
        changed |= apply(version, differing)
    db.session.flush()
    if changed:
        history.record("course:change", course, by=by, change=changed, public=True)
        index_runs(queries.run_ids_of_course(course.id))
    return version


def publish_course(course: Course, *, by: int | None) -> None:
    """Show the course to visitors."""
    _set_course(course, "course:publish", by, published=True)


def unpublish_course(course: Course, *, by: int | None) -> None:
    """Hide the course from visitors. Raises ``RefusedError`` while it has open runs."""
    _refuse_with_open_runs(course)
    _set_course(course, "course:unpublish", by, published=False)


def archive_course(course: Course, *, by: int | None) -> None:
    """Put the course away; its runs and their certificates stay. Raises ``RefusedError`` while it has open runs."""
    _refuse_with_open_runs(course)
    _set_course(course, "course:archive", by, archived=True)


def restore_course(course: Course, *, by: int | None) -> None:
    """Take the course out of the archive."""
    _set_course(course, "course:restore", by, archived=False)


def create_venue(values: VenueValues, *, by: int | None) -> Venue:
    """Add a place where runs are held. Raises ``WrongValuesError``."""
    rules.check(rules.problems_of_venue(values, queries.names_of_venues(values.municipality_id)))
    venue = Venue(**asdict(values))
    db.session.add(venue)
    db.session.flush()
    history.record("venue:create", venue, by=by, change={"name": values.name_en})
    return venue


def change_venue(venue: Venue, values: VenueValues, *, by: int | None) -> list[tuple[CourseRun, Move]]:
    """Change a venue. Raises ``WrongValuesError``.

    Returns the runs still to come that are held there, each with what people must hear of; the caller tells them.
    """
    rules.check(rules.problems_of_venue(values, queries.names_of_venues(values.municipality_id, but=venue.id)))
    coming = [(run, moves.place_words(run)) for run in queries.runs_to_come_at(venue.id, clock.now())]
    changed = apply(venue, asdict(values))
    if not changed:
        return []
    db.session.flush()
    db.session.expire(venue, ["municipality"])
    for run, _was in coming:
        run.calendar_sequence += 1
    history.record("venue:change", venue, by=by, change=changed, public=True)
    index_runs(queries.run_ids_at_venue(venue.id))
    return [(run, Move(kind=MoveKind.PLACE, was=was, now=moves.place_words(run))) for run, was in coming]


def archive_venue(venue: Venue, *, by: int | None) -> None:
    """Offer the venue no longer for new runs."""
    _set_archived(venue, "venue:archive", by, archived=True)


def restore_venue(venue: Venue, *, by: int | None) -> None:
    """Offer the venue again."""
    _set_archived(venue, "venue:restore", by, archived=False)


def create_project(values: ProjectValues, *, by: int | None) -> FundingProject:
    """Add a donor's project. Raises ``WrongValuesError``."""
    rules.check(rules.problems_of_project(values))
    project = FundingProject(**asdict(values))
    db.session.add(project)
    db.session.flush()
    history.record("funding_project:create", project, by=by, change={"name": values.name_en})
    return project


def change_project(project: FundingProject, values: ProjectValues, *, by: int | None) -> None:
    """Change a donor's project. Raises ``WrongValuesError``."""
    rules.check(rules.problems_of_project(values))
    changed = apply(project, asdict(values))
    if changed:
        history.record("funding_project:change", project, by=by, change=changed, public=True)
        db.session.flush()


def set_logo(project: FundingProject, data: bytes, *, by: int | None) -> None:
    """Give the project a logo: ``data`` is an uploaded picture, kept as a clean PNG. Raises ``RefusedError`` when it is none."""
    project.logo = logos.clean_logo(data)
    history.record("funding_project:set_logo", project, by=by, change={"bytes": len(project.logo)}, public=True)
    db.session.flush()


def remove_logo(project: FundingProject, *, by: int | None) -> None:
    """Take the project's logo away."""
    project.logo = None
    history.record("funding_project:remove_logo", project, by=by, public=True)
    db.session.flush()


def archive_project(project: FundingProject, *, by: int | None) -> None:
    """Offer the project no longer for new runs."""
    _set_archived(project, "funding_project:archive", by, archived=True)


def restore_project(project: FundingProject, *, by: int | None) -> None:
    """Offer the project again."""
    _set_archived(project, "funding_project:restore", by, archived=False)


def _free_slug(table: type[Course | Topic], name: str) -> str:
    """An address made from ``name`` that nothing has yet; a number tells namesakes apart."""
    slug = georgian.slug(name, limit=60) or table.__tablename__
    taken = queries.slugs_beginning_with(table, slug) | rules.RESERVED_SLUGS
    return next(free for free in (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3))) if free not in taken)


def _version_fields(values: CourseValues) -> dict[str, Any]:
    fields = asdict(values)
    del fields["topic_id"], fields["slug"]
    return fields | {"target_categories": list(values.target_categories), "assessment": [asdict(method) for method in values.assessment]}


def _set_course(course: Course, action: str, by: int | None, **values: bool) -> None:
    changed = apply(course, values)
    if changed:
        history.record(action, course, by=by, change=changed, public=True)
        db.session.flush()


def _set_archived(row: Venue | FundingProject, action: str, by: int | None, *, archived: bool) -> None:
    changed = apply(row, {"archived": archived})
    if changed:
        history.record(action, row, by=by, change=changed)
        db.session.flush()


def _refuse_with_open_runs(course: Course) -> None:
    if queries.has_live_runs(course.id):
        raise RefusedError(N_("The course has runs that are open or ongoing."))
