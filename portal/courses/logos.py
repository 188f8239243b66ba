"""Logos of funding projects: whatever was uploaded becomes a small, clean PNG, or is refused. Nothing of the upload itself is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from portal.foundation.errors import N_, RefusedError

LARGEST_UPLOAD: Final = 2 * 1024 * 1024
MOST_PIXELS: Final = 16_000_000
LARGEST_SIDE: Final = (900, 450)
FORMATS: Final = ("PNG", "JPEG", "WEBP")

# What Pillow is known to raise on broken or hostile files, besides its own UnidentifiedImageError (an OSError).
_UNREADABLE: Final = (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, MemoryError)


def clean_logo(data: bytes) -> bytes:
    """Return the picture in ``data`` as a PNG of at most 900 × 450 pixels, without anything else that the file held.

    Raises ``RefusedError`` for more than 2 MB, more than 16 million pixels, or what is no PNG, JPEG or WebP.
    """
    if len(data) > LARGEST_UPLOAD:
        raise RefusedError(N_("The file must not exceed %(most)s MB."), most=LARGEST_UPLOAD // (1024 * 1024))
    try:
        picture = _decoded(data)
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError(N_("Upload a PNG, JPEG or WebP picture.")) from error
    picture.thumbnail(LARGEST_SIDE)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _decoded(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:  # asked before a pixel is unpacked
            raise RefusedError(N_("The picture has too many pixels; make it smaller."))
        decoded = picture.convert("RGBA")
    # a fresh canvas: no profile, text or other trailing data of the upload comes along
    canvas = Image.new("RGBA", decoded.size)
    canvas.paste(decoded)
    return canvas
