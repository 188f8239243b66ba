"""What people upload as a scan: a PDF, or a picture of paper. What it is, its bytes say, not its name; anything else is refused.

A picture is drawn anew, upright and no larger than a page needs, so nothing else that its file held (where and when it was taken, by which
phone) is kept. A PDF stays as it is, since it may be signed; one with a lock, a program or files of its own inside is refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import pikepdf
from PIL import Image, ImageOps

from portal.foundation.errors import N_, RefusedError

MEGABYTE: Final = 1024 * 1024
LARGEST_SCAN: Final = 10 * MEGABYTE
MOST_PAGES: Final = 100
MOST_PIXELS: Final = 60_000_000
LONGER_SIDE: Final = 3508  # of A4 at 300 dots per inch
QUALITY: Final = 82
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png"}

_SIGNS: Final = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG"}
# What Pillow is known to raise on broken or hostile files, besides its own UnidentifiedImageError (an OSError).
_UNREADABLE: Final = (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, MemoryError)
# What makes a PDF do more than show pages, or carry more than them.
_ACTIVE: Final = frozenset({"/JS", "/JavaScript", "/Launch", "/EF", "/EmbeddedFiles", "/RichMedia", "/XFA"})
_MOST_OBJECTS: Final = 20_000

# qpdf's own limits hold for the whole process and are to be set before it reads anything: what one stream may unpack to.
pikepdf.settings.set_qpdf_limits(flate_max_memory=32 * MEGABYTE)


class NoScanError(RefusedError):
    """The file is none of those that are taken."""

    message = N_("Upload a PDF, JPEG or PNG file that can be opened.")


@dataclass(frozen=True, slots=True)
class Scan:
    """A file fit to be kept: what it is, and its bytes."""

    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """By which the same file is known again."""
        return hashlib.sha256(self.data).hexdigest()


def read_scan(data: bytes) -> Scan:
    """What is kept of an uploaded file. Raises ``RefusedError`` for one that is too large or is none that is taken."""
    if len(data) > LARGEST_SCAN:
        raise RefusedError(N_("The file must not exceed %(most)s MB."), most=LARGEST_SCAN // MEGABYTE)
    kind = next((kind for sign, kind in _SIGNS.items() if data.startswith(sign)), None)
    if kind is None:
        raise NoScanError
    if kind == PDF:
        _check_pdf(data)
        return Scan(PDF, data)
    return Scan(kind, _drawn_anew(data, kind))


def _check_pdf(data: bytes) -> None:
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            pages, active = len(pdf.pages), _is_active(pdf)
    except pikepdf.PasswordError as error:
        raise RefusedError(N_("The PDF is locked with a password. Save it without one.")) from error
    except (pikepdf.PdfError, *_UNREADABLE, RuntimeError, TypeError, AttributeError) as error:
        raise NoScanError from error
    if active:
        raise RefusedError(N_("The PDF has a program or other files inside. Print it anew as a PDF, or scan it."))
    if not pages:
        raise NoScanError
    if pages > MOST_PAGES:
        raise RefusedError(N_("A PDF may have at most %(most)s pages."), most=MOST_PAGES)


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Whether anything in the file is one of ``_ACTIVE``, or there is too much in it to look through."""
    if len(pdf.objects) > _MOST_OBJECTS:
        return True
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            entries = dict((one.stream_dict if isinstance(one, pikepdf.Stream) else one).items())
            kinds = {str(entries.get(name)) for name in ("/S", "/Subtype", "/Type")}
            if not _ACTIVE.isdisjoint(entries) or not _ACTIVE.isdisjoint(kinds):
                return True
            waiting += [part for part in entries.values() if _is_direct(part)]
        elif isinstance(one, pikepdf.Array):
            waiting += [part for part in one if _is_direct(part)]
    return False


def _is_direct(part: Any) -> bool:
    """Parts with a number of their own come up by themselves."""
    return isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect


def _drawn_anew(data: bytes, kind: str) -> bytes:
    try:
        picture = _upright(data, kind)
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NoScanError from error
    picture.thumbnail((LONGER_SIDE, LONGER_SIDE))
    out = BytesIO()
    if kind == JPEG:
        picture.save(out, "JPEG", quality=QUALITY)
    else:
        picture.save(out, "PNG")
    return out.getvalue()


def _upright(data: bytes, kind: str) -> Image.Image:
    with Image.open(BytesIO(data), formats=[_FORMATS[kind]]) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:  # asked before a pixel is unpacked
            raise RefusedError(N_("The picture has too many pixels; make it smaller."))
        picture.draft(None, (LONGER_SIDE, LONGER_SIDE))  # a JPEG is unpacked no larger than needed
        turned = ImageOps.exif_transpose(picture)
        decoded = turned if turned.mode in {"1", "L"} and "transparency" not in turned.info else turned.convert("RGBA")
    # a fresh canvas, white where the picture lets through: no profile, text or other data of the upload comes along
    if decoded.mode == "RGBA":
        canvas = Image.new("RGB", decoded.size, "white")
        canvas.paste(decoded, mask=decoded.getchannel("A"))
    else:
        canvas = Image.new(decoded.mode, decoded.size)
        canvas.paste(decoded)
    return canvas.convert("L") if kind == JPEG and canvas.mode == "1" else canvas
