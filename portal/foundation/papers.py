"""Papers that answer for themselves: rows of text on as many sheets as they need, each with the QR and the address that lead to its check.

Facts in, the bytes of a PDF out; no database and no clock. Long texts go on to further lines, many rows to further pages; nothing is cut.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from reportlab.lib.units import mm

from portal.foundation import formats, sheets, typeface
from portal.foundation.errors import N_
from portal.foundation.georgian import clean_text
from portal.foundation.mail_texts import catalogue
from portal.foundation.sheets import BOTTOM, BRAND, HAIRLINE, INK, LEFT, MUTED, RIGHT, TOP, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from reportlab.pdfgen.canvas import Canvas

SECRET_BYTES: Final = 18
"""Of the QR's secret: 144 bits, in 24 letters without padding."""
_QR_SIDE: Final = 26 * mm
_FOOT: Final = BOTTOM + _QR_SIDE
_CONTENT_TOP: Final = TOP - 8 * mm
_CONTENT_BOTTOM: Final = _FOOT + 8 * mm
_LEAST_ROWS: Final = 3
"""So many rows of the height of one that opens something must have room with it."""


class UndrawableTextError(ValueError):
    """A text has a letter that the typeface cannot print."""


class Pair(NamedTuple):
    """The same in Georgian and in English."""

    ka: str
    en: str

    def said(self, language: str) -> str:
        """In ``language``, or in the other one where that says nothing."""
        return (self.ka or self.en) if language == "ka" else (self.en or self.ka)

    def both(self, language: str) -> str:
        """Both, that of ``language`` first; once when they are the same."""
        return " · ".join(dict.fromkeys(self if language == "ka" else self[::-1]))


@dataclass(frozen=True, slots=True)
class Issue:
    """What a paper bears beside its facts: number, language, day of issue, where it is checked, and whom to ask."""

    number: str
    language: str
    issued_on: date
    verify_url: str
    contact: str


class Cell(NamedTuple):
    """A text, and where it begins, or ends."""

    text: Text
    x: float = LEFT
    is_right: bool = False


class Row(NamedTuple):
    """Texts side by side, the air below them, and whether a line closes the row.

    The first row of a table is its head, and read above the others on every page. A row that ``opens`` something does not end a page.
    """

    cells: tuple[Cell, ...]
    air: float = 0.0
    is_ruled: bool = False
    of_table: bool = False
    opens: bool = False

    @property
    def height(self) -> float:
        """Of the highest text, with the air below."""
        return max(cell.text.height for cell in self.cells) + self.air


def draw_paper(rows: Iterable[Row], issue: Issue, *, title: str, subject: str, issuer: Pair) -> bytes:
    """Return the paper as a PDF file; the same rows give the same bytes. Raises UndrawableTextError."""
    typeface.register()
    pages = _pages_of(rows)
    buffer = io.BytesIO()
    canvas = sheets.new_canvas(buffer, issue.language, title=f"{title} № {issue.number}", subject=printable(subject))
    canvas.setAuthor(issuer.said(issue.language))
    for number, on_page in enumerate(pages, start=1):
        sheets.mosaic(canvas)
        _draw_rows(canvas, on_page)
        _draw_foot(canvas, issue, number, len(pages))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def letterhead(issue: Issue, issuer: Pair) -> Iterator[Row]:
    """Give who issued it, its number, and when."""
    words, width = catalogue(issue.language).gettext, RIGHT - LEFT
    names = issuer if issue.language == "ka" else issuer[::-1]
    issued = f"{words('Date of issue')}: {formats.format_date(issue.issued_on, issue.language)}"
    number = Cell(text(f"№ {issue.number}", width / 2, 10.5, bold=True))
    yield Row((Cell(text(names[0], width, 12.5, BRAND, bold=True)),), 0.6 * mm)
    yield Row((Cell(text(names[1], width, 9.5, MUTED)),), 9 * mm)
    yield Row((number, Cell(text(issued, width / 2, 10.5), RIGHT, is_right=True)), 2 * mm)


def space(height: float) -> Row:
    """Give air."""
    return Row((Cell(Text((), typeface.REGULAR, 1)),), height)


def text(words: str, width: float, size: float, colour: sheets.Colour = INK, *, bold: bool = False) -> Text:
    """Break words into lines of at most ``width``. Raises UndrawableTextError."""
    typeface.register()
    return sheets.fit(printable(words), typeface.BOLD if bold else typeface.REGULAR, size, width, colour)


def printable(words: str) -> str:
    """The text as it is printed: what a paper says must be whole, so a sign without glyph is refused."""
    clean = clean_text(words)
    if not all(map(typeface.is_drawable, clean)):
        raise UndrawableTextError
    return clean


def digest(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _pages_of(rows: Iterable[Row]) -> list[list[Row]]:
    """Divide the rows among pages; the table's head is repeated."""
    pages: list[list[Row]] = [[]]
    room, head = _CONTENT_TOP - _CONTENT_BOTTOM, None
    for row in rows:
        is_first = row.of_table and head is None
        head = row if is_first else head
        if row.height * (_LEAST_ROWS if row.opens else 1) > room:
            pages.append([head] if head is not None and row.of_table and not is_first else [])
            room = _CONTENT_TOP - _CONTENT_BOTTOM - sum(one.height for one in pages[-1])
        pages[-1].append(row)
        room -= row.height
    return pages


def _draw_rows(canvas: Canvas, rows: list[Row]) -> None:
    y = _CONTENT_TOP
    for row in rows:
        for cell in row.cells:
            sheets.put(canvas, cell.text, cell.x, y, is_right=cell.is_right)
        y -= row.height
        if row.is_ruled:
            sheets.rule(canvas, LEFT, y + row.air / 2, HAIRLINE, 0.5)


def _draw_foot(canvas: Canvas, issue: Issue, page: int, pages: int) -> None:
    """Draw what every page has at its foot: how it is checked, by whom it was made, and which page it is."""
    words, left = catalogue(issue.language).gettext, LEFT + _QR_SIDE + 6 * mm
    width = RIGHT - left
    sheets.rule(canvas, LEFT, _FOOT + 4 * mm, HAIRLINE, 0.5)
    sheets.qr(canvas, issue.verify_url, LEFT, BOTTOM, _QR_SIDE)
    canvas.linkURL(issue.verify_url, (LEFT, BOTTOM, RIGHT, _FOOT))
    told = words(
        N_(
            "Made by the learning portal of the association, without signature or stamp."
            " The code, or this address, shows whether it is genuine and still holds:"
        )
    )
    asked = words(N_("Questions: %(contact)s")) % {"contact": issue.contact}
    counted = words(N_("Page %(page)s of %(pages)s")) % {"page": page, "pages": pages}
    top = _FOOT
    for line in (
        text(told, width, 8.5),
        text(issue.verify_url, width, 8.5, BRAND, bold=True),
        text(asked, width, 8.5, MUTED),
        text(f"№ {issue.number} · {counted}", width, 8.5, MUTED),
    ):
        sheets.put(canvas, line, left, top)
        top -= line.height + 1.1 * mm
