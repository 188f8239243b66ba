"""What can be asked about awards that are recorded, and about the courses that somebody is due to take."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.foundation.database import db
from portal.qualifications.models import DueCourse, Qualification, QualificationAward, QualificationAwardEnd
from portal.qualifications.rules import Award
from portal.qualifications.rules_awards import Recorded

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date


def recorded_awards(person_ids: Collection[int]) -> defaultdict[int, defaultdict[int, list[Recorded]]]:
    """The awards of these people, ended ones too, by person and qualification, the first to be recorded first. One statement."""
    found: defaultdict[int, defaultdict[int, list[Recorded]]] = defaultdict(lambda: defaultdict(list))
    rows = db.session.execute(
        sa.select(QualificationAward, QualificationAwardEnd.ended_on, QualificationAwardEnd.reason)
        .outerjoin(QualificationAwardEnd, QualificationAwardEnd.award_id == QualificationAward.id)
        .where(QualificationAward.person_id.in_(person_ids))
        .order_by(QualificationAward.person_id, QualificationAward.id)
    )
    for row, ended_on, reason in rows:
        found[row.person_id][row.qualification_id].append(Recorded(row.id, _as_award(row, ended_on), reason))
    return found


def _as_award(row: QualificationAward, ended_on: date | None) -> Award:
    return Award(
        version_id=row.version_id,
        on=row.awarded_on,
        until=row.expires_on,
        renews=row.renews,
        since=row.since,
        sources=tuple(row.sources),
        ended_on=ended_on,
    )


def due_courses(person_ids: Collection[int]) -> dict[tuple[int, int, int], date]:
    """The courses that these people are due to take: by person, qualification and course, until when. One statement."""
    rows = db.session.scalars(
        sa.select(DueCourse)
        .where(DueCourse.person_id.in_(person_ids))
        .order_by(DueCourse.person_id, DueCourse.qualification_id, DueCourse.course_id)
    )
    return {(row.person_id, row.qualification_id, row.course_id): row.due_on for row in rows}


@dataclass(frozen=True, slots=True)
class DueReason:
    """For which qualification a course is due to be taken, and by when it should be held."""

    qualification: Qualification
    due_on: date


def due_reasons(course_ids: Collection[int], person_ids: Collection[int]) -> dict[tuple[int, int], DueReason]:
    """Why these courses are due to be taken by these people, by course and person; of several reasons the first to fall due. One statement."""
    found: dict[tuple[int, int], DueReason] = {}
    rows = db.session.execute(
        sa.select(DueCourse.course_id, DueCourse.person_id, Qualification, DueCourse.due_on)
        .join(Qualification, Qualification.id == DueCourse.qualification_id)
        .where(DueCourse.course_id.in_(course_ids), DueCourse.person_id.in_(person_ids))
        .order_by(DueCourse.due_on, DueCourse.qualification_id)
    )
    for course_id, person_id, qualification, due_on in rows:
        found.setdefault((course_id, person_id), DueReason(qualification, due_on))
    return found
