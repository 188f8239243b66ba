"""What can be asked about the end of certificates: which end when, of those whose holders have no newer one of the same course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.certificates import rules
from portal.certificates.models import Certificate, CertificateStatus
from portal.certificates.queries_register import newest, newest_state
from portal.courses.models import Course, CourseRun, CourseVersion
from portal.enrolment.models import Enrolment
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime


_SHOWN: Final = sa.case((sa.and_(Course.published, ~Course.archived), Course.slug), else_="")


@dataclass(frozen=True, slots=True)
class Ending:
    """A valid certificate that ends at a moment, whose it is today, and the course; ``slug`` is empty while nobody can find its page."""

    number: str
    person_id: int
    expires_at: datetime
    slug: str
    title_ka: str
    title_en: str


@dataclass(frozen=True, slots=True)
class EndingCourse:
    """How many certificates of a course end, the current title of which is given."""

    slug: str
    title_ka: str
    title_en: str
    number: int


def endings(after: datetime, before: datetime) -> list[Ending]:
    """The valid certificates that end between the two moments, the first to end first; without those that a newer one outlives. One statement."""
    statement = _ending(
        after,
        before,
        Certificate.number,
        Enrolment.person_id,
        Certificate.expires_at,
        _SHOWN,
        CourseVersion.title_ka,
        CourseVersion.title_en,
    ).join(CourseVersion, CourseVersion.id == CourseRun.version_id)
    return [Ending(*row) for row in db.session.execute(statement.order_by(Certificate.expires_at, Certificate.id))]


def endings_by_course(after: datetime, before: datetime) -> list[EndingCourse]:
    """Of how many people the certificates of each course end between the two moments, the most first. One statement."""
    number = sa.func.count(sa.distinct(Enrolment.person_id))
    version = aliased(CourseVersion)
    columns = (Course.slug, CourseVersion.title_ka, CourseVersion.title_en)
    statement = (
        _ending(after, before, *columns, number)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .where(CourseVersion.number == sa.select(sa.func.max(version.number)).where(version.course_id == Course.id).scalar_subquery())
        .group_by(*columns)
        .order_by(number.desc(), Course.slug)
    )
    return [EndingCourse(*row) for row in db.session.execute(statement)]


def _ending(after: datetime, before: datetime, *columns: Any) -> sa.Select[Any]:
    newer, place, run = aliased(Certificate), aliased(Enrolment), aliased(CourseRun)
    outlived = (
        sa.exists()
        .where(newer.enrolment_id == place.id, newer.run_id == run.id, newest(CertificateStatus.state, newer).in_(rules.VALID))
        .where(place.person_id == Enrolment.person_id, run.course_id == CourseRun.course_id)
        .where(sa.or_(newer.expires_at.is_(None), newer.expires_at > Certificate.expires_at))
        .correlate(Certificate, Enrolment, CourseRun)
    )
    return (
        sa.select(*columns)
        .select_from(Certificate)
        .join(Certificate.enrolment)
        .join(CourseRun, CourseRun.id == Certificate.run_id)
        .join(Course, Course.id == CourseRun.course_id)
        .where(Certificate.expires_at > after, Certificate.expires_at < before, newest_state.in_(rules.VALID), ~outlived)
    )
