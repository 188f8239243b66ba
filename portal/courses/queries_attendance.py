"""What can be asked about the rules by which runs count attendance."""

from __future__ import annotations

import sqlalchemy as sa

from portal.courses.models import CourseRun
from portal.courses.rules_attendance import USUAL
from portal.courses.values import AttendanceRuleValues
from portal.foundation.database import db

_RULES = sa.select(CourseRun.attendance_base, CourseRun.excused_counts, CourseRun.free_absences, CourseRun.least_percent).where(
    CourseRun.id == sa.bindparam("run")
)


def find_attendance_rules(run_id: int) -> AttendanceRuleValues | None:
    """How the run counts attendance, when that differs from how most do; None otherwise."""
    row = db.session.execute(_RULES, {"run": run_id}).one()
    values = AttendanceRuleValues(attendance_base=row[0], excused_counts=row[1], free_absences=row[2], least_percent=row[3])
    return None if values == USUAL else values
