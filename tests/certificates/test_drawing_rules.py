"""Our certificates break none of the rules of PDF/A-3a and PDF/UA that they claim; and each rule finds the copy that breaks it."""

from __future__ import annotations

import io
import re
from copy import copy
from dataclasses import replace
from functools import cache

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from portal.certificates.drawing import Attachment, Design, draw_certificate
from portal.certificates.facts import Texts
from tests.certificates.pdfa import RULES, RULES_OF_BYTES, breaches
from tests.certificates.pdfua import RULES as RULES_OF_ACCESS
from tests.certificates.pdfua import elements
from tests.certificates.samples import FACTS, FULLEST_DESIGN, FULLEST_FACTS, VERIFY_URL, logo

CREDENTIAL = Attachment("credential.json", "application/ld+json", b'{"type": ["VerifiableCredential"]}' * 120, "სერტიფიკატი მანქანისთვის")


@cache
def whole():
    return draw_certificate(FULLEST_FACTS, VERIFY_URL, FULLEST_DESIGN, CREDENTIAL)


@pytest.mark.parametrize(
    ("facts", "design", "attachment"),
    [
        (FACTS, Design(), None),
        (FACTS, Design(), CREDENTIAL),
        (FACTS, Design((logo(1),), frame="line"), CREDENTIAL),
        (replace(FACTS, name_latin="Łukasz <b>&amp;</b> Żółć", texts=Texts(note=("&<>\"'", "]]>"))), Design(frame="none"), CREDENTIAL),
        (replace(FACTS, signatories=()), Design(seal=FULLEST_DESIGN.seal), None),
        (FULLEST_FACTS, FULLEST_DESIGN, CREDENTIAL),
    ],
)
def test_a_certificate_breaks_no_rule(facts, design, attachment):
    assert breaches(draw_certificate(facts, VERIFY_URL, design, attachment)) == []


def test_a_copy_in_which_nothing_is_broken_breaks_no_rule():
    assert breaches(changed(str)) == []


def changed(change):
    """A copy of the fullest certificate, changed."""
    with pikepdf.open(io.BytesIO(whole())) as pdf:
        change(pdf)
        buffer = io.BytesIO()
        pdf.save(buffer, fix_metadata_version=False, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
        return buffer.getvalue()


def content(change):
    """Change the page's own content stream."""

    def act(pdf):
        stream = pdf.pages[0].obj.Contents[-1]
        before = stream.read_bytes()
        after = change(before)
        assert after != before
        stream.write(after)

    return act


def xmp(before, after):
    def act(pdf):
        packet = pdf.Root.Metadata.read_bytes()
        assert before in packet
        pdf.Root.Metadata.write(packet.replace(before, after))

    return act


def page(pdf):
    return pdf.pages[0].obj


def font(pdf):
    return page(pdf).Resources.Font.R


def image(pdf):
    return page(pdf).Resources.XObject.L0


def field(pdf):
    return page(pdf).Annots[0]


def attached(pdf):
    return pdf.Root.AF[0]


def element(pdf, kind):
    return next(found.item for found in elements(pdf) if found.kind == kind)


def give(find, key, value):
    """Set an entry of what `find` finds."""

    def act(pdf):
        find(pdf)[key] = value

    return act


def take(find, key):
    def act(pdf):
        del find(pdf)[key]

    return act


def root(pdf):
    return pdf.Root


def renumber_parents(pdf):
    parents = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    parents[0], parents[1] = parents[1], parents[0]


def swap_kids(pdf):
    kids = element(pdf, "/Document").K
    kids[0], kids[1] = kids[1], kids[0]


def twice_in_the_tree(pdf):
    kids = element(pdf, "/Document").K
    kids.append(kids[0])


def mask_an_image(pdf):
    image(pdf).SMask = pdf.make_stream(
        b"\xff", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceGray, BitsPerComponent=8
    )


def second_character_map(pdf):
    font(pdf).FontDescriptor.FontFile2 = pdf.make_stream(two_maps(font(pdf).FontDescriptor.FontFile2.read_bytes()))


def two_maps(data):
    file = TTFont(io.BytesIO(data))
    other = copy(file["cmap"].tables[0])
    other.platformID, other.platEncID = 0, 3
    file["cmap"].tables.append(other)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def action(pdf):
    field(pdf).AA = Dictionary(Bl=Dictionary(S=Name.JavaScript, JS="x"))


BROKEN = {
    "filters": [
        lambda pdf: image(pdf).write(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", filter=Name.LZWDecode),
        give(lambda pdf: pdf.Root.Metadata, "/F", pikepdf.String("elsewhere.xml")),
    ],
    "nothing_runs": [
        give(root, "/OpenAction", Dictionary(S=Name.JavaScript, JS="x")),
        action,
        give(lambda pdf: pdf.Root.AcroForm, "/NeedAppearances", True),
        give(lambda pdf: pdf.Root.AcroForm, "/XFA", pikepdf.String("x")),
        give(lambda pdf: pdf.Root.Names, "/JavaScript", Dictionary()),
    ],
    "metadata": [
        take(root, "/Metadata"),
        xmp(b"<pdfaid:part>3", b"<pdfaid:part>2"),
        xmp(b"<pdfaid:conformance>A", b"<pdfaid:conformance>B"),
        xmp(b"<pdfuaid:part>1</pdfuaid:part>", b""),
        xmp(b"<pdfaProperty:name>part", b"<pdfaProperty:name>other"),
        xmp("მარიამ".encode(), "მარიკა".encode()),
        xmp(b"2026-12-19T", b"2026-12-20T"),
        xmp(b'id="W5M0', b'encoding="UTF-8" id="W5M0'),
        lambda pdf: pdf.docinfo.__setitem__("/Author", "x"),
        lambda pdf: pdf.docinfo.__setitem__("/Creator", "x"),
    ],
    "colours": [
        take(root, "/OutputIntents"),
        lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(b"x" * 588),
        content(lambda data: data + b"\n0 0 0 1 k"),
        give(image, "/ColorSpace", Name.DeviceCMYK),
    ],
    "images": [
        give(image, "/Interpolate", True),
        give(image, "/Alternates", Array()),
        give(image, "/Subtype", Name.PS),
    ],
    "transparency": [
        mask_an_image,
        give(page, "/Group", Dictionary(S=Name.Transparency)),
        lambda pdf: page(pdf).Resources.__setitem__("/ExtGState", Dictionary(G=pdf.make_indirect(Dictionary(ca=0.5)))),
        lambda pdf: page(pdf).Resources.__setitem__("/ExtGState", Dictionary(G=pdf.make_indirect(Dictionary(BM=Name.Multiply)))),
    ],
    "fonts": [
        take(lambda pdf: font(pdf).FontDescriptor, "/FontFile2"),
        take(font, "/ToUnicode"),
        give(font, "/Encoding", Name.WinAnsiEncoding),
        lambda pdf: font(pdf).Widths.__setitem__(0x20, 999),
        lambda pdf: font(pdf).ToUnicode.write(font(pdf).ToUnicode.read_bytes().replace(b"<20><0020>", b"<20><0000>")),
        lambda pdf: font(pdf).ToUnicode.write(font(pdf).ToUnicode.read_bytes().replace(b"<20><0020>", b"<20><e020>")),
        lambda pdf: font(pdf).ToUnicode.write(font(pdf).ToUnicode.read_bytes().replace(b"<20><0020>", b"<20><0020>\n<20><00a0>")),
        content(lambda data: data.replace(b"TJ", b"TJ [<ff>] TJ", 1)),
        second_character_map,
    ],
    "attachments": [
        take(root, "/AF"),
        take(attached, "/UF"),
        take(attached, "/AFRelationship"),
        take(lambda pdf: attached(pdf).EF.F, "/Subtype"),
        lambda pdf: attached(pdf).EF.F.write(b"other"),
        take(lambda pdf: attached(pdf).EF.F.Params, "/ModDate"),
        lambda pdf: pdf.Root.Names.EmbeddedFiles.__setitem__("/Names", Array()),
    ],
    "said": [
        take(root, "/MarkInfo"),
        take(root, "/Lang"),
        take(root, "/ViewerPreferences"),
        lambda pdf: pdf.docinfo.__delitem__("/Title"),
    ],
    "marks": [
        content(lambda data: data + b"\n0 0 9 9 re f"),
        content(lambda data: data.replace(b"EMC", b"", 1)),
        content(lambda data: data + b"\nEMC"),
        content(lambda data: data.replace(b"BT", b"/Artifact BMC 0 0 1 1 re f EMC BT", 2)),
        content(lambda data: data.replace(b"/Artifact BMC", b"/Span BMC", 1)),
    ],
    "tree": [
        take(root, "/StructTreeRoot"),
        content(lambda data: data.replace(b"/MCID 3>>", b"/MCID 2>>")),
        content(lambda data: data.replace(b"/MCID 3>>", b"/MCID 999>>")),
        content(lambda data: data.replace(b"/P<</MCID 3>>", b"/H1<</MCID 3>>")),
        renumber_parents,
        swap_kids,
        twice_in_the_tree,
        take(page, "/StructParents"),
        lambda pdf: element(pdf, "/P").__setitem__("/P", pdf.Root),
    ],
    "kinds": [
        give(lambda pdf: element(pdf, "/H1"), "/S", Name.H2),
        give(lambda pdf: element(pdf, "/H1"), "/S", Name.P),
        give(lambda pdf: element(pdf, "/P"), "/S", Name.Title),
        give(lambda pdf: element(pdf, "/Document"), "/S", Name.Sect),
    ],
    "figures": [
        take(lambda pdf: element(pdf, "/Figure"), "/Alt"),
        take(lambda pdf: element(pdf, "/Figure"), "/A"),
    ],
    "words": [
        content(lambda data: data.replace(b" )] TJ", b")] TJ")),
    ],
    "annotations": [
        take(page, "/Tabs"),
        give(field, "/F", 0),
        give(field, "/F", 6),
        take(field, "/TU"),
        give(field, "/Rect", Array([0, 0, 50, 50])),
        give(field, "/Subtype", Name.Text),
        give(lambda pdf: element(pdf, "/Form"), "/K", Array()),
        take(field, "/StructParent"),
    ],
}
BROKEN_BYTES = {
    "identifier": [lambda data: data.replace(b"/ID[", b"/No["), lambda data: re.sub(rb"/ID\[<\w+><\w+>\]", b"/ID[<><>]", data)],
    "header": [lambda data: b"\n" + data, lambda data: data.replace(b"\xe2\xe3", b"ab", 1)],
    "end": [lambda data: data + b"more"],
    "table": [lambda data: data.replace(b"%% what", b"%%  what", 1)],
}


@pytest.mark.parametrize(("rule", "change"), [(rule, change) for rule, changes in BROKEN.items() for change in changes])
def test_a_broken_copy_is_found(rule, change):
    assert rule in {breach.partition(":")[0] for breach in breaches(changed(change))}


@pytest.mark.parametrize(("rule", "change"), [(rule, change) for rule, changes in BROKEN_BYTES.items() for change in changes])
def test_broken_bytes_are_found(rule, change):
    assert rule in {breach.partition(":")[0] for breach in breaches(change(whole()))}


def test_every_rule_is_proved_by_a_broken_copy():
    assert {rule.__name__ for rule in (*RULES_OF_BYTES, *RULES, *RULES_OF_ACCESS)} == {*BROKEN, *BROKEN_BYTES}
