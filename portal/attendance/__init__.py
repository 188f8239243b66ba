"""Attendance: a ledger of what was seen, person by person and session by session.

A fact says present (from which minute to which), absent or excused; it is never changed, a correction is a newer fact. Hours, percent and
what is still needed are derived from the newest facts. Not marked is not present; excused is not present either.
"""

from portal.attendance.queries import (
    RollRow,
    is_marked,
    marked_enrolments,
    roll,
    summaries_of_people,
    summaries_of_person,
    summaries_of_run,
    was_marked,
)
from portal.attendance.queries_check_in import (
    HeadCheck,
    checked_in,
    find_head_check,
    find_own_facts,
    find_session_of_digits,
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
    Prospect,
    can_be_marked,
    hours,
    reason_needed,
    walk_ins_welcome,
)
from portal.attendance.rules_check_in import (
    OPENS_BEFORE,
    Answer,
    CheckIn,
    check_in_of,
    minutes_late,
)
from portal.attendance.services import (
    MarksRefusedError,
    Recorded,
    TooEarlyError,
    record_marks,
)
from portal.attendance.services_head_count import (
    MOST_HEADS,
    count_heads,
)
from portal.attendance.sheet import (
    draw_sheet,
)
from portal.attendance.wall_codes import (
    DIGITS,
    STEP,
    WallCode,
    find_session_of_token,
    session_named_in,
    wall_code,
)

__all__ = [
    "DIGITS",
    "MOST_HEADS",
    "OPENS_BEFORE",
    "STEP",
    "Answer",
    "AttendanceSummary",
    "AttendedDay",
    "Candidate",
    "CheckIn",
    "Correction",
    "Fact",
    "HeadCheck",
    "MarkWish",
    "MarksRefusedError",
    "PersonAttendance",
    "Prospect",
    "Recorded",
    "RollRow",
    "RunAttendance",
    "SessionCounts",
    "TaughtRun",
    "TaughtSession",
    "TooEarlyError",
    "WallCode",
    "attendance_of_run",
    "can_be_marked",
    "candidates",
    "check_in_of",
    "checked_in",
    "corrections_of",
    "count_heads",
    "counts_of",
    "days_of_enrolment",
    "draw_sheet",
    "find_head_check",
    "find_own_facts",
    "find_session_of_digits",
    "find_session_of_token",
    "get_taught_run",
    "get_taught_session",
    "hours",
    "is_marked",
    "marked_enrolments",
    "minutes_late",
    "reason_needed",
    "record_marks",
    "roll",
    "session_named_in",
    "sessions_before",
    "sessions_from",
    "sheet_facts",
    "summaries_of_people",
    "summaries_of_person",
    "summaries_of_run",
    "walk_ins_welcome",
    "wall_code",
    "was_marked",
]
