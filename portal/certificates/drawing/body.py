"""The middle of the sheet: a centred column, from the issuer down to the trainers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.certificates.drawing.design import ACCENT, BRAND, INK, MUTED, PAGE_WIDTH, Colour
from portal.certificates.drawing.fitting import Fitted, Sizes, fit
from portal.certificates.drawing.ink import Ink, Style
from portal.certificates.drawing.wording import HEADING, SENTENCE

if TYPE_CHECKING:
    from portal.certificates.drawing.face import Face
    from portal.certificates.drawing.wording import Wording

_CENTRE: Final = PAGE_WIDTH / 2
_WIDTH: Final = 610.0
# Height of a line, and of its part above the baseline, in shares of the size. Georgian has tall
# ascenders and deep descenders, so its lines stand wider apart than Latin ones need.
_LEADING: Final = 1.28
_ABOVE: Final = 0.93
# Air between the blocks may be squeezed or stretched by this much before type shrinks or air is left over.
_TIGHTEST: Final = 0.72
_WIDEST: Final = 1.75
_SHRINK: Final = 0.96
_RULE: Final = (54.0, 1.6)
_MARKER: Final = 0.62
_MARKER_GAP: Final = 0.55


class Faces(NamedTuple):
    """The two weights."""

    regular: Face
    bold: Face


class Part(NamedTuple):
    """One text of the column: how it should look when there is room; sizes and gap in points."""

    text: str
    size: float
    good: float
    most_lines: int
    gap: float
    is_bold: bool = False
    colour: Colour = MUTED
    is_english: bool = False
    has_marker: bool = False
    has_rule: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part, fitted."""

    part: Part
    face: Face
    fitted: Fitted

    @property
    def height(self) -> float:
        """Of all its lines, in points."""
        return len(self.fitted.lines) * self.fitted.size * _LEADING


def parts(wording: Wording, *, has_tile: bool) -> list[Part]:
    """List the column from top to bottom; empty texts are left out. Georgian leads, English follows smaller in grey."""
    english_sentence = f"{SENTENCE.en} {wording.title.en}" if wording.title.en else SENTENCE.en
    english_facts = f"{wording.when_and_where.en} · {wording.workload.en}"
    column = [
        Part(wording.issuer.ka, 12, 10, 2, 0, colour=INK),
        Part(wording.issuer.en, 9, 8, 2, 1, is_english=True),
        Part(HEADING.ka, 30, 30, 1, 13, is_bold=True, colour=BRAND),
        Part(HEADING.en, 11, 11, 1, 0, is_english=True, has_rule=True),
        Part(wording.name.ka, 38, 27, 2, 27, is_bold=True, colour=INK),
        Part(wording.name.en, 15, 12, 2, 1, is_english=True),
        Part(wording.employer.ka, 11.5, 10, 2, 9, colour=INK, has_marker=has_tile),
        Part(wording.employer.en, 9, 8, 2, 1, is_english=True),
        Part(SENTENCE.ka, 11.5, 11.5, 1, 15),
        Part(wording.title.ka, 22, 17, 3, 4, is_bold=True, colour=INK),
        Part(english_sentence, 11, 9.5, 3, 3, is_english=True),
        Part(wording.when_and_where.ka, 11.5, 10, 2, 14, colour=INK),
        Part(wording.workload.ka, 11.5, 10, 2, 0, colour=INK),
        Part(english_facts, 9, 8, 2, 2, is_english=True),
        Part(wording.trainers.ka, 9.5, 8.5, 2, 9, colour=INK),
        Part(wording.trainers.en, 8.5, 7.5, 2, 0, is_english=True),
        Part(wording.projects.ka, 9.5, 8.5, 2, 5, colour=INK),
        Part(wording.projects.en, 8.5, 7.5, 2, 0, is_english=True),
    ]
    return [part for part in column if part.text]


def draw_body(ink: Ink, column: list[Part], faces: Faces, top: float, bottom: float) -> None:
    """Print the column between two heights: as large as it fits, its air stretched to fill the room well."""
    room = top - bottom
    scale = 1.0
    while True:
        blocks = [_fit(part, faces, scale) for part in column]
        height = sum(block.height for block in blocks)
        air = sum(part.gap for part in column) * scale
        stretch = (room - height) / air
        if stretch >= _TIGHTEST:
            break
        scale *= _SHRINK
    stretch = min(stretch, _WIDEST)
    # What is left over goes mostly below: a column that hangs a little high looks centred.
    y = top - (room - height - air * stretch) * 0.4
    for block in blocks:
        y -= block.part.gap * scale * stretch
        _print(ink, block, faces, y)
        y -= block.height
        if block.part.has_rule:
            _rule(ink, y - 5 * scale * stretch)


def _fit(part: Part, faces: Faces, scale: float) -> Block:
    face = faces.bold if part.is_bold else faces.regular
    sizes = Sizes(part.size * scale, part.good * scale)
    return Block(part, face, fit(part.text, face, _WIDTH, sizes, part.most_lines))


def _print(ink: Ink, block: Block, faces: Faces, top: float) -> None:
    part, (lines, size) = block.part, block.fitted
    style = Style(block.face, size, part.colour, is_english=part.is_english)
    for row, line in enumerate(lines):
        y = top - (row * _LEADING + _ABOVE) * size
        shift = 0.0
        if part.has_marker and row == 0:
            shift = size * (_MARKER + _MARKER_GAP) / 2
            left = _CENTRE + shift - faces.regular.width(line, size) / 2
            side = size * _MARKER
            ink.boxes([(left - size * (_MARKER + _MARKER_GAP), y + 0.02 * size, side, side)], ACCENT)
        ink.text(_CENTRE + shift, y, line, style, "centre")


def _rule(ink: Ink, y: float) -> None:
    width, height = _RULE
    ink.boxes([(_CENTRE - width / 2, y - height, width, height)], ACCENT)
