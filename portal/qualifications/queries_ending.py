"""What can be asked about dates of awards: which end when unless they are renewed, and which qualifications are due to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.foundation.database import db
from portal.foundation.days import months_after
from portal.qualifications.models import DueCourse, Qualification, QualificationAward, QualificationAwardEnd, QualificationVersion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


@dataclass(frozen=True, slots=True)
class ComingEnd:
    """A qualification of somebody, and its last day: of the award that counts last, or by when it should be reached.

    ``renewable_from`` is when its renewal window opens, None where it has none.
    """

    person_id: int
    qualification_id: int
    name_ka: str
    name_en: str
    last_day: date
    renewable_from: date | None = None

    def name(self, language: str) -> str:
        """The name of the qualification in ``language``."""
        return self.name_ka if language == "ka" else self.name_en


def ending_awards(first: date, last: date) -> list[ComingEnd]:
    """The awards that nothing came after and whose last day lies between the two, by day and person. One statement."""
    later = aliased(QualificationAward)
    renewed = sa.exists().where(
        later.person_id == QualificationAward.person_id,
        later.qualification_id == QualificationAward.qualification_id,
        later.id > QualificationAward.id,
    )
    ended = sa.exists().where(QualificationAwardEnd.award_id == QualificationAward.id)
    rows = db.session.execute(
        _named(QualificationAward, QualificationAward.expires_on, QualificationVersion.window_months)
        .join(QualificationVersion, QualificationVersion.id == QualificationAward.version_id)
        .where(QualificationAward.expires_on.between(first, last), ~renewed, ~ended)
        .order_by(QualificationAward.expires_on, QualificationAward.person_id, QualificationAward.id)
    )
    return [_ending(*row) for row in rows]


def _ending(person_id: int, qualification_id: int, name_ka: str, name_en: str, last_day: date, window_months: int) -> ComingEnd:
    opens = months_after(last_day, -window_months) if window_months else None
    return ComingEnd(person_id, qualification_id, name_ka, name_en, last_day, opens)


def due_to_be_reached() -> Iterator[ComingEnd]:
    """What falls due for people who never held it, by person. One statement."""
    held = sa.exists().where(
        QualificationAward.person_id == DueCourse.person_id, QualificationAward.qualification_id == DueCourse.qualification_id
    )
    statement = _named(DueCourse, sa.func.min(DueCourse.due_on)).where(~held)
    statement = statement.group_by(DueCourse.person_id, DueCourse.qualification_id, Qualification.name_ka, Qualification.name_en)
    return (ComingEnd(*row) for row in db.session.execute(statement.order_by(DueCourse.person_id, DueCourse.qualification_id)))


def _named(table: type[QualificationAward | DueCourse], *more: Any) -> sa.Select[Any]:
    names = (table.person_id, table.qualification_id, Qualification.name_ka, Qualification.name_en)
    return sa.select(*names, *more).join(Qualification, Qualification.id == table.qualification_id).where(~Qualification.archived)
