"""What can be done to the rules by which a run gives its places. Who gets a place is the matter of ``enrolment``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal import municipalities
from portal.courses import queries_places, rules
from portal.courses.changes import apply, plain
from portal.courses.models import CourseRun, RunInvitation, RunQuota, RunState
from portal.courses.rules_places import problems_of_place_rules
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.values import PlaceRuleValues

COLUMNS = ("decided_by", "decision_days", "invited_only", "quotas_end_at", "freed_places", "offer_hours")


def set_place_rules(run: CourseRun, values: PlaceRuleValues, *, by: int | None) -> None:
    """Say how ``run`` gives its places. Raises ``WrongValuesError``, or ``RefusedError`` when the run is over.

    Whoever calls this holds the lock on the run, has made sure that no quota is smaller than what it has given already, and fills what became
    free. Quotas that were released stay released unless they change.
    """
    if not rules.can_be_changed(run.state):
        raise RefusedError(N_("This run is completed or cancelled; it cannot be changed any more."))
    rules.check(
        problems_of_place_rules(values, capacity=run.capacity, starts_at=run.starts_at, region_of=municipalities.regions_by_municipality())
    )
    before = queries_places.place_rules_of(run)
    columns: dict[str, Any] = {name: getattr(values, name) for name in COLUMNS}
    if not values.quotas:
        columns["quotas_end_at"] = None
    if set(values.quotas) != set(before.quotas) or columns["quotas_end_at"] != run.quotas_end_at:
        columns["quotas_released_at"] = None
    changed = apply(run, columns)
    if set(values.invited_ids) != set(before.invited_ids):
        db.session.execute(sa.delete(RunInvitation).where(RunInvitation.run_id == run.id))
        db.session.add_all(RunInvitation(run_id=run.id, municipality_id=one) for one in sorted(values.invited_ids))
        changed["invited"] = [sorted(before.invited_ids), sorted(values.invited_ids)]
    if set(values.quotas) != set(before.quotas):
        db.session.execute(sa.delete(RunQuota).where(RunQuota.run_id == run.id))
        db.session.add_all(RunQuota(run_id=run.id, **asdict(quota)) for quota in values.quotas)
        changed["quotas"] = [[asdict(quota) for quota in before.quotas], [asdict(quota) for quota in values.quotas]]
    if changed:
        history.record("run:set_place_rules", run, by=by, change=changed, public=run.state != RunState.DRAFT)
        db.session.flush()


def release_quotas(run: CourseRun, unused: int, *, by: int | None) -> None:
    """Let the places that quotas still keep, ``unused`` of them, go to everybody: the time that was set for it has come. Does it once.

    Whoever calls this holds the lock on the run and fills what became free.
    """
    if run.quotas_end_at is None or run.quotas_end_at > clock.now() or run.quotas_released_at is not None:
        return
    run.quotas_released_at = clock.now()
    change = {"quotas_released_at": [None, plain(run.quotas_released_at)], "reason": "quotas_ended", "unused": unused}
    history.record("run:release_quotas", run, by=by, change=change, public=True)
    db.session.flush()
