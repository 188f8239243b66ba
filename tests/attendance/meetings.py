"""Reports of online meetings as the programs write them. The people in them are invented."""

from __future__ import annotations

import csv
import io

import xlsxwriter


def as_csv(rows, *, separator=",", encoding="utf-8-sig") -> bytes:
    """The rows as a program saves them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows) -> bytes:
    """The same as XLSX; moments are moments."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def own(*rows) -> bytes:
    """A file of one's own: name, e-mail, joined, left."""
    return as_csv([["name", "e-mail", "joined", "left"], *rows])


def zoom(*rows) -> bytes:
    """Zoom's report of participants: the meeting first, then name, e-mail, joined, left, minutes, whether in the waiting room."""
    head = [
        ["Meeting ID", "Topic", "Start Time", "End Time", "User Email", "Duration (Minutes)", "Participants"],
        ["845 1111 2222", "ტრენინგი, დღე 1", "11/23/2026 09:45:00 AM", "11/23/2026 06:05:00 PM", "host@portal.test", "500", str(len(rows))],
        [],
        ["Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)", "Guest", "In Waiting Room"],
    ]
    return as_csv([*head, *([*row[:5], "Yes", *row[5:]] for row in rows)])


def teams(participants, joinings) -> bytes:
    """Teams' report: a summary, everybody's first and last, then every joining; UTF-16, tabs."""
    rows = [
        ["1. Summary"],
        ["Meeting title", "ტრენინგი, დღე 1; ნაწილი 2"],
        ["Attended participants", str(len(participants))],
        ["Start time", "11/23/26, 9:50:01 AM"],
        [],
        ["2. Participants"],
        ["Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Participant ID (UPN)", "Role"],
        *participants,
        [],
        ["3. In-Meeting Activities"],
        ["Name", "Join Time", "Leave Time", "Duration", "Email", "Role"],
        *joinings,
        [],
        ["4. Reactions"],
        ["Name", "Reaction"],
    ]
    return as_csv(rows, separator="\t", encoding="utf-16")


def meet(*rows) -> bytes:
    """Google Meet's report: times without a day."""
    return as_csv([["First name", "Last name", "Email", "Duration", "Time joined", "Time exited"], *rows])
