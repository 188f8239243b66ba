"""The sign-in sheet of one session, A4 portrait, for pens: who is expected, and where each signs.

Facts in, the bytes of a PDF out; no database and no clock. Long names go on to a second line, nothing is cut. The QR of every page leads
those who teach to the session's page. No personal number is asked for or printed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from reportlab.lib.units import mm

from portal.foundation import formats, sheets, typeface
from portal.foundation.sheets import BOTTOM, BRAND, HAIRLINE, INK, LEFT, MUTED, RIGHT, TOP, Text

if TYPE_CHECKING:
    from datetime import datetime

    from reportlab.pdfgen.canvas import Canvas

# A signature wants at least this height.
_LEAST_ROW: Final = 12 * mm
_ROW_AIR: Final = 2.4 * mm
BLANK_ROWS: Final = 3
_SIGNING_ROOM: Final = 16 * mm
# Of the heading, the texts that every page repeats: what it is, the course, the day.
_REPEATED: Final = 3
_TABLE_HEAD: Final = 9 * mm
_HEADING_GAP: Final = 0.8 * mm
_QR_SIDE: Final = 21 * mm
_QR_TOP: Final = TOP - 3 * mm
# Beside the code stays the light edge that readers need; below it, for whom it is.
_TEXTS_END: Final = RIGHT - _QR_SIDE - 5 * mm
_QR_WORDS: Final = ("ტრენერისთვის", "for trainers")
_QR_BOTTOM: Final = _QR_TOP - _QR_SIDE - 7.5 * mm
# A group of the usual size fits two sheets of paper, if need be in smaller type.
_USUAL_GROUP: Final = 30
_USUAL_PAGES: Final = 2
_SCALES: Final = (1.0, 0.9, 0.8)


class _Column(NamedTuple):
    ka: str
    en: str
    left: float
    width: float


_NUMBER: Final = _Column("№", "No", LEFT, 9 * mm)
_NAME: Final = _Column("სახელი და გვარი", "Name", LEFT + 10 * mm, 61 * mm)
_EMPLOYER: Final = _Column("მუნიციპალიტეტი და თანამდებობა", "Municipality and post", LEFT + 73 * mm, 57 * mm)
_SIGNATURE: Final = _Column("ხელმოწერა", "Signature", LEFT + 134 * mm, 46 * mm)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One expected person: place in the list, name, and for whom and as what they work."""

    number: int
    name_ka: str
    municipality_ka: str
    post: str


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What stands on the sheet. Times are aware datetimes, printed in the time of Tbilisi; rows stay in their order; ``url`` is in the QR."""

    course_title_ka: str
    run_code: str
    session_title: str
    starts_at: datetime
    ends_at: datetime
    place_ka: str
    trainers: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    url: str = ""


class _Row(NamedTuple):
    number: str
    name: Text
    employer: tuple[Text, ...]
    least: float

    @property
    def height(self) -> float:
        return max(self.least, _ROW_AIR + max(self.name.height, sum(text.height for text in self.employer)))


def draw_sheet(facts: SheetFacts) -> bytes:
    """Return the sheet as a PDF file. The same facts give the same bytes. Raises ValueError for times without a zone."""
    typeface.register()
    heading = _heading(facts)
    pages = _pages(facts.rows, heading)
    buffer = io.BytesIO()
    canvas = sheets.new_canvas(
        buffer, "ka", title=f"დასწრების ფურცელი · {sheets.plain(facts.course_title_ka)}", subject=sheets.plain(facts.run_code)
    )
    for index, rows in enumerate(pages):
        _draw_page(canvas, heading if index == 0 else heading[:_REPEATED], rows, (index + 1, len(pages)), facts)
    canvas.save()
    return buffer.getvalue()


def _heading(facts: SheetFacts) -> list[Text]:
    when = f"{formats.format_date(facts.starts_at, 'ka')}, {formats.format_times(facts.starts_at, facts.ends_at)}"
    day = " · ".join(part for part in (when, sheets.plain(facts.session_title)) if part)
    label = "ტრენერი" if len(facts.trainers) == 1 else "ტრენერები"
    trainers = ", ".join(map(sheets.plain, facts.trainers))
    width = _TEXTS_END - LEFT
    texts = [
        sheets.fit("დასწრების ფურცელი", typeface.BOLD, 17, width, BRAND),
        sheets.fit(sheets.plain(facts.course_title_ka), typeface.BOLD, 12, width),
        sheets.fit(day, typeface.REGULAR, 10, width),
        sheets.fit(f"ადგილი: {sheets.plain(facts.place_ka)}", typeface.REGULAR, 10, width),
    ]
    if trainers:
        texts.append(sheets.fit(f"{label}: {trainers}", typeface.REGULAR, 10, width))
    return texts


def _pages(people: tuple[SheetRow, ...], heading: list[Text]) -> list[list[_Row]]:
    """Divide the rows among pages, in the largest type that keeps a usual group on two pages."""
    pages: list[list[_Row]] = []
    for scale in _SCALES:
        blank = [
            _Row(str(len(people) + number), Text((), typeface.BOLD, 10), (), _LEAST_ROW * scale) for number in range(1, BLANK_ROWS + 1)
        ]
        pages = _paginate([_row(person, scale) for person in people] + blank, heading)
        if len(pages) <= _USUAL_PAGES or len(people) > _USUAL_GROUP:
            break
    return pages


def _row(person: SheetRow, scale: float) -> _Row:
    """One line of the table."""
    employer = (
        sheets.fit(sheets.plain(person.municipality_ka), typeface.REGULAR, 8.5 * scale, _EMPLOYER.width),
        sheets.fit(sheets.plain(person.post), typeface.REGULAR, 8 * scale, _EMPLOYER.width, MUTED),
    )
    name = sheets.fit(sheets.plain(person.name_ka), typeface.BOLD, 10 * scale, _NAME.width)
    return _Row(str(person.number), name, employer, _LEAST_ROW * scale)


def _table_top(heading: list[Text]) -> float:
    return min(TOP - 6 * mm - sum(text.height + _HEADING_GAP for text in heading) - 2 * mm, _QR_BOTTOM)


def _paginate(rows: list[_Row], heading: list[Text]) -> list[list[_Row]]:
    """Rows to pages. Below the last row there is room for the trainer to sign."""
    first, later = (_table_top(h) - _TABLE_HEAD - BOTTOM for h in (heading, heading[:_REPEATED]))
    pages: list[list[_Row]] = [[]]
    room = first
    for index, row in enumerate(rows):
        needed = row.height + (_SIGNING_ROOM if index == len(rows) - 1 else 0)
        if needed > room and pages[-1]:
            pages.append([])
            room = later
        pages[-1].append(row)
        room -= row.height
    return pages


def _draw_page(canvas: Canvas, heading: list[Text], rows: list[_Row], page: tuple[int, int], facts: SheetFacts) -> None:
    number, count = page
    sheets.mosaic(canvas)
    if facts.url:
        sheets.qr(canvas, facts.url, RIGHT - _QR_SIDE, _QR_TOP - _QR_SIDE, _QR_SIDE)
        canvas.linkURL(facts.url, (RIGHT - _QR_SIDE, _QR_TOP - _QR_SIDE, RIGHT, _QR_TOP))
        sheets.put(canvas, Text(_QR_WORDS, typeface.REGULAR, 6.5, MUTED), RIGHT, _QR_TOP - _QR_SIDE - 1 * mm, is_right=True)
    y = TOP - 6 * mm
    sheets.put(canvas, Text(("Attendance sheet",), typeface.REGULAR, 9, MUTED), _TEXTS_END, y - 4 * mm, is_right=True)
    for text in heading:
        sheets.put(canvas, text, LEFT, y)
        y -= text.height + _HEADING_GAP
    y = _table_head(canvas, _table_top(heading))
    for row in rows:
        _draw_row(canvas, row, y)
        y -= row.height
    if number == count:
        _trainer_line(canvas, y)
    foot = BOTTOM - 4 * mm
    sheets.put(canvas, Text((sheets.plain(facts.run_code),), typeface.REGULAR, 8, MUTED), LEFT, foot)
    sheets.put(
        canvas, Text((f"გვერდი {number} / {count} · page {number} of {count}",), typeface.REGULAR, 8, MUTED), RIGHT, foot, is_right=True
    )
    canvas.showPage()


def _table_head(canvas: Canvas, top: float) -> float:
    for column in (_NUMBER, _NAME, _EMPLOYER, _SIGNATURE):
        sheets.put(canvas, Text((column.ka,), typeface.BOLD, 8.5), column.left, top)
        sheets.put(canvas, Text((column.en,), typeface.REGULAR, 7, MUTED), column.left, top - 8.5 * sheets.LEADING)
    bottom = top - _TABLE_HEAD
    sheets.rule(canvas, LEFT, bottom + 0.8 * mm, INK, 0.9)
    return bottom + 0.8 * mm


def _draw_row(canvas: Canvas, row: _Row, top: float) -> None:
    sheets.put(canvas, Text((row.number,), typeface.REGULAR, 9, MUTED), _NUMBER.left, top - (row.height - 9 * sheets.LEADING) / 2)
    sheets.put(canvas, row.name, _NAME.left, top - (row.height - row.name.height) / 2)
    y = top - (row.height - sum(text.height for text in row.employer)) / 2
    for text in row.employer:
        sheets.put(canvas, text, _EMPLOYER.left, y)
        y -= text.height
    sheets.rule(canvas, LEFT, top - row.height, HAIRLINE, 0.5)
    canvas.line(_SIGNATURE.left - 2 * mm, top, _SIGNATURE.left - 2 * mm, top - row.height)


def _trainer_line(canvas: Canvas, y: float) -> None:
    line = y - _SIGNING_ROOM + 5 * mm
    sheets.rule(canvas, _EMPLOYER.left, line, INK, 0.7)
    sheets.put(canvas, Text(("ტრენერის ხელმოწერა · Signature of the trainer",), typeface.REGULAR, 8, MUTED), _EMPLOYER.left, line - 1 * mm)
