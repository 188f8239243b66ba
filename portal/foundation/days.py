"""Days of the calendar, counted in months."""

from __future__ import annotations

import calendar
from datetime import date

_MONTHS = 12


def months_after(day: date, months: int) -> date:
    """The same day of the month so many ``months`` later (earlier, when negative), or the last day of a shorter month.

    Raises ValueError beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
