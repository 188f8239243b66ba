"""The foot of the sheet: signatures on the left; number, dates, address and QR together on the right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from portal.certificates.drawing.design import HAIRLINE, INK, MM, MUTED, PAGE_WIDTH, Colour
from portal.certificates.drawing.fitting import Sizes, fit
from portal.certificates.drawing.frame import INSIDE
from portal.certificates.drawing.ink import Ink, Style
from portal.foundation.qr import qr_code

if TYPE_CHECKING:
    from portal.certificates.drawing.body import Faces
    from portal.certificates.drawing.wording import Signature, Wording

_LEFT: Final = INSIDE + 24
_RIGHT: Final = PAGE_WIDTH - INSIDE - 24
BOTTOM: Final = INSIDE + 22
QR_SIDE: Final = 25 * MM
TOP: Final = BOTTOM + QR_SIDE
_NOTE_WIDTH: Final = 186.0
_NOTE_GAP: Final = 13.0
_NOTES_END: Final = _RIGHT - QR_SIDE - _NOTE_GAP
_SIGNING_ROOM: Final = _RIGHT - QR_SIDE - _NOTE_GAP - _NOTE_WIDTH - 14 - _LEFT
_COLUMN_GAP: Final = 18.0
_WIDEST_COLUMN: Final = 165.0
_LINE_HEIGHT: Final = BOTTOM + 48
_LEADING: Final = 1.27


def draw_foot(ink: Ink, wording: Wording, verify_url: str, faces: Faces) -> None:
    """Print the foot; it reaches from BOTTOM to TOP."""
    ink.qr(_RIGHT - QR_SIDE, BOTTOM, QR_SIDE, qr_code(verify_url), INK)
    _notes(ink, wording, faces)
    _signatures(ink, wording.signatures, faces)


def _notes(ink: Ink, wording: Wording, faces: Faces) -> None:
    """Right of centre, ending where the QR begins, and as tall as it at most."""
    groups = [
        [(wording.number, Style(faces.bold, 11.5, INK))],
        *(
            [
                (dated.ka, Style(faces.regular, 8.5, INK)),
                (dated.en, Style(faces.regular, 7.5, MUTED, is_english=True)),
            ]
            for dated in (wording.issued, wording.valid_until)
            if dated.ka
        ),
        [(wording.check, Style(faces.regular, 8.5, INK))],
    ]
    height = sum(style.size for group in groups for _, style in group) * _LEADING
    air = (QR_SIDE - height) / (len(groups) - 1)
    y = TOP + 1
    for group in groups:
        for text, style in group:
            lines, size = fit(text, style.face, _NOTE_WIDTH, Sizes(style.size, 0), 1)
            ink.text(_NOTES_END, y - 0.75 * style.size * _LEADING, lines[0], replace(style, size=size), "right")
            y -= style.size * _LEADING
        y -= air


def _signatures(ink: Ink, signatures: tuple[Signature, ...], faces: Faces) -> None:
    count = max(len(signatures), 1)
    width = min((_SIGNING_ROOM - (count - 1) * _COLUMN_GAP) / count, _WIDEST_COLUMN)
    for column, signature in enumerate(signatures):
        x = _LEFT + column * (width + _COLUMN_GAP)
        ink.boxes([(x, _LINE_HEIGHT, width, 0.7)], HAIRLINE)
        _under_line(ink, signature, faces, x, width)


def _under_line(ink: Ink, signature: Signature, faces: Faces, x: float, width: float) -> None:
    """Name and post under the line; smaller together when they would not fit above the frame."""
    (name_ka, name_en), (post_ka, post_en) = signature
    english = ", ".join(text for text in (name_en, post_en) if text)
    said: list[tuple[str, bool, float, Colour]] = [
        (name_ka, True, 9.5, INK),
        (post_ka, False, 8.5, INK),
        (english, False, 7.5, MUTED),
    ]
    scale = 1.0
    while True:
        rows = [
            (line, Style(face, fitted.size, colour, is_english=text is english))
            for text, is_bold, size, colour in said
            if text
            for face in (faces.bold if is_bold else faces.regular,)
            for fitted in (fit(text, face, width, Sizes(size * scale, size * scale * 0.9), 3),)
            for line in fitted.lines
        ]
        if sum(style.size for _, style in rows) * _LEADING <= _LINE_HEIGHT - BOTTOM:
            break
        scale *= 0.95
    y = _LINE_HEIGHT - 2
    for line, style in rows:
        y -= style.size * _LEADING
        ink.text(x, y + style.size * 0.25, line, style)
