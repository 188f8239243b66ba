"""What people upload as a scan: a PDF, or a picture of paper. What it is, its bytes say, not its name; anything else is refused.

A picture is drawn anew, upright and no larger than a page needs, so nothing else that its file held (where and when it was taken, by which
phone) is kept. A PDF stays as it is, since it may be signed; one with a lock, a program or files of its own inside is refused.
Either is looked through by a process of its own, ``portal.foundation.scan_apart``, which ends when a file takes too much.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

from portal.foundation import scan_apart
from portal.foundation.errors import N_, RefusedError

MEGABYTE: Final = 1024 * 1024
LARGEST_SCAN: Final = 10 * MEGABYTE
MOST_PAGES: Final = 100
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png"}

_SIGNS: Final = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
_FORMATS: Final = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}
_PATIENCE: Final = 30  # seconds of the clock, for a busy machine; of the processor there are fewer


class NoScanError(RefusedError):
    """The file is none of those that are taken."""

    message = N_("Upload a PDF, JPEG or PNG file that can be opened.")


@dataclass(frozen=True, slots=True)
class Scan:
    """A file fit to be kept: what it is, and its bytes."""

    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """By which the same file is known again."""
        return hashlib.sha256(self.data).hexdigest()


def read_scan(data: bytes) -> Scan:
    """What is kept of an uploaded file. Raises ``RefusedError`` for one that is too large or is none that is taken."""
    if len(data) > LARGEST_SCAN:
        raise RefusedError(N_("The file must not exceed %(most)s MB."), most=LARGEST_SCAN // MEGABYTE)
    kind = next((kind for sign, kind in _SIGNS.items() if data.startswith(sign)), None)
    if kind is None:
        raise NoScanError
    word, drawn = _look(data, kind)
    if word == scan_apart.LOCKED:
        raise RefusedError(N_("The PDF is locked with a password. Save it without one."))
    if word == scan_apart.ACTIVE:
        raise RefusedError(N_("The PDF has a program or other files inside. Print it anew as a PDF, or scan it."))
    if word == scan_apart.PAGES:
        raise RefusedError(N_("A PDF may have at most %(most)s pages."), most=MOST_PAGES)
    if word == scan_apart.PIXELS or len(drawn) > LARGEST_SCAN:
        raise RefusedError(N_("The picture has too many pixels; make it smaller."))
    if word != scan_apart.FINE:
        raise NoScanError
    return Scan(kind, data if kind == PDF else drawn)


def _look(data: bytes, kind: str) -> tuple[str, bytes]:
    """The word about the file, and the picture drawn anew; for one that takes too much, the word that says how to make it simpler."""
    command = [sys.executable, "-I", scan_apart.__file__, _FORMATS[kind], str(MOST_PAGES)]
    too_much = scan_apart.ACTIVE if kind == PDF else scan_apart.PIXELS
    try:
        done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return too_much, b""
    word, _line, drawn = done.stdout.partition(b"\n")
    return (too_much, b"") if done.returncode else (word.decode(), drawn)
