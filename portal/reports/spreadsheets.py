"""Tables as files for a spreadsheet."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """``rows`` as CSV that a spreadsheet in Georgia opens by a double click: UTF-8 with its mark, parted by semicolons.

    A text that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";")
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def as_workbook(rows: Iterable[Iterable[object]], name: str) -> bytes:
    """``rows`` as a workbook of one sheet, ``name``, its headings in bold: numbers are numbers, and everything else is text, never a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                look = bold if number == 0 else None
                if isinstance(cell, (int, Decimal)):
                    sheet.write_number(number, place, cell, look)
                elif cell not in {None, ""}:
                    sheet.write_string(number, place, str(cell), look)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return out.getvalue()


def as_text(cell: object) -> object:
    """``cell``, unless it is a text that would be calculated."""
    dangerous = isinstance(cell, str) and cell.lstrip(" ").startswith(BEGINS_A_FORMULA)
    return f"'{cell}" if dangerous else cell
