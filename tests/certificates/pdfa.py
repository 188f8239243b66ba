"""The rules of PDF/A-3a (ISO 19005-3) that our certificates claim, as a script: no validator can be had as a package.

`breaches` names all that a file breaks, those of PDF/UA (pdfua.py) too; an empty list is the claim held. A rule is a function that yields
sentences. Each is proved by a broken copy in test_drawing_rules.py. What our files never have is refused instead of being judged.
"""

from __future__ import annotations

import hashlib
import io
import re
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pikepdf
from fontTools.ttLib import TTFont

from tests.certificates import pdfua

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
# Properties that PDF/A knows without a description (XMP 2005).
KNOWN_SPACES = {SPACES[prefix] for prefix in ("rdf", "dc", "xmp", "pdf", "pdfaid")} | {"http://www.aiim.org/pdfa/ns/extension/"}
SAME = {
    "/Title": "dc:title/rdf:Alt/rdf:li",
    "/Author": "dc:creator/rdf:Seq/rdf:li",
    "/Subject": "dc:description/rdf:Alt/rdf:li",
    "/Keywords": "pdf:Keywords",
    "/Creator": "xmp:CreatorTool",
    "/Producer": "pdf:Producer",
    "/CreationDate": "xmp:CreateDate",
    "/ModDate": "xmp:ModifyDate",
}
FILTERS = {"/FlateDecode"}
# Operators that choose colours of another kind than red, green and blue, or grey.
OTHER_COLOURS = {"k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh", "ri"}
NO_TEXT = {0, 0xFEFF, 0xFFFE}


def breaches(data: bytes) -> list[str]:
    """All that the file breaks, each as "rule: what"."""
    found = [f"{rule.__name__}: {said}" for rule in RULES_OF_BYTES for said in rule(data)]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found += [f"{rule.__name__}: {said}" for rule in (*RULES, *pdfua.RULES) for said in rule(pdf)]
    return found


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary and stream of the file, those inside others too."""
    waiting = list(pdf.objects)
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item
            waiting += [value for value in item.values() if not _is_elsewhere(value)]
        elif isinstance(item, pikepdf.Array):
            waiting += [value for value in item if not _is_elsewhere(value)]


def _is_elsewhere(value: object) -> bool:
    return isinstance(value, pikepdf.Object) and value.is_indirect


def header(data: bytes) -> Iterator[str]:
    """6.1.2: the version at the very beginning, then a comment of bytes that are no text."""
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", data):
        yield "does not begin with a version and four high bytes"


def end(data: bytes) -> Iterator[str]:
    """6.1.3: nothing after the last end mark."""
    if data.rpartition(b"%%EOF")[2].strip(b"\r\n"):
        yield "goes on after its end"


def table(data: bytes) -> Iterator[str]:
    """6.1.4: each entry of each table of objects leads to its object, which begins and ends on lines of its own (6.1.9)."""
    for section in re.finditer(rb"\bxref\n((?:\d+ \d+\n(?:\d{10} \d{5} [fn] ?\r?\n)+)+)", data):
        for first, _, entries in re.findall(rb"(\d+) (\d+)\n((?:\d{10} \d{5} [fn] ?\r?\n)+)", section[1]):
            for number, (offset, kind) in enumerate(re.findall(rb"(\d{10}) \d{5} ([fn])", entries), start=int(first)):
                if kind == b"n" and not data.startswith(b"%d 0 obj\n" % number, int(offset)):
                    yield f"object {number} is not where the table says"


def identifier(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.1.3: the trailer has an identifier, and nothing is encrypted."""
    if len(pdf.trailer.get("/ID", [])) != 2 or not all(bytes(part) for part in pdf.trailer.ID):
        yield "no /ID of two strings"
    if "/Encrypt" in pdf.trailer:
        yield "encrypted"


def filters(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.1.7: streams are in the file, deflated at most; LZW and encryption are forbidden, the rest is not ours."""
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        used = item.get("/Filter", pikepdf.Array())
        for name in used if isinstance(used, pikepdf.Array) else [used]:
            if str(name) not in FILTERS:
                yield f"a stream with {name}"
        if {"/F", "/FFilter", "/FDecodeParms"} & set(item.keys()):
            yield "a stream outside the file"


def nothing_runs(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.5 and 6.4: no actions of any kind, no scripts, no XFA, no appearances to be made by the reader; 6.9: no layers."""
    for item in dictionaries(pdf):
        for key in {"/AA", "/A", "/JS", "/OpenAction", "/XFA", "/OCProperties", "/Requirements", "/AlternatePresentations"} & set(
            item.keys()
        ):
            if not (key == "/A" and item.get("/Type") == "/StructElem"):
                yield f"{key} in an object"
        if item.get("/NeedAppearances", False):
            yield "a form that needs appearances"
    if "/JavaScript" in pdf.Root.get("/Names", {}):
        yield "named scripts"


def metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.6: XMP, readable without knowing PDF, that claims what we claim; each property known or described; the same as the old dictionary."""
    stream = pdf.Root.get("/Metadata")
    if stream is None or (stream.get("/Type"), stream.get("/Subtype")) != ("/Metadata", "/XML"):
        yield "no metadata"
        return
    if "/Filter" in stream:
        yield "compressed"
    packet = stream.read_bytes().decode()
    if re.search(r"<\?xpacket begin=[^>]*(bytes|encoding)=", packet):
        yield "a packet with bytes or encoding"
    root = ET.fromstring(packet)  # noqa: S314 - our own
    for path, value in {".//pdfaid:part": "3", ".//pdfaid:conformance": "A", ".//pdfuaid:part": "1"}.items():
        if root.findtext(path, None, SPACES) != value:
            yield f"{path} is not {value}"
    yield from _undescribed(root)
    yield from _differing(root, pdf.docinfo)


def _undescribed(root: ET.Element) -> Iterator[str]:
    described = {
        (schema.findtext("pdfaSchema:namespaceURI", None, SPACES) or "") + (entry.text or "")
        for schema in root.iterfind(".//rdf:li", SPACES)
        for entry in schema.iterfind(".//pdfaProperty:name", SPACES)
    }
    for description in root.iterfind(".//rdf:Description", SPACES):
        for child in description:
            space, _, name = child.tag[1:].partition("}")
            if space not in KNOWN_SPACES and space + name not in described:
                yield f"{name} is not described"


def _differing(root: ET.Element, info: pikepdf.Dictionary) -> Iterator[str]:
    for key, path in SAME.items():
        old, new = info.get(key), root.findtext(f".//{path}", None, SPACES)
        said = str(old) if old is not None else None
        if said is not None and key.endswith("Date"):
            said = re.sub(r"D:(....)(..)(..)(..)(..)(..)(...)'(..)'", r"\1-\2-\3T\4:\5:\6\7:\8", said)
        if said is not None and said != new:
            yield f"{key} is {said!r} and {new!r}"


def colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.3 and 6.2.4: one intent with the profile of a screen or printer in red, green and blue; no other kind of colour."""
    intents = [intent for intent in pdf.Root.get("/OutputIntents", []) if intent.S == "/GTS_PDFA1"]
    if len(intents) != 1:
        yield "not one output intent"
        return
    profile = intents[0].DestOutputProfile
    head = profile.read_bytes()[:40]
    if profile.N != 3 or head[8] >= 5 or head[12:20] not in {b"mntrRGB ", b"prtrRGB "} or head[36:40] != b"acsp":
        yield "not a profile of red, green and blue"
    for page in pdf.pages:
        yield from (f"operator {step.operator}" for step in pikepdf.parse_content_stream(page) if str(step.operator) in OTHER_COLOURS)
        for image in page.obj.Resources.get("/XObject", {}).values():
            space = image.get("/ColorSpace")
            base = space[1] if isinstance(space, pikepdf.Array) and space[0] == "/Indexed" else space
            if base not in {pikepdf.Name.DeviceRGB, pikepdf.Name.DeviceGray}:
                yield f"an image in {base}"


def images(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.8: images as they are: not interpolated, no alternates; and no other external objects (6.2.9)."""
    for page in pdf.pages:
        for item in page.obj.Resources.get("/XObject", {}).values():
            if item.Subtype != "/Image":
                yield f"an external object {item.Subtype}"
            if item.get("/Interpolate", False):
                yield "an interpolated image"
            for key in {"/Alternates", "/OPI"} & set(item.keys()):
                yield f"an image with {key}"


def transparency(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.10: nothing shines through: then no page needs a space to blend in."""
    for item in dictionaries(pdf):
        if "/SMask" in item or (item.get("/S") == "/Transparency" and "/CS" not in item):
            yield "a mask or a group without a colour space"
        if item.get("/ca", 1) != 1 or item.get("/CA", 1) != 1 or item.get("/BM", "/Normal") != "/Normal":
            yield "a transparent graphics state"


def fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.2.11: every font is in the file, whole for what is shown, with true widths, and every code has its letters."""
    for page in pdf.pages:
        shown = pdfua.codes_shown(page)
        for name in shown:
            font = page.obj.Resources.get("/Font", {}).get(name)
            if font is None or font.Subtype != "/TrueType" or "/FontFile2" not in font.FontDescriptor:
                yield f"{name} is not embedded as TrueType"
                continue
            if not int(font.FontDescriptor.Flags) & 4 or "/Encoding" in font:
                yield f"{name} is not symbolic, or has an encoding"
            yield from (f"{name}: {said}" for said in _font(font, shown[name]))


def _font(font: pikepdf.Dictionary, shown: set[int]) -> Iterator[str]:
    glyphs, advances = _font_file(font.FontDescriptor.FontFile2.read_bytes())
    if glyphs is None:
        yield "not exactly one character map"
        return
    if "/ToUnicode" not in font:
        yield "no ToUnicode"
        return
    pairs = pairs_of(font)
    letters = dict(pairs)
    if len(letters) < len(pairs):
        yield "a code with two letters"
    for code in sorted(shown):
        glyph = glyphs.get(code)
        if glyph in {None, ".notdef"}:
            yield f"code {code} has no glyph"
        elif abs(advances[glyph] - float(font.Widths[code - int(font.FirstChar)])) > 1:
            yield f"code {code} has another width"
        said = letters.get(code, "")
        if not said or any(ord(letter) in NO_TEXT or 0xE000 <= ord(letter) <= 0xF8FF for letter in said):
            yield f"code {code} has no letter"


@cache
def _font_file(data: bytes) -> tuple[dict[int, str] | None, dict[str, float]]:
    """The glyph of each code, or None without one sure map; and the widths of glyphs, in thousandths."""
    file = TTFont(io.BytesIO(data))
    tables = file["cmap"].tables
    scale = 1000 / file["head"].unitsPerEm
    advances = {glyph: advance * scale for glyph, (advance, _) in file["hmtx"].metrics.items()}
    return (dict(tables[0].cmap) if len(tables) == 1 else None), advances


def pairs_of(font: pikepdf.Dictionary) -> list[tuple[int, str]]:
    """What each code of a font says, by its ToUnicode."""
    pairs = re.findall(rb"<([0-9a-fA-F]{2})> ?<([0-9a-fA-F]{4,})>\n", font.ToUnicode.read_bytes())
    return [(int(code, 16), bytes.fromhex(letter.decode()).decode("utf-16-be")) for code, letter in pairs]


def attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    """6.8: each file inside says its name, kind, day, size and what it is to the document, and the document names it."""
    files = list(pdf.Root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", []))[1::2]
    for file in files:
        for key in {"/F", "/UF", "/AFRelationship", "/Desc"} - set(file.keys()):
            yield f"no {key}"
        if file.objgen not in {other.objgen for other in pdf.Root.get("/AF", [])}:
            yield "not associated with the document"
        stream = file.EF.F
        if file.EF.get("/UF", stream).objgen != stream.objgen or stream.get("/Type") != "/EmbeddedFile":
            yield "no embedded file"
        if not re.fullmatch(r"/[\w.+-]+/[\w.+-]+", str(stream.get("/Subtype", ""))):
            yield "no media type"
        parameters, data = stream.get("/Params", pikepdf.Dictionary()), stream.read_bytes()
        if "/ModDate" not in parameters or parameters.get("/Size") != len(data):
            yield "no day, or another size"
        if bytes(parameters.get("/CheckSum", b"")) != hashlib.md5(data, usedforsecurity=False).digest():
            yield "another digest"
    if len(pdf.Root.get("/AF", [])) != len(files):
        yield "an associated file without a name"


RULES_OF_BYTES = (header, end, table)
RULES = (identifier, filters, nothing_runs, metadata, colours, images, transparency, fonts, attachments)
