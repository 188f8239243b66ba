"""A message as staff see it: who it went to, what it says, which days its calendar part names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import icalendar

from portal.foundation import formats

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = "„…“"
LINK = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
LONG_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,}")
OPEN_ENVIRONMENTS = ("development", "test")


def body_shown(body: str, *, secret: bool, env: str) -> str:
    """The body as staff may read it: where real people use the portal, a link that signs somebody in is left out."""
    if not secret or env in OPEN_ENVIRONMENTS:
        return body
    return LONG_TOKEN.sub(HIDDEN, LINK.sub(HIDDEN, body))


def paragraphs(body: str) -> list[list[str]]:
    """The body as paragraphs of lines."""
    return [part.splitlines() for part in re.split(r"\n{2,}", body.strip()) if part]


def masked(address: str) -> str:
    """An e-mail address of which a list shows no more than it must: "n…@portal.example"."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}…{at}{host}"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One entry of a calendar part. ``day`` and ``times`` are texts, in the time of Tbilisi."""

    day: str
    times: str
    summary: str
    location: str


def calendar_days(text: str, language: str) -> list[CalendarDay]:
    """What the iCalendar ``text`` puts into a calendar, in order."""
    entries = sorted(_entries(text), key=lambda entry: entry[0])
    return [
        CalendarDay(formats.format_date(start, language), formats.format_times(start, end), summary, location)
        for start, end, summary, location in entries
    ]


def _entries(text: str) -> Iterator[tuple[datetime, datetime, str, str]]:
    for event in icalendar.Calendar.from_ical(text).walk("VEVENT"):
        start, end = event.decoded("dtstart"), event.decoded("dtend")
        yield _moment(start), _moment(end), str(event.get("summary", "")), str(event.get("location", ""))


def _moment(value: date | datetime) -> datetime:
    """A moment; a whole day begins at midnight in Georgia."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=formats.TBILISI)
    return datetime(value.year, value.month, value.day, tzinfo=formats.TBILISI)
