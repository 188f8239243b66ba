"""A design, tried before it is used: drawn with invented facts, with the worst ones, with the longest names. Pure, and kept nowhere."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final

import pypdfium2
from PIL import Image, ImageDraw

from portal.certificates import issuer
from portal.certificates.designs import rules
from portal.certificates.drawing import Logo, TextTooLongError, UndrawableTextError, draw_certificate, fits
from portal.certificates.facts import MOST_SIGNATORIES, CertificateFacts, Signatory
from portal.certificates.paper import NO_NUMBER, NO_SECRET, NotPrintableError, TooLongError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.certificates.designs.rules import Composition

WIDTH: Final = 1100
"""Of the picture of a certificate, in pixels."""
_POINTS: Final = 842
# pdfium may be used by one thread at a time.
_pdfium = Lock()

_LONG_SIGNATORIES: Final = (
    Signatory(
        "ალექსანდრე ნიმუშაძე-მაგალითაშვილი",
        "Aleksandre Nimushadze-Magalitashvili",
        "საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაციის აღმასრულებელი დირექტორი",
        "Executive Director of the National Association of Local Authorities of Georgia",
    ),
    Signatory(
        "კონსტანტინე მაგალითიშვილი-ნიმუშიანი",
        "Konstantine Magalitishvili-Nimushiani",
        "მუნიციპალური მმართველობის გაძლიერების პროექტის ხელმძღვანელი",
        "Head of the project for the strengthening of municipal governance",
    ),
    Signatory(
        "მარიამ-ანასტასია ნიმუშაშვილი",
        "Mariam-Anastasia Nimushashvili",
        "სასწავლო პროგრამის ხელმძღვანელი",
        "Head of the training programme",
    ),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """How a design did with many names: how many were tried, and those, in both spellings, for which it has no room or no letters.

    ``smallest`` is the size of the smallest print of those that fit, in points; None when none does.
    """

    tried: int
    failed: tuple[tuple[str, str], ...]
    smallest: float | None

    @property
    def fitted(self) -> int:
        """How many fit."""
        return self.tried - len(self.failed)


def invented_facts(on: date) -> CertificateFacts:
    """Facts about nobody, as they usually are."""
    return CertificateFacts(
        number=NO_NUMBER,
        name_ka="ნინო მაგალითაძე",
        name_latin="Nino Magalitadze",
        municipality_ka="თელავის მუნიციპალიტეტი",
        municipality_en="Telavi Municipality",
        municipality_tile=25,
        post_ka="მთავარი სპეციალისტი",
        post_en="Chief specialist",
        course_title_ka="საჯარო ფინანსების მართვა",
        course_title_en="Public finance management",
        form="in_person",
        first_day=on - timedelta(days=9),
        last_day=on - timedelta(days=8),
        place_ka="თელავი",
        place_en="Telavi",
        contact_hours=Decimal(16),
        independent_hours=Decimal(4),
        credits=Decimal(1),
        trainers=(("გიორგი ნიმუშაშვილი", "Giorgi Nimushashvili"),),
        projects=(("მუნიციპალური მმართველობის გაძლიერება", "Strengthening municipal governance"),),
        attendance_percent=100,
        score_percent=86,
        issued_on=on,
        valid_until=on + timedelta(days=3 * 365),
        signatories=(),
        issuer_ka=issuer.ISSUER[0],
        issuer_en=issuer.ISSUER[1],
    )


def worst_facts(on: date) -> CertificateFacts:
    """The longest of everything that a certificate has to hold: names, posts, a title of three lines, six trainers."""
    return replace(
        invented_facts(on),
        name_ka="მარიამ-ალექსანდრა კონსტანტინეპოლიშვილი-გოდერძიშვილიანიძე-ბარათაშვილი",
        name_latin="Mariam-Aleksandra Konstantinepolishvili-Goderdzishvilianidze-Baratashvili",
        municipality_ka="ქალაქ თბილისის მუნიციპალიტეტი",
        municipality_en="City of Tbilisi Municipality",
        municipality_tile=0,
        post_ka="სოციალური მომსახურებისა და ჯანდაცვის სამსახურის პირველადი სტრუქტურული ერთეულის ხელმძღვანელის მოადგილე",
        post_en="Deputy head of the primary structural unit of the service for social care and health",
        course_title_ka="ადმინისტრაციული წარმოება, სახელმწიფო შესყიდვები და საჯარო ფინანსების მართვა ადგილობრივი თვითმმართველობის ორგანოებში: "
        "სამართლებრივი რეგულირება, საუკეთესო პრაქტიკა და მუნიციპალური მომსახურების ხარისხის გაუმჯობესება მოქალაქეთა მონაწილეობით",
        course_title_en="Administrative proceedings, state procurement and public finance management in local self-government bodies: legal "
        "regulation, best practice and the improvement of municipal services with the participation of citizens",
        form="hybrid",
        first_day=date(on.year - 1, 12, 12),
        last_day=date(on.year, 1, 8),
        contact_hours=Decimal("160.5"),
        independent_hours=Decimal("24.25"),
        trainers=tuple((f"ანასტასია ნიმუშაშვილი {n}", f"Anastasia Nimushashvili {n}") for n in range(1, 7)),
    )


def made_worst(composition: Composition) -> Composition:
    """The same with as many logos as there may be, and three people who sign."""
    drawing, signatories = composition.drawing, composition.signatories
    marks = drawing.logos or (_mark(),)
    more = _LONG_SIGNATORIES[: MOST_SIGNATORIES - len(signatories)]
    logos = (marks * rules.MOST_LOGOS)[: rules.MOST_LOGOS]
    return replace(composition, drawing=replace(drawing, logos=logos), signatories=signatories + more)


@cache
def _mark() -> Logo:
    """Stands for a logo that is not there yet."""
    picture = Image.new("RGB", (360, 160), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((10, 10, 150, 150), fill=(139, 146, 153))
    pen.rectangle((170, 50, 350, 70), fill=(139, 146, 153))
    pen.rectangle((170, 90, 310, 105), fill=(200, 204, 208))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Logo(out.getvalue(), "Logo")


def draw_specimen(facts: CertificateFacts, composition: Composition) -> bytes:
    """The PDF of ``facts`` as composed; its QR leads to no certificate. Raises ``NotPrintableError``."""
    try:
        return draw_certificate(_said(facts, composition), issuer.verify_url(NO_SECRET), composition.drawing)
    except TextTooLongError as error:
        raise TooLongError from error
    except ValueError as error:
        raise NotPrintableError from error


def _said(facts: CertificateFacts, composition: Composition) -> CertificateFacts:
    return replace(facts, texts=rules.fill(composition.texts, facts), signatories=composition.signatories)


def picture_of(pdf: bytes) -> bytes:
    """The first page of ``pdf`` as a PNG, ``WIDTH`` pixels wide."""
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=WIDTH / _POINTS).to_pil()
    out = io.BytesIO()
    page.convert("RGB").quantize(method=Image.Quantize.FASTOCTREE).save(out, "PNG")  # keeps the colours of the design as they are
    return out.getvalue()


def try_names(names: Iterable[tuple[str, str]], composition: Composition, on: date) -> Trial:
    """Lay a certificate out for each of ``names`` (Georgian, Latin), with the longest of everything else."""
    worst, composition = worst_facts(on), made_worst(composition)
    address, sizes, failed = issuer.verify_url(NO_SECRET), [], []
    for name_ka, name_latin in dict.fromkeys((*names, (worst.name_ka, worst.name_latin))):
        facts = _said(replace(worst, name_ka=name_ka, name_latin=name_latin), composition)
        try:
            fit = fits(facts, address, composition.drawing)
        except UndrawableTextError:
            failed.append((name_ka, name_latin))
            continue
        if fit.too_long:
            failed.append((name_ka, name_latin))
        else:
            sizes.append(fit.smallest_points)
    return Trial(len(sizes) + len(failed), tuple(failed), min(sizes, default=None))
