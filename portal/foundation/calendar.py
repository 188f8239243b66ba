"""Calendar files (RFC 5545) and invitations (RFC 5546), written by the icalendar library.

Moments are written in UTC: a phone shows them right wherever it is, and Georgia keeps one offset all year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

import icalendar

if TYPE_CHECKING:
    from collections.abc import Sequence

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
"""The methods: take the days in or follow them, take them out, or know of them without an invitation."""
PRODUCT = "-//NALAG//Learning portal//KA"
BEGIN, END = "BEGIN:VEVENT\r\n", "END:VEVENT\r\n"
CUT = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a calendar. ``uid`` names it for good; ``starts_at`` and ``ends_at`` are aware."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who is invited and who invites: e-mail addresses, and the guest's name."""

    address: str
    name: str
    organizer: str


def calendar_text(entries: Sequence[Entry], *, method: str, sequence: int, at: datetime, guest: Guest | None = None) -> str:
    """Write ``entries`` as one calendar for ``method`` (REQUEST and CANCEL need a ``guest``; PUBLISH needs none).

    A calendar replaces what it knows of a uid only by a higher ``sequence``. ``at`` is when this was written.
    """
    shared = _shared(tuple(replace(entry, uid="") for entry in entries), method, guest.organizer if guest else "")
    own = [_own(entry.uid, sequence, at, guest) for entry in entries]
    return "".join(part for parts in zip_longest(shared, own, fillvalue="") for part in parts)


@lru_cache(maxsize=256)
def _shared(entries: tuple[Entry, ...], method: str, organizer: str) -> tuple[str, ...]:
    """Write what is the same for everybody, in parts: between two of them goes what is one person's own in an entry.

    Kept, since all participants of a run get the same days, and writing a line costs the library more than the database an insert.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(_event(entry, method, organizer))
    return tuple(_text(calendar).replace(END, f"{CUT}{END}").split(CUT))


def _event(entry: Entry, method: str, organizer: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    for name in ("location", "description", "url"):
        if value := getattr(entry, name):
            event.add(name, value)
    if organizer:
        event.add("organizer", f"mailto:{organizer}")
    return event


def _own(uid: str, sequence: int, at: datetime, guest: Guest | None) -> str:
    """Write the lines of an entry that are one person's own."""
    lines = icalendar.Event()
    lines.add("uid", uid)
    lines.add("sequence", sequence)
    lines.add("dtstamp", at.astimezone(UTC))
    if guest is not None:
        lines.add("attendee", f"mailto:{guest.address}", parameters={"CN": guest.name, "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED"})
    return _text(lines).removeprefix(BEGIN).removesuffix(END)


def _text(component: icalendar.Component) -> str:
    written: bytes = component.to_ical()
    return written.decode()
