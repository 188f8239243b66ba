"""A table of a report, once: page, CSV, XLSX and PDF are all made from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.foundation import formats

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
NOTHING = "—"

Value = int | Decimal | None


class Kind(StrEnum):
    """What the values of a column are: numbers of something, hours, or full percent."""

    COUNT = "count"
    HOURS = "hours"
    PERCENT = "percent"


class Chart(StrEnum):
    """How a table is drawn: a bar for each row, columns side by side in the order of time, or not at all."""

    BARS = "bars"
    TIME = "time"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of values under its heading, in the words of one language."""

    heading: str
    kind: Kind = Kind.COUNT

    @property
    def in_full(self) -> str:
        """The heading where the values stand without a sign, as in a spreadsheet."""
        return f"{self.heading}, %" if self.kind == Kind.PERCENT else self.heading


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what it is about, and a value for each column; None where there is nothing to say. ``key`` is the group in the database."""

    name: str
    values: tuple[Value, ...]
    key: int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in the words of one language. ``head`` is the heading of the first column; ``total`` the line below, where rows have one.

    ``chart`` draws the column ``charted``. ``note`` says what must be known to read it.
    """

    code: str
    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    chart: Chart = Chart.BARS
    charted: int = 0
    note: str = ""

    @property
    def lines(self) -> tuple[Row, ...]:
        """All lines, the total last."""
        return self.rows if self.total is None else (*self.rows, self.total)

    @property
    def most(self) -> Value:
        """The largest of the values that are drawn; of percent 100."""
        if self.columns[self.charted].kind == Kind.PERCENT:
            return 100
        return max((row.values[self.charted] or 0 for row in self.rows), default=0)

    def shown(self, row: Row, lang: str) -> list[str]:
        """The values of ``row`` as people read them."""
        return [shown(value, column.kind, lang) for value, column in zip(row.values, self.columns, strict=True)]

    def sheet(self, lang: str) -> list[list[object]]:
        """All of it as rows of cells, headings first: full numbers of percent, hours with the decimal sign of ``lang``."""
        heads: list[object] = [self.head, *(column.in_full for column in self.columns)]
        return [heads, *([line.name, *(_cell(value, lang) for value in line.values)] for line in self.lines)]


def shown(value: Value, kind: Kind, lang: str) -> str:
    """``value`` as people read it."""
    if value is None:
        return NOTHING
    return formats.format_percent(value, lang) if kind == Kind.PERCENT else in_thousands(value, lang)


def _cell(value: Value, lang: str) -> object:
    return formats.format_decimal(value, lang) if isinstance(value, Decimal) else value


def in_thousands(value: Decimal | int, lang: str) -> str:
    """A number as people read it, its thousands apart: "12 345,5" in Georgian, "12,345.5" in English."""
    whole, sign, rest = (str(value) if isinstance(value, int) else formats.format_decimal(value, "en")).partition(".")
    apart = f"{int(whole):,}"
    return apart.replace(",", NO_BREAK_SPACE) + ("," if sign else "") + rest if lang == "ka" else apart + sign + rest
