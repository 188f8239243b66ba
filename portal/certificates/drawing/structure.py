"""The structure tree: what assistive technology reads, in its order (ISO 32000-1, 14.7 and 14.8; ISO 14289-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.certificates.drawing.syntax import text_string

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.drawing.ink import Tag

# The keys of the page and of the signature field in the tree that leads from content back to its elements.
PAGE_KEY: Final = 0
FIELD_KEY: Final = 1


def structure_tree(tags: Sequence[Tag], first: int, *, root: int, page: int, field: int) -> dict[int, bytes]:
    """Return the objects of the tree by number: the root under its own, the elements from `first` on without a gap.

    One document; below it an element for each tag in the order of the content, and the signature field last.
    """
    document, form = first, first + 1 + len(tags)
    kids = range(first + 1, form)
    objects = {
        root: b"<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%d[%b]%d %d 0 R]>>/ParentTreeNextKey %d>>"
        % (document, PAGE_KEY, _references(kids), FIELD_KEY, form, FIELD_KEY + 1),
        document: b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (root, _references([*kids, form])),
        form: b"<</Type/StructElem/S/Form/P %d 0 R/K<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>>>" % (document, field, page),
    }
    for content_id, tag in enumerate(tags):
        objects[kids[content_id]] = b"<</Type/StructElem/S/%b/P %d 0 R/Pg %d 0 R/K %d%b>>" % (
            tag.kind.encode(),
            document,
            page,
            content_id,
            _attributes(tag),
        )
    return objects


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _attributes(tag: Tag) -> bytes:
    said = b"/Lang(en)" if tag.is_english else b""
    if tag.alternative:
        said += b"/Alt" + text_string(tag.alternative)
    if tag.box:
        x, y, width, height = tag.box
        said += b"/A<</O/Layout/Placement/Block/BBox[%.2f %.2f %.2f %.2f]>>" % (x, y, x + width, y + height)
    return said
