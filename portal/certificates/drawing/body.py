"""The middle of the sheet: a centred column, from the issuer down to the note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.certificates.drawing.block import ABOVE, LEADING, SMALLEST, Block, too_small
from portal.certificates.drawing.design import INK, MUTED, PAGE_WIDTH, Colour
from portal.certificates.drawing.fitting import Fitted, Sizes, fit
from portal.certificates.drawing.ink import Ink, Kind, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.drawing.design import Design
    from portal.certificates.drawing.face import Face, Faces
    from portal.certificates.drawing.wording import Wording

_CENTRE: Final = PAGE_WIDTH / 2
_WIDTH: Final = 610.0
# Air between the blocks may be squeezed or stretched by this much before type shrinks or air is left over.
_TIGHTEST: Final = 0.72
_WIDEST: Final = 1.75
_SHRINK: Final = 0.96
# Below this share of the wished sizes the column counts as overfull: a name smaller than its title is no certificate.
_LEAST_SCALE: Final = 0.5
# Sums of sizes are not exact: so much, in points, is nothing.
_HAIR: Final = 1e-6
_RULE: Final = (54.0, 1.6)
_RULE_GAP: Final = 5.0
_MARKER: Final = 0.62
_MARKER_GAP: Final = 0.55


class Part(NamedTuple):
    """One text of the column: how it should look when there is room; sizes and gap in points."""

    what: str
    text: str
    size: float
    good: float
    most_lines: int
    gap: float
    is_bold: bool = False
    colour: Colour = MUTED
    is_english: bool = False
    kind: Kind = "P"


@dataclass(frozen=True, slots=True)
class Column:
    """The column, laid out: each block with the height at which it begins. `too_long` names what does not fit."""

    blocks: tuple[tuple[float, Block], ...]
    rule: float | None
    marked: str
    too_long: tuple[str, ...]

    def draw(self, ink: Ink, design: Design) -> None:
        """Print it, with the rule under the heading and the tile before the municipality."""
        for top, block in self.blocks:
            shift = 0.0
            if block.what == self.marked and not block.style.is_english:
                shift = _draw_marker(ink, block, top, design.accent)
            block.draw(ink, _CENTRE + shift, top, "centre")
        if self.rule is not None:
            width, height = _RULE
            ink.boxes([(_CENTRE - width / 2, self.rule - height, width, height)], design.accent)


def lay_out(wording: Wording, faces: Faces, design: Design, room: tuple[float, float], *, has_tile: bool) -> Column:
    """Set the column between two heights (top, bottom): as large as it fits, its air stretched to fill the room well."""
    top, bottom = room
    column = _parts(wording, design.brand)
    scale = 1.0
    while True:
        fitted = [_fit(part, faces, scale) for part in column]
        height = sum(len(lines) * size for lines, size in fitted) * LEADING
        air = sum(part.gap for part in column) * scale
        stretch = (top - bottom - height) / air
        if stretch >= _TIGHTEST or scale < _LEAST_SCALE:
            break
        scale *= _SHRINK
    blocks = [_block(part, faces, lines, size) for part, (lines, size) in zip(column, fitted, strict=True)]
    too_long = too_small(blocks) or _longest(blocks, excess=_TIGHTEST * air - (top - bottom - height))
    stretch = min(stretch, _WIDEST)
    # What is left over goes mostly below: a column that hangs a little high looks centred.
    y = top - (top - bottom - height - air * stretch) * 0.4
    placed: list[tuple[float, Block]] = []
    rule = None
    for part, block in zip(column, blocks, strict=True):
        y -= part.gap * scale * stretch
        placed.append((y, block))
        y -= block.height
        if part.what == "heading":
            rule = y - _RULE_GAP * scale * stretch
    return Column(tuple(placed), rule, "employer" if has_tile else "", tuple(too_long))


def _parts(wording: Wording, brand: Colour) -> list[Part]:
    """List the column from top to bottom; empty texts are left out. Georgian leads, English follows smaller in grey."""
    said = " ".join(filter(None, (wording.sentence.en, wording.title.en)))
    facts = f"{wording.when_and_where.en} · {wording.workload.en}"
    column = [
        Part("issuer", wording.issuer.ka, 12, 10, 2, 0, colour=INK),
        Part("issuer", wording.issuer.en, 9, 8, 2, 1, is_english=True),
        Part("heading", wording.heading.ka, 30, 22, 2, 13, is_bold=True, colour=brand, kind="H1"),
        Part("heading", wording.heading.en, 11, 10, 2, 0, is_english=True),
        Part("name", wording.name.ka, 38, 27, 2, 27, is_bold=True, colour=INK),
        Part("name", wording.name.en, 15, 12, 2, 1, is_english=True),
        Part("employer", wording.employer.ka, 11.5, 10, 2, 9, colour=INK),
        Part("employer", wording.employer.en, 9, 8, 2, 1, is_english=True),
        Part("sentence", wording.sentence.ka, 11.5, 10, 2, 15),
        Part("title", wording.title.ka, 22, 17, 3, 4, is_bold=True, colour=INK),
        Part("title", said, 11, 9.5, 3, 3, is_english=True),
        Part("statement", wording.statement.ka, 11, 9, 4, 9, colour=INK),
        Part("statement", wording.statement.en, 9, 8, 4, 1, is_english=True),
        Part("when_and_where", wording.when_and_where.ka, 11.5, 10, 2, 14, colour=INK),
        Part("workload", wording.workload.ka, 11.5, 10, 2, 0, colour=INK),
        Part("when_and_where", facts, 9, 8, 2, 2, is_english=True),
        Part("trainers", wording.trainers.ka, 9.5, 8.5, 2, 9, colour=INK),
        Part("trainers", wording.trainers.en, 8.5, 7.5, 2, 0, is_english=True),
        Part("projects", wording.projects.ka, 9.5, 8.5, 2, 5, colour=INK),
        Part("projects", wording.projects.en, 8.5, 7.5, 2, 0, is_english=True),
        Part("note", wording.note.ka, 8.5, 7.5, 3, 5),
        Part("note", wording.note.en, 8, 7, 3, 0, is_english=True),
    ]
    return [part for part in column if part.text]


def _face(part: Part, faces: Faces) -> Face:
    return faces.bold if part.is_bold else faces.regular


def _fit(part: Part, faces: Faces, scale: float) -> Fitted:
    """Fine print stops shrinking where it stops being readable; what is large goes on."""
    sizes = Sizes(max(part.size * scale, SMALLEST), max(part.good * scale, SMALLEST))
    return fit(part.text, _face(part, faces), _WIDTH, sizes, part.most_lines)


def _block(part: Part, faces: Faces, lines: tuple[str, ...], size: float) -> Block:
    style = Style(_face(part, faces), size, part.colour, is_english=part.is_english)
    return Block(part.what, part.text, lines, style, part.kind)


def _longest(blocks: Sequence[Block], excess: float) -> list[str]:
    """Name the tallest texts that would have to go before the rest fits; none when all of it does."""
    named: dict[str, None] = {}
    for block in sorted(blocks, key=lambda block: -block.height):
        if excess < _HAIR:
            break
        named[block.what] = None
        excess -= block.height
    return list(named)


def _draw_marker(ink: Ink, block: Block, top: float, colour: Colour) -> float:
    """Put a tile like that of the frame before the first line; return by how much the text moves for it."""
    size, face = block.style.size, block.style.face
    shift = size * (_MARKER + _MARKER_GAP) / 2
    widest = max(face.width(line, size) for line in block.lines)
    left = _CENTRE + shift - widest / 2 - size * (_MARKER + _MARKER_GAP)
    ink.boxes([(left, top + (0.02 - ABOVE) * size, size * _MARKER, size * _MARKER)], colour)
    return shift
