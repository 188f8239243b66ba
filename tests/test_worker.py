"""The worker: what it does by itself, and that one thing it cannot do holds up nothing else."""

from __future__ import annotations

from portal import courses, worker
from portal.courses.models import RunState
from portal.foundation.transaction import commit
from tests import factories


def test_a_run_that_staff_cancelled_meanwhile_does_not_hold_up_the_others(app, cast, monkeypatch):
    cancelled = factories.run(code="RUN-A", state=RunState.CANCELLED)
    due = factories.run(code="RUN-B")
    commit()
    monkeypatch.setattr(courses, "ids_of_runs_to_start", lambda _moment: [cancelled.id, due.id])
    assert worker.start_runs() == 1
    assert courses.get_run_by_id(due.id).state == RunState.RUNNING
    assert courses.get_run_by_id(cancelled.id).state == RunState.CANCELLED
