"""A course as it is typed, made to be looked at: nothing of it reaches the database."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from portal import courses
from portal.courses.models import Course, CourseVersion
from portal.foundation import clock

if TYPE_CHECKING:
    from portal.courses import CourseValues


def version_as_typed(values: CourseValues) -> CourseVersion:
    """A course version with ``values`` that belongs to no session. Its course has the address word typed, or none."""
    fields = asdict(values)
    topic = courses.get_topic(fields.pop("topic_id"))
    course = Course(slug=fields.pop("slug"), published=False, archived=False)
    course.topic = topic
    return CourseVersion(**fields, number=1, created_at=clock.now(), course=course)
