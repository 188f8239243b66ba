"""Sheets of A4 portrait, drawn with reportlab's canvas: margins and colours of the house, and texts broken into lines that fit.

A text is printed as it stands, never read as markup. Measures are points, heights count from the foot of the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from portal.foundation import typeface
from portal.foundation.georgian import clean_text
from portal.foundation.qr import qr_code

if TYPE_CHECKING:
    from typing import BinaryIO

Colour = tuple[float, float, float]

WIDTH, HEIGHT = 210 * mm, 297 * mm
LEFT, RIGHT = 15 * mm, WIDTH - 15 * mm
TOP, BOTTOM = HEIGHT - 12 * mm, 15 * mm
INK: Final = (0.114, 0.153, 0.2)
MUTED: Final = (0.337, 0.38, 0.427)
BRAND: Final = (0.059, 0.298, 0.361)
HAIRLINE: Final = (0.72, 0.74, 0.76)
LEADING: Final = 1.25
_TILES: Final = 64
_AFTER_HYPHEN: Final = re.compile("(?<=-)(?=.)")


class Text(NamedTuple):
    """A text broken into lines that fit."""

    lines: tuple[str, ...]
    font: str
    size: float
    colour: Colour = INK

    @property
    def height(self) -> float:
        """Of all its lines."""
        return len(self.lines) * self.size * LEADING


def new_canvas(buffer: BinaryIO, language: str, *, title: str, subject: str) -> Canvas:
    """Make a canvas that gives the same bytes for the same strokes and embeds FiraGO, which was registered to measure its texts."""
    canvas = Canvas(
        buffer,
        pagesize=(WIDTH, HEIGHT),
        invariant=1,
        pageCompression=1,
        lang=language,
        # Else reportlab names Helvetica on every page, which is not embedded.
        initialFontName=typeface.REGULAR,  # type: ignore[arg-type]  # a name; the stub says float
    )
    canvas.setTitle(title)
    canvas.setSubject(subject)
    return canvas


def mosaic(canvas: Canvas) -> None:
    """Draw the ornament of the portal at the head of the page: one thin row of 64 tiles."""
    step = (RIGHT - LEFT) / _TILES
    canvas.setFillColorRGB(*BRAND)
    for tile in range(_TILES):
        canvas.rect(LEFT + tile * step, TOP, step * 0.55, step * 0.55, stroke=0, fill=1)


def rule(canvas: Canvas, left: float, y: float, colour: Colour, width: float) -> None:
    """Draw a line from `left` to the right margin."""
    canvas.setStrokeColorRGB(*colour)
    canvas.setLineWidth(width)
    canvas.line(left, y, RIGHT, y)


def qr(canvas: Canvas, text: str, left: float, bottom: float, side: float) -> None:
    """Draw `text` as a QR code of `side` points; the light edge that readers need is for the caller to leave."""
    code = qr_code(text)
    module = side / code.size
    outline = canvas.beginPath()  # one path: modules that are filled one by one show hairlines between them
    for column, row, length in code.runs:
        outline.rect(left + column * module, bottom + (code.size - 1 - row) * module, length * module, module)
    canvas.setFillColorRGB(*INK)
    canvas.drawPath(outline, stroke=0, fill=1)


def put(canvas: Canvas, text: Text, x: float, top: float, *, is_right: bool = False) -> None:
    """Print the lines of a text downwards from `top`; `x` is where they begin, or end."""
    canvas.setFont(text.font, text.size)
    canvas.setFillColorRGB(*text.colour)
    draw = canvas.drawRightString if is_right else canvas.drawString
    for row, line in enumerate(text.lines):
        draw(x, top - (row * LEADING + 0.95) * text.size, line)


def plain(text: str) -> str:
    """Make a text printable. A sheet must come out whatever is in a name: a letter without glyph becomes „?“."""
    return "".join(letter if typeface.is_drawable(letter) else "?" for letter in clean_text(text))


def fit(text: str, font: str, size: float, width: float, colour: Colour = INK) -> Text:
    """Break a text into lines of at most `width` points: at spaces, after hyphens, and in need between letters."""
    lines: list[str] = []
    for word in text.split():
        for index, part in enumerate(_AFTER_HYPHEN.split(word)):
            longer = f"{lines[-1]}{'' if index else ' '}{part}" if lines else part
            if lines and stringWidth(longer, font, size) <= width:
                lines[-1] = longer
            else:
                lines.extend(_split(part, font, size, width))
    return Text(tuple(lines), font, size, colour)


def _split(word: str, font: str, size: float, width: float) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and stringWidth(pieces[-1] + letter, font, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
