"""The rules of PDF/UA-1 (ISO 14289-1) and of tagged PDF (ISO 32000-1, 14.7 and 14.8) that our certificates claim; see pdfa.py."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD = {"/Document", "/H1", "/H2", "/H3", "/P", "/Figure", "/Form", "/Sect", "/Span"}
SHOWS = {"Tj", "TJ", "'", '"', "Do", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "BI"}
PRINT, HIDING = 4, 1 | 2 | 32 | 256


class Element(NamedTuple):
    """A structure element: its object, its parent's, its type, its marked content (page, id) and its other objects."""

    item: pikepdf.Dictionary
    parent: pikepdf.Dictionary
    kind: str
    contents: list[tuple[tuple[int, int], int]]
    objects: list[pikepdf.Dictionary]


def elements(pdf: pikepdf.Pdf) -> list[Element]:
    """The structure tree in its order."""
    found: list[Element] = []

    def walk(item: pikepdf.Dictionary, parent: pikepdf.Dictionary) -> None:
        element = Element(item, parent, str(item.get("/S", "")), [], [])
        found.append(element)
        for kid in _kids(item):
            if isinstance(kid, int):
                element.contents.append((item.Pg.objgen, kid))
            elif kid.get("/Type") == "/OBJR":
                element.objects.append(kid.Obj)
            else:
                walk(kid, item)

    root = pdf.Root.get("/StructTreeRoot", pikepdf.Dictionary())
    for kid in _kids(root):
        walk(kid, root)
    return found


def _kids(item: pikepdf.Dictionary) -> list[pikepdf.Object]:
    kids = item.get("/K", pikepdf.Array())
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def codes_shown(page: pikepdf.Page) -> dict[str, set[int]]:
    """The codes that each font of a page shows."""
    shown: dict[str, set[int]] = {}
    font = ""
    for step in pikepdf.parse_content_stream(page):
        if str(step.operator) == "Tf":
            font = str(step.operands[0])
        elif str(step.operator) in {"Tj", "TJ"}:
            pieces = step.operands[0] if str(step.operator) == "TJ" else [step.operands[0]]
            for piece in pieces:
                if isinstance(piece, pikepdf.String):
                    shown.setdefault(font, set()).update(bytes(piece))
    return shown


def said(pdf: pikepdf.Pdf) -> Iterator[str]:
    """7.1 and 7.2: the document says that it is tagged, its language and its title."""
    if not pdf.Root.get("/MarkInfo", {}).get("/Marked", False) or pdf.Root.get("/MarkInfo", {}).get("/Suspects", False):
        yield "not marked as tagged"
    if not str(pdf.Root.get("/Lang", "")):
        yield "no language"
    if not pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False) or not str(pdf.docinfo.get("/Title", "")):
        yield "its title is not shown"


def marks(pdf: pikepdf.Pdf) -> Iterator[str]:
    """7.1: all that is shown is either tagged or an artifact; neither stands in the other; every mark ends."""
    for page in pdf.pages:
        stack: list[str] = []
        for step in pikepdf.parse_content_stream(page):
            operator = str(step.operator)
            if operator in {"BMC", "BDC"}:
                kind = _kind_of(step)
                if (kind == "tag" and stack) or (kind == "artifact" and "tag" in stack):
                    yield f"{kind} inside {stack[-1]}"
                stack.append(kind)
            elif operator == "EMC":
                if not stack:
                    yield "an end without a beginning"
                    return
                stack.pop()
            elif operator in SHOWS and not {"tag", "artifact"} & set(stack):
                yield f"{operator} is neither tagged nor an artifact"
        if stack:
            yield "a beginning without an end"


def _kind_of(step: pikepdf.ContentStreamInstruction) -> str:
    if str(step.operands[0]) == "/Artifact":
        return "artifact"
    return "tag" if len(step.operands) > 1 and "/MCID" in step.operands[1] else "span"


def content_ids(page: pikepdf.Page) -> list[tuple[int, str]]:
    """The marked-content ids of a page with their tags, in the order of the content."""
    return [
        (int(step.operands[1].MCID), str(step.operands[0]))
        for step in pikepdf.parse_content_stream(page)
        if str(step.operator) == "BDC" and "/MCID" in step.operands[1]
    ]


def tree(pdf: pikepdf.Pdf) -> Iterator[str]:
    """14.7: every tagged piece is in the tree once, every leaf of the tree is on its page, and the way back is the same."""
    if pdf.Root.get("/StructTreeRoot", {}).get("/Type") != "/StructTreeRoot":
        yield "no structure tree"
        return
    listed = [(leaf, element) for element in elements(pdf) for leaf in element.contents]
    places = [leaf for leaf, _ in listed]
    back = _parent_tree(pdf)
    for page in pdf.pages:
        ids = content_ids(page)
        here = [(page.obj.objgen, number) for number, _ in ids]
        if len(set(here)) != len(here):
            yield "a marked-content id twice on the page"
        if sorted(here) != sorted(place for place in places if place[0] == page.obj.objgen):
            yield "page and tree have different marked content"
        if here != [place for place in places if place[0] == page.obj.objgen]:
            yield "the tree reads in another order than the page"
        parents = back.get(int(page.obj.get("/StructParents", -1)))
        leads = {number: element for (_, number), element in listed}
        for number, tag in ids:
            element = leads.get(number)
            if element is None or element.kind != tag:
                yield f"content {number} is another thing in the tree"
            elif parents is None or number >= len(parents) or parents[number].objgen != element.item.objgen:
                yield f"content {number} leads back elsewhere"
    yield from (f"{element.kind} names another parent" for element in elements(pdf) if element.item.P.objgen != element.parent.objgen)


def _parent_tree(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    numbers = list(pdf.Root.StructTreeRoot.get("/ParentTree", {}).get("/Nums", []))
    return dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))


def kinds(pdf: pikepdf.Pdf) -> Iterator[str]:
    """7.4 and 14.8.4: standard types only, one document at the top, headings from the first on without a gap."""
    found = elements(pdf)
    if [element.kind for element in found if element.parent.get("/Type") == "/StructTreeRoot"] != ["/Document"]:
        yield "not one document at the top"
    yield from (f"{element.kind} is no standard type" for element in found if element.kind not in STANDARD)
    levels = [int(element.kind[2:]) for element in found if element.kind[:2] == "/H"]
    if not levels or levels[0] != 1 or any(now > before + 1 for before, now in pairwise(levels)):
        yield f"headings {levels}"


def figures(pdf: pikepdf.Pdf) -> Iterator[str]:
    """7.3: every figure says what it shows, and where it is."""
    for element in elements(pdf):
        if element.kind == "/Figure":
            if not str(element.item.get("/Alt", "")).strip():
                yield "a figure without words"
            if len(element.item.get("/A", {}).get("/BBox", [])) != 4:
                yield "a figure without a box"


def words(pdf: pikepdf.Pdf) -> Iterator[str]:
    """14.8.2.5: lines of one element are apart by a space, or a reader would hear two words as one. Ours end at spaces."""
    for page in pdf.pages:
        lines: list[bytes] = []
        for step in pikepdf.parse_content_stream(page):
            operator = str(step.operator)
            if operator in {"BDC", "BMC"}:
                lines = []
            elif operator == "TJ":
                lines.append(b"".join(bytes(piece) for piece in step.operands[0] if isinstance(piece, pikepdf.String)))
                if len(lines) > 1 and not lines[-2].endswith(b" "):
                    yield "two lines without a space between them"


def annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    """7.18, and 6.3 of PDF/A: fields are printed, never hidden, tagged as forms, named in words, and in the order of the structure."""
    forms = {item.objgen for element in elements(pdf) if element.kind == "/Form" for item in element.objects}
    back = _parent_tree(pdf) if "/StructTreeRoot" in pdf.Root else {}
    for page in pdf.pages:
        annots = list(page.obj.get("/Annots", []))
        if annots and page.obj.get("/Tabs") != "/S":
            yield "tabs do not follow the structure"
        for annot in annots:
            flags = int(annot.get("/F", 0))
            if annot.Subtype != "/Widget":
                yield f"an annotation {annot.Subtype}"
            if not flags & PRINT or flags & HIDING:
                yield "hidden, or not printed"
            if not str(annot.get("/TU", "")):
                yield "a field without words"
            parent = back.get(int(annot.get("/StructParent", -1)))
            left, bottom, right, top = map(float, annot.Rect)
            width, height = map(float, page.cropbox[2:])
            beside = left > width or right < 0 or bottom > height or top < 0  # 7.18.1 leaves out what lies off the page: timestamps
            if not beside and (annot.objgen not in forms or parent is None or parent.get("/S") != "/Form"):
                yield "a field outside the structure"
            if (left, bottom) != (right, top) and "/AP" not in annot:
                yield "a field without an appearance"


RULES = (said, marks, tree, kinds, figures, words, annotations)
