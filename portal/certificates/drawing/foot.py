"""The foot of the sheet: signatures and seal on the left; number, dates, address and QR together on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from portal.certificates.drawing.block import SMALLEST, Block, set_block, too_small
from portal.certificates.drawing.design import HAIRLINE, INK, MM, MUTED, PAGE_WIDTH
from portal.certificates.drawing.frame import INSIDE
from portal.certificates.drawing.ink import Ink, Style, Tag
from portal.certificates.drawing.pictures import SEAL_SIDE, SIGNATURE_HEIGHT, Picture
from portal.foundation.qr import qr_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.drawing.face import Faces
    from portal.certificates.drawing.ink import Box
    from portal.certificates.drawing.pictures import Pictures
    from portal.certificates.drawing.wording import Signature, Wording

_LEFT: Final = INSIDE + 24
_RIGHT: Final = PAGE_WIDTH - INSIDE - 24
_BOTTOM: Final = INSIDE + 22
_QR_SIDE: Final = 25 * MM
_NOTE_WIDTH: Final = 186.0
_NOTE_GAP: Final = 13.0
_NOTES_END: Final = _RIGHT - _QR_SIDE - _NOTE_GAP
_SIGNING_ROOM: Final = _NOTES_END - _NOTE_WIDTH - 14 - _LEFT
_COLUMN_GAP: Final = 18.0
_WIDEST_COLUMN: Final = 165.0
# Room under the line: it rises to the second only when the text would be unreadable else; and room above it.
_UNDER_LINE: Final = (48.0, 74.0)
_SIGN_BY_HAND: Final = 22.0
_ABOVE_LINE: Final = 2.0
_SHRINK: Final = 0.95


@dataclass(frozen=True, slots=True)
class Column:
    """One signatory: the place of the line, what stands under it, and the scanned signature, if any, with its place and words."""

    left: float
    width: float
    blocks: tuple[Block, ...]
    scan: Picture | None
    signed_by: str


@dataclass(frozen=True, slots=True)
class Foot:
    """The foot, laid out; `top` is where it ends, in points. `too_long` names what does not fit."""

    columns: tuple[Column, ...]
    notes: tuple[tuple[Block, ...], ...]
    line: float
    top: float
    seal: tuple[Picture, Box] | None
    address: str
    too_long: tuple[str, ...]

    @property
    def blocks(self) -> list[Block]:
        """All that is set."""
        return [block for group in (*self.notes, *(column.blocks for column in self.columns)) for block in group]

    def draw(self, ink: Ink, verify_url: str) -> None:
        """Print it. Read aloud, the signatories come first and the code last."""
        for column in self.columns:
            _draw_column(ink, column, self.line)
        if self.seal:
            picture, box = self.seal
            with ink.tagged(Tag("Figure", alternative=picture.name or "ბეჭედი", box=box)):
                ink.image(picture.resource, box)
        _draw_notes(ink, self.notes)
        box = (_RIGHT - _QR_SIDE, _BOTTOM, _QR_SIDE, _QR_SIDE)
        with ink.tagged(Tag("Figure", alternative=f"QR კოდი: სერტიფიკატის შემოწმება, {self.address}", box=box)):
            ink.qr(box, qr_code(verify_url), INK)


def lay_out(wording: Wording, faces: Faces, pictures: Pictures) -> Foot:
    """Set the foot from the bottom up: it is as tall as the code, or taller where signatures need it."""
    count = len(wording.signatures)
    room = _SIGNING_ROOM - (pictures.seal.width + _COLUMN_GAP if pictures.seal else 0)
    width = min((room - max(count - 1, 0) * _COLUMN_GAP) / max(count, 1), _WIDEST_COLUMN)
    scans = (*pictures.signatures, *([None] * count))[:count]
    columns = tuple(
        Column(
            _LEFT + index * (width + _COLUMN_GAP), width, _under_line(signature, faces, width), scan, signature.name.ka or signature.post.ka
        )
        for index, (signature, scan) in enumerate(zip(wording.signatures, scans, strict=True))
    )
    tallest = max((_height(column.blocks) for column in columns), default=0.0)
    line = _BOTTOM + max(tallest, _UNDER_LINE[0])
    above = SIGNATURE_HEIGHT + _ABOVE_LINE if any(scans) else _SIGN_BY_HAND
    top = max(_BOTTOM + _QR_SIDE, line + above if columns else 0.0, _BOTTOM + SEAL_SIDE if pictures.seal else 0.0)
    seal = None
    if pictures.seal:
        left = _LEFT + count * (width + _COLUMN_GAP)
        seal = (pictures.seal, (left, _BOTTOM + (top - _BOTTOM - pictures.seal.height) / 2, pictures.seal.width, pictures.seal.height))
    notes = _notes(wording, faces)
    too_long = too_small(block for group in (*notes, *(column.blocks for column in columns)) for block in group)
    if tallest > _UNDER_LINE[1] and "signatures" not in too_long:
        too_long.append("signatures")
    return Foot(columns, notes, line, top, seal, wording.address, tuple(too_long))


def _under_line(signature: Signature, faces: Faces, width: float) -> tuple[Block, ...]:
    """Name and post; smaller together when they would not fit above the frame."""
    (name_ka, name_en), (post_ka, post_en) = signature
    english = ", ".join(text for text in (name_en, post_en) if text)
    said = [
        (name_ka, Style(faces.bold, 9.5, INK)),
        (post_ka, Style(faces.regular, 8.5, INK)),
        (english, Style(faces.regular, 7.5, MUTED, is_english=True)),
    ]
    scale = 1.0
    while True:
        blocks = tuple(_shrunk(text, style, scale, width) for text, style in said if text)
        if _height(blocks) <= _UNDER_LINE[0] or all(block.style.size <= SMALLEST for block in blocks):
            return blocks
        scale *= _SHRINK


def _shrunk(text: str, style: Style, scale: float, width: float) -> Block:
    size = max(style.size * scale, SMALLEST)
    return set_block("signatures", text, Style(style.face, size, style.colour, style.is_english), max(size * 0.9, SMALLEST), width, 4)


def _height(blocks: Sequence[Block]) -> float:
    return sum(block.height for block in blocks) + _ABOVE_LINE


def _notes(wording: Wording, faces: Faces) -> tuple[tuple[Block, ...], ...]:
    """Groups, from the number down; the last is one line in two languages."""

    def note(what: str, text: str, size: float, *, is_bold: bool = False, is_english: bool = False) -> Block:
        style = Style(faces.bold if is_bold else faces.regular, size, MUTED if is_english else INK, is_english=is_english)
        return set_block(what, text, style, 0, _NOTE_WIDTH, 1)

    dates = {"issued": wording.issued, "valid_until": wording.valid_until}
    check = wording.check
    size = min(8.5, _NOTE_WIDTH / (faces.regular.width(check.ka, 1) + faces.regular.width(check.en, 1)))
    return (
        (note("number", wording.number, 11.5, is_bold=True),),
        *((note(what, both.ka, 8.5), note(what, both.en, 7.5, is_english=True)) for what, both in dates.items() if both.ka),
        (
            Block("check", check.ka, (check.ka,), Style(faces.regular, size, INK)),
            Block("check", check.en, (check.en,), Style(faces.regular, size, INK, is_english=True)),
        ),
    )


def _draw_notes(ink: Ink, notes: Sequence[Sequence[Block]]) -> None:
    """Right of centre, ending where the QR begins, and as tall as it."""
    *groups, (check_ka, check_en) = notes
    height = sum(block.height for group in groups for block in group) + check_en.height
    air = (_QR_SIDE - height) / len(groups)
    y = _BOTTOM + _QR_SIDE + 1
    for group in groups:
        for block in group:
            block.draw(ink, _NOTES_END, y, "right")
            y -= block.height
        y -= air
    style = check_en.style
    check_ka.draw(ink, _NOTES_END - style.face.width(check_en.text, style.size) - style.face.width(check_ka.text, style.size), y)
    check_en.draw(ink, _NOTES_END, y, "right")


def _draw_column(ink: Ink, column: Column, line: float) -> None:
    ink.boxes([(column.left, line, column.width, 0.7)], HAIRLINE)
    if column.scan:
        scale = min(1.0, column.width / column.scan.width)
        box = (column.left, line + _ABOVE_LINE, column.scan.width * scale, column.scan.height * scale)
        with ink.tagged(Tag("Figure", alternative=column.scan.name or f"ხელმოწერა: {column.signed_by}", box=box)):
            ink.image(column.scan.resource, box)
    y = line - _ABOVE_LINE
    for block in column.blocks:
        block.draw(ink, column.left, y)
        y -= block.height
