"""QR codes as vectors, for paper: runs of dark modules."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import zxingcpp

_DARK: Final = re.compile(rb"\x00+")


@dataclass(frozen=True, slots=True)
class QrCode:
    """`size` modules a side, and the dark ones as runs (column, row from the top, length), without quiet zone."""

    size: int
    runs: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=256)
def qr_code(text: str) -> QrCode:
    """Encode `text` with error correction M (15 % of the modules may be lost); ValueError when it is too long."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = barcode.to_image(scale=1, add_quiet_zones=False)
    # Its rows of grey bytes; the class offers the buffer protocol, which its type stub does not say.
    flat = memoryview(image).tobytes()  # type: ignore[arg-type]
    size = math.isqrt(len(flat))
    # A light column at the end of each row keeps its runs from flowing into the next: one search finds them all.
    step = size + 1
    padded = b"\xff".join(flat[start : start + size] for start in range(0, size * size, size))
    spans = map(re.Match.span, _DARK.finditer(padded))
    return QrCode(size, tuple((start % step, start // step, end - start) for start, end in spans))
