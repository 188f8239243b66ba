"""A prepared sheet: all that certificates of one design share, as bytes, and what each of them has to add.

reportlab makes the document, cuts the fonts into it and draws the frame; pikepdf makes it an archival one. Once per
design; `finishing` makes a certificate of it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from portal.certificates.drawing import pictures, profile
from portal.certificates.drawing.design import PAGE_HEIGHT, PAGE_WIDTH, PAPER
from portal.certificates.drawing.face import Faces, face, to_unicode
from portal.certificates.drawing.frame import LINES, TILE, TILE_CORNERS
from portal.certificates.drawing.structure import FIELD_KEY, PAGE_KEY
from portal.foundation import typeface

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.certificates.drawing.design import Design
    from portal.certificates.drawing.pictures import Pictures

# Ends the shared bytes: two certificates with the same bytes before it came from the same prepared sheet.
SHARED_END: Final = b"%% what follows is this certificate's own\n"
_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_XREF_ENTRY: Final = re.compile(rb"(\d{10}) \d{5} n")
# The names of the two weights on the page.
_REGULAR: Final = "R"
_BOLD: Final = "B"
# Print it, lock it (ISO 32000-1, 12.5.3). It has no size, so it is seen nowhere and needs no appearance.
_FIELD_FLAGS: Final = 4 + 128
FIELD_NAME: Final = "Seal"
_FIELD_WORDS: Final = "ელექტრონული შტამპი"


class Numbers(NamedTuple):
    """The objects, by number, that each certificate has for itself; and the page and the field that its structure leads to."""

    content: int
    catalog: int
    info: int
    metadata: int
    structure: int
    page: int
    field: int

    def own(self) -> set[int]:
        """Those that the shared bytes lack."""
        return {self.content, self.catalog, self.info, self.metadata, self.structure}


@dataclass(frozen=True, slots=True)
class PreparedSheet:
    """The shared bytes and the objects' places in them; `catalog` is the catalogue's dictionary without its closing brackets."""

    faces: Faces
    pictures: Pictures
    shared: bytes
    places: Mapping[int, int]
    catalog: bytes
    numbers: Numbers


def prepare(design: Design, letters: frozenset[str]) -> PreparedSheet:
    """Prepare a sheet that can print the given letters (MOST_LETTERS at most) in both weights; 0.1 s."""
    ordered = "".join(sorted(letters))
    decoded = pictures.decode(design)
    with pikepdf.open(io.BytesIO(_draw_by_reportlab(design, ordered))) as pdf:
        page, alphabets = (page.obj for page in pdf.pages)
        codes = _codes(alphabets, ordered)
        frame = b"/Artifact BMC\n%b\nEMC" % page.Contents.read_bytes()
        page.Contents = pikepdf.Array([pdf.make_stream(frame), pdf.make_stream(b" ")])
        page.Resources = _resources(pdf, decoded, codes)
        del page["/Trans"], page["/Rotate"], pdf.pages[1]
        _make_archival(pdf)
        _add_field(pdf)
        buffer = io.BytesIO()
        pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.disable, recompress_flate=True, static_id=True)
    faces = Faces(face("regular", _REGULAR.encode(), codes["Regular"]), face("bold", _BOLD.encode(), codes["Bold"]))
    return _split(buffer.getvalue(), faces, decoded)


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
    _draw_frame(canvas, design)
    canvas.showPage()
    for name in typeface.NAMES.values():
        canvas.setFont(name, 10)
        canvas.drawString(0, 0, letters)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_frame(canvas: Canvas, design: Design) -> None:
    if design.frame == "tiles":
        for (x, y), depth in zip(TILE_CORNERS, design.tile_depths, strict=True):
            canvas.setFillColorRGB(*design.shade(depth))
            canvas.rect(x, y, TILE, TILE, stroke=0, fill=1)
    elif design.frame == "line":
        canvas.setStrokeColorRGB(*design.brand)
        for inset, width in LINES:
            canvas.setLineWidth(width)
            canvas.rect(inset, inset, PAGE_WIDTH - 2 * inset, PAGE_HEIGHT - 2 * inset, stroke=1, fill=0)


def _codes(alphabets: pikepdf.Object, letters: str) -> dict[str, dict[str, int]]:
    """Read the code of each letter off the page on which reportlab printed them all, one line for each weight."""
    shown = [bytes(step.operands[0]) for step in pikepdf.parse_content_stream(alphabets) if str(step.operator) == "Tj"]
    return {weight: dict(zip(letters, codes, strict=True)) for weight, codes in zip(("Regular", "Bold"), shown, strict=True)}


def _resources(pdf: pikepdf.Pdf, decoded: Pictures, codes: Mapping[str, Mapping[str, int]]) -> pikepdf.Dictionary:
    """Put the two fonts under names of our own, and the pictures."""
    fonts = {str(font.BaseFont): font for font in pdf.pages[0].obj.Resources.Font.values()}
    named = {}
    for ours, weight in {_REGULAR: "Regular", _BOLD: "Bold"}.items():
        named[f"/{ours}"] = font = next(font for base, font in fonts.items() if base.endswith(weight))
        # reportlab's says that the missing letter is U+0000, which an archival file may not say of any.
        font.ToUnicode = pdf.make_stream(to_unicode(codes[weight]))
        del font.Name
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(named))
    images = {f"/{picture.resource.decode()}": pdf.make_indirect(picture.to_stream(pdf)) for picture in decoded.present()}
    if images:
        resources.XObject = pikepdf.Dictionary(images)
    return resources


def _make_archival(pdf: pikepdf.Pdf) -> None:
    """Say in the catalogue what PDF/A-3 and PDF/UA ask for; metadata and structure are each certificate's own."""
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=profile.NAME,
        Info=profile.NAME,
        DestOutputProfile=pdf.make_stream(profile.srgb(), N=3),
    )
    pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(intent)])
    pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    pdf.Root.Metadata = pdf.make_stream(b" ")
    pdf.Root.StructTreeRoot = pdf.make_indirect(pikepdf.Dictionary())
    page = pdf.pages[0].obj
    page.StructParents = PAGE_KEY
    page.Tabs = pikepdf.Name.S


def _add_field(pdf: pikepdf.Pdf) -> None:
    """Prepare the place of the seal: who signs adds a value to the field, and need not touch page, form or structure."""
    page = pdf.pages[0].obj
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=FIELD_NAME,
            TU=_FIELD_WORDS,
            F=_FIELD_FLAGS,
            Rect=[0, 0, 0, 0],
            P=page,
            StructParent=FIELD_KEY,
        )
    )
    page.Annots = pikepdf.Array([field])
    # There is a signature field, and a signed file is only added to (ISO 32000-1, 12.7.2).
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=[field], SigFlags=3))


def _split(document: bytes, faces: Faces, decoded: Pictures) -> PreparedSheet:
    """Take the objects that each certificate has for itself out of the prepared document."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        page, root = pdf.pages[0].obj, pdf.Root
        own = (page.Contents[-1], root, pdf.trailer.Info, root.Metadata, root.StructTreeRoot, page, page.Annots[0])
        numbers = Numbers(*(item.objgen[0] for item in own))
        catalog = root.unparse(resolved=True).removesuffix(b">>")
    table_at = int(document[document.rindex(b"startxref") :].split()[1])
    offsets = [int(entry[1]) for entry in _XREF_ENTRY.finditer(document[table_at:])]
    ends = dict(pairwise([*sorted(offsets), table_at]))
    shared = bytearray(_HEADER)
    places: dict[int, int] = {}
    for number, offset in enumerate(offsets, start=1):
        if number not in numbers.own():
            places[number] = len(shared)
            shared += document[offset : ends[offset]]
    return PreparedSheet(faces, decoded, bytes(shared) + SHARED_END, places, catalog, numbers)
