"""Links that put a training day into a calendar on the web, besides the file for every other calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from portal import courses
from portal.foundation.addresses import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.courses.models import CourseRun, CourseSession

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.office.com/calendar/0/deeplink/compose"


@dataclass(frozen=True, slots=True)
class DayLinks:
    """The links of one training day."""

    starts_at: datetime
    google: str
    outlook: str


def calendar_links(run: CourseRun, sessions: Iterable[CourseSession], language: str) -> list[DayLinks]:
    """Build the links of each day, in ``language``. Only for those with a place: they carry the link to an online day."""
    return [_links(run, session, language) for session in sessions]


def _links(run: CourseRun, session: CourseSession, language: str) -> DayLinks:
    title, place = run.version.title(language), courses.place_of(run, language) or session.online_link
    details = "\n".join(
        part for part in (session.title(language), session.online_link, addresses.page(f"/runs/{run.code}", language)) if part
    )
    start, end = session.starts_at.astimezone(UTC), session.ends_at.astimezone(UTC)
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}",
        "location": place,
        "details": details,
    }
    outlook = {
        "rru": "addevent",
        "path": "/calendar/action/compose",
        "subject": title,
        "startdt": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "location": place,
        "body": details,
    }
    return DayLinks(session.starts_at, f"{GOOGLE}?{urlencode(google)}", f"{OUTLOOK}?{urlencode(outlook)}")
