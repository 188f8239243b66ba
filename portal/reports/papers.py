"""Tables as a PDF for printing: A4, upright or across by the width of the tables. Pure: no database, no clock."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader

from portal.foundation import sheets, typeface
from portal.foundation.errors import N_
from portal.foundation.mail_texts import catalogue
from portal.foundation.sheets import BRAND, HAIRLINE, INK, MUTED, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reportlab.pdfgen.canvas import Canvas

    from portal.reports.tables import Row, Table

MARGIN, AIR = 15 * mm, 1.6 * mm
FOOT = 20 * mm
SIZE, HEAD_SIZE = 8.5, 7
UPRIGHT_COLUMNS: Final = 5
LOGO_HEIGHT, LOGO_WIDTH = 16 * mm, 60 * mm


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands above and below the tables: the title, what was asked for as label and value, the day, and a donor's logo (PNG)."""

    title: str
    facts: tuple[tuple[str, str], ...]
    made_on: str
    language: str
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """One line on the paper: texts with where they begin, or end; ``ruled`` has a hairline below."""

    texts: tuple[tuple[Text, float], ...]
    ruled: bool = False
    air: float = AIR

    @property
    def height(self) -> float:
        return max(text.height for text, _x in self.texts) + 2 * self.air


def as_pdf(paper: Paper, tables: Iterable[Table]) -> bytes:
    """The tables one below the other, their heads repeated on each page."""
    typeface.register()
    tables = [table for table in tables if table.rows]
    across = any(len(table.columns) > UPRIGHT_COLUMNS for table in tables)
    drawing = _Drawing(paper, *((sheets.HEIGHT, sheets.WIDTH) if across else (sheets.WIDTH, sheets.HEIGHT)))
    drawing.opening()
    for table in tables:
        drawing.table(table)
    return drawing.end()


class _Drawing:
    """A paper that is being drawn from the top down."""

    def __init__(self, paper: Paper, width: float, height: float) -> None:
        self.paper, self.width, self.height = paper, width, height
        self.buffer = io.BytesIO()
        self.canvas: Canvas = sheets.new_canvas(self.buffer, paper.language, title=sheets.plain(paper.title), subject=paper.made_on)
        self.canvas.setPageSize((width, height))
        self.words = catalogue(paper.language).gettext
        self.pages = 0
        self.y = 0.0
        self._new_page()

    def _new_page(self) -> None:
        if self.pages:
            self.canvas.showPage()
        self.pages += 1
        self.canvas.setFillColorRGB(*BRAND)
        self.canvas.rect(MARGIN, self.height - 12 * mm, self.width - 2 * MARGIN, 1, stroke=0, fill=1)
        made = self.words(N_("As of %(day)s")) % {"day": self.paper.made_on}
        page = self.words(N_("Page %(page)s")) % {"page": self.pages}
        told = f"{sheets.plain(self.paper.title)} · {made} · {page}"
        foot = sheets.fit(told, typeface.REGULAR, HEAD_SIZE, self.width - 2 * MARGIN, MUTED)
        sheets.put(self.canvas, foot, MARGIN, FOOT - 3 * mm)
        self.y = self.height - 18 * mm

    def opening(self) -> None:
        """Who issues it, the title, the logo, and what was asked for."""
        room = self.width - 2 * MARGIN - (LOGO_WIDTH if self.paper.logo else 0)
        if self.paper.logo:
            place = (self.width - MARGIN - LOGO_WIDTH, self.y - LOGO_HEIGHT, LOGO_WIDTH, LOGO_HEIGHT)
            self.canvas.drawImage(ImageReader(io.BytesIO(self.paper.logo)), *place, mask="auto", preserveAspectRatio=True, anchor="ne")
        issuer = self.words("National Association of Local Authorities of Georgia")
        self._put(sheets.fit(issuer, typeface.REGULAR, 9, room, MUTED), air=1 * mm)
        self._put(sheets.fit(sheets.plain(self.paper.title), typeface.BOLD, 17, room, BRAND), air=2 * mm)
        for label, value in self.paper.facts:
            self._put(sheets.fit(sheets.plain(f"{label}: {value}"), typeface.REGULAR, 9.5, room), air=0.6 * mm)

    def _put(self, text: Text, *, air: float) -> None:
        self._draw(_Line(((text, MARGIN),), air=air))

    def table(self, table: Table) -> None:
        """Title, head, lines and note of a table; a head never stands alone at the foot."""
        widths = self._widths(table)
        head = self._line(table.head, [column.heading for column in table.columns], widths, head=True)
        title = _Line(((sheets.fit(sheets.plain(table.title), typeface.BOLD, 12, self.width - 2 * MARGIN, BRAND), MARGIN),), air=3 * mm)
        lines = list(self._lines(table, widths))
        self._room(title.height + head.height + lines[0].height)
        self._draw(title)
        self._draw(head)
        for line in lines:
            if self._room(line.height):
                self._draw(head)
            self._draw(line)
        if table.note:
            note = sheets.fit(sheets.plain(table.note), typeface.REGULAR, HEAD_SIZE, self.width - 2 * MARGIN, MUTED)
            self._room(note.height + 2 * AIR)
            self._draw(_Line(((note, MARGIN),)))

    def _widths(self, table: Table) -> list[float]:
        """The first column takes what the others leave."""
        room = self.width - 2 * MARGIN
        each = min(26 * mm, room * 0.74 / len(table.columns))
        return [room - each * len(table.columns), *([each] * len(table.columns))]

    def _lines(self, table: Table, widths: list[float]) -> Iterator[_Line]:
        for row in table.lines:
            yield self._line(row.name, table.shown(row, self.paper.language), widths, bold=self._is_total(table, row))

    @staticmethod
    def _is_total(table: Table, row: Row) -> bool:
        return row is table.total

    @staticmethod
    def _line(name: str, cells: list[str], widths: list[float], *, head: bool = False, bold: bool = False) -> _Line:
        font = typeface.BOLD if bold else typeface.REGULAR
        size, colour = (HEAD_SIZE, MUTED) if head else (SIZE, INK)
        texts = [(sheets.fit(sheets.plain(name), font, size, widths[0] - 2 * mm, colour), MARGIN)]
        end = MARGIN + widths[0]
        for cell, width in zip(cells, widths[1:], strict=True):
            end += width
            texts.append((sheets.fit(sheets.plain(cell), font, size, width - 1.5 * mm, colour), end))
        return _Line(tuple(texts), ruled=True)

    def _room(self, height: float) -> bool:
        """Begin a page when ``height`` is not left on this one; tells whether it did."""
        if self.y - height >= FOOT:
            return False
        self._new_page()
        return True

    def _draw(self, line: _Line) -> None:
        top = self.y - line.air
        for text, x in line.texts:
            sheets.put(self.canvas, text, x, top, is_right=x != MARGIN)
        self.y -= line.height
        if line.ruled:
            self.canvas.setStrokeColorRGB(*HAIRLINE)
            self.canvas.setLineWidth(0.5)
            self.canvas.line(MARGIN, self.y, self.width - MARGIN, self.y)

    def end(self) -> bytes:
        """The file."""
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()
