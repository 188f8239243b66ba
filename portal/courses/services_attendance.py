"""What can be done to the rules by which a run counts attendance. What the ledger makes of them is the matter of ``attendance``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from portal.courses import queries, rules
from portal.courses.changes import apply
from portal.courses.models import CourseRun, RunState
from portal.courses.rules_attendance import problems_of_attendance_rules
from portal.foundation import history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from portal.courses.values import AttendanceRuleValues


def set_attendance_rules(run: CourseRun, values: AttendanceRuleValues, *, by: int | None) -> None:
    """Say how ``run`` counts attendance. Raises ``WrongValuesError``, or ``RefusedError`` when the run is over: its outcomes rest on the rules."""
    run = queries.lock_run(run.id)
    if not rules.can_be_changed(run.state):
        raise RefusedError(N_("This run is completed or cancelled; how it counts attendance stays as it is."))
    rules.check(problems_of_attendance_rules(values))
    changed = apply(run, asdict(values))
    if changed:
        history.record("run:set_attendance_rules", run, by=by, change=changed, public=run.state != RunState.DRAFT)
        db.session.flush()
