"""What can be asked about those who want to hear when a course runs again: one person's wish, and how many there are, course by course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.courses.models import Course, CourseRun, CourseVersion, RunInvitation, RunState
from portal.enrolment.models import CourseInterest, Enrolment, EnrolmentState
from portal.enrolment.queries import has_free_place, held_on
from portal.enrolment.rules import InterestStanding
from portal.foundation import clock
from portal.foundation.database import BigId, Moment, db
from portal.foundation.errors import NotFoundError
from portal.municipalities.models import Municipality, Region
from portal.people.models import Person, Post

if TYPE_CHECKING:
    from datetime import datetime

_COURSE, _PERSON = sa.bindparam("course", type_=BigId), sa.bindparam("person", type_=BigId)
_AT, _TODAY = sa.bindparam("at", type_=Moment()), sa.bindparam("today", type_=sa.Date)
_LIVE = CourseInterest.ended_at.is_(None)
_MINE = sa.and_(CourseInterest.course_id == _COURSE, CourseInterest.person_id == _PERSON, _LIVE)
_TAKES_MORE = sa.and_(
    CourseRun.course_id == _COURSE, CourseRun.state == RunState.OPEN, CourseRun.enrolment_closes_at > _AT, has_free_place()
)
_FOR_ALL = CourseRun.invited_only.is_(False)
_THEIR_MUNICIPALITIES = sa.select(Post.municipality_id).where(Post.person_id == _PERSON, held_on(_TODAY)).correlate(None)
_INVITED = sa.exists().where(RunInvitation.run_id == CourseRun.id, RunInvitation.municipality_id.in_(_THEIR_MUNICIPALITIES))
_OFFERED = sa.exists().where(_TAKES_MORE, sa.or_(_FOR_ALL, _INVITED))
_OFFERED_TO_ALL = sa.select(sa.exists().where(_TAKES_MORE, _FOR_ALL))
# Whoever only waits for a place elsewhere has none: they may be glad of another run.
_PLACE_TO_COME = sa.and_(Enrolment.run_id == CourseRun.id, Enrolment.state == EnrolmentState.CONFIRMED, CourseRun.ends_at > _AT)
_DONE_SINCE = sa.and_(
    Enrolment.run_id == CourseRun.id,
    Enrolment.state == EnrolmentState.COMPLETED,
    Enrolment.changed_at >= CourseInterest.asked_at,
)
_SERVED = (
    sa.exists()
    .where(
        Enrolment.person_id == CourseInterest.person_id,
        CourseRun.course_id == CourseInterest.course_id,
        sa.or_(_PLACE_TO_COME, _DONE_SINCE),
    )
    .correlate(CourseInterest)
)
_STANDING = (
    sa.select(
        Post,
        sa.select(CourseInterest.asked_at).where(_MINE, ~_SERVED).scalar_subquery(),
        _OFFERED,
        sa.exists().where(Enrolment.person_id == _PERSON, CourseRun.course_id == _COURSE, _PLACE_TO_COME),
    )
    .select_from(Person)
    .outerjoin(Post, sa.and_(Post.person_id == Person.id, held_on(_TODAY)))
    .where(Person.id == _PERSON)
    .order_by(Post.starts_on.desc(), Post.id.desc())
)
_TO_TELL = (
    sa.select(CourseInterest, _SERVED)
    .join(CourseInterest.person)
    .options(contains_eager(CourseInterest.person))
    .where(CourseInterest.course_id == _COURSE, _LIVE)
    .order_by(CourseInterest.id)
)
_Newer = sa.orm.aliased(CourseVersion)
_NEWEST = sa.select(sa.func.max(_Newer.number)).where(_Newer.course_id == Course.id).correlate(Course).scalar_subquery()
_OF_PERSON = (
    sa.select(Course.slug, CourseVersion.title_ka, CourseVersion.title_en, CourseInterest.asked_at, Course.published, Course.archived)
    .join(Course, Course.id == CourseInterest.course_id)
    .join(CourseVersion, sa.and_(CourseVersion.course_id == Course.id, CourseVersion.number == _NEWEST))
    .where(CourseInterest.person_id == _PERSON, _LIVE, ~_SERVED)
    .order_by(CourseInterest.asked_at, CourseInterest.id)
)
_BY_REGION = (
    sa.select(Region, sa.func.count())
    .select_from(CourseInterest)
    .outerjoin(Municipality, Municipality.id == CourseInterest.municipality_id)
    .outerjoin(Region, Region.id == Municipality.region_id)
    .where(CourseInterest.course_id == _COURSE, _LIVE, ~_SERVED)
    .group_by(Region.id)
    .order_by(sa.func.count().desc(), Region.position.is_(None), Region.position)
)
_BY_COURSE = (
    sa.select(CourseInterest.course_id, sa.func.count())
    .where(_LIVE, ~_SERVED)
    .group_by(CourseInterest.course_id)
    .order_by(CourseInterest.course_id)
)


@dataclass(frozen=True, slots=True)
class OwnInterest:
    """A course of which somebody wants to hear. ``published`` and not ``archived``, it has a page."""

    slug: str
    title_ka: str
    title_en: str
    asked_at: datetime
    published: bool
    archived: bool

    def title(self, language: str) -> str:
        """The title of the course in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


@dataclass(frozen=True, slots=True)
class RegionDemand:
    """How many people of a region want a course to run again; None for those who held no post when they asked."""

    region: Region | None
    people: int


def is_offered(course_id: int) -> bool:
    """Whether a run of the course takes enrolments from everybody, now or later, and has free places."""
    return db.session.scalar(_OFFERED_TO_ALL, {"course": course_id, "at": clock.now()}) or False


def interest_standing(course_id: int, person_id: int) -> InterestStanding:
    """What counts about a person's wish to hear when the course runs again, in one statement."""
    values = {"course": course_id, "person": person_id, "at": clock.now(), "today": clock.today()}
    rows = db.session.execute(_STANDING, values).all()
    _post, asked_at, offered, has_place = rows[0]
    posts = [row[0] for row in rows if row[0] is not None]
    return InterestStanding(asked_at=asked_at, posts=posts, offered=offered, has_place=has_place)


def find_interest(course_id: int, person_id: int) -> CourseInterest | None:
    """The live wish of a person to hear when the course runs again."""
    return db.session.scalar(sa.select(CourseInterest).where(_MINE), {"course": course_id, "person": person_id})


def get_course_of_interest(slug: str, person_id: int) -> Course:
    """The course, of which the person wants or wanted to hear; visitors may not see it any more. Raises ``NotFoundError``."""
    asked = sa.exists().where(CourseInterest.course_id == Course.id, CourseInterest.person_id == person_id)
    found = db.session.scalar(sa.select(Course).where(Course.slug == slug, asked))
    if found is None:
        raise NotFoundError
    return found


def interests_to_tell(course_id: int) -> list[tuple[CourseInterest, bool]]:
    """The live wishes to hear of the course, in the order of asking, with the person; each with whether it is served already."""
    rows = db.session.execute(_TO_TELL, {"course": course_id, "at": clock.now()})
    return [(interest, served) for interest, served in rows]


def interests_of_person(person_id: int) -> list[OwnInterest]:
    """The courses of which a person wants to hear and is not served yet, in the order of asking."""
    return [OwnInterest(*row) for row in db.session.execute(_OF_PERSON, {"person": person_id, "at": clock.now()})]


def demand_by_region(course_id: int) -> list[RegionDemand]:
    """How many people want the course to run again, region by region, the most first. Nobody is counted who has a place by now."""
    return [RegionDemand(*row) for row in db.session.execute(_BY_REGION, {"course": course_id, "at": clock.now()})]


def demand_by_course() -> dict[int, int]:
    """How many people want each course to run again, by its id, counted as ``demand_by_region``; courses that nobody asked for are left out."""
    rows = db.session.execute(_BY_COURSE, {"at": clock.now()})
    return {course_id: number for course_id, number in rows}  # noqa: C416  (rows are no pairs for mypy)
