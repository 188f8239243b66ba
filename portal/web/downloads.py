"""Files to take along; of certificates single ones, a ZIP of many, all in one PDF for printing: always the stored bytes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Response

from portal import certificates
from portal.foundation.georgian import slug
from portal.web.transactions import release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates import StoredFile

PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
# The same files give the same archive, so it bears no day of its own.
_NO_DAY: Final = (1980, 1, 1, 0, 0, 0)


def as_file(data: bytes, kind: str, name: str, *, name_ascii: str | None = None, inline: bool = False) -> Response:
    """``data`` under the file name ``name``; where that has other letters, ``name_ascii`` is for programs that do not know them (RFC 6266)."""
    place = "inline" if inline else "attachment"
    answer = Response(data, mimetype=kind)
    answer.headers["Content-Disposition"] = f"{place}; filename=\"{name_ascii or name}\"; filename*=UTF-8''{quote(name)}"
    return answer


def one_pdf(stored: StoredFile) -> Response:
    """One certificate."""
    return as_file(stored.pdf, PDF, f"{stored.number} {stored.name_ka}.pdf", name_ascii=_ascii_name(stored))


def as_zip(stored: Sequence[StoredFile], name: str) -> Response:
    """All ``stored`` certificates in an archive, each under its number and name in Latin letters."""
    release()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for one in stored:
            archive.writestr(zipfile.ZipInfo(_ascii_name(one), _NO_DAY), one.pdf)
    return as_file(buffer.getvalue(), ZIP, f"{name}.zip")


def as_one_pdf(stored: Sequence[StoredFile], name: str) -> Response:
    """All ``stored`` certificates in one file for printing."""
    release()
    return as_file(certificates.merge(one.pdf for one in stored), PDF, f"{name}.pdf")


def _ascii_name(stored: StoredFile) -> str:
    return "-".join(part for part in (stored.number, slug(stored.name_latin)) if part) + ".pdf"
