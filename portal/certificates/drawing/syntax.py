"""How values are written in a PDF file (ISO 32000-1, 7.3 and 7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def text_string(text: str) -> bytes:
    """Write a text string: ASCII as it is, all else in UTF-16; in hexadecimal, so that nothing needs escaping."""
    data = text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")
    return b"<%b>" % data.hex().encode()


def name(text: str) -> bytes:
    """Write a name, such as a media type; what has a meaning of its own in a PDF becomes its code."""
    return b"/" + b"".join(bytes([code]) if chr(code).isalnum() or code in b"+-._" else b"#%02X" % code for code in text.encode("ascii"))


def midnight(day: date) -> str:
    """Write the beginning of a day in Tbilisi (UTC+4, no summer time)."""
    return f"D:{day:%Y%m%d}000000+04'00'"


def stream(entries: bytes, data: bytes) -> bytes:
    """Write a stream with the entries of its dictionary; the data as they are to stand in the file."""
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(data), entries, data)
