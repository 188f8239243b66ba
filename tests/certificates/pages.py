"""Looking at a drawn PDF as a reader does: its text, where the text stands, its picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdfium2
from pypdf import PdfReader

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[float, float, float, float]


def text_of(pdf: bytes, page: int = 0) -> str:
    """The text of one page, one space between words. pdfium marks a hyphen at the end of a line in its own way."""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(document[page].get_textpage().get_text_bounded().replace("\x02", "-").split())


def text_boxes(pdf: bytes, page: int = 0) -> list[Box]:
    """Left, bottom, right and top of each piece of text, in points; as tight as the glyphs."""
    with pypdfium2.PdfDocument(pdf) as document:
        words = document[page].get_textpage()
        return [words.get_rect(index) for index in range(words.count_rects())]


def pictures_on(pdf: bytes, page: int = 0) -> list[Box]:
    """Left, bottom, right and top of each image, in points."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [image.get_bounds() for image in document[page].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]


def picture_of(pdf: bytes, dots: int = 150, page: int = 0) -> Image.Image:
    """The page as pixels, at so many dots per inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page].render(scale=dots / 72).to_pil().convert("RGB")


def unembedded_fonts(pdf: bytes) -> set[str]:
    """The fonts that a page names but the file does not carry, or whose text could not be copied."""
    missing = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            if "/FontFile2" not in font.get_object().get("/FontDescriptor", {}) or "/ToUnicode" not in font.get_object():
                missing.add(font.get_object()["/BaseFont"])
    return missing


def overlaps(boxes: list[Box]) -> list[tuple[Box, Box]]:
    """Pairs of boxes that share more than a hair's breadth."""
    return [
        (a, b)
        for index, a in enumerate(boxes)
        for b in boxes[:index]
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.5 and min(a[3], b[3]) - max(a[1], b[1]) > 0.5
    ]
