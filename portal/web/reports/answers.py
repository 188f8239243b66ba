"""What every desk answers: a report as a page, one table as CSV, the whole as XLSX or PDF."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from flask import Response, redirect, render_template, request
from flask_babel import gettext

from portal import courses, reports
from portal.foundation import clock, formats
from portal.reports import Dimension, Figures, Paper, Table
from portal.web import downloads
from portal.web.language import language
from portal.web.reports import tables, words
from portal.web.reports.forms import Choices, ReportForm
from portal.web.reports.kept import counted
from portal.web.reports.kinds import KINDS, OF_TABLE, OVERVIEW_CODE, PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from werkzeug.wrappers import Response as AnyResponse

    from portal.web.reports.desks import Desk
    from portal.web.reports.kinds import ForDonor, Overview, ReportKind

SHOWN, PRINTED, DRAWN = 100, 400, 12
"""So many rows of a table stand on the page, on paper, and in a chart; all are in the spreadsheets."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = ",".join(OF_TABLE)
REPORTS = ",".join(KINDS)
PAGES = ",".join(code for code in KINDS if code != OVERVIEW_CODE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that was asked for, by a form that is sound."""

    desk: Desk
    kind: ReportKind
    form: ReportForm
    choices: Choices

    @property
    def names(self) -> tables.Names:
        """What groups are called."""
        return tables.Names(self.choices, language())

    def link_of(self, table: Table) -> Callable[[Any], str]:
        """Where a group of ``table`` is reported on alone; empty where it cannot be."""
        narrows = table.code in self.form and table.code not in self.form.address
        stem = f"{self.desk.page(self.kind, **self.form.address)}&{table.code}="
        return lambda key: f"{stem}{key}" if narrows and key is not None else ""


def report_page(desk: Desk, kind: ReportKind) -> str | tuple[str, int]:
    """Show a report, or the form with what is wrong with it."""
    choices, form = _form(desk)
    common = {"form": form, "desk": desk, "kind": kind}
    if not form.validate():
        return render_template("reports/refused.html", **common), 422
    asked = Asked(desk, kind, form, choices)
    found = counted(kind, form.scope)
    shown = [Section.of(table, asked) for table in kind.tables(found, asked.names) if table.rows]
    template, extra = "reports/report.html", {}
    if kind.code == OVERVIEW_CODE:
        template, extra = "reports/overview.html", _of_overview(found, asked)
    elif kind is PROJECT:
        template, extra = "reports/project.html", _of_project(found, asked)
    return render_template(template, sections=shown, **common, **extra)


def _form(desk: Desk) -> tuple[Choices, ReportForm]:
    choices = Choices.load(desk.within)
    return choices, ReportForm(request.args, choices, project_id=desk.project.id if desk.project else None)


@dataclass(frozen=True, slots=True)
class Section:
    """A table on the page: its first rows, each with where it leads; ``number`` is how many there are."""

    table: Table
    number: int
    drawn: Sequence[reports.Row]
    link: Callable[[Any], str]

    @classmethod
    def of(cls, table: Table, asked: Asked) -> Section:
        """The first rows of ``table``."""
        drawn = table.rows if table.chart == reports.Chart.TIME else table.rows[:DRAWN]
        return cls(replace(table, rows=table.rows[:SHOWN]), len(table.rows), drawn, asked.link_of(table))


def _of_overview(found: Overview, asked: Asked) -> dict[str, Any]:
    """What the first page shows besides: the sums, and the map."""
    everybody = sum(found.found.get(Dimension.SEX, {}).values(), Figures())
    tiles = Tiles.of(found.found.get(Dimension.MUNICIPALITY, {}), asked)
    return {"total": everybody, "runs": found.runs, "tiles": tiles, "demand_code": words.DEMAND, "in_thousands": reports.in_thousands}


def _of_project(found: ForDonor, asked: Asked) -> dict[str, Any]:
    """What the donor is told first."""
    everybody = sum(found.found.get(Dimension.SEX, {}).values(), Figures())
    project = asked.desk.project
    logo = project is not None and courses.projects_with_logo([project.id])
    return {"total": everybody, "counted": found, "has_logo": bool(logo), "in_thousands": reports.in_thousands}


def table_file(desk: Desk, code: str) -> AnyResponse:
    """One table as CSV."""
    return _file(
        desk, KINDS[OF_TABLE[code]], lambda _asked, made: reports.as_csv(_one(made, code).sheet(language())), "csv", "text/csv", code
    )


def report_file(desk: Desk, kind: ReportKind, ending: str) -> AnyResponse:
    """A whole report as XLSX or PDF."""
    if ending == "xlsx":
        return _file(desk, kind, lambda _asked, made: reports.as_xlsx(made), ending, XLSX)
    return _file(desk, kind, _printed, ending, downloads.PDF)


def _one(made: list[Table], code: str) -> Table:
    return next(table for table in made if table.code == code)


def _printed(asked: Asked, made: list[Table]) -> bytes:
    return reports.as_pdf(_paper(asked), [replace(table, rows=table.rows[:PRINTED]) for table in made])


def _paper(asked: Asked) -> Paper:
    """What stands on the paper besides its tables."""
    lang, title, facts, logo = language(), str(asked.kind.title), asked.form.told, None
    if project := asked.desk.project:
        facts = [(gettext("Funding project"), project.name(lang)), (gettext("Donor"), project.donor(lang)), *facts]
        logo = courses.find_logo(project.id)
    return Paper(title, tuple(facts), formats.format_date(clock.today(), lang), lang, logo)


def _file(
    desk: Desk, kind: ReportKind, make: Callable[[Asked, list[Table]], bytes], ending: str, media_type: str, name: str = ""
) -> AnyResponse:
    """A file of a report; a form that is wrong leads to the page that says so."""
    choices, form = _form(desk)
    if not form.validate():
        return redirect(f"{desk.page(kind)}?{request.query_string.decode('ascii', 'replace')}", 303)
    asked = Asked(desk, kind, form, choices)
    data = make(asked, kind.tables(counted(kind, form.scope), asked.names))
    period = f"{form.first.data.isoformat()}-{form.last.data.isoformat()}"
    headers = {"Content-Disposition": f"attachment; filename=report-{name or kind.code}-{period}.{ending}"}
    return Response(data, mimetype=media_type, headers=headers)


@dataclass(frozen=True, slots=True)
class Tiles:
    """The map: a tile for each municipality, deeper with the number of its people, and what the depths stand for."""

    tiles: list[dict[str, object]]
    key: list[str]

    @classmethod
    def of(cls, found: Any, asked: Asked) -> Tiles:
        """The map of ``found``; none for whoever sees one municipality only."""
        placed = [one for one in asked.choices.municipalities if one.tile is not None] if asked.desk.within is None else []
        people = {one.id: found.get(one.id, Figures()).people for one in placed}
        most, lang = max(people.values(), default=0), language()
        tiles: list[dict[str, object]] = [
            {
                "name": one.name(lang),
                "value": people[one.id],
                "depth": reports.depth(people[one.id], most),
                "here": one.id == asked.form.scope.municipality_id,
            }
            for one in placed
        ]
        return cls(tiles, reports.depth_ranges(most))
