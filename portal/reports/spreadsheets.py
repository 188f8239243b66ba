"""Tables as files for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

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


def as_text(cell: object) -> object:
    """``cell``, unless it is a text that would be calculated."""
    dangerous = isinstance(cell, str) and cell.lstrip(" ").startswith(BEGINS_A_FORMULA)
    return f"'{cell}" if dangerous else cell
