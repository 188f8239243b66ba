"""Marks for the donors of the demo: a shape and the short name. Invented; they resemble nobody's logo on purpose."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from portal.foundation import typeface

if TYPE_CHECKING:
    from collections.abc import Callable

HEIGHT, MARK, GAP, SIZE = 160, 132, 28, 62
INK = (29, 39, 51, 255)
COLOURS = ((15, 76, 92), (181, 101, 29), (84, 58, 113), (45, 106, 79), (158, 42, 43), (52, 78, 140))


def draw_logo(name: str, number: int) -> bytes:
    """Draw the mark of donor ``number`` with its short ``name``: a PNG with a transparent ground."""
    font = ImageFont.truetype(io.BytesIO(typeface.font_bytes("bold")), SIZE)
    width = MARK + GAP + round(font.getlength(name)) + GAP
    picture = Image.new("RGBA", (width, HEIGHT), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    SHAPES[number % len(SHAPES)](pen, (*COLOURS[number % len(COLOURS)], 255))
    pen.text((MARK + GAP, HEIGHT // 2), name, fill=INK, font=font, anchor="lm")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


_Colour = tuple[int, int, int, int]


def _steps(pen: ImageDraw.ImageDraw, colour: _Colour) -> None:
    for number, height in enumerate((40, 72, 104, 132)):
        pen.rectangle((number * 34, 146 - height, number * 34 + 26, 146), fill=colour)


def _petals(pen: ImageDraw.ImageDraw, colour: _Colour) -> None:
    for x, y in ((0, 0), (70, 0), (0, 70), (70, 70)):
        pen.ellipse((x, y + 14, x + 60, y + 74), fill=colour)


def _hill(pen: ImageDraw.ImageDraw, colour: _Colour) -> None:
    pen.polygon([(0, 146), (66, 20), (132, 146)], fill=colour)
    pen.polygon([(34, 146), (66, 92), (98, 146)], fill=(255, 255, 255, 255))


def _rings(pen: ImageDraw.ImageDraw, colour: _Colour) -> None:
    for inset in (0, 24, 48):
        pen.ellipse((inset, 14 + inset, 132 - inset, 146 - inset), outline=colour, width=12)


def _tiles(pen: ImageDraw.ImageDraw, colour: _Colour) -> None:
    for x, y in ((0, 0), (2, 0), (1, 1), (0, 2), (2, 2)):
        pen.rectangle((x * 44, 14 + y * 44, x * 44 + 40, 54 + y * 44), fill=colour)


def _bridge(pen: ImageDraw.ImageDraw, colour: _Colour) -> None:
    pen.arc((0, 40, 132, 172), 180, 360, fill=colour, width=16)
    pen.rectangle((0, 104, 132, 118), fill=colour)


SHAPES: tuple[Callable[[ImageDraw.ImageDraw, _Colour], None], ...] = (_steps, _petals, _hill, _rings, _tiles, _bridge)
