"""A pen that writes PDF page content (ISO 32000-1, 8.5, 9.4 and 14.6): plain operators, each inside a tag or an artifact."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portal.certificates.drawing.design import Colour
    from portal.certificates.drawing.face import Face
    from portal.foundation.qr import QrCode

Align = Literal["left", "centre", "right"]
Box = tuple[float, float, float, float]
Kind = Literal["H1", "P", "Figure"]
_SHARE_BEFORE: dict[Align, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks; `size` in points."""

    face: Face
    size: float
    colour: Colour
    is_english: bool = False


class Tag(NamedTuple):
    """What a piece of the content is to a reader who does not see it; its marked-content id is its place in `Ink.tags`.

    A figure says what it shows, and its box (x, y, width, height) in points.
    """

    kind: Kind
    is_english: bool = False
    alternative: str = ""
    box: Box | None = None


class Ink:
    """Collects the operators of one content stream, and their tags in reading order; all measures in points from the lower left."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []
        self._operators: list[bytes] = []
        self._fill: Colour | None = None

    @contextmanager
    def tagged(self, tag: Tag) -> Iterator[None]:
        """Mark all that is printed meanwhile as one element of the document's structure."""
        self._operators.append(b"/%b<</MCID %d>>BDC" % (tag.kind.encode(), len(self.tags)))
        self.tags.append(tag)
        yield
        self._operators.append(b"EMC")

    def text(self, x: float, y: float, words: str, style: Style, align: Align = "left") -> None:
        """Print one line with its baseline at `y`, beginning, centred or ending at `x`; a space at its end takes no room."""
        line = style.face.line(words)
        left = x - style.face.width(words.rstrip(" "), style.size) * _SHARE_BEFORE[align]
        self.fill(style.colour)
        self._operators.append(b"BT /%b %.2f Tf %.2f %.2f Td %b TJ ET" % (style.face.resource, style.size, left, y, line.operand))

    def fill(self, colour: Colour) -> None:
        """Take this colour for what follows."""
        if colour != self._fill:
            self._fill = colour
            self._operators.append(b"%.3f %.3f %.3f rg" % colour)

    def boxes(self, boxes: Iterable[Box], colour: Colour) -> None:
        """Fill rectangles, each (x, y, width, height): ornament, never read aloud, so never inside a tag."""
        self.fill(colour)
        self._operators.append(b"/Artifact BMC")
        self._operators.extend(b"%.2f %.2f %.2f %.2f re" % box for box in boxes)
        self._operators.append(b"f EMC")

    def qr(self, box: Box, code: QrCode, colour: Colour) -> None:
        """Fill the dark modules of a code in a square box."""
        x, y, side, _ = box
        self.fill(colour)
        scale = side / code.size
        self._operators.append(b"q %.5f 0 0 %.5f %.2f %.2f cm" % (scale, -scale, x, y + side))
        self._operators.extend(b"%d %d %d 1 re" % run for run in code.runs)
        self._operators.append(b"f Q")

    def image(self, resource: bytes, box: Box) -> None:
        """Place an image of the page's resources into a box."""
        x, y, width, height = box
        self._operators.append(b"q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q" % (width, height, x, y, resource))

    def content(self) -> bytes:
        """Return the content stream so far."""
        return b"\n".join(self._operators)
