"""A pen that writes PDF page content (ISO 32000-2, 8.5 and 9.4): plain operators, no markup of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.certificates.drawing.design import Colour
    from portal.certificates.drawing.face import Face
    from portal.foundation.qr import QrCode

Align = Literal["left", "centre", "right"]
_SHARE_BEFORE: dict[Align, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks; `size` in points."""

    face: Face
    size: float
    colour: Colour
    is_english: bool = False


class Ink:
    """Collects the operators of one content stream; all measures in points from the lower left."""

    def __init__(self) -> None:
        self._operators: list[bytes] = []
        self._fill: Colour | None = None

    def text(self, x: float, y: float, words: str, style: Style, align: Align = "left") -> None:
        """Print one line with its baseline at `y`, beginning, centred or ending at `x`."""
        line = style.face.line(words)
        left = x - line.units * style.size / 1000 * _SHARE_BEFORE[align]
        self.fill(style.colour)
        shown = b"BT /%b %.2f Tf %.2f %.2f Td %b TJ ET" % (
            style.face.resource,
            style.size,
            left,
            y,
            line.operand,
        )
        # The page is Georgian; a screen reader must know where it is not.
        self._operators.append(b"/Span <</Lang (en)>> BDC %b EMC" % shown if style.is_english else shown)

    def fill(self, colour: Colour) -> None:
        """Take this colour for what follows."""
        if colour != self._fill:
            self._fill = colour
            self._operators.append(b"%.3f %.3f %.3f rg" % colour)

    def boxes(self, boxes: Iterable[tuple[float, float, float, float]], colour: Colour) -> None:
        """Fill rectangles, each (x, y, width, height)."""
        self.fill(colour)
        self._operators.extend(b"%.2f %.2f %.2f %.2f re" % box for box in boxes)
        self._operators.append(b"f")

    def qr(self, x: float, y: float, side: float, code: QrCode, colour: Colour) -> None:
        """Fill the dark modules of a code whose lower left corner is at (x, y)."""
        self.fill(colour)
        scale = side / code.size
        self._operators.append(b"q %.5f 0 0 %.5f %.2f %.2f cm" % (scale, -scale, x, y + side))
        self._operators.extend(b"%d %d %d 1 re" % run for run in code.runs)
        self._operators.append(b"f Q")

    def image(self, resource: bytes, name: str, box: tuple[float, float, float, float]) -> None:
        """Place an image of the page's resources into (x, y, width, height); `name` says what it shows."""
        x, y, width, height = box
        alternative = (b"\xfe\xff" + name.encode("utf-16-be")).hex().encode()
        self._operators.append(
            b"/Figure <</Alt <%b>>> BDC q %.2f 0 0 %.2f %.2f %.2f cm /%b Do Q EMC" % (alternative, width, height, x, y, resource),
        )

    def content(self) -> bytes:
        """Return the content stream so far."""
        return b"\n".join(self._operators)
