"""What all certificates of one kind share: the sheet, the colours, the frame's depths, the logos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from portal.certificates.facts import TILES

Colour = tuple[float, float, float]

# A4, landscape, in points (1/72 inch); one millimetre in points.
PAGE_WIDTH: Final = 841.89
PAGE_HEIGHT: Final = 595.276
MM: Final = 72 / 25.4


def _colour(code: str) -> Colour:
    red, green, blue = bytes.fromhex(code)
    return red / 255, green / 255, blue / 255


# The tokens of the portal's pages, so that paper and screen are one house.
PAPER: Final = _colour("fffef9")
INK: Final = _colour("1d2733")
MUTED: Final = _colour("56616d")
BRAND: Final = _colour("0f4c5c")
ACCENT: Final = _colour("b5651d")
HAIRLINE: Final = _colour("8b9299")

# From a corner to the middle of a side; mirrored, so that the frame reads as an ornament.
_LONG_SIDE: Final = (1.0, 0.16, 0.4, 0.16, 0.66, 0.16, 0.4, 0.16, 1.0, 0.4)
_SHORT_SIDE: Final = (0.16, 0.4, 0.16, 0.66, 0.16, 0.4)
CALM_DEPTHS: Final = 2 * (_LONG_SIDE + _LONG_SIDE[::-1] + _SHORT_SIDE + _SHORT_SIDE[::-1])


Frame = Literal["tiles", "line", "none"]


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture on the sheet, such as a donor's logo: the bytes of a PNG file, and its name in words for those who do not see it."""

    png: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Design:
    """One look for many certificates.

    `tile_depths` are 64 numbers from 0 (paper) to 1 (full colour), in the order of the
    municipalities: clockwise from the corner at the top left. `signatures` are scanned ones, in the order of the
    signatories of the facts; None where one signs by hand. `seal` is a picture of the association's seal.
    Raises ValueError when there are not 64 of them, or one is outside 0-1.
    """

    logos: tuple[Logo, ...] = ()
    tile_depths: tuple[float, ...] = CALM_DEPTHS
    frame: Frame = "tiles"
    brand: Colour = BRAND
    accent: Colour = ACCENT
    signatures: tuple[Logo | None, ...] = ()
    seal: Logo | None = None

    def __post_init__(self) -> None:
        if len(self.tile_depths) != TILES or not all(0 <= depth <= 1 for depth in self.tile_depths):
            raise ValueError(f"a frame has {TILES} tiles, each with a depth from 0 to 1")

    def shade(self, depth: float) -> Colour:
        """Thin the brand colour on paper: 0 is paper, 1 the full colour."""
        red, green, blue = (p + (b - p) * depth for p, b in zip(PAPER, self.brand, strict=True))
        return red, green, blue
