"""The runs for which a coordinator can nominate: those open to all, and those that invite the municipality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request, url_for
from flask_babel import gettext

from portal import courses, enrolment
from portal.access import Permission
from portal.foundation import clock, formats
from portal.web.enrolment import pages
from portal.web.enrolment.quotas import names_of_places, shares_of
from portal.web.guard import actor, requires
from portal.web.language import language
from portal.web.lines import Line, lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portal.access import Actor
    from portal.courses import ListedRun, Position
    from portal.enrolment import Seats


PAGE = 20


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run in the list: ``facts`` say the deadline, and what quotas leave for the coordinator's municipalities, until when."""

    line: Line
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenRuns:
    """A page of the list, with the positions for the pages before and after it where there are any."""

    runs: list[OpenRun]
    earlier: Position | None
    later: Position | None


def read_open_runs(actor: Actor, names: Mapping[int, str], *, wanted: courses.RunFilter | None = None, size: int = PAGE) -> OpenRuns:
    """A page of the runs, in three statements and three more where one of them has quotas; ``names`` tell several municipalities apart."""
    now, only = clock.now(), [courses.takes_enrolments(), courses.is_open_to()]
    page = courses.list_public_runs(
        wanted or courses.RunFilter(), at=now, size=size, only=only, municipalities=list(actor.municipality_ids)
    )
    lines = lines_of(page.runs, language(), at=now)
    seats = enrolment.seats_of_runs([run.id for run in page.runs]) if page.runs else {}
    runs = [OpenRun(line, _facts(run, seats[run.id], actor, names)) for run, line in zip(page.runs, lines, strict=True)]
    return OpenRuns(runs, page.earlier, page.later)


def _facts(run: ListedRun, seats: Seats, actor: Actor, names: Mapping[int, str]) -> tuple[str, ...]:
    shares = [str(share) for share in shares_of(seats, actor.municipality_ids, names)]
    released = [f"{gettext('Unused places go to everybody')}: {_moment(seats.quotas_end_at)}"] if shares and seats.quotas_end_at else []
    return (f"{gettext('Registration deadline')}: {_moment(run.enrolment_closes_at)}", *shares, *released)


def _moment(moment: datetime) -> str:
    return formats.format_moment(moment, language(), today=clock.today())


@pages.get("/municipality/runs")
@requires(Permission.MUNICIPALITY_NOMINATE)
def open_runs() -> str:
    """List all runs for which people can be nominated, page by page."""
    after, before = (courses.find_position(request.args.get(name, "")) for name in ("after", "before"))
    me = actor()
    shown = read_open_runs(me, names_of_places(me), wanted=courses.RunFilter(after=after, before=None if after else before))
    return render_template(
        "enrolment/open_runs.html",
        runs=shown.runs,
        lists={one.code: one for one in enrolment.nomination_lists(me.municipality_ids)},
        newer=url_for("enrolment.open_runs", before=shown.earlier) if shown.earlier else None,
        older=url_for("enrolment.open_runs", after=shown.later) if shown.later else None,
    )
