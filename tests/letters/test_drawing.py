"""The letter on paper: what it says in each language, that all of it is there and whole, and that its code leads to the check."""

from __future__ import annotations

import io
import string
from dataclasses import replace

import pytest
import zxingcpp
from pypdf import PdfReader

from portal.foundation.papers import Pair, UndrawableTextError
from portal.foundation.sheets import BOTTOM, LEFT, RIGHT, TOP
from portal.foundation.typeface import GEORGIAN
from portal.letters import LetterFacts
from portal.letters.drawing import draw_letter
from tests.certificates.pages import overlaps, picture_of, text_boxes, text_of, unembedded_fonts
from tests.letters.samples import IN_GEORGIAN, PARTICIPATION, VERIFY_URL, days

IN_ENGLISH = replace(IN_GEORGIAN, language="en")
ATTENDANCE = replace(
    PARTICIPATION, kind="attendance", days=(*days(1, 480), *days(2, 450)[1:], *days(3)[2:]), certificate="NALAG-2026-000123"
)
LONG = replace(
    ATTENDANCE,
    name=Pair("ანა-მარია კონსტანტინეპოლიშვილი-გოდერძიშვილიანი-ბარათაშვილი " * 2, "Ana-Maria Konstantinepolishvili-Goderdzishviliani " * 2),
    post=Pair("სოციალური მომსახურებისა და ჯანმრთელობის დაცვის სამსახურის უფროსის მოადგილე " * 3, "Deputy head of the social service " * 5),
    title=Pair("ადმინისტრაციული წარმოება " * 12, "Administrative proceedings " * 12),
    days=days(40, 450),
)
BARE = replace(PARTICIPATION, municipality=Pair("", ""), post=Pair("", ""), place=Pair("", ""), form="online", days=days(1))
CASES = {
    "participation": PARTICIPATION,
    "attendance": ATTENDANCE,
    "long": LONG,
    "bare": BARE,
    "endless word": replace(BARE, title=Pair("ა" * 400, "")),
}


@pytest.fixture(params=[(case, language) for case in CASES for language in ("ka", "en")], ids=" ".join, name="pdf")
def _pdf(request):
    case, language = request.param
    return draw_letter(CASES[case], replace(IN_GEORGIAN, language=language))


def pages(pdf):
    return len(PdfReader(io.BytesIO(pdf)).pages)


def all_text(pdf):
    return " ".join(text_of(pdf, page) for page in range(pages(pdf)))


def test_a_letter_of_participation_says_who_what_when_and_where_in_georgian():
    text = text_of(draw_letter(PARTICIPATION, IN_GEORGIAN))
    for fact in (
        *PARTICIPATION.issuer,
        "№ E-2346AC-1",
        "გაცემის თარიღი: 23 ნოემბერი, 2026",
        "წარსადგენად: თელავის მუნიციპალიტეტი",
        "ცნობა მონაწილეობის შესახებ",
        "თამარ ბერიძე · Tamar Beridze",
        "მთავარი სპეციალისტი",
        PARTICIPATION.title.ka,
        "DEMO-OPEN",
        "ადგილზე",
        "სასტუმრო „ალაზანი“, ერეკლე II-ის ქ. 1, თელავი",
        "16,5",
        "12 დეკემბერი, 2026 10:00–18:00 13 დეკემბერი, 2026 10:00–18:00",
        VERIFY_URL,
        "portal@portal.example",
        "გვერდი 1 / 1",
    ):
        assert fact in text, fact
    for other in ("დასწრებული", "სერტიფიკატი", "None", "attend"):
        assert other not in text


def test_a_letter_of_attendance_says_the_hours_of_each_day_and_the_certificate_in_english():
    text = text_of(draw_letter(ATTENDANCE, IN_ENGLISH))
    for fact in (
        "Confirmation of attendance",
        "To be presented to: Telavi Municipality",
        "Tamar Beridze · თამარ ბერიძე",
        "Hours attended 15.5 / 24 (64%)",
        "Certificate № NALAG-2026-000123",
        "12 December 2026 10:00–18:00 8 / 8",
        "13 December 2026 10:00–18:00 7.5 / 8",
        "14 December 2026 10:00–18:00 Not marked",
    ):
        assert fact in text, fact
    assert "Not issued by this date" in text_of(draw_letter(replace(ATTENDANCE, certificate=""), IN_ENGLISH))


def test_somebody_without_a_municipality_gets_a_letter_for_whom_it_may_concern():
    text = text_of(draw_letter(BARE, IN_ENGLISH))
    assert "To whom it may concern" in text
    assert "Municipality" not in text
    assert "Online" in text


def test_what_nobody_translated_stands_in_the_other_language():
    assert PARTICIPATION.title.ka in text_of(draw_letter(replace(PARTICIPATION, title=Pair(PARTICIPATION.title.ka, "")), IN_ENGLISH))


def test_every_letter_digit_and_sign_is_printed_and_every_font_embedded():
    signs = "„ “ « » № – ₾"
    facts = replace(PARTICIPATION, name=Pair(GEORGIAN, string.ascii_letters), place=Pair(f"{string.digits} {signs}", ""))
    pdf = draw_letter(facts, IN_GEORGIAN)
    for expected in (GEORGIAN, string.ascii_letters, f"{string.digits} {signs}"):
        assert expected in text_of(pdf)
    assert unembedded_fonts(pdf) == set()
    assert "\ufffd" not in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize("markup", ['<img src="file:///etc/passwd"/>', "<b>x</b> &amp; {0} %s %(whom)s", "(\\) ) ET Q"])
def test_markup_in_a_name_is_printed_as_it_stands(markup):
    assert markup in text_of(draw_letter(replace(PARTICIPATION, name=Pair("ა", markup)), IN_GEORGIAN))
    assert markup in text_of(draw_letter(replace(PARTICIPATION, municipality=Pair(markup, "")), IN_GEORGIAN))


@pytest.mark.parametrize("name", ["李小龍", "عمر", "🙂"])
def test_a_letter_that_the_typeface_lacks_is_refused(name):
    with pytest.raises(UndrawableTextError):
        draw_letter(replace(PARTICIPATION, name=Pair("ა", name)), IN_GEORGIAN)


def test_mtavruli_is_printed_as_mkhedruli():
    assert "თამარ ბერიძე" in text_of(draw_letter(replace(PARTICIPATION, name=Pair("ᲗᲐᲛᲐᲠ ᲑᲔᲠᲘᲫᲔ", "x")), IN_GEORGIAN))


def test_long_texts_are_whole_and_forty_days_go_on_under_the_repeated_head():
    pdf = draw_letter(LONG, IN_GEORGIAN)
    text = all_text(pdf).replace(" ", "").replace("-", "")
    for said in (LONG.name.ka, LONG.name.en, LONG.post.ka, LONG.title.ka):
        assert said.replace(" ", "").replace("-", "") in text
    assert text.count("10:00–18:00") == 40
    assert pages(pdf) == 3
    for page in range(3):
        assert f"გვერდი {page + 1} / 3" in text_of(pdf, page)
    for page in (1, 2):
        assert "სასწავლო დღე" in text_of(pdf, page)


def test_forty_days_of_an_everyday_letter_fit_two_pages():
    assert pages(draw_letter(replace(ATTENDANCE, days=days(40, 450)), IN_GEORGIAN)) == 2


def test_nothing_leaves_the_margins_and_no_text_covers_another(pdf):
    for page in range(pages(pdf)):
        boxes = text_boxes(pdf, page)
        for left, bottom, right, top in boxes:
            assert left > LEFT - 1
            assert bottom > BOTTOM - 1
            assert right < RIGHT + 1
            assert top < TOP
        assert overlaps(boxes) == []


def test_the_code_of_each_page_at_150_dots_an_inch_leads_to_the_check(pdf):
    for page in range(pages(pdf)):
        (code,) = zxingcpp.read_barcodes(picture_of(pdf, page=page))
        assert code.text == VERIFY_URL
        assert code.ec_level in "MQH"
    link = PdfReader(io.BytesIO(pdf)).pages[0]["/Annots"][0].get_object()
    assert link["/A"]["/URI"] == VERIFY_URL


def test_a_letter_is_small(pdf):
    assert len(pdf) <= 40 * 1024


def test_the_same_facts_give_the_same_bytes():
    assert draw_letter(ATTENDANCE, IN_GEORGIAN) == draw_letter(ATTENDANCE, IN_GEORGIAN)


@pytest.mark.parametrize("language", ["ka", "en"])
def test_the_file_says_its_title_author_and_language(language):
    reader = PdfReader(io.BytesIO(draw_letter(PARTICIPATION, replace(IN_GEORGIAN, language=language))))
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.metadata.title.endswith("№ E-2346AC-1")
    assert reader.metadata.author == PARTICIPATION.issuer.said(language)


@pytest.mark.parametrize("facts", CASES.values(), ids=CASES)
def test_the_record_gives_back_the_very_same_facts(facts):
    again = LetterFacts.from_record(facts.to_record())
    assert again == facts
    assert again.to_record() == facts.to_record()
