"""Files that trainers give to the people of a run: what a file is, told by its content and never by its name or by what the browser says."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from PIL import Image

from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Collection

LARGEST_FILE: Final = 7 * 1024 * 1024
"""Leaves room for the rest of the form: the portal takes no larger one than 8 MB."""
LONGEST_LINK: Final = 500
_MOST_PARTS: Final = 10_000
_LONGEST_TYPE: Final = 100
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."


class FileKind(NamedTuple):
    """What a file is: its media type, and how its name ends."""

    media_type: str
    ending: str


PDF: Final = FileKind("application/pdf", "pdf")
_BY_PART: Final = {
    "word/document.xml": FileKind(f"{_OFFICE}wordprocessingml.document", "docx"),
    "xl/workbook.xml": FileKind(f"{_OFFICE}spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": FileKind(f"{_OFFICE}presentationml.presentation", "pptx"),
}
_BY_TYPE: Final = {
    f"{_OPEN}text": FileKind(f"{_OPEN}text", "odt"),
    f"{_OPEN}spreadsheet": FileKind(f"{_OPEN}spreadsheet", "ods"),
    f"{_OPEN}presentation": FileKind(f"{_OPEN}presentation", "odp"),
}
_BY_FORMAT: Final = {
    "PNG": FileKind("image/png", "png"),
    "JPEG": FileKind("image/jpeg", "jpg"),
    "WEBP": FileKind("image/webp", "webp"),
}
# What Pillow and zipfile are known to raise on broken or hostile files.
_UNREADABLE: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    ArithmeticError,
    LookupError,
    MemoryError,
    RuntimeError,
    zipfile.BadZipFile,
)


def is_link(link: str) -> bool:
    """Whether ``link`` leads to a page over a secure connection, and nowhere else."""
    if not link.startswith("https://") or len(link) > LONGEST_LINK or not link.isprintable() or " " in link:
        return False
    try:
        parts = urlsplit(link)
        return bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def kind_of_file(data: bytes) -> FileKind:
    """What the file is. Raises ``RefusedError`` for one that is empty, too large, no PDF, Office document or picture, or holds macros."""
    if len(data) > LARGEST_FILE:
        raise RefusedError(N_("The file must not exceed %(most)s MB."), most=LARGEST_FILE // (1024 * 1024))
    found = PDF if data.startswith(b"%PDF-") else _document(data) if data.startswith(b"PK\x03\x04") else _picture(data)
    if found is None:
        raise RefusedError(
            N_("Upload a PDF, a DOCX, XLSX or PPTX document without macros, an ODT, ODS or ODP document, or a PNG, JPEG or WebP picture.")
        )
    return found


def _document(data: bytes) -> FileKind | None:
    """An Office document by its parts; only their names are read, and the few letters that say what an OpenDocument is."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if len(archive.filelist) > _MOST_PARTS:
                return None
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return _office(names)
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= _LONGEST_TYPE:
                return _BY_TYPE.get(archive.read("mimetype").decode("ascii").strip())
    except _UNREADABLE:
        pass
    return None


def _office(names: Collection[str]) -> FileKind | None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in _BY_PART.items() if part in names), None)


def _picture(data: bytes) -> FileKind | None:
    """A picture by its head; it is not unpacked, so a large one costs nothing."""
    try:
        with Image.open(BytesIO(data), formats=tuple(_BY_FORMAT)) as picture:
            picture.verify()
            return _BY_FORMAT[str(picture.format)]
    except (*_UNREADABLE, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
