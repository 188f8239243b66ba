"""Tables as an XLSX workbook."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from portal.reports.tables import Kind, Row, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_NAME: Final = 31
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_WIDEST: Final = 60
_FORMATS: Final = {Kind.COUNT: "#,##0", Kind.HOURS: "#,##0.##", Kind.PERCENT: "0"}


def as_xlsx(tables: Iterable[Table]) -> bytes:
    """A sheet for each table. Texts are written as texts, so that none is calculated; numbers stay numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        for table in tables:
            _write(book, book.add_worksheet(_NOT_IN_NAMES.sub(" ", table.title)[:LONGEST_NAME]), table)
    return out.getvalue()


def _write(book: Any, sheet: Any, table: Table) -> None:
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    sheet.set_column(0, 0, min(_WIDEST, max(len(line.name) for line in (*table.lines, Row(table.head, ())))) + 2)
    sheet.set_column(1, len(table.columns), 14)
    for position, heading in enumerate((table.head, *(column.in_full for column in table.columns))):
        sheet.write_string(0, position, heading, head)
    sheet.freeze_panes(1, 1)
    for number, line in enumerate(table.lines, 1):
        last = {"bold": True, "top": 1} if line is table.total else {}
        sheet.write_string(number, 0, line.name, book.add_format(last))
        for position, (value, column) in enumerate(zip(line.values, table.columns, strict=True), 1):
            if value is not None:
                sheet.write_number(number, position, _number(value), book.add_format(last | {"num_format": _FORMATS[column.kind]}))
    if table.note:
        sheet.write_string(len(table.lines) + 2, 0, table.note)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, Decimal) else int(value or 0)
