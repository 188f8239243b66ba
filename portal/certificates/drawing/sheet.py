"""A prepared sheet: all that certificates of one design share, as bytes, and how one of them is finished.

reportlab makes the document, cuts the fonts into it and draws the frame, once per design. Each certificate is these
bytes, then its own content stream, its own title and the table of objects.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from portal.certificates.drawing.body import Faces
from portal.certificates.drawing.design import PAGE_HEIGHT, PAGE_WIDTH, PAPER, shade
from portal.certificates.drawing.face import face
from portal.certificates.drawing.frame import TILE, TILE_CORNERS
from portal.certificates.drawing.ink import Ink
from portal.certificates.drawing.logos import place_logos
from portal.foundation import typeface

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.certificates.drawing.design import Design
    from portal.certificates.drawing.logos import PlacedLogo

# Ends the shared bytes: two certificates with the same bytes before it came from the same prepared sheet.
SHARED_END: Final = b"%% what follows is this certificate's own\n"
_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_XREF_ENTRY: Final = re.compile(rb"(\d{10}) \d{5} n")
_LEVEL: Final = 6
# The names of the two weights on the page.
_REGULAR: Final = "R"
_BOLD: Final = "B"


@dataclass(frozen=True, slots=True)
class PreparedSheet:
    """The shared bytes; the objects' places in them; and the numbers of the two objects each certificate adds."""

    faces: Faces
    shared: bytes
    places: Mapping[int, int]
    root: int
    content_number: int
    info_number: int

    def finish(self, content: bytes, info: Mapping[str, str]) -> bytes:
        """One whole PDF file; `info` are the entries of its information dictionary (ISO 32000-2, 14.3.3)."""
        packed = zlib.compress(content, _LEVEL)
        entries = b"".join(b"/%b <%b>" % (name.encode(), _text_string(text)) for name, text in info.items())
        own = {
            self.content_number: b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
            self.info_number: b"<<%b>>" % entries,
        }
        places = dict(self.places)
        pieces = [self.shared]
        length = len(self.shared)
        for number, body in own.items():
            piece = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            places[number] = length
            pieces.append(piece)
            length += len(piece)
        digest = hashlib.sha256(b"".join(pieces)).hexdigest()[:32].encode()
        table = b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, len(places) + 1))
        pieces.append(
            b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\n"
            b"startxref\n%d\n%%%%EOF\n" % (len(places) + 1, table, len(places) + 1, self.root, self.info_number, digest, digest, length),
        )
        return b"".join(pieces)


def prepare(design: Design, letters: frozenset[str]) -> PreparedSheet:
    """Prepare a sheet that can print the given letters (MOST_LETTERS at most) in both weights; 0.1 s."""
    ordered = "".join(sorted(letters))
    logos = place_logos(design.logos)
    with pikepdf.open(io.BytesIO(_draw_by_reportlab(design, ordered))) as pdf:
        page, alphabets = (page.obj for page in pdf.pages)
        faces = _faces(alphabets, ordered)
        page.Contents = pikepdf.Array([page.Contents, _logo_row(pdf, logos), pdf.make_stream(b" ")])
        page.Resources = _resources(pdf, logos)
        del page["/Trans"], page["/Rotate"], pdf.pages[1]
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        buffer = io.BytesIO()
        pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.disable, recompress_flate=True, static_id=True)
    return _split(buffer.getvalue(), faces)


def _draw_by_reportlab(design: Design, letters: str) -> bytes:
    """Two pages: the frame, and all the letters in both weights, which makes reportlab embed them and give codes."""
    typeface.register()
    buffer = io.BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        invariant=1,
        pageCompression=1,
        lang="ka",
        # Else reportlab names Helvetica on every page, which is not embedded.
        initialFontName=typeface.REGULAR,  # type: ignore[arg-type]  # a name; the stub says float
    )
    canvas.setFillColorRGB(*PAPER)
    canvas.rect(0, 0, PAGE_WIDTH, PAGE_HEIGHT, stroke=0, fill=1)
    for (x, y), depth in zip(TILE_CORNERS, design.tile_depths, strict=True):
        canvas.setFillColorRGB(*shade(depth))
        canvas.rect(x, y, TILE, TILE, stroke=0, fill=1)
    canvas.showPage()
    for name in typeface.NAMES.values():
        canvas.setFont(name, 10)
        canvas.drawString(0, 0, letters)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _faces(alphabets: pikepdf.Object, letters: str) -> Faces:
    """Read the code of each letter off the page on which reportlab printed them all, one line for each weight."""
    shown = [bytes(step.operands[0]) for step in pikepdf.parse_content_stream(alphabets) if str(step.operator) == "Tj"]
    regular, bold = (dict(zip(letters, codes, strict=True)) for codes in shown)
    return Faces(face("regular", _REGULAR.encode(), regular), face("bold", _BOLD.encode(), bold))


def _logo_row(pdf: pikepdf.Pdf, logos: list[PlacedLogo]) -> pikepdf.Stream:
    ink = Ink()
    for index, logo in enumerate(logos):
        ink.image(f"L{index}".encode(), logo.name, logo.box)
    return pdf.make_stream(ink.content())


def _resources(pdf: pikepdf.Pdf, logos: list[PlacedLogo]) -> pikepdf.Dictionary:
    """Put the two fonts under names of our own, and the logos."""
    fonts = {str(font.BaseFont): font for font in pdf.pages[0].obj.Resources.Font.values()}
    names = {_REGULAR: "Regular", _BOLD: "Bold"}
    named = {f"/{ours}": font for ours, end in names.items() for base, font in fonts.items() if base.endswith(end)}
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(named))
    if logos:
        images = {f"/L{index}": pdf.make_indirect(logo.to_stream(pdf)) for index, logo in enumerate(logos)}
        resources.XObject = pikepdf.Dictionary(images)
    return resources


def _split(document: bytes, faces: Faces) -> PreparedSheet:
    """Take the two objects that each certificate has for itself out of the prepared document."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        content_number = pdf.pages[0].obj.Contents[-1].objgen[0]
        info_number = pdf.trailer.Info.objgen[0]
        root = pdf.Root.objgen[0]
    table_at = int(document[document.rindex(b"startxref") :].split()[1])
    offsets = [int(entry[1]) for entry in _XREF_ENTRY.finditer(document[table_at:])]
    ends = dict(pairwise([*sorted(offsets), table_at]))
    shared = bytearray(_HEADER)
    places: dict[int, int] = {}
    for number, offset in enumerate(offsets, start=1):
        if number not in {content_number, info_number}:
            places[number] = len(shared)
            shared += document[offset : ends[offset]]
    return PreparedSheet(faces, bytes(shared) + SHARED_END, places, root, content_number, info_number)


def _text_string(text: str) -> bytes:
    """Write a text string of PDF: dates and the like in ASCII, all else in UTF-16; in hexadecimal."""
    data = text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")
    return data.hex().encode()
