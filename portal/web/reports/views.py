"""Pages: reports. Everything is asked for in the address, so that a report can be sent on as a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, redirect, render_template, request, url_for

from portal import reports
from portal.access import Permission
from portal.reports import Dimension, Figures
from portal.web.guard import requires
from portal.web.language import language
from portal.web.reports import pages, tables
from portal.web.reports.forms import Choices, ReportForm
from portal.web.reports.kept import report_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from portal.web.reports.kept import Found, Groups

MOST_WANTED = 15
FILES = ",".join([*Dimension, tables.DEMAND])


@pages.get("/staff/reports")
@requires(Permission.REPORT_VIEW)
def overview() -> str | tuple[str, int]:
    """All tables of a period."""
    choices = Choices.load()
    form = ReportForm(request.args, choices)
    if not form.validate():
        return render_template("reports/refused.html", form=form), 422
    report = report_of(form.scope)
    return render_template(
        "reports/overview.html",
        form=form,
        total=_total(report.found),
        runs=report.runs,
        sections=[_section(Dimension(code), report.found, choices, form) for code in tables.TITLES if code != tables.DEMAND],
        demand=report.demand,
        most_wanted=MOST_WANTED,
        tiles=Tiles.of(report.found.get(Dimension.MUNICIPALITY, {}), choices, form),
        words=tables,
    )


@pages.get(f"/staff/reports/<any({FILES}):table>.csv")
@requires(Permission.REPORT_VIEW)
def spreadsheet(table: str) -> AnyResponse:
    """One table of the report as a file."""
    choices, lang = Choices.load(), language()
    form = ReportForm(request.args, choices)
    if not form.validate():
        return redirect(f"{url_for('reports.overview')}?{request.query_string.decode('ascii', 'replace')}", 303)
    report = report_of(form.scope)
    if table == tables.DEMAND:
        sheet = tables.sheet_of_demand(report.demand, lang)
    else:
        dimension = Dimension(table)
        found = report.found.get(dimension, {})
        sheet = tables.sheet_of(dimension, tables.lines_of(dimension, found, choices, lang), lang)
    name = f"report-{table}-{form.first.data.isoformat()}-{form.last.data.isoformat()}.csv"
    return Response(reports.as_csv(sheet), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})


def _total(found: Found) -> Figures:
    """Everybody: nobody stands in two rows of the table of sexes."""
    return sum(found.get(Dimension.SEX, {}).values(), Figures())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, ready to be written; ``href`` leads to the report of this group alone."""

    name: str
    href: str
    people: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the page. ``most`` is the longest bar."""

    code: str
    rows: list[Row]
    most: int


def _section(of: Dimension, found: Found, choices: Choices, form: ReportForm) -> Section:
    lang = language()
    lines = tables.lines_of(of, found.get(of, {}), choices, lang)
    narrows = of in form.offered and of not in form.address
    stem = f"{url_for('reports.overview', **form.address)}&{of}="
    rows = [
        Row(
            line.name,
            f"{stem}{line.key}" if narrows and line.key is not None else "",
            line.figures.people,
            [column.shown(line.figures, lang) for column in tables.COLUMNS],
        )
        for line in lines
    ]
    return Section(of, rows, max((row.people for row in rows), default=0))


@dataclass(frozen=True, slots=True)
class Tiles:
    """The map: a tile for each municipality, deeper with the number of its people, and what the depths stand for."""

    tiles: list[dict[str, object]]
    key: list[str]

    @classmethod
    def of(cls, found: Groups, choices: Choices, form: ReportForm) -> Tiles:
        """The map of ``found``."""
        lang = language()
        people = {one.id: found.get(one.id, Figures()).people for one in choices.municipalities if one.tile is not None}
        most = max(people.values(), default=0)
        tiles: list[dict[str, object]] = [
            {
                "name": one.name(lang),
                "value": people[one.id],
                "depth": reports.depth(people[one.id], most),
                "here": one.id == form.municipality.data,
            }
            for one in choices.municipalities
            if one.tile is not None
        ]
        return cls(tiles, reports.depth_ranges(most))
