"""A file inside the file, such as the credential that a machine reads (ISO 19005-3, 6.8; ISO 32000-2, 14.13)."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from portal.certificates.drawing.syntax import midnight, name, stream, text_string

if TYPE_CHECKING:
    from datetime import date

Relationship = Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"]
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to carry along: its name in ASCII, its media type, its bytes, and what it is in words.

    `relationship` says what it is to the page. Raises ValueError for a name that not every reader could save.
    """

    name: str
    media_type: str
    data: bytes
    description: str
    relationship: Relationship = "Data"

    def __post_init__(self) -> None:
        if not self.name.isascii() or not self.name.isprintable() or "/" in self.name:
            raise ValueError("the name of an attachment is plain ASCII without a slash")


def embedded_file(attachment: Attachment, on: date) -> bytes:
    """Write the stream with the bytes; it bears the day of issue, because no clock is read."""
    parameters = b"/ModDate%b/Size %d/CheckSum<%b>" % (
        text_string(midnight(on)),
        len(attachment.data),
        # The format asks for this digest, and for no other.
        hashlib.md5(attachment.data, usedforsecurity=False).hexdigest().encode(),
    )
    entries = b"/Type/EmbeddedFile/Subtype%b/Filter/FlateDecode/Params<<%b>>" % (name(attachment.media_type), parameters)
    return stream(entries, zlib.compress(attachment.data, _LEVEL))


def file_specification(attachment: Attachment, file_number: int) -> bytes:
    """Write the dictionary that names the stream with this object number."""
    file_name = text_string(attachment.name)
    return b"<</Type/Filespec/F%b/UF%b/Desc%b/AFRelationship%b/EF<</F %d 0 R/UF %d 0 R>>>>" % (
        file_name,
        file_name,
        text_string(attachment.description),
        name(attachment.relationship),
        file_number,
        file_number,
    )


def catalog_entries(attachment: Attachment, specification_number: int) -> bytes:
    """Write what the catalog says of it: associated with the document, and found by its name."""
    return b"/AF[%d 0 R]/Names<</EmbeddedFiles<</Names[%b %d 0 R]>>>>" % (
        specification_number,
        text_string(attachment.name),
        specification_number,
    )
