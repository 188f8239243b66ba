"""Where everything of one certificate stands: laid out before anything is drawn, so that what does not fit is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.certificates.drawing import body, foot
from portal.certificates.drawing.design import PAGE_HEIGHT, PAGE_WIDTH
from portal.certificates.drawing.frame import INSIDE, TILE, TILE_CORNERS
from portal.certificates.drawing.ink import Ink, Tag
from portal.certificates.drawing.pictures import LOGO_GAP, LOGO_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.drawing.design import Design
    from portal.certificates.drawing.face import Faces
    from portal.certificates.drawing.pictures import Picture, Pictures
    from portal.certificates.drawing.wording import Wording

_BODY_TOP: Final = PAGE_HEIGHT - INSIDE - 21
_ABOVE_FOOT: Final = 19.0
_LOGOS_ABOVE_FOOT: Final = 12.0
_ABOVE_LOGOS: Final = 12.0


class Fit(NamedTuple):
    """How well a certificate fits on its page: the smallest size of its print in points, and the texts (fields of `Wording`) that do not fit."""

    smallest_points: float
    too_long: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """One certificate, laid out."""

    design: Design
    tile: int | None
    logos: Sequence[Picture]
    column: body.Column
    foot: foot.Foot

    def fit(self) -> Fit:
        """Say how well it fits."""
        blocks = [*(block for _, block in self.column.blocks), *self.foot.blocks]
        return Fit(min(block.style.size for block in blocks), tuple(dict.fromkeys(self.column.too_long + self.foot.too_long)))

    def draw(self, verify_url: str) -> Ink:
        """Print it; what is tagged is in reading order."""
        ink = Ink()
        if self.tile is not None:
            ink.boxes([(*TILE_CORNERS[self.tile], TILE, TILE)], self.design.accent)
        self.column.draw(ink, self.design)
        _draw_logos(ink, self.logos, self.foot.top + _LOGOS_ABOVE_FOOT)
        self.foot.draw(ink, verify_url)
        return ink


def lay_out(wording: Wording, tile: int | None, design: Design, faces: Faces, pictures: Pictures) -> Layout:
    """Lay a certificate out: the foot first, then the body in the room that is left. The tile is shown in a frame of tiles only."""
    shown = tile if design.frame == "tiles" else None
    placed = foot.lay_out(wording, faces, pictures)
    bottom = placed.top + (_LOGOS_ABOVE_FOOT + LOGO_HEIGHT + _ABOVE_LOGOS if pictures.logos else _ABOVE_FOOT)
    column = body.lay_out(wording, faces, design, (_BODY_TOP, bottom), has_tile=shown is not None)
    return Layout(design, shown, pictures.logos, column, placed)


def _draw_logos(ink: Ink, logos: Sequence[Picture], bottom: float) -> None:
    """One centred row above the foot."""
    x = (PAGE_WIDTH - sum(logo.width for logo in logos) - LOGO_GAP * (len(logos) - 1)) / 2
    for logo in logos:
        box = (x, bottom + (LOGO_HEIGHT - logo.height) / 2, logo.width, logo.height)
        with ink.tagged(Tag("Figure", alternative=logo.name or "ლოგო", box=box)):
            ink.image(logo.resource, box)
        x += logo.width + LOGO_GAP
