"""Certificates per second, tagged, archival and with their credential, in units of the naive reportlab certificate of the same run.

Run it as `python -m tests.benchmarks.certificates`. The three take turns, so that a slow moment of the machine hits
all of them; what counts is the ratio of the medians.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from portal import signing
from portal.certificates.drawing import Attachment, CertificateBatch, Design, Logo, merge
from portal.certificates.drawing.design import PAGE_HEIGHT, PAGE_WIDTH
from portal.certificates.drawing.wording import word
from portal.foundation import clock, typeface
from tests.certificates.samples import FACTS, VERIFY_URL

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.certificates.facts import CertificateFacts

ROUNDS: Final = 60
# The first turns fill caches that stay.
WARM_UP: Final = 3
MERGED: Final = 500
# A tagged archival certificate with its credential costs at most this part of the naive one.
TARGET: Final = 0.25
MOST_KB: Final = 60
TAGGED: Final = "tagged PDF/A-3 with credential, unsigned"
SEALED: Final = "its signature (PAdES B-B)"
TARGET_OF_SEALING: Final = 1.0


def person(number: int) -> tuple[CertificateFacts, str]:
    """The facts and the address of one of many certificates of a run; no two are alike."""
    facts = replace(
        FACTS,
        number=f"NALAG-2026-{number:06d}",
        name_ka=f"{FACTS.name_ka} {number}",
        name_latin=f"{FACTS.name_latin} {number}",
        municipality_tile=number % 64,
    )
    return facts, f"{VERIFY_URL[:-6]}{number:06d}"


def credential(number: int) -> Attachment:
    """What a machine reads, 4 KB: words as they come in a credential, and a signature that cannot be deflated."""
    proof = hashlib.shake_256(b"%d" % number).hexdigest(300)
    subject = {"id": f"urn:uuid:{number}", "type": ["AchievementSubject"], "name": FACTS.name_ka, "outcomes": [FACTS.course_title_ka] * 12}
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "credentialSubject": subject,
        "criteria": FACTS.course_title_en * 30,
        "proof": proof,
    }
    return Attachment("credential.json", "application/ld+json", json.dumps(document, ensure_ascii=False).encode(), "Open Badges 3.0")


def logo_png() -> bytes:
    """A logo as donors send them: 480 by 160 pixels, with transparency."""
    picture = Image.new("RGBA", (480, 160), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((10, 10, 150, 150), fill=(0, 51, 153, 255))
    pen.rectangle((180, 50, 460, 74), fill=(40, 40, 40, 255))
    pen.rectangle((180, 94, 400, 112), fill=(120, 120, 120, 255))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def naive(facts: CertificateFacts, verify_url: str, logo: bytes) -> bytes:
    """The same words straight through reportlab: a new document, fonts cut anew, its own QR, the logo decoded."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1)
    for row, text in enumerate(word(facts, verify_url).texts()):
        canvas.setFont(typeface.BOLD if row % 3 == 0 else typeface.REGULAR, 11)
        canvas.drawCentredString(PAGE_WIDTH / 2, PAGE_HEIGHT - 60 - 15 * row, text)
    canvas.drawImage(ImageReader(io.BytesIO(logo)), 60, 60, 90, 30, mask="auto")
    code = QrCodeWidget(verify_url, barLevel="M")
    drawing = Drawing(70, 70)
    drawing.add(code)
    renderPDF.draw(drawing, canvas, 700, 60)
    canvas.save()
    return buffer.getvalue()


def empty_page() -> bytes:
    """reportlab's least: a new document, one page, one letter of the same typeface."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1)
    canvas.setFont(typeface.REGULAR, 11)
    canvas.drawString(60, 60, "ა")
    canvas.save()
    return buffer.getvalue()


def milliseconds(work: Callable[[], bytes]) -> tuple[float, int]:
    """Processor time of one call, and how many bytes it gave."""
    start = time.process_time()
    size = len(work())
    return (time.process_time() - start) * 1000, size


def main() -> int:
    """Print the table; the answer is 0 when the targets are reached."""
    typeface.register()
    logo = logo_png()
    batch = CertificateBatch(Design((Logo(logo, ""),)))
    with tempfile.TemporaryDirectory() as folder:
        signing.use(Path(folder), development=True)
        signing.keys()
    tagged = [batch.draw(*person(number), credential(number)) for number in range(WARM_UP + ROUNDS)]
    contenders: dict[str, Callable[[int], bytes]] = {
        TAGGED: lambda number: batch.draw(*person(number), credential(number)),
        SEALED: lambda number: signing.seal_pdf(tagged[number], at=clock.now()),
        "naive": lambda number: naive(*person(number), logo),
        "empty page": lambda _: empty_page(),
    }
    costs: dict[str, list[float]] = {name: [] for name in contenders}
    sizes: dict[str, int] = {}
    for turn in range(WARM_UP + ROUNDS):
        for name, draw in contenders.items():
            cost, sizes[name] = milliseconds(partial(draw, turn))
            costs[name].append(cost)
    medians = {name: median(values[WARM_UP:]) for name, values in costs.items()}
    out = sys.stdout.write
    for name, cost in medians.items():
        units = cost / medians["naive"]
        out(f"{name:<48}{cost:7.2f} ms {units:6.3f} units {1000 / cost:7.0f} per second {sizes[name] / 1024:6.1f} KB\n")
    units = medians[TAGGED] / medians["naive"]
    out(f"{TAGGED}: {units:.3f} of the naive one (target: at most {TARGET})\n")
    sealing = medians[SEALED] / medians["naive"]
    out(f"{SEALED}: {sealing:.3f} more (target: at most {TARGET_OF_SEALING})\n")
    files = [batch.draw(*person(number), credential(number)) for number in range(MERGED)]
    start = time.perf_counter()
    merged = merge(files)
    out(f"{MERGED} merged in {time.perf_counter() - start:.2f} s, {len(merged) / 1024:.0f} KB\n")
    return 0 if units <= TARGET and sealing <= TARGET_OF_SEALING and sizes[TAGGED] <= MOST_KB * 1024 else 1


if __name__ == "__main__":
    sys.exit(main())
