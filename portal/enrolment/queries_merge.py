"""What is asked about the enrolments, nominations and wishes of two records of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.courses.models import CourseRun
from portal.enrolment.models import LIVE, CourseInterest, Enrolment, Nomination
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Sequence

OF_A_PERSON = (Enrolment, Nomination, CourseInterest)
"""The tables of this floor that name a person."""


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


def rows_to_hand_over(person_id: int, to_id: int) -> list[Enrolment | Nomination | CourseInterest]:
    """All rows that name the person, but for nominations and wishes that ``to_id`` has too: of two alike, one is enough."""
    mine, theirs = aliased(Nomination), aliased(CourseInterest)
    twice_nominated = sa.exists().where(
        mine.person_id == to_id,
        mine.run_id == Nomination.run_id,
        mine.municipality_id == Nomination.municipality_id,
        mine.dropped_at.is_(None),
        Nomination.dropped_at.is_(None),
    )
    twice_wished = sa.exists().where(
        theirs.person_id == to_id,
        theirs.course_id == CourseInterest.course_id,
        theirs.ended_at.is_(None),
        CourseInterest.ended_at.is_(None),
    )
    enrolments: Sequence[Enrolment] = db.session.scalars(_rows(Enrolment, person_id)).all()
    nominations: Sequence[Nomination] = db.session.scalars(_rows(Nomination, person_id).where(~twice_nominated)).all()
    wishes: Sequence[CourseInterest] = db.session.scalars(_rows(CourseInterest, person_id).where(~twice_wished)).all()
    return [*enrolments, *nominations, *wishes]


def rows_handed_over(person_id: int, from_id: int) -> list[Enrolment | Nomination | CourseInterest]:
    """All rows that the person took over from the record ``from_id``."""
    return [row for table in OF_A_PERSON for row in db.session.scalars(_rows(table, person_id).where(table.merged_from_id == from_id))]


def _rows(table: type[Enrolment | Nomination | CourseInterest], person_id: int) -> sa.Select:  # type: ignore[type-arg]
    return sa.select(table).where(table.person_id == person_id).order_by(table.id)
