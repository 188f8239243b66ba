"""Certificates to draw in tests: an everyday one, and the worst that must still look well."""

from __future__ import annotations

import io
import math
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from PIL import Image, ImageDraw

from portal.certificates.drawing import Design, Logo
from portal.certificates.facts import CertificateFacts, Signatory, Texts

VERIFY_URL: Final = "https://portal.example/verify/Zk3vQ9xT1bN7mW5cR8yL2a"

FACTS: Final = CertificateFacts(
    number="NALAG-2026-000123",
    name_ka="თამარ ბერიძე",
    name_latin="Tamar Beridze",
    municipality_ka="თელავის მუნიციპალიტეტი",
    municipality_en="Telavi Municipality",
    municipality_tile=25,
    post_ka="მთავარი სპეციალისტი",
    post_en="chief specialist",
    course_title_ka="სამშენებლო ნებართვები და სამართლებრივი რეგულირება",
    course_title_en="Construction permits and their legal regulation",
    form="in_person",
    first_day=date(2026, 12, 12),
    last_day=date(2026, 12, 13),
    place_ka="თბილისი",
    place_en="Tbilisi",
    contact_hours=Decimal("16.0"),
    independent_hours=Decimal(0),
    credits=None,
    trainers=(("ნინო კაპანაძე", "Nino Kapanadze"), ("გიორგი მაისურაძე", "Giorgi Maisuradze")),
    projects=(("მუნიციპალური მმართველობის გაძლიერება", "Strengthening municipal governance"),),
    attendance_percent=100,
    score_percent=86,
    issued_on=date(2026, 12, 19),
    valid_until=None,
    signatories=(
        Signatory("დავით გელაშვილი", "Davit Gelashvili", "აღმასრულებელი დირექტორი", "Executive Director"),
        Signatory("ნინო კაპანაძე", "Nino Kapanadze", "ტრენერი", "Trainer"),
    ),
    issuer_ka="საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაცია",
    issuer_en="National Association of Local Authorities of Georgia",
)

_LONG_TITLE_KA: Final = (
    "ადმინისტრაციული წარმოება, სახელმწიფო შესყიდვები და საჯარო ფინანსების მართვა ადგილობრივი თვითმმართველობის "
    "ორგანოებში: სამართლებრივი რეგულირება, საუკეთესო პრაქტიკა და მუნიციპალური მომსახურების ხარისხის გაუმჯობესება "
    "მოქალაქეთა მონაწილეობით"
)
_LONG_TITLE_EN: Final = (
    "Administrative proceedings, state procurement and public finance management in local self-government bodies: "
    "legal regulation, best practice and the improvement of municipal services with the participation of citizens"
)

WORST_FACTS: Final = replace(
    FACTS,
    name_ka="მარიამ-ალექსანდრა კონსტანტინეპოლიშვილი-გოდერძიშვილიანიძე-ბარათაშვილი",
    name_latin="Mariam-Aleksandra Konstantinepolishvili-Goderdzishvilianidze-Baratashvili",
    municipality_ka="ქალაქ თბილისის მუნიციპალიტეტი",
    municipality_en="City of Tbilisi Municipality",
    municipality_tile=0,
    post_ka="სოციალური მომსახურებისა და ჯანდაცვის სამსახურის პირველადი სტრუქტურული ერთეულის ხელმძღვანელის მოადგილე",
    post_en="Deputy head of the primary structural unit of the service for social care and health",
    course_title_ka=_LONG_TITLE_KA,
    course_title_en=_LONG_TITLE_EN,
    form="hybrid",
    last_day=date(2027, 1, 8),
    place_ka="სასტუმრო „მესტია პანორამა“, სეტის მოედანი 7, მესტია",
    place_en="Hotel Mestia Panorama, Seti Square 7, Mestia",
    contact_hours=Decimal("160.5"),
    independent_hours=Decimal("24.25"),
    credits=Decimal(6),
    trainers=tuple((f"ანასტასია წერეთელი {n}", f"Anastasia Tsereteli {n}") for n in range(6)),
    projects=FACTS.projects * 3,
    valid_until=date(2029, 12, 19),
    signatories=(
        Signatory(
            "ალექსანდრე ჩიკვაიძე-მაყაშვილი",
            "Aleksandre Chikvaidze-Makashvili",
            "საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაციის აღმასრულებელი დირექტორი",
            "Executive Director of the National Association of Local Authorities of Georgia",
        ),
        *FACTS.signatories,
    ),
)

LONG_TEXTS: Final = Texts(
    sentence=(
        "წარმატებით დაასრულა კვალიფიკაციის ამაღლების სავალდებულო პროგრამა",
        "successfully completed the mandatory programme of professional development",
    ),
    statement=(
        "მონაწილემ დაამტკიცა, რომ შეუძლია ადმინისტრაციული წარმოების დაწყება, გადაწყვეტილების დასაბუთება, საჯარო ფინანსების დაგეგმვა. " * 2,
        "The participant has shown the ability to open administrative proceedings, to give reasons for decisions, to plan public finance. "
        * 2,
    ),
    note=(
        "ტრენინგი ჩატარდა პროექტის ფარგლებში, რომელსაც რამდენიმე დონორი აფინანსებს; შინაარსზე პასუხისმგებელია მხოლოდ ავტორი.",
        "The training was held within a project funded by several donors; the authors alone are responsible for its content.",
    ),
)


def logo(number: int) -> Logo:
    """A donor's logo; every second one is transparent, and their widths differ."""
    width = 300 + 60 * (number % 3)
    picture = Image.new("RGBA", (width, 160), (255, 255, 255, 0 if number % 2 else 255))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((10, 10, 150, 150), fill=((0, 51, 153), (20, 120, 60), (200, 30, 40))[number % 3])
    pen.rectangle((165, 50, width - 10, 70), fill=(40, 40, 40))
    pen.rectangle((165, 90, width - 30, 105), fill=(120, 120, 120))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return Logo(buffer.getvalue(), f"დონორი {number}")


WORST_DESIGN: Final = Design(tuple(logo(number) for number in range(8)))


def scan(number: int) -> Logo:
    """A scanned signature: blue ink, transparent around it."""
    picture = Image.new("RGBA", (900, 300), (255, 255, 255, 0))
    points = [(40 + step * 14, 150 + 90 * math.sin(step * 0.7 + number) * math.cos(step * 0.13 * number)) for step in range(60)]
    ImageDraw.Draw(picture).line(points, fill=(20, 40, 120, 255), width=7, joint="curve")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return Logo(buffer.getvalue(), "")


def seal() -> Logo:
    """A round seal with much fine detail."""
    picture = Image.new("RGBA", (800, 800), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    blue = (30, 60, 150, 255)
    pen.ellipse((10, 10, 790, 790), outline=blue, width=14)
    for step in range(48):
        turn = step * math.pi / 24
        pen.line(
            (*(400 + 270 * part(turn) for part in (math.cos, math.sin)), *(400 + 360 * part(turn + 0.05) for part in (math.cos, math.sin))),
            blue,
            9,
        )
    pen.regular_polygon((400, 400, 150), 6, fill=blue)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return Logo(buffer.getvalue(), "ასოციაციის ბეჭედი")


FULLEST_FACTS: Final = replace(WORST_FACTS, texts=LONG_TEXTS)
FULLEST_DESIGN: Final = Design(WORST_DESIGN.logos, signatures=(scan(1), scan(2), scan(3)), seal=seal())

_WORDS_KA: Final = [
    "გა",
    "ბე",
    "რი",
    "ძე",
    "კონსტ",
    "ანტინე",
    "პოლი",
    "ჭყონდიდი",
    "ბერ",
    "ხვიჩა",
    "შალა",
    "ღმერთი",
    "თვალი",
    "მცხეთა",
    "განვითარება",
    "სამართლებრივი",
]
_WORDS_EN: Final = ["a", "of", "the", "training", "local", "self-government", "participation", "infrastructure", "Mtskheta", "i", "law"]


def any_certificate(seed: int) -> tuple[CertificateFacts, Design]:
    """Facts and a design thrown together: texts of any length, some of them missing, any number of pictures."""
    dice = random.Random(seed)

    def words(stock: list[str], count: int) -> str:
        return " ".join("".join(dice.choices(stock, k=dice.choice((1, 1, 1, 3)))) for _ in range(count))

    def pair(least: int, most: int) -> tuple[str, str]:
        return words(_WORDS_KA, dice.randint(least, most)), words(_WORDS_EN, dice.randint(least, most))

    (name_ka, name_latin), (title_ka, title_en), (post_ka, post_en) = pair(1, 8), pair(1, 40), pair(0, 15)
    facts = replace(
        FACTS,
        name_ka=name_ka,
        name_latin=name_latin,
        course_title_ka=title_ka,
        course_title_en=title_en,
        post_ka=post_ka,
        post_en=post_en,
        valid_until=dice.choice((None, date(2029, 12, 19))),
        trainers=tuple(pair(1, 3) for _ in range(dice.randint(0, 8))),
        projects=tuple(pair(1, 8) for _ in range(dice.randint(0, 3))),
        texts=Texts(pair(1, 5), pair(1, 8), pair(0, 60), pair(0, 40)),
        signatories=tuple(Signatory(*pair(0, 3), *pair(1, 12)) for _ in range(dice.randint(0, 3))),
    )
    return facts, Design(
        WORST_DESIGN.logos[: dice.randint(0, 8)],
        signatures=tuple(dice.choice((None, scan(1), scan(2))) for _ in range(3)),
        seal=dice.choice((None, seal())),
        frame=dice.choice(("tiles", "line", "none")),
    )
