"""The transcript on paper: what it says in each language, that all of it is there and whole, and that its code leads to the check."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import zxingcpp
from pypdf import PdfReader

from portal.foundation.papers import Pair, UndrawableTextError
from portal.foundation.sheets import BOTTOM, LEFT, RIGHT, TOP
from portal.transcripts import TranscriptFacts
from portal.transcripts.drawing import draw_transcript
from tests.certificates.pages import overlaps, picture_of, text_boxes, text_of, unembedded_fonts
from tests.letters.samples import IN_GEORGIAN, VERIFY_URL
from tests.transcripts.samples import ENTRY, FACTS, FORTY

IN_ENGLISH = replace(IN_GEORGIAN, language="en")
LONG = replace(
    FORTY, entries=tuple(replace(one, title=Pair("ადმინისტრაციული წარმოება " * 9, "Proceedings " * 30)) for one in FORTY.entries)
)
BARE = replace(FACTS, municipality=Pair("", ""), post=Pair("", ""), entries=FACTS.entries[:1])
CASES = {"usual": FACTS, "forty": FORTY, "long": LONG, "bare": BARE}


def pages(pdf):
    return len(PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    ("issue", "facts"),
    [
        (
            IN_GEORGIAN,
            [
                "ამონაწერი გავლილი ტრენინგების შესახებ",
                "თამარ ბერიძე · Tamar Beridze",
                "02.03.2026",
                "15,5",
                "2026 15,5 10 1",
                "სულ 31 20 1",
            ],
        ),
        (IN_ENGLISH, ["Transcript of training", "Tamar Beridze · თამარ ბერიძე", "Telavi Municipality", "2025 15.5 10 –", "Total 31 20 1"]),
    ],
    ids=["ka", "en"],
)
def test_it_says_who_completed_what_when_and_the_sums_of_each_year(issue, facts):
    text = text_of(draw_transcript(FACTS, issue))
    for fact in (*facts, *FACTS.issuer, "№ E-2346AC-1", VERIFY_URL, "1 / 1" if issue is IN_GEORGIAN else "Page 1 of 1"):
        assert fact in text, fact


def test_what_was_taken_elsewhere_says_so():
    assert text_of(draw_transcript(FACTS, IN_ENGLISH)).count("Taken elsewhere, recognised") == 1


@pytest.mark.parametrize("language", ["ka", "en"])
def test_forty_trainings_fit_two_pages(language):
    pdf = draw_transcript(FORTY, replace(IN_GEORGIAN, language=language))
    assert pages(pdf) == 2
    shown = " ".join(text_of(pdf, page) for page in range(2))
    assert shown.count("15,5" if language == "ka" else "15.5") >= 40
    assert all(("კრედიტი" if language == "ka" else "Credits") in text_of(pdf, page) for page in range(2))


@pytest.mark.parametrize("language", ["ka", "en"])
@pytest.mark.parametrize("case", CASES)
def test_nothing_overlaps_or_leaves_the_sheet_every_font_is_embedded_and_each_page_has_its_code(case, language):
    pdf = draw_transcript(CASES[case], replace(IN_GEORGIAN, language=language))
    assert unembedded_fonts(pdf) == set()
    for page in range(pages(pdf)):
        boxes = text_boxes(pdf, page)
        assert overlaps(boxes) == []
        assert all(box[0] >= LEFT - 1 and box[2] <= RIGHT + 1 and box[1] >= BOTTOM - 2 and box[3] <= TOP for box in boxes)
        assert [code.text for code in zxingcpp.read_barcodes(picture_of(pdf, page=page))] == [VERIFY_URL]


def test_the_same_facts_give_the_same_bytes_and_come_back_from_their_record():
    assert draw_transcript(FACTS, IN_GEORGIAN) == draw_transcript(FACTS, IN_GEORGIAN)
    assert TranscriptFacts.from_record(FACTS.to_record()) == FACTS


def test_a_title_that_the_typeface_lacks_is_refused():
    with pytest.raises(UndrawableTextError):
        draw_transcript(replace(FACTS, entries=(replace(ENTRY, title=Pair("李", "")),)), IN_GEORGIAN)
