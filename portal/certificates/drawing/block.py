"""One text of the certificate, set: its lines at the size at which they fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from portal.certificates.drawing.fitting import Sizes, fit, spoken
from portal.certificates.drawing.ink import Align, Ink, Kind, Style, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable

# Height of a line, and of its part above the baseline, in shares of the size. Georgian has tall
# ascenders and deep descenders, so its lines stand wider apart than Latin ones need.
LEADING: Final = 1.28
ABOVE: Final = 0.93
# Nobody reads smaller print, in points.
SMALLEST: Final = 6.0


class TextTooLongError(ValueError):
    """A certificate cannot be printed: these texts (names of fields of `Wording`) do not fit on the page at a readable size."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.parts = tuple(parts)
        super().__init__(f"does not fit on the page at {SMALLEST:g} points: {', '.join(self.parts)}")


@dataclass(frozen=True, slots=True)
class Block:
    """A text and its lines. `what` is the field of `Wording` that it comes from."""

    what: str
    text: str
    lines: tuple[str, ...]
    style: Style
    kind: Kind = "P"

    @property
    def height(self) -> float:
        """Of all its lines, in points."""
        return len(self.lines) * self.style.size * LEADING

    def draw(self, ink: Ink, x: float, top: float, align: Align = "left") -> None:
        """Print the lines below `top`, as one element of the structure."""
        with ink.tagged(Tag(self.kind, is_english=self.style.is_english)):
            for row, line in enumerate(spoken(self.text, self.lines)):
                ink.text(x, top - (row * LEADING + ABOVE) * self.style.size, line, self.style, align)


def set_block(what: str, text: str, style: Style, good: float, width: float, most_lines: int) -> Block:
    """Set a text of at most `width` points: `style` has the wished size, `good` is the smallest one before another line is begun.

    Where even the last line is full it goes on shrinking, at last below what is readable: `too_small` tells.
    """
    lines, size = fit(text, style.face, width, Sizes(style.size, good), most_lines)
    return Block(what, text, lines, replace(style, size=size))


def too_small(blocks: Iterable[Block]) -> list[str]:
    """Name those that came out unreadable, each once."""
    # A hair of tolerance: sizes are products of shares.
    return list(dict.fromkeys(block.what for block in blocks if block.style.size < SMALLEST - 1e-6))
