"""Lists of runs as visitors see them: a run, how full it is, and whether one can enrol now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from portal import courses, enrolment
from portal.courses import Window
from portal.courses.models import RunState
from portal.foundation import clock, formats
from portal.web.labels import labels_in, tone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from portal.courses import ListedRun
    from portal.courses.models import CourseRun
    from portal.enrolment import Places


@dataclass(frozen=True, slots=True)
class Line:
    """One run in a list, ready to be shown.

    ``day`` and ``month`` are the words of the date block, ``dates`` the same in full; ``span`` is ``dates`` where the block does not say it
    all, another last day or another year, else empty; ``facts`` are short texts. ``tag`` is what is to be said
    in place of the free places: words and tone; None while one can enrol. ``invited_only`` runs are for the people of some municipalities.
    """

    title: str
    code: str
    day: str
    month: str
    dates: str
    span: str
    facts: tuple[str, ...]
    places: Places
    tag: tuple[str, str] | None
    invited_only: bool


def lines_of(runs: Sequence[ListedRun], language: str, *, at: datetime) -> list[Line]:
    """``runs`` with their places, in one statement, as they stand at the moment ``at``."""
    places = enrolment.places_of([run.id for run in runs]) if runs else {}
    word = labels_in(language)
    lines, this_year = [], formats.to_tbilisi(at).year
    for run in runs:
        first, last = formats.to_tbilisi(run.starts_at), formats.to_tbilisi(run.ends_at)
        day, dates = _day(run, first, last), formats.format_dates(first, last, language)
        said = last.year == this_year and (first.date() == last.date() or day != str(first.day))
        form, place = word("form", run.form), run.place(language)
        lines.append(
            Line(
                title=run.title(language),
                code=run.code,
                day=day,
                month=formats.format_month_short(first, language),
                dates=dates,
                span="" if said else dates,
                facts=(
                    f"{place} · {form}" if place else form,
                    _length(run.session_count, run.contact_hours, language),
                    word("language", run.language),
                ),
                places=places[run.id],
                tag=None if courses.enrolment_window(run, at) == Window.OPEN else standing_of(run, language, at),
                invited_only=run.invited_only,
            )
        )
    return lines


def _day(run: ListedRun, first: datetime, last: datetime) -> str:
    """Say the day as "12", or as "12–13" for days that follow each other within a month."""
    in_a_row = (first.year, first.month) == (last.year, last.month) and last.day - first.day + 1 == run.session_count
    return f"{first.day}\N{EN DASH}{last.day}" if in_a_row and run.session_count > 1 else str(first.day)


@lru_cache(1_000)  # the same few again and again, and wording one costs more than all else in a line
def _length(days: int, hours: Decimal, language: str) -> str:
    in_days = ngettext("%(num)s training day", "%(num)s training days", days)
    in_hours = ngettext("%(hours)s hour", "%(hours)s hours", int(hours), hours=formats.format_decimal(hours, language))
    return f"{in_days}, {in_hours}"


def standing_of(run: ListedRun | CourseRun, language: str, at: datetime) -> tuple[str, str]:
    """What is to be said of the state of ``run`` at the moment ``at``, words and tone: an open run may open later, or be past its deadline."""
    state = run.state
    if state == RunState.OPEN:
        window = courses.enrolment_window(run, at)
        if window == Window.NOT_YET:
            return _("Registration opens on %(day)s", day=formats.format_day(run.enrolment_opens_at, language, today=clock.today())), "info"
        if window == Window.OVER:
            state = RunState.CLOSED
    return labels_in(language)("run_state", state), tone("run_state", state)
