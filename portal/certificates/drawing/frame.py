"""The frame: two lines, or 64 tiles, one for each municipality, 20 + 12 + 20 + 12 clockwise from the top left.

With the same step along both sides the frame fits A4 exactly: 19 steps across and 13 down.
"""

from __future__ import annotations

from typing import Final

from portal.certificates.drawing.design import MM, PAGE_HEIGHT, PAGE_WIDTH

TILE: Final = 4.6 * MM
_STEPS_ACROSS: Final = 19
_STEPS_DOWN: Final = 13
STEP: Final = (PAGE_WIDTH - PAGE_HEIGHT) / (_STEPS_ACROSS - _STEPS_DOWN)
_MARGIN: Final = (PAGE_WIDTH - _STEPS_ACROSS * STEP - TILE) / 2
# The other frame: two lines around the page, each with its distance from the edge and its width, in points.
LINES: Final = ((24.0, 1.8), (29.5, 0.6))
# Nothing but the frame stands outside this distance from the edge of the sheet.
INSIDE: Final = _MARGIN + TILE


def _cells() -> list[tuple[int, int]]:
    """Column and row (from the bottom) of each tile, clockwise from the top left."""
    top = [(column, _STEPS_DOWN) for column in range(_STEPS_ACROSS + 1)]
    right = [(_STEPS_ACROSS, row) for row in range(_STEPS_DOWN - 1, 0, -1)]
    bottom = [(column, 0) for column in range(_STEPS_ACROSS, -1, -1)]
    left = [(0, row) for row in range(1, _STEPS_DOWN)]
    return top + right + bottom + left


# The lower left corner of each tile, in points.
TILE_CORNERS: Final = tuple((round(_MARGIN + column * STEP, 2), round(_MARGIN + row * STEP, 2)) for column, row in _cells())
