"""What can be asked about the way to a course: its next run with a free place, and the place that somebody has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal import courses
from portal.courses.models import CourseRun, RunState, Venue
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.enrolment.queries import has_free_place
from portal.foundation import clock
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Collection

_ON_THE_WAY = (EnrolmentState.CONFIRMED, EnrolmentState.OFFERED, EnrolmentState.WAITING, EnrolmentState.APPLIED)


def next_runs(course_ids: Collection[int], *, municipality_ids: Collection[int], categories: Collection[str]) -> dict[int, CourseRun]:
    """The next run of each of the courses in which one can enrol now, by the id of the course. One statement.

    It has a free place, and is open to people of the municipalities with posts of these categories.
    """
    now = clock.now()
    statement = (
        sa.select(CourseRun)
        .join(CourseRun.version)
        .options(contains_eager(CourseRun.version), joinedload(CourseRun.venue).joinedload(Venue.municipality))
        .where(
            CourseRun.course_id.in_(course_ids),
            CourseRun.state == RunState.OPEN,
            CourseRun.starts_at > now,
            CourseRun.enrolment_opens_at <= now,
            CourseRun.enrolment_closes_at > now,
            courses.is_open_to(),
            has_free_place(),
        )
        .order_by(CourseRun.starts_at.desc(), CourseRun.id.desc())
    )
    found = db.session.scalars(statement, {"municipalities": list(municipality_ids)})
    fitting = (run for run in found if run.version.is_for_everybody or not set(categories).isdisjoint(run.version.target_categories))
    return {run.course_id: run for run in fitting}


def places_on_the_way(person_id: int, course_ids: Collection[int]) -> dict[int, Enrolment]:
    """The place, wait or application that a person has in a run of each of the courses that is not over, by the id of the course. One statement."""
    statement = (
        sa.select(Enrolment)
        .join(Enrolment.run)
        .options(contains_eager(Enrolment.run))
        .where(
            Enrolment.person_id == person_id,
            Enrolment.state.in_(_ON_THE_WAY),
            CourseRun.course_id.in_(course_ids),
            CourseRun.state != RunState.CANCELLED,
        )
        .order_by(CourseRun.starts_at.desc(), Enrolment.id)
    )
    return {one.run.course_id: one for one in db.session.scalars(statement)}
