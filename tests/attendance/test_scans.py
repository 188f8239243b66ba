"""Uploaded scans keep what is drawn on them, and no file, however made, costs more than two seconds and 200 MB."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib

import pikepdf
import pytest
from PIL import Image, ImageDraw

from config import PROJECT_DIR
from portal.attendance import read_scan
from portal.foundation.errors import RefusedError
from tests.attendance.samples import a_pdf, a_picture

READ = """
import json, resource, sys, time
from portal.attendance.scans import read_scan
from portal.foundation import scan_apart
from portal.foundation.errors import RefusedError
answer = ""
try:
    read_scan(open(sys.argv[1], "rb").read())
except RefusedError as refusal:
    answer = str(refusal.message)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([answer, used.ru_utime + used.ru_stime, scan_apart.MEMORY]))
"""
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/X["


def plain(part: bytes) -> bytes:
    """A PDF of one page that holds ``part``, with nothing packed."""
    out, places = b"%PDF-1.5\n", [b"0000000000 65535 f \n"]
    for number, content in enumerate((b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE + part + b"]>>"), 1):
        places.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    return out + b"xref\n0 4\n" + b"".join(places) + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def packed(part: bytes) -> bytes:
    """A PDF of one page that holds ``part``, whose page stands in a packed stream."""
    out = b"%PDF-1.5\n"
    places = [(0, 0, 65535)]
    stream = zlib.compress(b"3 0 " + PAGE + part + b"]>>", 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        None,
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
    )
    for number, content in enumerate(objects, 1):
        if content is None:
            places.append((2, 4, 0))
        else:
            places.append((1, len(out), 0))
            out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    at = len(out)
    table = b"".join(kind.to_bytes(1) + place.to_bytes(4) + index.to_bytes(2) for kind, place, index in [*places, (1, at, 0)])
    out += b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table) + table
    return out + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at


def of_many_passes() -> bytes:
    """A progressive JPEG whose last pass comes again and again."""
    data = a_picture("JPEG", size=(3600, 3600), progressive=True)
    last = data.rindex(b"\xff\xda")
    again = data[last:-2]
    return data[:last] + again * (9_000_000 // len(again)) + b"\xff\xd9"


def very_thin() -> bytes:
    """The head of a PNG of 1 x 50,000,000 pixels, and of its pixels as many as fit into little."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", 1, 50_000_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100_000_000), 9)) + chunk(b"IEND", b"")


HOSTILE = {
    "millions of empty parts in a packed stream": lambda: packed(b"<<>>" * 7_500_000),
    "many empty parts in a packed stream": lambda: packed(b"<<>>" * 19_990 + b"[<<>><<>>]" * 9),
    "millions of empty parts as they are": lambda: plain(b"<<>>" * 2_000_000),
    "lists in lists": lambda: plain((b"[" + b"[]" * 19_000 + b"]") * 250),
    "lists of numbers": lambda: plain((b"[" + b"1 " * 19_000 + b"]") * 250),
    "a JPEG of countless passes": of_many_passes,
    "one pixel wide and fifty million high": very_thin,
}


def measured(tmp_path, data: bytes) -> str:
    """The refusal, if any, of a file read by a process of its own, and that it took neither 2.5 s nor 200 MB."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, check=False, cwd=PROJECT_DIR, timeout=60)
    assert done.returncode == 0, done.stderr.decode()[-600:]
    answer, seconds, addresses = json.loads(done.stdout)
    assert seconds < 2.5, f"{seconds:.1f} s"  # the system counts whole seconds, and lets a process end in the next tick
    assert addresses <= 200 * 1024 * 1024
    return answer


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_scans_are_refused_at_little_cost(tmp_path, name):
    data = HOSTILE[name]()
    assert len(data) < 10 * 1024 * 1024
    assert measured(tmp_path, data)


@pytest.mark.parametrize(
    ("kind", "size", "mode"),
    [
        ("JPEG", (4080, 3072), "RGB"),
        ("JPEG", (8160, 6120), "RGB"),
        ("JPEG", (3508, 4960), "CMYK"),
        ("PNG", (4960, 7016), "1"),
        ("PNG", (4960, 7016), "L"),
        ("PNG", (2480, 3508), "RGBA"),
    ],
)
def test_what_cameras_and_scanners_make_is_kept_at_little_cost(tmp_path, kind, size, mode):
    assert not measured(tmp_path, a_picture(kind, size=size, mode=mode))


@pytest.mark.parametrize("made", [plain, packed])
def test_a_pdf_of_some_thousand_parts_is_kept(made):
    assert read_scan(made(b"<<>>" * 9_000))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(60, 40), (6000, 500)], ids=["small", "large"])
def test_what_is_drawn_survives_in_every_kind_of_png(mode, size):
    white, black = (65535, 9000) if mode == "I;16" else ("white", "black")
    picture = Image.new("RGB" if mode in {"LA", "P"} else mode, size, white)
    box = (size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2)
    if mode == "I;16":
        picture.paste(black, box)
    else:
        ImageDraw.Draw(picture).rectangle(box, fill=black)
    out = io.BytesIO()
    picture.convert(mode).save(out, "PNG")
    kept = Image.open(io.BytesIO(read_scan(out.getvalue()).data)).convert("L")
    assert kept.getpixel((kept.width * 3 // 8, kept.height * 3 // 8)) < 60
    assert kept.getpixel((kept.width * 3 // 4, kept.height * 3 // 4)) > 250


def noted(*entries: tuple[int, int, int, bytes]) -> bytes:
    """A JPEG of 60 x 40 pixels with such entries (number, type, count, value) in its EXIF."""
    packed_entries = b"".join(struct.pack(">HHI", *entry[:3]) + entry[3] for entry in entries)
    return a_picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + packed_entries + bytes(4))


TURNED = (0x112, 3, 1, b"\0\6\0\0")


@pytest.mark.parametrize(
    "odd",
    [
        (0x11A, 2, 3, b"72\0\0"),
        (0x128, 7, 2, b"\0\2\0\0"),
        (0x100, 2, 3, b"ab\0\0"),
        (0x10F, 3, 1, b"\0\1\0\0"),
        (0x8769, 2, 3, b"72\0\0"),
    ],
    ids=["resolution in letters", "unit undefined", "width in letters", "maker a number", "notes in letters"],
)
def test_a_picture_with_odd_notes_of_a_camera_is_kept_and_upright(odd):
    scan = read_scan(noted(*sorted((odd, TURNED))))
    assert Image.open(io.BytesIO(scan.data)).size == (40, 60)


@pytest.mark.parametrize("turn", [(0x112, 2, 3, b"up\0\0"), (0x112, 3, 1, b"\0\x63\0\0"), (0x112, 5, 1, b"\xff\xff\xff\xff")])
def test_a_turn_that_cannot_be_read_is_none(turn):
    assert Image.open(io.BytesIO(read_scan(noted(turn)).data)).size == (60, 40)


def locked_without_a_password() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_pdf())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=""))
    return out.getvalue()


def action(kind: str, **more: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def test_a_pdf_that_is_locked_is_refused_even_if_it_opens():
    with pytest.raises(RefusedError, match="locked"):
        read_scan(locked_without_a_password())


@pytest.mark.parametrize("kind", ["SubmitForm", "GoToR", "GoToE", "ImportData", "Launch", "JavaScript"])
def test_a_pdf_that_would_reach_out_of_itself_is_refused(kind):
    with pytest.raises(RefusedError):
        read_scan(a_pdf(Anything=pikepdf.Array([action(kind)])))


@pytest.mark.parametrize(
    "root",
    [
        {"OpenAction": action("URI", URI="https://elsewhere.example")},
        {"AA": pikepdf.Dictionary(WC=action("URI", URI="https://elsewhere.example"))},
        {"OpenAction": action("GoTo", Next=action("URI", URI="https://elsewhere.example"))},
    ],
    ids=["opened", "closed", "afterwards"],
)
def test_a_pdf_that_opens_a_page_unasked_is_refused(root):
    with pytest.raises(RefusedError):
        read_scan(a_pdf(**root))


def test_a_pdf_with_links_that_opens_at_a_page_is_kept():
    link = action("URI", URI="https://elsewhere.example")
    assert read_scan(a_pdf(Anything=pikepdf.Array([link]), OpenAction=action("GoTo", D=pikepdf.Array([0, pikepdf.Name.Fit]))))
