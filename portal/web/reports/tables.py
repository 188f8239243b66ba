"""The tables of a report in words: the same rows for the page and for the spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from portal.foundation import formats, georgian
from portal.reports import Demand, Dimension, Figures
from portal.web.labels import LABELS, labels_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flask_babel.speaklater import LazyString

    from portal.web.reports.forms import Choices

DEMAND = "demand"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

HEADINGS: dict[str, LazyString] = {
    Dimension.SEX: _("Sex"),
    Dimension.CATEGORY: _("Category of post"),
    Dimension.REGION: _("Region"),
    Dimension.TOPIC: _("Topic"),
    Dimension.PROJECT: _("Funding project"),
    Dimension.MUNICIPALITY: _("Municipality"),
    DEMAND: _("Course"),
}
TITLES: dict[str, LazyString] = {
    Dimension.SEX: _("By sex"),
    Dimension.CATEGORY: _("By category of post"),
    Dimension.REGION: _("By region"),
    Dimension.TOPIC: _("By topic"),
    Dimension.PROJECT: _("By funding project"),
    Dimension.MUNICIPALITY: _("By municipality"),
    DEMAND: _("Waiting without a place"),
}
UNKNOWN: dict[Dimension, LazyString] = {
    Dimension.SEX: _("Not stated"),
    Dimension.CATEGORY: _("Without a post"),
    Dimension.REGION: _("Without a municipality"),
    Dimension.MUNICIPALITY: _("Without a municipality"),
    Dimension.PROJECT: _("Without a funding project"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of numbers: its heading, and what stands in it for ``figures``; None where there is nothing to say."""

    heading: LazyString
    value: Callable[[Figures], Decimal | int | None]
    percent: bool = False

    def shown(self, figures: Figures, lang: str) -> str:
        """What stands in the page."""
        value = self.value(figures)
        if value is None:
            return "—"
        return formats.format_percent(value, lang) if self.percent else in_thousands(value, lang)


COLUMNS = (
    Column(_("People"), lambda figures: figures.people),
    Column(_("Women"), lambda figures: figures.women),
    Column(_("Men"), lambda figures: figures.men),
    Column(_("Participations"), lambda figures: figures.participations),
    Column(_("Contact hours"), lambda figures: figures.hours),
    Column(_("Attendance"), lambda figures: figures.attendance_percent, percent=True),
    Column(_("Completion"), lambda figures: figures.completion_percent, percent=True),
    Column(_("Certificates"), lambda figures: figures.certificates),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One group of a table."""

    name: str
    figures: Figures
    key: int | str | None = None


def lines_of(dimension: Dimension, found: Mapping[int | str | None, Figures], choices: Choices, lang: str) -> list[Line]:
    """The groups of ``dimension`` that have anybody, largest first; those with an order of their own (sex, category) in it."""
    names = names_of(dimension, choices, lang)
    lines = [Line(names.get(key, str(UNKNOWN.get(dimension, key))), found[key], key) for key in found]
    if dimension in {Dimension.SEX, Dimension.CATEGORY}:
        order = [*names, None]
        return sorted(lines, key=lambda line: order.index(line.key) if line.key in order else len(order))
    return sorted(lines, key=lambda line: (line.key is None, -line.figures.people, georgian.collation_key(line.name)))


def names_of(dimension: Dimension, choices: Choices, lang: str) -> dict[int | str | None, str]:
    """The words for the keys of ``dimension``."""
    if dimension in {Dimension.SEX, Dimension.CATEGORY}:
        return {code: labels_in(lang)(dimension, code) for code in LABELS[dimension]}
    rows: Sequence[Any] = {
        Dimension.REGION: choices.regions,
        Dimension.MUNICIPALITY: choices.municipalities,
        Dimension.TOPIC: choices.topics,
        Dimension.PROJECT: choices.projects,
    }[dimension]
    return {row.id: row.name(lang) for row in rows}


def sheet_of(dimension: Dimension, lines: Iterable[Line], lang: str) -> list[list[object]]:
    """A table as rows of cells, headings first. Shares are full numbers of percent, hours have the decimal sign of ``lang``."""
    heads = [f"{column.heading}, %" if column.percent else str(column.heading) for column in COLUMNS]
    rows = [[line.name, *(_cell(column.value(line.figures), lang) for column in COLUMNS)] for line in lines]
    return [[str(HEADINGS[dimension]), *heads], *rows]


def _cell(value: Decimal | int | None, lang: str) -> object:
    return formats.format_decimal(value, lang) if isinstance(value, Decimal) else value


def in_thousands(value: Decimal | int, lang: str) -> str:
    """A number as people read it, its thousands apart: "12 345,5" in Georgian, "12,345.5" in English."""
    whole, sign, rest = (str(value) if isinstance(value, int) else formats.format_decimal(value, "en")).partition(".")
    apart = f"{int(whole):,}"
    return apart.replace(",", NO_BREAK_SPACE) + ("," if sign else "") + rest if lang == "ka" else apart + sign + rest


DEMAND_HEADINGS = (HEADINGS[DEMAND], _("People waiting"), _("Municipalities"), _("Runs"))


def sheet_of_demand(rows: Iterable[Demand], lang: str) -> list[list[object]]:
    """The courses that people wait for, as rows of cells, headings first."""
    return [[str(head) for head in DEMAND_HEADINGS], *([one.course.name(lang), one.people, one.municipalities, one.runs] for one in rows)]
