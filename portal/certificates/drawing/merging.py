"""Many certificates into one file for printing, with what they share kept once."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

import pikepdf

from portal.certificates.drawing.sheet import SHARED_END

if TYPE_CHECKING:
    from collections.abc import Iterable

# All that only makes sense in the file that it comes from: the field of the seal, the way back to the structure tree.
_LEFT_BEHIND: Final = ("/Annots", "/StructParents", "/Tabs")
_OWN_CONTENT: Final = re.compile(rb"\d+ 0 obj\n<</Length (\d+)/Filter/FlateDecode>>stream\n")


def merge(pdfs: Iterable[bytes]) -> bytes:
    """One PDF with the pages of all, in the given order; the same files give the same bytes.

    Certificates of one prepared sheet share its frame, fonts and logos; of any other PDF the pages are added. The
    merged file is for printing: signatures, attachments, form and structure stay behind. Raises ValueError when
    there is nothing to merge.
    """
    merged = pikepdf.new()
    first_pages: dict[bytes, pikepdf.Dictionary] = {}
    for data in pdfs:
        shared, _, own = data.partition(SHARED_END)
        content = _OWN_CONTENT.match(own)
        sibling = first_pages.get(shared)
        if content and sibling is not None:
            merged.pages.append(_like(sibling, own[content.end() : content.end() + int(content[1])], merged))
            continue
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for page in pdf.pages:
                for entry in _LEFT_BEHIND:
                    if entry in page.obj:
                        del page.obj[entry]
            merged.pages.extend(pdf.pages)
        if content:
            first_pages[shared] = merged.pages[-1].obj
    if not merged.pages:
        raise ValueError("nothing to merge")
    merged.Root.Lang = pikepdf.String("ka")
    buffer = io.BytesIO()
    merged.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True)
    return buffer.getvalue()


def _like(sibling: pikepdf.Dictionary, packed: bytes, merged: pikepdf.Pdf) -> pikepdf.Page:
    """Make a page like this one, with another content of its own (the last of its streams)."""
    content = pikepdf.Stream(merged, packed, Filter=pikepdf.Name.FlateDecode)
    page = pikepdf.Dictionary(dict(sibling.items()))
    page.Contents = pikepdf.Array([*list(sibling.Contents)[:-1], content])
    return pikepdf.Page(page)
