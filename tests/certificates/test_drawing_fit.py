"""What a design may ask of the page: texts shrink, then wrap, are never printed over each other, and are refused when nobody could read them."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from itertools import pairwise
from time import process_time

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from portal.certificates.drawing import CertificateBatch, Design, Fit, Logo, TextTooLongError, draw_certificate, fits
from portal.certificates.drawing.block import SMALLEST
from portal.certificates.drawing.design import PAGE_HEIGHT, PAGE_WIDTH, PAPER
from portal.certificates.drawing.frame import INSIDE
from portal.certificates.facts import Texts
from tests.certificates.pages import overlaps, picture_of, pictures_on, text_boxes, text_of
from tests.certificates.pdfa import breaches
from tests.certificates.samples import (
    FACTS,
    FULLEST_DESIGN,
    FULLEST_FACTS,
    LONG_TEXTS,
    VERIFY_URL,
    WORST_FACTS,
    any_certificate,
    logo,
    scan,
    seal,
)

PLAIN = Design()
# Letters of Georgian names, as often as they come; and what their surnames end in.
SYLLABLES = ("გა", "ბე", "რი", "ძე", "კო", "ნსტ", "ანტ", "ინე", "პო", "ლი", "ჭყ", "ბერ", "ხვი", "შა", "ლა", "ღმ", "თვა", "მცხ")
ENDINGS = ("შვილი", "ძე", "იანი", "აშვილი-ბარათაშვილი", "ელიშვილი")
NAMED_ALIKE = 500


def draw(facts, design=PLAIN):
    return draw_certificate(facts, VERIFY_URL, design)


def long_names(count):
    """Invented names of 30 to 90 letters, the same ones every time."""
    dice = random.Random(7)
    for _ in range(count):
        words = ["".join(dice.choices(SYLLABLES, k=dice.randint(3, 9))) for _ in range(dice.randint(2, 4))]
        ka = " ".join(words[:-1]) + "-" + words[-1] + dice.choice(ENDINGS)
        yield ka, "".join(dice.choices("abcdefghijklmnopqrstuvwxyz  -", k=len(ka))).strip().replace("  ", " ")


def nothing_touches(pdf):
    """All text and every picture stand inside the frame, apart from each other."""
    boxes = text_boxes(pdf) + pictures_on(pdf)
    for left, bottom, right, top in boxes:
        assert left > INSIDE
        assert bottom > INSIDE
        assert right < PAGE_WIDTH - INSIDE
        assert top < PAGE_HEIGHT - INSIDE
    assert overlaps(boxes) == []


@pytest.mark.parametrize("signatories", [0, 1, 2, 3])
@pytest.mark.parametrize("has_seal", [True, False])
def test_signatures_and_seal_stand_apart_from_all_else(signatories, has_seal):
    facts = replace(FULLEST_FACTS, signatories=FULLEST_FACTS.signatories[:signatories])
    pdf = draw(facts, replace(FULLEST_DESIGN, seal=FULLEST_DESIGN.seal if has_seal else None))
    assert len(pictures_on(pdf)) == 8 + signatories + has_seal
    nothing_touches(pdf)


@pytest.mark.parametrize("signatures", [(scan(1),), (None, scan(2)), (None, None, None), ()])
def test_a_signatory_without_a_scan_signs_by_hand(signatures):
    pdf = draw(FACTS, Design(signatures=signatures))
    assert len(pictures_on(pdf)) == len([picture for picture in signatures if picture])
    nothing_touches(pdf)


def test_nothing_touches_whatever_the_name():
    together = CertificateBatch(FULLEST_DESIGN)
    for ka, latin in list(long_names(12)):
        pdf = together.draw(replace(FULLEST_FACTS, name_ka=ka, name_latin=latin), VERIFY_URL)
        assert ka in text_of(pdf).replace("- ", "-")
        nothing_touches(pdf)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_thrown_together_is_refused_or_stands_apart(seed):
    facts, design = any_certificate(seed)
    if fits(facts, VERIFY_URL, design).too_long:
        with pytest.raises(TextTooLongError):
            draw(facts, design)
        return
    pdf = draw(facts, design)
    nothing_touches(pdf)
    assert breaches(pdf) == []
    assert len(pdf) <= 80 * 1024


def test_the_longest_names_of_a_run_are_tried_in_a_moment():
    fits(FULLEST_FACTS, VERIFY_URL, FULLEST_DESIGN)
    start = process_time()
    for ka, latin in long_names(NAMED_ALIKE):
        assert fits(replace(FULLEST_FACTS, name_ka=ka, name_latin=latin), VERIFY_URL, FULLEST_DESIGN).smallest_points >= SMALLEST
    assert process_time() - start < 10


def test_what_fits_says_is_what_is_drawn():
    for facts, design in ((FACTS, PLAIN), (WORST_FACTS, PLAIN), (FULLEST_FACTS, FULLEST_DESIGN)):
        fit = fits(facts, VERIFY_URL, design)
        assert fit.too_long == ()
        assert fit.smallest_points == pytest.approx(smallest_print(draw(facts, design)), abs=0.01)


def smallest_print(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        steps = pikepdf.parse_content_stream(opened.pages[0])
        return min(float(step.operands[1]) for step in steps if str(step.operator) == "Tf")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name_ka": "ა" * 400}, "name"),
        ({"course_title_ka": "ბ" * 700}, "title"),
        ({"number": "N" * 90}, "number"),
        ({"texts": Texts(statement=("ძალიან გრძელი წინადადება " * 60, ""))}, "statement"),
        ({"texts": Texts(note=("", "a very long note " * 60))}, "note"),
        ({"signatories": (replace(FACTS.signatories[0], post_ka="უფროსი " * 60),) * 3}, "signatures"),
        ({"trainers": FACTS.trainers * 20}, "trainers"),
    ],
)
def test_what_nobody_could_read_is_refused_by_name(change, named):
    facts = replace(FACTS, **change)
    with pytest.raises(TextTooLongError, match=named) as refusal:
        draw(facts)
    assert refusal.value.parts == (named,) == fits(facts, VERIFY_URL, PLAIN).too_long


def test_what_does_not_fit_only_together_is_refused_by_the_names_of_the_longest():
    texts = Texts(statement=tuple(text * 2 for text in LONG_TEXTS.statement), note=tuple((text + " ") * 4 for text in LONG_TEXTS.note))
    assert fits(replace(FACTS, texts=texts), VERIFY_URL, PLAIN).too_long == ()
    with pytest.raises(TextTooLongError) as refusal:
        draw(replace(FULLEST_FACTS, texts=texts), FULLEST_DESIGN)
    assert set(refusal.value.parts) <= {"title", "statement", "note"}


def test_a_page_of_few_words_has_large_print():
    assert fits(FACTS, VERIFY_URL, PLAIN) == Fit(7.5, ())


@pytest.mark.parametrize("frame", ["tiles", "line", "none"])
def test_a_frame_never_touches_the_text(frame):
    nothing_touches(draw(FULLEST_FACTS, replace(FULLEST_DESIGN, frame=frame)))


def test_only_a_frame_of_tiles_shows_the_municipality():
    accent = (10, 200, 30)
    for frame, tiles in (("tiles", True), ("line", False), ("none", False)):
        picture = picture_of(draw(FACTS, Design(frame=frame, accent=tuple(part / 255 for part in accent))), dots=72)
        assert (count_of(picture, accent) > 250) is tiles


def test_no_frame_leaves_the_margin_empty():
    picture = picture_of(draw(FACTS, Design(frame="none")), dots=72)
    paper = tuple(round(255 * part) for part in PAPER)
    assert {picture.getpixel((x, y)) for x in range(picture.width) for y in range(30)} == {paper}


def test_a_double_line_has_the_brand_colour():
    brand = (120, 10, 20)
    picture = picture_of(draw(FACTS, Design(frame="line", brand=tuple(part / 255 for part in brand))), dots=288)
    across = [picture.getpixel((picture.width // 2, y)) for y in range(round(INSIDE * 4))]
    runs = sum(1 for before, now in pairwise(across) if now == brand != before)
    assert runs == 2


def count_of(picture, colour):
    return sum(count for count, there in picture.getcolors(picture.width * picture.height) if there == colour)


def test_brand_and_accent_colour_the_heading_and_the_rule():
    usual = picture_of(draw(FACTS, Design(frame="none")))
    other = picture_of(draw(FACTS, Design(frame="none", brand=(0.5, 0, 0), accent=(0, 0.5, 0))))
    changed = ImageChops.difference(usual, other).getbbox()
    # From the heading to the rule under its English, and nothing below.
    assert changed[3] < usual.height / 3


@pytest.mark.parametrize("part", ["signatures", "seal"])
def test_a_scan_that_is_no_picture_is_refused(part):
    broken = Logo(b"GIF89a", "x")
    with pytest.raises(ValueError, match="PNG"):
        draw(FACTS, Design(**{part: (broken,) if part == "signatures" else broken}))


def test_the_pictures_of_a_design_are_kept_small():
    bare = len(draw(FACTS))
    assert len(draw(FACTS, Design(signatures=(scan(1),)))) - bare < 4_000
    assert len(draw(FACTS, Design(seal=seal()))) - bare < 10_000
    assert len(draw(FACTS, Design((logo(0),)))) - bare < 3_000


def test_a_scan_is_cropped_to_its_ink():
    def scanned(box):
        picture = Image.new("RGB", (1000, 700), (250, 250, 248))
        ImageDraw.Draw(picture).rectangle(box, fill=(10, 10, 120))
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return Logo(buffer.getvalue(), "")

    tight, loose, empty = (
        pictures_on(draw(FACTS, Design(signatures=(scanned(box),))))[0] for box in ((0, 0, 999, 699), (400, 300, 600, 340), (0, 0, 0, 0))
    )
    assert tight[3] - tight[1] == pytest.approx(12 * 72 / 25.4, abs=0.1)
    assert loose[2] - loose[0] == pytest.approx(46 * 72 / 25.4, abs=0.1)
    assert tight[1] == loose[1] == empty[1]
