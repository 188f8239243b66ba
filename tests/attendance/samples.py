"""Small files as people upload them: PDFs and pictures."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from PIL import Image


def a_pdf(*, pages: int = 1, title: str = "", password: str = "", **root: Any) -> bytes:
    """A PDF of blank pages, with ``root`` in its catalogue; the same values give the same bytes, unless it is locked."""
    pdf = pikepdf.new()
    for _page in range(pages):
        pdf.add_blank_page()
    for name, value in root.items():
        pdf.Root[f"/{name}"] = value
    if title:
        pdf.docinfo["/Title"] = title
    out = io.BytesIO()
    if password:
        pdf.save(out, encryption=pikepdf.Encryption(owner=password, user=password))
    else:
        pdf.save(out, static_id=True)
    return out.getvalue()


def a_picture(kind: str, *, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """A picture in one colour."""
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind, **options)
    return out.getvalue()
