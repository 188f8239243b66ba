"""Pure decisions about the rules by which a run counts attendance: whether they are sound, and what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.courses.models import AttendanceBase, ExcusedCounts
from portal.courses.rules import ALL, Problem
from portal.courses.values import AttendanceRuleValues
from portal.foundation.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.courses.models import CourseRun

MOST_FREE_ABSENCES: Final = 20
USUAL: Final = AttendanceRuleValues()


def attendance_rules_of(run: CourseRun) -> AttendanceRuleValues:
    """How ``run`` counts attendance."""
    return AttendanceRuleValues(
        attendance_base=run.attendance_base,
        excused_counts=run.excused_counts,
        free_absences=run.free_absences,
        least_percent=run.least_percent,
    )


def unless_usual(values: AttendanceRuleValues) -> AttendanceRuleValues | None:
    """``values`` where they differ from those of most runs; None otherwise, as what is usual is not worth a word."""
    return None if values == USUAL else values


def problems_of_attendance_rules(values: AttendanceRuleValues) -> Iterator[Problem]:
    """What is wrong with the rules, field by field."""
    if values.attendance_base not in set(AttendanceBase):
        yield Problem("attendance_base", N_("Choose “%(field)s” from the list."))
    if values.excused_counts not in set(ExcusedCounts):
        yield Problem("excused_counts", N_("Choose “%(field)s” from the list."))
    for name, most in (("free_absences", MOST_FREE_ABSENCES), ("least_percent", ALL)):
        if not 0 <= getattr(values, name) <= most:
            yield Problem(name, N_("“%(field)s” must be a number from %(least)s to %(most)s."), (("least", 0), ("most", most)))
