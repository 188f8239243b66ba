"""What can be asked about the rules by which runs give their places."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.courses.models import CourseRun, RunInvitation, RunQuota, RunState
from portal.courses.values import PlaceRuleValues, QuotaValues
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_QUOTAS = (
    sa.select(RunQuota.run_id, RunQuota.municipality_id, RunQuota.region_id, RunQuota.places)
    .where(RunQuota.run_id.in_(sa.bindparam("runs", expanding=True)))
    .order_by(RunQuota.run_id, RunQuota.region_id.is_(None), RunQuota.region_id, RunQuota.municipality_id)
)
_INVITED = (
    sa.select(RunInvitation.run_id, RunInvitation.municipality_id)
    .where(RunInvitation.run_id.in_(sa.bindparam("runs", expanding=True)))
    .order_by(RunInvitation.run_id, RunInvitation.municipality_id)
)
_INVITED_ONLY = _INVITED.join(CourseRun, CourseRun.id == RunInvitation.run_id).where(CourseRun.invited_only)


def quotas_of_runs(run_ids: Collection[int]) -> dict[int, list[QuotaValues]]:
    """The quotas of each of the runs, those of regions first, in one statement. Every id has its list."""
    found: dict[int, list[QuotaValues]] = {run_id: [] for run_id in run_ids}
    for run_id, municipality_id, region_id, places in db.session.execute(_QUOTAS, {"runs": list(found)}) if found else ():
        found[run_id].append(QuotaValues(municipality_id=municipality_id, region_id=region_id, places=places))
    return found


def invited_to(run_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The municipalities whose people alone may enrol, for each of the runs that are for those invited only; the others are not named."""
    found: dict[int, set[int]] = {}
    for run_id, municipality_id in db.session.execute(_INVITED_ONLY, {"runs": list(run_ids)}) if run_ids else ():
        found.setdefault(run_id, set()).add(municipality_id)
    return {run_id: frozenset(ids) for run_id, ids in found.items()}


@cache
def is_open_to() -> sa.ColumnElement[bool]:
    """The condition for ``list_public_runs`` that a run is open to all, or invites one of the ``municipalities``."""
    ours: sa.BindParameter[int] = sa.bindparam("municipalities", expanding=True)
    invites = sa.exists().where(RunInvitation.run_id == CourseRun.id, RunInvitation.municipality_id.in_(ours))
    return sa.or_(CourseRun.invited_only.is_(False), invites)


def place_rules_of(run: CourseRun) -> PlaceRuleValues:
    """The rules by which the run gives its places."""
    return PlaceRuleValues(
        decided_by=run.decided_by,
        decision_days=run.decision_days,
        invited_only=run.invited_only,
        invited_ids=tuple(municipality_id for _run, municipality_id in db.session.execute(_INVITED, {"runs": [run.id]})),
        quotas=tuple(quotas_of_runs([run.id])[run.id]),
        quotas_end_at=run.quotas_end_at,
        freed_places=run.freed_places,
        offer_hours=run.offer_hours,
    )


def ids_of_quotas_to_release(at: datetime) -> list[int]:
    """The ids of the published runs whose quotas end at the moment ``at`` or ended before, and were not released yet."""
    due = (CourseRun.quotas_released_at.is_(None), CourseRun.quotas_end_at <= at)
    alive = CourseRun.state.in_([RunState.OPEN, RunState.CLOSED, RunState.RUNNING])
    return list(db.session.scalars(sa.select(CourseRun.id).where(*due, alive).order_by(CourseRun.quotas_end_at, CourseRun.id)))
