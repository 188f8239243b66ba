"""Programs that are not ours, and what they say of a PDF: qpdf and poppler. Outside CI a test is skipped where they are missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

TOOLS = ("qpdf", "pdfinfo", "pdffonts", "pdftotext", "pdfdetach")
needs_tools = pytest.mark.skipif(
    not os.environ.get("CI") and not all(map(shutil.which, TOOLS)), reason="qpdf or poppler-utils is not on this machine"
)


def ask(pdf: bytes, tool: str, *options: str, output: str = "") -> str:
    """What the tool prints about the file. An error of the tool, even a warning, fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pdf"
        path.write_bytes(pdf)
        done = subprocess.run([tool, *options, str(path), *([output] if output else [])], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout


def saved(pdf: bytes, name: str) -> bytes:
    """The attached file of this name, as pdfdetach saves it."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "saved"
        ask(pdf, "pdfdetach", "-savefile", name, "-o", str(target))
        return target.read_bytes()


def read_aloud(pdf: bytes) -> list[tuple[str, str]]:
    """The structure as poppler walks it: type and text of each element, in order."""
    said: list[tuple[str, str]] = []
    for line in ask(pdf, "pdfinfo", "-struct-text").splitlines():
        if text := re.fullmatch(r'\s+"(.*)"', line):
            kind, before = said[-1]
            said[-1] = (kind, before + text[1])
        elif element := re.match(r"\s*(\w+)(?: \(block\)|:)?$", line):
            said.append((element[1], ""))
    return said
