"""The certificate on paper: what it says, that all of it is there, and that it looks the same every time."""

from __future__ import annotations

import io
import json
import string
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
import zxingcpp
from PIL import ImageChops
from pypdf import PdfReader

from portal.certificates.drawing import Attachment, CertificateBatch, Design, Logo, UndrawableTextError, batch, draw_certificate, merge
from portal.certificates.drawing.design import ACCENT, PAGE_HEIGHT, PAGE_WIDTH
from portal.certificates.drawing.face import PREPARED_LETTERS
from portal.certificates.drawing.frame import INSIDE, TILE, TILE_CORNERS
from portal.certificates.facts import CertificateFacts, Signatory, canonical_json
from portal.foundation.typeface import GEORGIAN
from tests.certificates.pages import overlaps, picture_of, text_boxes, text_of, unembedded_fonts
from tests.certificates.samples import FACTS, FULLEST_DESIGN, FULLEST_FACTS, VERIFY_URL, WORST_DESIGN, WORST_FACTS

PLAIN = Design()
MOST_BYTES = 40 * 1024
MOST_BYTES_WITH_LOGOS = 80 * 1024
BARE_FACTS = replace(
    FACTS,
    municipality_ka="",
    municipality_en="",
    municipality_tile=None,
    post_ka="",
    post_en="",
    trainers=(),
    projects=(),
    attendance_percent=None,
    score_percent=None,
    signatories=(),
)
CASES = {
    "everyday": (FACTS, PLAIN),
    "worst": (WORST_FACTS, WORST_DESIGN),
    "worst without logos": (WORST_FACTS, PLAIN),
    "bare": (BARE_FACTS, PLAIN),
    "short name": (replace(FACTS, name_ka="ია ონი", name_latin="Ia Oni", valid_until=date(2028, 12, 19)), PLAIN),
    "one endless word": (replace(FACTS, name_ka="ა" * 100, course_title_ka="ბ" * 300, number="N" * 30), PLAIN),
    "all of it": (FULLEST_FACTS, FULLEST_DESIGN),
}


@pytest.fixture(params=CASES, name="case")
def _case(request):
    return CASES[request.param]


def draw(facts, design=PLAIN):
    return draw_certificate(facts, VERIFY_URL, design)


def test_every_fact_is_printed_in_both_languages():
    text = text_of(draw(replace(WORST_FACTS, name_ka="თამარ ბერიძე", name_latin="Tamar Beridze")))
    for fact in (
        "№ NALAG-2026-000123",
        "თამარ ბერიძე",
        "Tamar Beridze",
        "ქალაქ თბილისის მუნიციპალიტეტი, სოციალური მომსახურებისა",
        "City of Tbilisi Municipality, Deputy head",
        "მონაწილეობდა ტრენინგში „ადმინისტრაციული წარმოება",
        "took part in the training “Administrative proceedings",
        "12 დეკემბერი, 2026 – 8 იანვარი, 2027 · სასტუმრო",
        "12 December 2026 – 8 January 2027 · Hotel",
        "ჰიბრიდული",
        "hybrid",
        "160,5 საკონტაქტო საათი · 24,25 დამოუკიდებელი მუშაობის საათი · 6 კრედიტი · დასწრება 100 % · საბოლოო ქულა 86 %",
        "160.5 contact hours · 24.25 independent study hours · 6 credits · attendance 100% · final score 86%",
        "ტრენერები: ანასტასია წერეთელი 0",
        "Trainers: Anastasia Tsereteli 0",
        "პროექტები: მუნიციპალური",
        "Projects: Strengthening",
        "გაცემულია: 19 დეკემბერი, 2026",
        "Issued: 19 December 2026",
        "მოქმედების ვადა: 19 დეკემბერი, 2029",
        "Valid until: 19 December 2029",
        "Verify: portal.example/verify",
        "აღმასრულებელი დირექტორი",
        "Davit Gelashvili, Executive Director",
        "საქართველოს ადგილობრივ თვითმმართველობათა ეროვნული ასოციაცია",
        "National Association of Local Authorities of Georgia",
    ):
        assert fact in text, fact


def test_the_secret_is_in_the_code_and_not_in_the_text():
    assert VERIFY_URL.rpartition("/")[2] not in text_of(draw(FACTS))


def test_what_does_not_apply_is_left_out():
    text = text_of(draw(BARE_FACTS))
    for word in ("კრედიტი", "დამოუკიდებელი", "მოქმედების ვადა", "ქულა", "ტრენერ", "პროექტი", "None"):
        assert word not in text


def test_one_day_one_hour_and_one_trainer_are_said_in_the_singular():
    facts = replace(FACTS, last_day=FACTS.first_day, contact_hours=Decimal(1), trainers=FACTS.trainers[:1])
    text = text_of(draw(facts))
    assert "12 დეკემბერი, 2026 · თბილისი" in text
    assert "1 contact hour ·" in text
    assert "ტრენერი: ნინო კაპანაძე" in text


def test_every_letter_digit_and_sign_is_printed_and_every_font_embedded():
    signs = "„ “ « » № – ₾"
    facts = replace(
        FACTS,
        name_ka=GEORGIAN,
        name_latin=string.ascii_letters,
        post_ka=string.digits + signs,
        post_en="",
        course_title_ka=f"{string.ascii_letters} {string.digits} {signs}",
    )
    pdf = draw(facts)
    text = text_of(pdf)
    for expected in (GEORGIAN, string.ascii_letters, string.digits + signs):
        assert expected in text
    assert unembedded_fonts(pdf) == set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        assert "\ufffd" not in page.extract_text()


def test_mtavruli_is_printed_as_mkhedruli():
    assert "თამარ ბერიძე" in text_of(draw(replace(FACTS, name_ka="ᲗᲐᲛᲐᲠ ᲑᲔᲠᲘᲫᲔ")))


@pytest.mark.parametrize("markup", ['<img src="file:///etc/passwd"/>', "<b>x</b> &amp; {0} %s", "(\\) ) ET Q"])
def test_markup_in_a_name_is_printed_as_it_stands(markup):
    assert markup in text_of(draw(replace(FACTS, name_latin=markup)))


def test_nothing_leaves_the_frame_and_no_text_covers_another(case):
    pdf = draw(*case)
    boxes = text_boxes(pdf)
    assert boxes
    for left, bottom, right, top in boxes:
        assert left > INSIDE
        assert bottom > INSIDE
        assert right < PAGE_WIDTH - INSIDE
        assert top < PAGE_HEIGHT - INSIDE
    assert overlaps(boxes) == []


def test_the_code_on_a_page_at_150_dots_an_inch_leads_to_the_certificate(case):
    (code,) = zxingcpp.read_barcodes(picture_of(draw(*case)))
    assert code.text == VERIFY_URL
    assert code.ec_level in "MQH"


def test_the_holders_municipality_is_the_tile_in_the_accent_colour():
    accent = tuple(round(255 * part) for part in ACCENT)
    for tile in (0, 19, 20, 31, 32, 51, 52, 63):
        picture = picture_of(draw(replace(FACTS, municipality_tile=tile)), dots=72)
        coloured = [
            number
            for number, (x, y) in enumerate(TILE_CORNERS)
            if picture.getpixel((round(x + TILE / 2), round(PAGE_HEIGHT - y - TILE / 2))) == accent
        ]
        assert coloured == [tile]


def test_the_same_facts_give_the_same_bytes_alone_and_in_a_batch():
    together = CertificateBatch(PLAIN)
    together.draw(WORST_FACTS, VERIFY_URL)
    assert together.draw(FACTS, VERIFY_URL) == draw(FACTS) == draw(FACTS)


def test_a_certificate_is_small():
    assert len(draw(FACTS)) <= MOST_BYTES
    assert len(draw(WORST_FACTS)) <= MOST_BYTES
    assert len(draw(FACTS, Design(WORST_DESIGN.logos[:2]))) <= MOST_BYTES
    assert len(draw(FULLEST_FACTS, FULLEST_DESIGN)) <= MOST_BYTES_WITH_LOGOS


def test_an_attachment_comes_back_byte_for_byte():
    credential = Attachment("credential.json", "application/ld+json", '{"name": "თამარ"}'.encode() * 200, "სერტიფიკატი მანქანისთვის")
    pdf = draw_certificate(FACTS, VERIFY_URL, PLAIN, credential)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        attached = opened.attachments["credential.json"]
        assert attached.get_file().read_bytes() == credential.data
        assert attached.get_file().mime_type == credential.media_type
        assert attached.description == credential.description
        assert opened.Root.AF[0].AFRelationship == "/Data"
    assert CertificateBatch(PLAIN).draw(FACTS, VERIFY_URL, credential) == pdf


@pytest.mark.parametrize("name", ["../x.json", "ა.json", "x\n.json"])
def test_an_attachment_whose_name_could_not_be_saved_is_refused(name):
    with pytest.raises(ValueError, match="ASCII"):
        Attachment(name, "application/json", b"{}", "")


def test_a_letter_outside_the_prepared_ones_takes_the_slow_road():
    name = "Jürgen Łukasiewicz-Østergård Šimić Ґ"
    assert not set(name) <= PREPARED_LETTERS
    pdf = draw(replace(FACTS, name_ka=name))
    assert name in text_of(pdf)
    assert unembedded_fonts(pdf) == set()
    assert len(pdf) <= MOST_BYTES


def test_the_slow_road_looks_like_the_fast_one(monkeypatch):
    fast = draw(FACTS)
    monkeypatch.setattr(batch, "PREPARED_LETTERS", frozenset("xyz"))
    slow = CertificateBatch(PLAIN).draw(FACTS, VERIFY_URL)
    assert slow != fast
    assert text_of(slow) == text_of(fast)
    assert ImageChops.difference(picture_of(slow), picture_of(fast)).getbbox() is None


@pytest.mark.parametrize("name", ["李小龍", "عمر", "🙂"])
def test_a_letter_that_the_typeface_lacks_is_refused_by_name(name):
    with pytest.raises(UndrawableTextError, match=f"U\\+{ord(name[0]):04X}") as refusal:
        draw(replace(FACTS, name_latin=name))
    assert refusal.value.letters == set(name)


def test_more_different_letters_than_a_font_holds_are_refused():
    with pytest.raises(UndrawableTextError):
        draw(replace(FACTS, course_title_en="".join(map(chr, range(0xC0, 0x180)))))


def test_the_file_says_its_title_language_and_day():
    reader = PdfReader(io.BytesIO(draw(FACTS)))
    assert reader.metadata.title == "თამარ ბერიძე · სერტიფიკატი № NALAG-2026-000123"
    assert reader.metadata.creation_date.date() == FACTS.issued_on
    assert reader.trailer["/Root"]["/Lang"] == "ka"
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
    assert len(reader.pages) == 1


def test_logos_stand_in_one_row_of_equal_height_and_are_named():
    pdf = draw(WORST_FACTS, WORST_DESIGN)
    content = PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data().decode("latin-1")
    places = [line.split(" cm")[0].split()[-6:] for line in content.splitlines() if " Do " in line]
    assert len(places) == 8
    assert len({(height, y) for _, _, _, height, _, y in places}) == 1
    assert b"/Alt<feff%b>" % "დონორი 7".encode("utf-16-be").hex().encode() in pdf


def test_a_logo_that_is_no_picture_is_refused():
    with pytest.raises(ValueError, match="PNG"):
        draw(FACTS, Design((Logo(b"<svg/>", "x"),)))


def test_a_frame_with_another_number_of_tiles_is_refused():
    with pytest.raises(ValueError, match="64 tiles"):
        Design(tile_depths=(1.0,) * 63)


def test_merged_certificates_keep_their_order_and_share_their_fonts():
    together = CertificateBatch(PLAIN)
    names = [f"მონაწილე {number}" for number in range(40)]
    names[7] = "Jürgen Müller"
    files = [together.draw(replace(FACTS, name_ka=name), VERIFY_URL) for name in names]
    merged = merge([*files, draw(WORST_FACTS, WORST_DESIGN)])
    assert len(PdfReader(io.BytesIO(merged)).pages) == 41
    for page, name in enumerate(names):
        assert name in text_of(merged, page)
    assert "City of Tbilisi" in text_of(merged, 40)
    assert len(merged) < 200 * 1024
    assert merge(files) == merge(files)
    assert ImageChops.difference(picture_of(merged, page=3), picture_of(files[3])).getbbox() is None


def test_merging_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        merge([])


@pytest.mark.parametrize("facts", [FACTS, WORST_FACTS, BARE_FACTS])
def test_the_record_gives_back_the_very_same_facts(facts):
    frozen = canonical_json(facts.to_record())
    again = CertificateFacts.from_record(json.loads(frozen))
    assert again == facts
    assert str(again.contact_hours) == str(facts.contact_hours)
    assert canonical_json(again.to_record()) == frozen


def test_canonical_json_is_sorted_tight_and_utf8():
    frozen = canonical_json({"b": "ა/„", "a": [1, None, {"z": "", "y": "\n"}]})
    assert frozen == '{"a":[1,null,{"y":"\\n","z":""}],"b":"ა/„"}'.encode()


@pytest.mark.parametrize(
    "spoil", [{"format": 3}, {"texts": None}, {"name": None}, {"first_day": "x"}, {"contact_hours": "x"}, {"trainers": "x"}]
)
def test_a_spoilt_record_is_refused(spoil):
    with pytest.raises(ValueError, match=r"."):
        CertificateFacts.from_record(FACTS.to_record() | spoil)


@pytest.mark.parametrize(
    "change",
    [
        {"form": "by post"},
        {"last_day": date(2026, 12, 1)},
        {"municipality_tile": 64},
        {"attendance_percent": 101},
        {"signatories": (Signatory("ა", "a", "ბ", "b"),) * 4},
    ],
)
def test_facts_that_cannot_be_true_are_refused(change):
    with pytest.raises(ValueError, match=r"."):
        replace(FACTS, **change)
