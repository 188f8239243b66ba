"""Donors' logos: decoded once per design, and kept small enough for every certificate to carry them."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pikepdf
from PIL import Image, ImageChops

from portal.certificates.drawing.design import MM, PAGE_WIDTH, PAPER
from portal.certificates.drawing.foot import TOP as FOOT_TOP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.drawing.design import Logo

_HEIGHT: Final = 11 * MM
_GAP: Final = 9 * MM
_WIDTH: Final = PAGE_WIDTH - 60 * MM
_ABOVE_FOOT: Final = 12.0
# Free height between the row of logos and the text above it.
ROOM_ABOVE: Final = 12.0
# All logos of a design together; the finest of these steps (dots per inch, colours) that keeps to it is taken, or
# the last: a coarser one would not look well on paper.
_MOST_BYTES: Final = 4_000
_STEPS: Final = ((300, 64), (240, 32), (200, 24), (160, 16))
_PAPER_BYTES: Final = tuple(round(255 * part) for part in PAPER)


@dataclass(frozen=True, slots=True)
class PlacedLogo:
    """A logo as a PDF image, and its place: (x, y, width, height) in points."""

    name: str
    pixels: bytes
    palette: bytes
    size: tuple[int, int]
    box: tuple[float, float, float, float]

    def to_stream(self, pdf: pikepdf.Pdf) -> pikepdf.Stream:
        """Make the image XObject: rows of indexes into a palette (ISO 32000-2, 8.6.6.3)."""
        width, height = self.size
        return pikepdf.Stream(
            pdf,
            self.pixels,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Array(
                [
                    pikepdf.Name.Indexed,
                    pikepdf.Name.DeviceRGB,
                    len(self.palette) // 3 - 1,
                    pikepdf.String(self.palette),
                ],
            ),
            Filter=pikepdf.Name.FlateDecode,
        )


def place_logos(logos: Sequence[Logo]) -> list[PlacedLogo]:
    """One centred row of equal height above the foot. Raises ValueError for bytes that are no picture."""
    if not logos:
        return []
    pictures = [_on_paper(logo.png) for logo in logos]
    height = min(_HEIGHT, (_WIDTH - _GAP * (len(logos) - 1)) / sum(w / h for w, h in (p.size for p in pictures)))
    widths = [height * picture.width / picture.height for picture in pictures]
    x = (PAGE_WIDTH - sum(widths) - _GAP * (len(logos) - 1)) / 2
    y = FOOT_TOP + _ABOVE_FOOT + (_HEIGHT - height) / 2
    reduced = _within_budget(pictures, widths, height)
    placed = []
    for logo, (pixels, palette, size), width in zip(logos, reduced, widths, strict=True):
        placed.append(PlacedLogo(logo.name, pixels, palette, size, (x, y, width, height)))
        x += width + _GAP
    return placed


def row_top() -> float:
    """Where the row of logos ends, in points."""
    return FOOT_TOP + _ABOVE_FOOT + _HEIGHT


def _on_paper(png: bytes) -> Image.Image:
    """Flatten the picture as it would be printed on our paper: no transparency, white becomes paper."""
    try:
        picture = Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("a logo is not a readable PNG picture") from error
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("RGB")
    return ImageChops.multiply(flat, Image.new("RGB", flat.size, _PAPER_BYTES))


_Reduced = tuple[bytes, bytes, tuple[int, int]]


def _within_budget(pictures: list[Image.Image], widths: list[float], height: float) -> list[_Reduced]:
    reduced: list[_Reduced] = []
    for dots, colours in _STEPS:
        reduced = [_reduce(p, w, height, dots, colours) for p, w in zip(pictures, widths, strict=True)]
        if sum(len(pixels) + len(palette) for pixels, palette, _ in reduced) <= _MOST_BYTES:
            break
    return reduced


def _reduce(picture: Image.Image, width: float, height: float, dots: int, colours: int) -> _Reduced:
    """Deflated rows of palette indexes, the palette, and the size in pixels."""
    size = (
        max(1, min(picture.width, round(width / 72 * dots))),
        max(1, min(picture.height, round(height / 72 * dots))),
    )
    small = picture.resize(size, Image.Resampling.LANCZOS)
    indexed = small.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = bytes(indexed.getpalette() or ())[: 3 * colours]
    return zlib.compress(indexed.tobytes(), 9), palette, size
