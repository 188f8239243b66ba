"""The code on the wall while the clock goes on by hand."""

from __future__ import annotations

from datetime import timedelta

from portal import attendance
from portal.foundation import clock


class At:
    """The clock stands at so many minutes after the start of the hall's session, and goes on by hand."""

    def __init__(self, hall):
        self.moment = hall.session.starts_at

    def __call__(self, minutes=0.0, seconds=0.0):
        return clock.frozen(self.moment + timedelta(minutes=minutes, seconds=seconds))


def code_of(hall):
    return attendance.wall_code(hall.session.id, clock.now())


def link(hall):
    return f"/check-in/{code_of(hall).token}"
