"""What is asked about the enrolments of two records of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.courses.models import CourseRun
from portal.enrolment.models import LIVE, Enrolment
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Sequence


def codes_of_both(person_id: int, other_id: int) -> list[str]:
    """The codes of the runs in which both people have a live enrolment."""
    other = aliased(Enrolment)
    return list(
        db.session.scalars(
            sa.select(CourseRun.code)
            .join(Enrolment, Enrolment.run_id == CourseRun.id)
            .join(other, other.run_id == CourseRun.id)
            .where(Enrolment.person_id == person_id, other.person_id == other_id, Enrolment.state.in_(LIVE), other.state.in_(LIVE))
            .order_by(CourseRun.code)
        )
    )


def enrolments_from(person_id: int, *, merged_from_id: int | None = None) -> Sequence[Enrolment]:
    """All enrolments of a record, or those that it took over from ``merged_from_id``."""
    statement = sa.select(Enrolment).where(Enrolment.person_id == person_id).order_by(Enrolment.id)
    return db.session.scalars(statement.where(Enrolment.merged_from_id == merged_from_id) if merged_from_id else statement).all()
