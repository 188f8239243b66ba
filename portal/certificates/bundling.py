"""Many certificates into one file: an archive of the exact files with their credentials, or one PDF for printing. Pure: files in, bytes out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from portal.certificates.drawing import merge
from portal.certificates.models import BundleKind
from portal.foundation.georgian import slug

if TYPE_CHECKING:
    from collections.abc import Sequence

# The same files give the same archive, so it bears no day of its own.
_NO_DAY: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A certificate as it is handed out: its number and name, the exact bytes with all that was added since, its credential if it has one."""

    number: str
    name_latin: str
    pdf: bytes
    credential: bytes | None


def bundle(kind: str, files: Sequence[WholeFile]) -> bytes:
    """``files`` in one file of this kind, a ``BundleKind``; the same files give the same bytes."""
    return merge(one.pdf for one in files) if kind == BundleKind.PDF else _archive(files)


def file_name(number: str, name_latin: str) -> str:
    """The name of a certificate's file in letters that every program can read."""
    return "-".join(part for part in (number, slug(name_latin)) if part) + ".pdf"


def _archive(files: Sequence[WholeFile]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for one in files:
            archive.writestr(zipfile.ZipInfo(file_name(one.number, one.name_latin), _NO_DAY), one.pdf)
            if one.credential is not None:
                archive.writestr(zipfile.ZipInfo(f"{one.number}.json", _NO_DAY), one.credential)
    return buffer.getvalue()
