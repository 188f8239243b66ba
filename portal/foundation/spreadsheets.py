"""Spreadsheets that people upload: XLSX or CSV, read as rows of text with the numbers that the spreadsheet shows, or refused in words.

An XLSX is an archive of XML, and a few kilobytes of it can ask for half a terabyte. So each part is unpacked within limits and looked through by
a streaming parser before the library that reads it sees anything; what it then sees is a fresh archive of exactly these parts.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from portal.foundation.errors import N_, RefusedError
from portal.foundation.georgian import clean_text

LARGEST_FILE: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 50
LONGEST_CELL: Final = 1_000

MOST_PARTS: Final = 200
LARGEST_UNPACKED: Final = 16 * 1024 * 1024
MOST_ELEMENTS: Final = 1_000_000
MOST_REPEATED: Final = 24_000_000
_CHUNK: Final = 256 * 1024
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WORKBOOK: Final = "xl/workbook.xml"
_COUNTS: Final = ("count", "uniqueCount")
_REFERENCE: Final = re.compile("([A-Za-z]{1,4})([0-9]{1,9})")
_WHOLE: Final = re.compile("[0-9]{1,12}")
_SEPARATORS: Final = (";", ",", "\t")
_LINES_TO_JUDGE_BY: Final = 50
_HALF_A_SECOND: Final = timedelta(milliseconds=500)
_SAYS_SEPARATOR: Final = re.compile("sep=(.)\r?\n?", re.IGNORECASE)

TOO_LARGE = N_("The file must not exceed %(most)s MB.")
TOO_LONG = N_("The table reaches beyond row %(rows)s or column %(columns)s. Split it, or delete what stands behind the last person.")
NO_TABLE = N_("The file could not be read as a table. Save it as XLSX, or as CSV in UTF-8, and upload it again.")
OLD_EXCEL = N_("This is a file of an old Excel. Save it as XLSX and upload it again.")
NOT_UNICODE = N_("The letters of the file cannot be read. In Excel choose “Save as” and “CSV UTF-8”, or save it as XLSX.")
EMPTY = N_("There is no row below the headings.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number as the spreadsheet shows it, and its cells as tidy lines of text."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """What an upload holds: the headings, and the rows below them."""

    headings: list[str]
    rows: list[Row]


def read(data: bytes) -> Table:
    """Read the upload ``data``. Raises ``RefusedError``, in words for the person who chose the file."""
    first, *others = read_rows(data)
    return Table(headings=first.cells, rows=others)


def read_rows(data: bytes) -> list[Row]:
    """All rows of the upload ``data`` that are not empty, each as wide as the widest: for tables whose headings stand somewhere below.

    Raises ``RefusedError`` as ``read``, and for less than two rows.
    """
    if len(data) > LARGEST_FILE:
        raise RefusedError(TOO_LARGE, most=LARGEST_FILE // (1024 * 1024))
    if data.startswith(_OLD_EXCEL):
        raise RefusedError(OLD_EXCEL)
    rows = _read_xlsx(data) if data.startswith(_ZIP) else _read_csv(data)
    filled = [row for row in rows if any(row.cells)]
    if len(filled) < 2:  # noqa: PLR2004  (headings and one person)
        raise RefusedError(EMPTY)
    width = max(len(row.cells) for row in filled)
    if width > MOST_COLUMNS or len(filled) - 1 > MOST_ROWS:
        raise _too_long()
    return [Row(row.number, row.cells + [""] * (width - len(row.cells))) for row in filled]


def _too_long() -> RefusedError:
    return RefusedError(TOO_LONG, rows=MOST_ROWS + 1, columns=MOST_COLUMNS)


def _tidy(cells: list[Any]) -> list[str]:
    texts = [clean_text(_as_text(cell))[:LONGEST_CELL] for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _as_text(cell: Any) -> str:
    """A cell as it is read: whole numbers without a point, days as in Georgia, with the time of day where there is one."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() != time.min:
        return f"{cell + _HALF_A_SECOND:%d.%m.%Y %H:%M:%S}"  # Excel counts in parts of a day, which hit the second only nearly
    if isinstance(cell, (date, datetime)):
        return f"{cell:%d.%m.%Y}"
    return str(cell)


def _read_csv(data: bytes) -> list[Row]:
    text = _decoded(data)
    said = _SAYS_SEPARATOR.match(text)
    first = 1
    if said:
        text, first = text[said.end() :], 2
    rows: list[Row] = []
    try:
        separator = said[1] if said else _separator_of(text)
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), first):
            if len(rows) > MOST_ROWS or len(cells) > 10 * MOST_COLUMNS:
                raise _too_long()
            if tidy := _tidy(cells):
                rows.append(Row(number, tidy))
    except (csv.Error, ValueError, TypeError) as error:
        raise RefusedError(NO_TABLE) from error
    return rows


def _decoded(data: bytes) -> str:
    """``data`` as text: UTF-8 or UTF-16, with or without a mark. Nothing is guessed: what is neither is refused."""
    try:
        text = data.decode(_encoding_of(data))
    except UnicodeDecodeError as error:
        raise RefusedError(NOT_UNICODE) from error
    if "\x00" in text:
        raise RefusedError(NO_TABLE)
    return text


def _encoding_of(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = data[:4096]
    # separators and line ends are ASCII: of their two bytes in UTF-16 one is NUL, always the same
    even, odd = start[::2].count(0), start[1::2].count(0)
    if even == odd:
        return "utf-8-sig"
    return "utf-16-le" if odd > even else "utf-16-be"


def _separator_of(text: str) -> str:
    """The sign that parts the headings into the most columns; the semicolon, as Excel writes in Georgia, when none does.

    A first line that no sign parts is a title: then the widest of the lines below it tells.
    """
    lines = list(islice(filter(str.strip, text.splitlines()), _LINES_TO_JUDGE_BY))
    for judged in (lines[:1], lines):
        widths = {sign: max((len(next(csv.reader([line], delimiter=sign), [])) for line in judged), default=0) for sign in _SEPARATORS}
        if max(widths.values()) > 1:
            break
    return max(widths, key=lambda sign: widths[sign])


def _read_xlsx(data: bytes) -> list[Row]:
    """The rows of the first sheet that is shown."""
    try:
        book = CalamineWorkbook.from_filelike(_unpacked(data))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        sheet = book.get_sheet_by_name(shown[0])
        return [Row(number, _tidy(cells)) for number, cells in enumerate(sheet.iter_rows(), 1)]
    except RefusedError:
        raise
    except Exception as error:  # whatever is broken in an archive of somebody's making
        raise RefusedError(NO_TABLE) from error


def _unpacked(data: bytes) -> io.BytesIO:
    """The XML of the archive ``data`` in an archive of our own making, once it is sure that reading it costs little."""
    written, fresh = 0, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(fresh, "w") as own:
        names = [name for name in given.namelist() if name.endswith((".xml", ".rels"))]
        if _WORKBOOK not in names or len(names) > MOST_PARTS or len(names) != len(set(names)):
            raise RefusedError(NO_TABLE)
        look = _Look()
        for name in names:
            with given.open(name) as part, own.open(name, "w") as kept:
                look.begin()
                while chunk := part.read(_CHUNK):
                    written += len(chunk)
                    if written > LARGEST_UNPACKED:
                        raise _too_long()
                    look.feed(chunk)
                    kept.write(chunk)
                look.end()
    fresh.seek(0)
    return fresh


class _Look:
    """Looks through the parts of a workbook as they are unpacked, and refuses what would fill a table larger than ours.

    Every part is looked at as if it were a sheet: the archive itself says which ones are, and is not believed.
    """

    def __init__(self) -> None:
        self._elements = self._shared = self._longest = 0

    def begin(self) -> None:
        """Begin a part."""
        self._row = self._column = self._length = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> None:
        """Look at more of the part."""
        self._parser.Parse(chunk, False)

    def end(self) -> None:
        """Look at the last of the part."""
        self._parser.Parse(b"", True)

    def _refuse(self, *_declared: object) -> None:
        raise RefusedError(NO_TABLE)

    def _start(self, name: str, values: dict[str, str]) -> None:
        self._elements += 1
        if any(_number(values.get(count), 0) > MOST_ELEMENTS for count in _COUNTS):
            self._refuse()  # the library makes room for what is announced, and ends the process when there is none
        kind = name.rpartition(":")[2]
        if kind in {"c", "si"}:
            self._length = 0
            self._shared += values.get("t") == "s"
        if kind == "row":
            self._row, self._column = _number(values.get("r"), self._row + 1), 0
        elif kind == "c":
            self._column += 1
            if place := _REFERENCE.fullmatch(values.get("r", "")):
                self._column, self._row = _column_number(place[1]), int(place[2])
            elif "r" in values:
                self._refuse()
        if self._row > MOST_ROWS + 1 or self._column > MOST_COLUMNS or self._elements > MOST_ELEMENTS:
            raise _too_long()

    def _text(self, text: str) -> None:
        self._length += len(text)
        self._longest = max(self._longest, self._length)
        if self._longest * self._shared > MOST_REPEATED:
            raise _too_long()


def _number(text: str | None, otherwise: int) -> int:
    """The whole number in ``text``; ``otherwise`` for nothing. Raises ``RefusedError`` for anything else."""
    if text is None:
        return otherwise
    if not _WHOLE.fullmatch(text):
        raise RefusedError(NO_TABLE)
    return int(text)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + (ord(letter) | 0x20) - 0x60
    return number
