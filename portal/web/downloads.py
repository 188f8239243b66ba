"""Files to take along; of certificates always the stored bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Response

from portal import certificates

if TYPE_CHECKING:
    from portal.certificates import StoredFile

PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_file(data: bytes, kind: str, name: str, *, name_ascii: str | None = None, inline: bool = False) -> Response:
    """``data`` under the file name ``name``; where that has other letters, ``name_ascii`` is for programs that do not know them (RFC 6266)."""
    place = "inline" if inline else "attachment"
    answer = Response(data, mimetype=kind)
    answer.headers["Content-Disposition"] = f"{place}; filename=\"{name_ascii or name}\"; filename*=UTF-8''{quote(name)}"
    return answer


def one_pdf(stored: StoredFile) -> Response:
    """One certificate."""
    return as_file(
        stored.pdf, PDF, f"{stored.number} {stored.name_ka}.pdf", name_ascii=certificates.file_name(stored.number, stored.name_latin)
    )
