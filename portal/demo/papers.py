"""Signed sheets of the demo: of two named runs the sheet of the first day is kept, as it was printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import attendance
from portal.foundation import clock

if TYPE_CHECKING:
    from portal.demo.world import World

RUNS = ("DEMO-DONE", "DEMO-NOW")


def keep_sheets(world: World) -> None:
    """Staff scanned them."""
    with clock.frozen(world.lately):
        for code in RUNS:
            run = attendance.get_taught_run(code, taught_by=None)
            first = attendance.attendance_of_run(run.id).sessions[0]
            sheet = attendance.sheet_to_print(attendance.get_taught_session(first.id, taught_by=None))
            attendance.keep_documents(first.id, [attendance.read_scan(attendance.draw_sheet(sheet))], by=world.office.staff.id)
