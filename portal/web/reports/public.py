"""Page: the public figures, as of the end of the last month. Nothing can be asked of it: it is the same for everybody."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import render_template
from flask_babel import gettext

from portal import attendance, reports
from portal.foundation import formats
from portal.reports import Chart, Column, Dimension, Kind, Row, Table
from portal.web.guard import public
from portal.web.language import language
from portal.web.reports import pages, tables, words
from portal.web.reports.forms import Choices

if TYPE_CHECKING:
    from portal.reports.models import StatisticsEdition

SHOWN = (Dimension.REGION, Dimension.TOPIC, Dimension.SEX, Dimension.YEAR, Dimension.MUNICIPALITY)


@pages.get("/statistics")
@public
def statistics() -> str:
    """How many people learnt, where, what and when."""
    edition = reports.find_newest_edition()
    if edition is None:
        return render_template("reports/statistics.html", edition=None)
    choices, lang = Choices.load(), language()
    names = tables.Names(choices, lang)
    told = {code: _table(code, edition, names) for code in SHOWN}
    return render_template(
        "reports/statistics.html",
        edition=edition,
        month=formats.format_month(date.fromisoformat(f"{edition.month}-01"), lang, with_year=True),
        tables=told.values(),
        total=_columns_of(told[Dimension.SEX]),
        figures=edition.figures,
        tiles=_tiles(told[Dimension.MUNICIPALITY], choices, lang),
    )


def _table(code: Dimension, edition: StatisticsEdition, names: tables.Names) -> Table:
    everything = edition.figures["tables"]
    columns = [Column(gettext("People")), Column(gettext("Participations")), Column(gettext("Contact hours"), Kind.HOURS)]
    if code != Dimension.MUNICIPALITY:
        columns.append(Column(gettext("Certificates")))
    said = {} if code == Dimension.YEAR else names.of(code)
    rows = [Row(_name(code, line["key"], said), _values(line)[: len(columns)], line["key"]) for line in everything[code]]
    order = [*said, None]
    return Table(
        code=code,
        title=str(words.TITLES[code]),
        head=str(words.HEADINGS[code]),
        columns=tuple(columns),
        rows=tuple(sorted(rows, key=lambda row: (order.index(row.key) if row.key in order else 0, row.name))),
        total=Row(gettext("Total"), _values(everything["total"][0])[: len(columns)]),
        chart=Chart.NONE if code == Dimension.MUNICIPALITY else Chart.TIME if code == Dimension.YEAR else Chart.BARS,
    )


def _name(code: Dimension, key: Any, said: dict[int | str | None, str]) -> str:
    return key if code == Dimension.YEAR else said.get(key) or str(words.UNKNOWN.get(code, key))


def _values(line: dict[str, Any]) -> tuple[Any, ...]:
    hours = None if line["minutes"] is None else attendance.hours(line["minutes"])
    return line["people"], line["participations"], hours, line["certificates"]


def _columns_of(table: Table) -> list[tuple[str, str]]:
    """The line of everybody, as label and value."""
    assert table.total is not None  # noqa: S101  (each public table has one)
    return list(zip([column.heading for column in table.columns], table.shown(table.total, language()), strict=True))


def _tiles(table: Table, choices: Choices, lang: str) -> dict[str, Any]:
    """The map: deeper with the number of people; what is withheld says so and is as light as nothing."""
    people = {row.key: row.values[0] for row in table.rows}
    most = max((number for number in people.values() if isinstance(number, int)), default=0)
    tiles = []
    for one in choices.municipalities:
        if one.tile is not None:
            number = people.get(one.id, 0)
            told = gettext("withheld") if number is None else reports.in_thousands(number, lang)
            tiles.append({"name": one.name(lang), "value": told, "depth": reports.depth(int(number or 0), most), "here": False})
    return {"tiles": tiles, "key": reports.depth_ranges(most)}
