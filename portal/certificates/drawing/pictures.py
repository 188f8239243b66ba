"""Logos, scanned signatures and the seal: decoded once per design, and kept small enough for every certificate to carry them."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pikepdf
from PIL import Image, ImageChops

from portal.certificates.drawing.design import MM, PAGE_WIDTH, PAPER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.drawing.design import Design, Logo

LOGO_HEIGHT: Final = 11 * MM
LOGO_GAP: Final = 9 * MM
SIGNATURE_HEIGHT: Final = 12 * MM
SEAL_SIDE: Final = 26 * MM
_LOGO_ROW: Final = PAGE_WIDTH - 60 * MM
_SIGNATURE_WIDTH: Final = 46 * MM
# What a picture may weigh, deflated; the finest of these steps (dots per inch, colours) that keeps to it is taken, or
# the last: a coarser one would not look well on paper.
_LOGO_BYTES: Final = 2_000
_SIGNATURE_BYTES: Final = 2_500
_SEAL_BYTES: Final = 8_000
_STEPS: Final = ((300, 64), (240, 32), (200, 24), (160, 16), (130, 12))
# What differs from paper by no more than this, of 255, is the grey of a scanner.
_SCANNED_PAPER: Final = 40
_PAPER_BYTES: Final = tuple(round(255 * part) for part in PAPER)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it goes into the file. `resource` is its name on the page, `name` says what it shows; points."""

    resource: bytes
    name: str
    width: float
    height: float
    pixels: bytes
    palette: bytes
    columns: int
    rows: int

    def to_stream(self, pdf: pikepdf.Pdf) -> pikepdf.Stream:
        """Make the image XObject: rows of indexes into a palette (ISO 32000-1, 8.6.6.3)."""
        last_colour = len(self.palette) // 3 - 1
        return pikepdf.Stream(
            pdf,
            self.pixels,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=self.columns,
            Height=self.rows,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Array([pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, last_colour, pikepdf.String(self.palette)]),
            Filter=pikepdf.Name.FlateDecode,
        )


@dataclass(frozen=True, slots=True)
class Pictures:
    """All pictures of a design: its logos, a signature or None for each signatory in their order, its seal."""

    logos: tuple[Picture, ...]
    signatures: tuple[Picture | None, ...]
    seal: Picture | None

    def present(self) -> list[Picture]:
        """List those that there are."""
        return [picture for picture in (*self.logos, *self.signatures, self.seal) if picture]


def decode(design: Design) -> Pictures:
    """Make the pictures of a design small. Raises ValueError for bytes that are no picture."""
    return Pictures(
        _logos(design.logos),
        tuple(
            _reduce(f"S{number}", scan, (_SIGNATURE_WIDTH, SIGNATURE_HEIGHT), _SIGNATURE_BYTES, is_cropped=True) if scan else None
            for number, scan in enumerate(design.signatures)
        ),
        _reduce("Z", design.seal, (SEAL_SIDE, SEAL_SIDE), _SEAL_BYTES, is_cropped=True) if design.seal else None,
    )


def _logos(logos: Sequence[Logo]) -> tuple[Picture, ...]:
    """All of one height, so that they fit in one row."""
    ratios = [flat.width / flat.height for flat in (_on_paper(logo.png) for logo in logos)]
    room = _LOGO_ROW - LOGO_GAP * (len(logos) - 1)
    height = min(LOGO_HEIGHT, room / (sum(ratios) or 1))
    return tuple(
        _reduce(f"L{number}", logo, (ratio * height, height), _LOGO_BYTES)
        for number, (logo, ratio) in enumerate(zip(logos, ratios, strict=True))
    )


def _reduce(resource: str, logo: Logo, box: tuple[float, float], most_bytes: int, *, is_cropped: bool = False) -> Picture:
    """Fit the picture into a box (width and height in points), with as many dots and colours as its bytes allow.

    A scan is cropped to its ink, so that it fills the box and stands on the line.
    """
    flat = _on_paper(logo.png)
    if is_cropped:
        flat = flat.crop(_inked(flat))
    scale = min(box[0] / flat.width, box[1] / flat.height)
    width, height = flat.width * scale, flat.height * scale
    for dots, colours in _STEPS:
        size = (
            max(1, min(flat.width, round(width / 72 * dots))),
            max(1, min(flat.height, round(height / 72 * dots))),
        )
        indexed = flat.resize(size, Image.Resampling.LANCZOS).quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        pixels, palette = zlib.compress(indexed.tobytes(), 9), bytes(indexed.getpalette() or ())[: 3 * colours]
        if len(pixels) + len(palette) <= most_bytes:
            break
    return Picture(resource.encode(), logo.name, width, height, pixels, palette, *size)


def _on_paper(png: bytes) -> Image.Image:
    """Flatten the picture as it would be printed on our paper: no transparency, white becomes paper."""
    try:
        picture = Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("a logo is not a readable PNG picture") from error
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("RGB")
    return ImageChops.multiply(flat, Image.new("RGB", flat.size, _PAPER_BYTES))


def _inked(flat: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box that holds all ink, None for a picture without any."""
    difference = ImageChops.difference(flat, Image.new("RGB", flat.size, _PAPER_BYTES))
    return difference.convert("L").point([0] * _SCANNED_PAPER + [255] * (256 - _SCANNED_PAPER)).getbbox()
