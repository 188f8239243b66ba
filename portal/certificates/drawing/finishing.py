"""From the prepared sheet to one certificate's file: its own objects, spliced behind those that it shares."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Final

from portal.certificates.drawing import attachment as attaching
from portal.certificates.drawing.structure import structure_tree
from portal.certificates.drawing.syntax import stream

if TYPE_CHECKING:
    from portal.certificates.drawing.attachment import Attachment
    from portal.certificates.drawing.ink import Ink
    from portal.certificates.drawing.metadata import Description
    from portal.certificates.drawing.sheet import PreparedSheet

_LEVEL: Final = 6


def finish(sheet: PreparedSheet, ink: Ink, description: Description, attachment: Attachment | None) -> bytes:
    """Return one whole PDF file. The content comes first of its own objects: `merging` looks for it there."""
    numbers = sheet.numbers
    own = {
        numbers.content: stream(b"/Filter/FlateDecode", zlib.compress(ink.content(), _LEVEL)),
        numbers.info: description.information(),
        numbers.metadata: description.xmp(),
    }
    first = max(*sheet.places, *own, numbers.catalog, numbers.structure) + 1
    own |= structure_tree(ink.tags, first, root=numbers.structure, page=numbers.page, field=numbers.field)
    catalog = sheet.catalog
    if attachment:
        number = max(own) + 1
        own[number] = attaching.file_specification(attachment, number + 1)
        own[number + 1] = attaching.embedded_file(attachment, description.day)
        catalog += attaching.catalog_entries(attachment, number)
    own[numbers.catalog] = catalog + b">>"
    return _splice(sheet, own)


def _splice(sheet: PreparedSheet, own: dict[int, bytes]) -> bytes:
    """Put the objects behind the shared ones, then the table of all. The same objects give the same identifier."""
    places = dict(sheet.places)
    pieces = [sheet.shared]
    length = len(sheet.shared)
    for number, body in own.items():
        piece = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        places[number] = length
        pieces.append(piece)
        length += len(piece)
    digest = hashlib.sha256(b"".join(pieces)).hexdigest()[:32].encode()
    size = len(places) + 1
    table = b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, size))
    pieces.append(
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, sheet.numbers.catalog, sheet.numbers.info, digest, digest, length),
    )
    return b"".join(pieces)
