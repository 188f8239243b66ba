"""The titles of courses, for lists in which courses stand by their names only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.courses.models import Course, CourseVersion
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class CourseTitle:
    """What a course is called now, where its page is, and whether visitors see it and staff still choose it."""

    id: int
    slug: str
    title_ka: str
    title_en: str
    published: bool
    archived: bool

    def title(self, language: str) -> str:
        """The title in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


def course_titles(course_ids: Collection[int] | None = None) -> dict[int, CourseTitle]:
    """The titles of these courses, or of all, by their ids in the order of the Georgian titles. One statement."""
    later = sa.orm.aliased(CourseVersion)
    newest = sa.select(sa.func.max(later.number)).where(later.course_id == Course.id).scalar_subquery()
    statement = (
        sa.select(Course.id, Course.slug, CourseVersion.title_ka, CourseVersion.title_en, Course.published, Course.archived)
        .join(CourseVersion, sa.and_(CourseVersion.course_id == Course.id, CourseVersion.number == newest))
        .order_by(CourseVersion.title_ka, Course.id)
    )
    if course_ids is not None:
        statement = statement.where(Course.id.in_(course_ids))
    return {row.id: CourseTitle(*row) for row in db.session.execute(statement)}
