"""Attendance: a ledger of what was seen, person by person and session by session.

A fact says present (from which minute to which), absent or excused; it is never changed. A newer fact takes the place of those that whoever
recorded it knew of; facts of people who did not know of each other both stand, and where they differ, a person decides. Hours, percent and
what is still needed are derived from what stands, under the policy of the run. Not marked is not present.
"""

from portal.attendance.queries import (
    RollRow,
    is_marked,
    marked_enrolments,
    roll,
    still_stands,
    summaries_of_people,
    summaries_of_person,
    summaries_of_run,
    was_marked,
)
from portal.attendance.queries_offline import (
    DAYS_AHEAD,
    KeptSession,
    sessions_to_keep,
)
from portal.attendance.queries_people import (
    AttendedDay,
    Candidate,
    Correction,
    PersonAttendance,
    RunAttendance,
    attendance_of_run,
    candidates,
    corrections_of,
    days_of_enrolment,
    sheet_facts,
)
from portal.attendance.queries_teaching import (
    SessionCounts,
    TaughtRun,
    TaughtSession,
    counts_of,
    get_taught_run,
    get_taught_session,
    sessions_before,
    sessions_from,
)
from portal.attendance.rules import (
    AttendanceSummary,
    Fact,
    MarkWish,
    Operation,
    Policy,
    Prospect,
    Standing,
    can_be_marked,
    hours,
    reason_needed,
    walk_ins_welcome,
)
from portal.attendance.services import (
    MarksRefusedError,
    Received,
    Recorded,
    TooEarlyError,
    receive_marks,
    record_marks,
)
from portal.attendance.sheet import (
    draw_sheet,
)

__all__ = [
    "DAYS_AHEAD",
    "AttendanceSummary",
    "AttendedDay",
    "Candidate",
    "Correction",
    "Fact",
    "KeptSession",
    "MarkWish",
    "MarksRefusedError",
    "Operation",
    "PersonAttendance",
    "Policy",
    "Prospect",
    "Received",
    "Recorded",
    "RollRow",
    "RunAttendance",
    "SessionCounts",
    "Standing",
    "TaughtRun",
    "TaughtSession",
    "TooEarlyError",
    "attendance_of_run",
    "can_be_marked",
    "candidates",
    "corrections_of",
    "counts_of",
    "days_of_enrolment",
    "draw_sheet",
    "get_taught_run",
    "get_taught_session",
    "hours",
    "is_marked",
    "marked_enrolments",
    "reason_needed",
    "receive_marks",
    "record_marks",
    "roll",
    "sessions_before",
    "sessions_from",
    "sessions_to_keep",
    "sheet_facts",
    "still_stands",
    "summaries_of_people",
    "summaries_of_person",
    "summaries_of_run",
    "walk_ins_welcome",
    "was_marked",
]
