"""The colours of the file: what its red, green and blue mean (ISO 19005-3, 6.2.3)."""

from __future__ import annotations

from functools import cache
from typing import Final

from PIL import ImageCms

# Bytes 24 to 35 of a profile say when it was made (ICC.1, 7.2): a fixed day, so that the same facts give the same file.
_MADE_AT: Final = slice(24, 36)
_MADE: Final = bytes.fromhex("07ea 0001 0001 0000 0000 0000")
NAME: Final = "sRGB IEC61966-2.1"


@cache
def srgb() -> bytes:
    """Return the ICC profile of sRGB; 588 bytes."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_MADE_AT] = _MADE
    return bytes(profile)
