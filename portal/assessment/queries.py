"""What can be asked about scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.assessment.models import FinalScore
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Collection


def scores_of_run(run_id: int) -> dict[int, int]:
    """The newest final score, in percent, of everyone with a place in a run who has one; by enrolment id. One statement."""
    return _newest(Enrolment.run_id == run_id)


def scores_of_person(person_id: int) -> dict[int, int]:
    """The newest final score, in percent, of each enrolment of a person that has one; by enrolment id. One statement."""
    return _newest(Enrolment.person_id == person_id)


def people_of_run(run_id: int, enrolment_ids: Collection[int]) -> list[Person]:
    """Whose these enrolments in a run are, in Georgian order; enrolments in other runs are left out."""
    return list(
        db.session.scalars(
            sa.select(Person)
            .where(Person.id.in_(sa.select(Enrolment.person_id).where(Enrolment.run_id == run_id, Enrolment.id.in_(enrolment_ids))))
            .order_by(Person.sort_key, Person.id)
        )
    )


def _newest(which: sa.ColumnElement[bool]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(FinalScore.enrolment_id, FinalScore.percent)
        .join(Enrolment, Enrolment.id == FinalScore.enrolment_id)
        .where(which, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(FinalScore.id)
    )
    return dict(rows.all())


def sources_of_run(run_id: int) -> dict[int, bool]:
    """Of everyone with a final score in a run, whether the newest comes from a test; by enrolment id. One statement."""
    rows = db.session.execute(
        sa.select(FinalScore.enrolment_id, FinalScore.attempt_id)
        .join(Enrolment, Enrolment.id == FinalScore.enrolment_id)
        .where(Enrolment.run_id == run_id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(FinalScore.id)
    )
    return {row[0]: row[1] is not None for row in rows}
