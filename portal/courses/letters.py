"""What every mail about a run says, whoever it goes to: its title, days and place, and the same days for a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.courses.models import RunForm
from portal.foundation import formats
from portal.foundation.addresses import addresses
from portal.foundation.calendar import Entry
from portal.foundation.errors import N_
from portal.foundation.mail_texts import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.courses.models import CourseRun, CourseSession


def place_of(run: CourseRun, language: str) -> str:
    """Where the run is held, in one line; empty for an online run."""
    if run.venue is None:
        return ""
    return ", ".join(
        part for part in (run.venue.name(language), run.venue.address(language), run.venue.municipality.name(language)) if part
    )


def where(run: CourseRun, language: str) -> str:
    """Where one takes part in the run, in one line: the place, or that it is online."""
    words, place = catalogue(language).gettext, place_of(run, language)
    if run.form == RunForm.ONLINE:
        return words(N_("Online"))
    return words(N_("%(place)s, or online")) % {"place": place} if run.form == RunForm.HYBRID else place


def when(starts_at: datetime, ends_at: datetime, language: str) -> str:
    """A training day in one line: date and times in Tbilisi."""
    return f"{formats.format_date(starts_at, language)}, {formats.format_times(starts_at, ends_at)}"


def mail_facts(run: CourseRun, sessions: Iterable[CourseSession], language: str, *, with_links: bool) -> dict[str, Any]:
    """What the macros of ``templates/mail/_run.txt`` say. Links to online days only go to those who have a part in the run."""
    sessions = list(sessions)
    return {
        "title": run.version.title(language),
        "days": [when(day.starts_at, day.ends_at, language) for day in sessions],
        "place": where(run, language),
        "links": [day.online_link for day in sessions if day.online_link] if with_links else [],
        "run_url": addresses.page(f"/runs/{run.code}", language),
        "contact": addresses.contact,
    }


def calendar_entries(run: CourseRun, sessions: Iterable[CourseSession], language: str, *, url: str, owner: str) -> list[Entry]:
    """Write the days for the calendar of ``owner``, whose name in the uids keeps them apart from everybody else's."""
    return [
        Entry(
            uid=f"{owner}-{session.uid}",
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            summary=run.version.title(language),
            location=place_of(run, language) or session.online_link,
            description="\n".join(part for part in (session.title(language), session.online_link, url) if part),
            url=url,
        )
        for session in sessions
    ]
