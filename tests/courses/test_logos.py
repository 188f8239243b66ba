"""An uploaded logo becomes a small clean PNG, or is refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from portal.courses.logos import clean_logo
from portal.foundation.errors import RefusedError


def encoded(size=(200, 100), mode="RGB", kind="PNG", **options):
    out = BytesIO()
    Image.new(mode, size, 1).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGB", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("RGB", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "WEBP")]
)
def test_usual_pictures_become_png(mode, kind):
    clean = Image.open(BytesIO(clean_logo(encoded(mode=mode, kind=kind))))
    assert (clean.format, clean.size) == ("PNG", (200, 100))


def test_large_picture_is_made_smaller_in_its_proportions():
    assert Image.open(BytesIO(clean_logo(encoded((3000, 1000))))).size == (900, 300)


def test_nothing_but_the_picture_is_kept():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    clean = clean_logo(encoded(pnginfo=notes) + b"<?php trailing ?>")
    assert b"script" not in clean
    assert b"php" not in clean


def bomb():
    """A PNG of a few bytes that says it is 60,000 pixels wide and high."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded()[:60],
        encoded(kind="GIF"),
        encoded(kind="BMP"),
        encoded((5000, 4000), mode="1"),
        bomb(),
        b"\x89PNG\r\n\x1a\n" + b"x" * (2 * 1024 * 1024),
    ],
    ids=["nothing", "text", "svg", "cut off", "gif", "bmp", "too many pixels", "bomb", "too large"],
)
def test_everything_else_is_refused(data):
    with pytest.raises(RefusedError):
        clean_logo(data)
