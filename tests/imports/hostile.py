"""XLSX files that try to fill the memory, and what reading one costs in a process of its own."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from config import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
MOST_MEMORY = 1024**3  # of addresses: a runaway allocation fails at once

READ = """
import json, sys, time
from portal.foundation import spreadsheets
from portal.foundation.errors import RefusedError
data, started = open(sys.argv[1], "rb").read(), time.monotonic()
try:
    answer = len(spreadsheets.read(data).rows)
except RefusedError as refusal:
    answer = refusal.message
seconds = time.monotonic() - started
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([answer, seconds, peak / 1024]))
"""


def read_apart(path: Path) -> tuple[object, float, float]:
    """Rows read or the refusal, seconds, and the megabytes that the whole process took at its peak."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))

    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, check=False, cwd=PROJECT_DIR, preexec_fn=limit, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()[-600:]
    return tuple(json.loads(done.stdout))


def book(sheet: str, strings: str = "", dtd: str = "", **more: str) -> bytes:
    """A workbook with one sheet, whose XML is ``sheet``; ``more`` parts by name."""
    out = io.BytesIO()
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{dtd}<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (parts | ({"xl/sharedStrings.xml": strings} if strings else {}) | more).items():
            archive.writestr(name, text)
    return out.getvalue()


def data(rows: str) -> str:
    return f"<sheetData>{rows}</sheetData>"


def shared(texts: str, counts: str = "") -> str:
    return f'<sst xmlns="{MAIN}" {counts}>{texts}</sst>'


ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
TWO = ONE + '<row r="2"><c r="A2"><v>1</v></c></row>'
SHARED = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>0</v></c></row>'
CORNER = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'


def refused() -> dict[str, bytes]:
    """What must be refused, by name."""
    return {
        "the last cell is XFD1048576": book('<dimension ref="A1:XFD1048576"/>' + data(ONE + CORNER)),
        "a cell that lies about its row": book(data(ONE + CORNER.replace('<row r="1048576">', '<row r="2">'))),
        "cells beyond the grid": book(data(ONE + '<row r="3"><c r="XFE16777217"><v>1</v></c></row>')),
        "a row of a million cells": book(data("<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>")),
        "another sheet": book(data(TWO), **{"xl/other.xml": f'<worksheet xmlns="{MAIN}">{data(CORNER)}</worksheet>'}),
        "a prefix": book(data(ONE + CORNER).replace("<row", "<x:row").replace("</row", "</x:row").replace("<c ", "<x:c ").replace("</c>", "</x:c>")
                         .replace("<sheetData>", f'<sheetData xmlns:x="{MAIN}">')),
        "a hundred megabytes of one letter": book(data(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"a" * 100_000_000}</t></is></c></row>')),
        "a hundred gigabytes announced": book(data(SHARED), shared("<si><t>a</t></si>", 'count="99999999999" uniqueCount="99999999999"')),
        "a long text in many cells": book(data("<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>"), shared(f"<si><t>{'x' * 600_000}</t></si>")),
        "millions of empty texts": book(data(SHARED), shared("<si/>" * 2_000_000)),
        "entities": book(data(f'{ONE}<row r="2"><c r="A2" t="inlineStr"><is><t>&b;</t></is></c></row>'),
                         dtd='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'),
        "many parts": book(data(TWO), **{f"xl/{number}.xml": "<a/>" for number in range(300)}),
        "a broken part": book(data(ONE) + "<row"),
    }  # fmt: skip


def read_well() -> dict[str, bytes]:
    """What looks odd and is read, at little cost."""
    return {
        "a dimension that lies": book('<dimension ref="A1:XFD1048576"/>' + data(TWO)),
        "the largest table": book(
            data("".join(f'<row r="{row}">' + f'<c r="A{row}" t="s"><v>0</v></c>' * 1 + "</row>" for row in range(1, 10_002))),
            shared("<si><t>ნინო აბაშიძე</t></si>"),
        ),
        "the farthest cell": book(data(ONE + '<row r="10001"><c r="AX10001"><v>1</v></c></row>')),
        "nearly a million texts": book(data(SHARED), shared("<si><t>a</t></si>" + "<si/>" * 980_000)),
    }
