"""Pictures of designs: whatever was uploaded becomes a clean PNG, upright and small, or is refused. Nothing of the upload itself is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from portal import attendance
from portal.foundation.errors import N_, RefusedError

LARGEST_UPLOAD: Final = 2 * 1024 * 1024
LARGEST_SIDE: Final = (1200, 600)
_SIGNS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class NoPictureError(RefusedError):
    """The file is no picture that is taken."""

    message = N_("Upload a PNG or JPEG picture that can be opened.")


def clean_picture(data: bytes) -> bytes:
    """The picture in ``data`` as a PNG of at most 1200 × 600 pixels. Raises ``RefusedError`` for more than 2 MB, too many pixels, or no PNG or JPEG.

    It is unpacked by a process of its own that may take little (``portal.foundation.scan_apart``).
    """
    if len(data) > LARGEST_UPLOAD:
        raise RefusedError(N_("The file must not exceed %(most)s MB."), most=LARGEST_UPLOAD // (1024 * 1024))
    if not data.startswith(_SIGNS):
        raise NoPictureError
    try:
        scan = attendance.read_scan(data)
    except attendance.NoScanError as error:
        raise NoPictureError from error
    with Image.open(BytesIO(scan.data), formats=["PNG", "JPEG"]) as picture:
        grey = picture.mode == "L"
        small = picture.convert("L" if grey else "RGB")
    small.thumbnail(LARGEST_SIDE)
    out = BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
