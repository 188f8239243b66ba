"""The sign-in sheet of one session, A4 portrait, for pens: who is expected, and where each signs.

Facts in, the bytes of a PDF out; no database and no clock. Long names go on to a second line, nothing is cut.
No personal number is asked for or printed.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from portal.foundation import formats, typeface
from portal.foundation.georgian import clean_text

if TYPE_CHECKING:
    from datetime import datetime

_WIDTH, _HEIGHT = 210 * mm, 297 * mm
_LEFT, _RIGHT = 15 * mm, _WIDTH - 15 * mm
_TOP, _BOTTOM = _HEIGHT - 12 * mm, 15 * mm
_INK: Final = (0.114, 0.153, 0.2)
_MUTED: Final = (0.337, 0.38, 0.427)
_BRAND: Final = (0.059, 0.298, 0.361)
_HAIRLINE: Final = (0.72, 0.74, 0.76)
# A signature wants at least this height.
_LEAST_ROW: Final = 12 * mm
_ROW_AIR: Final = 2.4 * mm
_LEADING: Final = 1.25
_BLANK_ROWS: Final = 3
_TILES: Final = 64
_SIGNING_ROOM: Final = 16 * mm
# Of the heading, the texts that every page repeats: what it is, the course, the day.
_REPEATED: Final = 3
_TABLE_HEAD: Final = 9 * mm
_HEADING_GAP: Final = 0.8 * mm
_AFTER_HYPHEN: Final = re.compile("(?<=-)(?=.)")
# A group of the usual size fits two sheets of paper, if need be in smaller type.
_USUAL_GROUP: Final = 30
_USUAL_PAGES: Final = 2
_SCALES: Final = (1.0, 0.9, 0.8)


class _Column(NamedTuple):
    ka: str
    en: str
    left: float
    width: float


_NUMBER: Final = _Column("№", "No", _LEFT, 9 * mm)
_NAME: Final = _Column("სახელი და გვარი", "Name", _LEFT + 10 * mm, 61 * mm)
_EMPLOYER: Final = _Column("მუნიციპალიტეტი და თანამდებობა", "Municipality and post", _LEFT + 73 * mm, 57 * mm)
_SIGNATURE: Final = _Column("ხელმოწერა", "Signature", _LEFT + 134 * mm, 46 * mm)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One expected person: place in the list, name, and for whom and as what they work."""

    number: int
    name_ka: str
    municipality_ka: str
    post: str


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What stands on the sheet. Times are aware datetimes, printed in the time of Tbilisi; rows stay in their order."""

    course_title_ka: str
    run_code: str
    session_title: str
    starts_at: datetime
    ends_at: datetime
    place_ka: str
    trainers: tuple[str, ...]
    rows: tuple[SheetRow, ...]


class _Text(NamedTuple):
    """A text of one cell or heading, broken into lines that fit."""

    lines: tuple[str, ...]
    font: str
    size: float
    colour: tuple[float, float, float] = _INK

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * _LEADING


class _Row(NamedTuple):
    number: str
    name: _Text
    employer: tuple[_Text, ...]
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
    canvas = Canvas(
        buffer,
        pagesize=(_WIDTH, _HEIGHT),
        invariant=1,
        pageCompression=1,
        lang="ka",
        # Else reportlab names Helvetica on every page, which is not embedded.
        initialFontName=typeface.REGULAR,  # type: ignore[arg-type]  # a name; the stub says float
    )
    canvas.setTitle(f"დასწრების ფურცელი · {_plain(facts.course_title_ka)}")
    canvas.setSubject(_plain(facts.run_code))
    for index, rows in enumerate(pages):
        _draw_page(canvas, heading if index == 0 else heading[:_REPEATED], rows, (index + 1, len(pages)), _plain(facts.run_code))
    canvas.save()
    return buffer.getvalue()


def _heading(facts: SheetFacts) -> list[_Text]:
    when = f"{formats.format_date(facts.starts_at, 'ka')}, {formats.format_times(facts.starts_at, facts.ends_at)}"
    day = " · ".join(part for part in (when, _plain(facts.session_title)) if part)
    label = "ტრენერი" if len(facts.trainers) == 1 else "ტრენერები"
    trainers = ", ".join(map(_plain, facts.trainers))
    width = _RIGHT - _LEFT
    texts = [
        _fit("დასწრების ფურცელი", typeface.BOLD, 17, width, _BRAND),
        _fit(_plain(facts.course_title_ka), typeface.BOLD, 12, width),
        _fit(day, typeface.REGULAR, 10, width),
        _fit(f"ადგილი: {_plain(facts.place_ka)}", typeface.REGULAR, 10, width),
    ]
    if trainers:
        texts.append(_fit(f"{label}: {trainers}", typeface.REGULAR, 10, width))
    return texts


def _pages(people: tuple[SheetRow, ...], heading: list[_Text]) -> list[list[_Row]]:
    """Divide the rows among pages, in the largest type that keeps a usual group on two pages."""
    pages: list[list[_Row]] = []
    for scale in _SCALES:
        blank = _Row("", _Text((), typeface.BOLD, 10), (), _LEAST_ROW * scale)
        pages = _paginate([_row(person, scale) for person in people] + [blank] * _BLANK_ROWS, heading)
        if len(pages) <= _USUAL_PAGES or len(people) > _USUAL_GROUP:
            break
    return pages


def _row(person: SheetRow, scale: float) -> _Row:
    """One line of the table."""
    employer = (
        _fit(_plain(person.municipality_ka), typeface.REGULAR, 8.5 * scale, _EMPLOYER.width),
        _fit(_plain(person.post), typeface.REGULAR, 8 * scale, _EMPLOYER.width, _MUTED),
    )
    name = _fit(_plain(person.name_ka), typeface.BOLD, 10 * scale, _NAME.width)
    return _Row(str(person.number), name, employer, _LEAST_ROW * scale)


def _table_top(heading: list[_Text]) -> float:
    return _TOP - 6 * mm - sum(text.height + _HEADING_GAP for text in heading) - 2 * mm


def _paginate(rows: list[_Row], heading: list[_Text]) -> list[list[_Row]]:
    """Rows to pages. Below the last row there is room for the trainer to sign."""
    first, later = (_table_top(h) - _TABLE_HEAD - _BOTTOM for h in (heading, heading[:_REPEATED]))
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


def _draw_page(canvas: Canvas, heading: list[_Text], rows: list[_Row], page: tuple[int, int], run_code: str) -> None:
    number, count = page
    _mosaic(canvas)
    y = _TOP - 6 * mm
    _put(canvas, _Text(("Attendance sheet",), typeface.REGULAR, 9, _MUTED), _RIGHT, y - 4 * mm, is_right=True)
    for text in heading:
        _put(canvas, text, _LEFT, y)
        y -= text.height + _HEADING_GAP
    y = _table_head(canvas, _table_top(heading))
    for row in rows:
        _draw_row(canvas, row, y)
        y -= row.height
    if number == count:
        _trainer_line(canvas, y)
    foot = _BOTTOM - 4 * mm
    _put(canvas, _Text((run_code,), typeface.REGULAR, 8, _MUTED), _LEFT, foot)
    _put(
        canvas, _Text((f"გვერდი {number} / {count} · page {number} of {count}",), typeface.REGULAR, 8, _MUTED), _RIGHT, foot, is_right=True
    )
    canvas.showPage()


def _mosaic(canvas: Canvas) -> None:
    """Draw the ornament of the portal: one thin row of 64 tiles."""
    step = (_RIGHT - _LEFT) / _TILES
    canvas.setFillColorRGB(*_BRAND)
    for tile in range(_TILES):
        canvas.rect(_LEFT + tile * step, _TOP, step * 0.55, step * 0.55, stroke=0, fill=1)


def _table_head(canvas: Canvas, top: float) -> float:
    for column in (_NUMBER, _NAME, _EMPLOYER, _SIGNATURE):
        _put(canvas, _Text((column.ka,), typeface.BOLD, 8.5), column.left, top)
        _put(canvas, _Text((column.en,), typeface.REGULAR, 7, _MUTED), column.left, top - 8.5 * _LEADING)
    bottom = top - _TABLE_HEAD
    _rule(canvas, _LEFT, bottom + 0.8 * mm, _INK, 0.9)
    return bottom + 0.8 * mm


def _draw_row(canvas: Canvas, row: _Row, top: float) -> None:
    _put(canvas, _Text((row.number,), typeface.REGULAR, 9, _MUTED), _NUMBER.left, top - (row.height - 9 * _LEADING) / 2)
    _put(canvas, row.name, _NAME.left, top - (row.height - row.name.height) / 2)
    y = top - (row.height - sum(text.height for text in row.employer)) / 2
    for text in row.employer:
        _put(canvas, text, _EMPLOYER.left, y)
        y -= text.height
    _rule(canvas, _LEFT, top - row.height, _HAIRLINE, 0.5)
    canvas.line(_SIGNATURE.left - 2 * mm, top, _SIGNATURE.left - 2 * mm, top - row.height)


def _trainer_line(canvas: Canvas, y: float) -> None:
    line = y - _SIGNING_ROOM + 5 * mm
    _rule(canvas, _EMPLOYER.left, line, _INK, 0.7)
    _put(canvas, _Text(("ტრენერის ხელმოწერა · Signature of the trainer",), typeface.REGULAR, 8, _MUTED), _EMPLOYER.left, line - 1 * mm)


def _rule(canvas: Canvas, left: float, y: float, colour: tuple[float, float, float], width: float) -> None:
    """Draw a line from `left` to the right margin."""
    canvas.setStrokeColorRGB(*colour)
    canvas.setLineWidth(width)
    canvas.line(left, y, _RIGHT, y)


def _put(canvas: Canvas, text: _Text, x: float, top: float, *, is_right: bool = False) -> None:
    """Print the lines of a text downwards from `top`; `x` is where they begin, or end."""
    canvas.setFont(text.font, text.size)
    canvas.setFillColorRGB(*text.colour)
    draw = canvas.drawRightString if is_right else canvas.drawString
    for row, line in enumerate(text.lines):
        draw(x, top - (row * _LEADING + 0.95) * text.size, line)


def _plain(text: str) -> str:
    """Make a text printable. A sheet must come out whatever is in a name: a letter without glyph becomes „?“."""
    return "".join(letter if typeface.is_drawable(letter) else "?" for letter in clean_text(text))


def _fit(text: str, font: str, size: float, width: float, colour: tuple[float, float, float] = _INK) -> _Text:
    """Break a text into lines of at most `width` points: at spaces, after hyphens, and in need between letters."""
    lines: list[str] = []
    for word in text.split():
        for index, part in enumerate(_AFTER_HYPHEN.split(word)):
            longer = f"{lines[-1]}{'' if index else ' '}{part}" if lines else part
            if lines and stringWidth(longer, font, size) <= width:
                lines[-1] = longer
            else:
                lines.extend(_split(part, font, size, width))
    return _Text(tuple(lines), font, size, colour)


def _split(word: str, font: str, size: float, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and stringWidth(pieces[-1] + letter, font, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
