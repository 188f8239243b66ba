"""The sign-in sheet on paper: everybody is on it, whole, on as few pages as can be signed by hand."""

from __future__ import annotations

import string
import time
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from portal.attendance.sheet import SheetFacts, SheetRow, draw_sheet
from portal.foundation.typeface import GEORGIAN
from tests.certificates.pages import overlaps, text_boxes, text_of, unembedded_fonts

LONG_NAME = "ანა-მარია კონსტანტინეპოლიშვილი-გოდერძიშვილიანი-ბარათაშვილი"
A4 = (595.28, 841.89)


def rows(count, name="თამარ ბერიძე"):
    return tuple(SheetRow(number, f"{name} {number}", "თელავის მუნიციპალიტეტი", "მთავარი სპეციალისტი") for number in range(1, count + 1))


FACTS = SheetFacts(
    course_title_ka="სამშენებლო ნებართვები და სამართლებრივი რეგულირება",
    run_code="DEMO-NOW",
    session_title="პირველი სასწავლო დღე",
    starts_at=datetime(2026, 12, 12, 6, 0, tzinfo=UTC),
    ends_at=datetime(2026, 12, 12, 14, 0, tzinfo=UTC),
    place_ka="სასტუმრო „თელავი“, თელავი",
    trainers=("ნინო კაპანაძე",),
    rows=rows(30),
    url="https://training.nalag.example/ka/teaching/sessions/12345",
)


def pages(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def test_the_sheet_says_what_when_where_and_who_in_tbilisi_time():
    text = text_of(draw_sheet(FACTS))
    for fact in (
        "დასწრების ფურცელი",
        "Attendance sheet",
        FACTS.course_title_ka,
        "12 დეკემბერი, 2026, 10:00–18:00 · პირველი სასწავლო დღე",
        "სასტუმრო „თელავი“, თელავი",
        "ტრენერი: ნინო კაპანაძე",
        "ხელმოწერა",
        "DEMO-NOW",
    ):
        assert fact in text, fact


def test_thirty_people_and_three_blank_rows_fit_two_pages_and_every_page_repeats_the_heading():
    pdf = draw_sheet(FACTS)
    assert pages(pdf) == 2
    assert len(pdf) <= 100 * 1024
    for page in (0, 1):
        text = text_of(pdf, page)
        assert f"page {page + 1} of 2" in text
        assert FACTS.course_title_ka in text
        assert "სახელი და გვარი" in text
    assert "Signature of the trainer" in text_of(pdf, 1)


def test_everybody_stands_on_the_sheet_in_the_given_order():
    pdf = draw_sheet(replace(FACTS, rows=tuple(reversed(rows(30)))))
    text = text_of(pdf, 0) + text_of(pdf, 1)
    places = [text.index(f"თამარ ბერიძე {number} ") for number in range(30, 0, -1)]
    assert places == sorted(places)


def test_thirty_long_names_are_whole_and_still_fit_two_pages():
    pdf = draw_sheet(replace(FACTS, rows=rows(30, LONG_NAME)))
    assert pages(pdf) == 2
    text = (text_of(pdf, 0) + text_of(pdf, 1)).replace(" ", "")
    assert text.count(LONG_NAME.replace(" ", "")) == 30


def test_three_hundred_people_take_their_pages_within_two_seconds():
    start = time.perf_counter()
    pdf = draw_sheet(replace(FACTS, rows=rows(300)))
    assert time.perf_counter() - start < 2
    last = pages(pdf) - 1
    assert f"page {last + 1} of {last + 1}" in text_of(pdf, last)
    assert "თამარ ბერიძე 300" in text_of(pdf, last) + text_of(pdf, last - 1)


def test_a_sheet_for_nobody_has_blank_rows():
    assert pages(draw_sheet(replace(FACTS, rows=(), trainers=()))) == 1


@pytest.mark.parametrize("name", ["თამარ ბერიძე", LONG_NAME, "ა" * 150])
def test_nothing_leaves_the_page_and_no_text_covers_another(name):
    pdf = draw_sheet(replace(FACTS, rows=rows(30, name), course_title_ka="გრძელი სათაური " * 20))
    for page in range(pages(pdf)):
        boxes = text_boxes(pdf, page)
        for left, bottom, right, top in boxes:
            assert left >= 30
            assert bottom >= 20
            assert right <= A4[0] - 30
            assert top <= A4[1] - 20
        assert overlaps(boxes) == []


def test_every_letter_is_printed_and_every_font_embedded():
    signs = "„ “ « » № – ₾"
    people = (SheetRow(1, GEORGIAN, string.ascii_lowercase, f"{string.digits} {signs}"),)
    pdf = draw_sheet(replace(FACTS, rows=people, session_title=string.ascii_letters))
    text = text_of(pdf)
    for expected in (string.ascii_lowercase, string.ascii_letters, string.digits, signs):
        assert expected in text
    assert GEORGIAN in text.replace(" ", "")
    assert unembedded_fonts(pdf) == set()


def test_a_letter_without_glyph_does_not_stop_the_sheet():
    assert "?? ?" in text_of(draw_sheet(replace(FACTS, rows=(SheetRow(1, "李小 🙂", "", ""),))))


def test_markup_in_a_name_is_printed_as_it_stands():
    markup = '<img src="file:///etc/passwd"/>'
    pdf = draw_sheet(replace(FACTS, rows=(SheetRow(1, markup, "<b>", "&amp;"),)))
    assert markup.replace(" ", "") in text_of(pdf).replace(" ", "")


def test_the_same_facts_give_the_same_bytes():
    assert draw_sheet(FACTS) == draw_sheet(FACTS)


def test_times_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="zone"):
        draw_sheet(replace(FACTS, starts_at=datetime(2026, 12, 12, 10, 0)))  # noqa: DTZ001 - the fault under test
