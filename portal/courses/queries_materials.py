"""What can be asked about the materials of runs. Who may ask is settled by those who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.courses.models import CourseRun, RunMaterial, RunTrainer
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

_THERE = RunMaterial.removed_at.is_(None)
_OF_RUN = sa.select(RunMaterial).where(RunMaterial.run_id == sa.bindparam("run"), _THERE).order_by(RunMaterial.id)
_NUMBERS = (
    sa.select(RunMaterial.run_id, sa.func.count())
    .where(RunMaterial.run_id.in_(sa.bindparam("runs", expanding=True)), _THERE)
    .group_by(RunMaterial.run_id)
    .order_by(RunMaterial.run_id)
)


def materials_of(run_id: int) -> list[RunMaterial]:
    """The materials of a run that are there, in the order in which they were added; without the files themselves."""
    return list(db.session.scalars(_OF_RUN, {"run": run_id}))


def numbers_of_materials(run_ids: Iterable[int]) -> dict[int, int]:
    """How many materials each of the runs has; runs without any are left out. One statement."""
    ids = list(run_ids)
    return {row[0]: row[1] for row in db.session.execute(_NUMBERS, {"runs": ids})} if ids else {}


def get_material(code: str, material_id: int) -> RunMaterial:
    """The material of the run ``code``; its file is read when it is asked for. Raises ``NotFoundError`` when there is none, or it was taken away."""
    statement = (
        sa.select(RunMaterial)
        .join(CourseRun, CourseRun.id == RunMaterial.run_id)
        .where(RunMaterial.id == material_id, CourseRun.code == code, _THERE)
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def teaches(person_id: int, run_id: int) -> bool:
    """True when the person is a trainer of the run."""
    return bool(db.session.scalar(sa.select(sa.exists().where(RunTrainer.run_id == run_id, RunTrainer.person_id == person_id))))
