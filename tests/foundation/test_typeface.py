"""The typeface: it has our letters, its web files are small and stay as they are; and QR codes can be read."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

from portal.foundation import qr, typeface

QUIET_ZONE = 4  # light modules on each side, as ISO/IEC 18004 asks


@pytest.fixture(scope="module", name="built")
def _built(tmp_path_factory):
    target = tmp_path_factory.mktemp("static") / "fonts"
    return target, typeface.build_webfonts(target)


def test_web_files_hold_our_letters_and_are_small(built):
    target, sizes = built
    for weight in ("regular", "bold"):
        name = f"firago-{weight}.woff2"
        letters = TTFont(target / name).getBestCmap()
        for letter in typeface.GEORGIAN + typeface.BASIC_LATIN + typeface.SIGNS:
            assert ord(letter) in letters, letter
        assert sizes[name] <= 16 * 1024
    assert set("äčéłőşüßÞ") <= {chr(code) for code in TTFont(target / "firago-bold-extra.woff2").getBestCmap()}


def test_the_base_files_keep_kerning_and_figures_of_one_width(built):
    target, _ = built
    features = {record.FeatureTag for record in TTFont(target / "firago-regular.woff2")["GPOS"].table.FeatureList.FeatureRecord}
    assert "kern" in features
    figures = {record.FeatureTag for record in TTFont(target / "firago-regular.woff2")["GSUB"].table.FeatureList.FeatureRecord}
    assert "tnum" in figures


def test_building_again_touches_nothing(built):
    target, sizes = built
    before = {file.name: file.stat().st_mtime_ns for file in target.iterdir()}
    assert typeface.build_webfonts(target) == sizes
    assert {file.name: file.stat().st_mtime_ns for file in target.iterdir()} == before


def test_a_lost_file_is_built_again_with_the_same_bytes(built):
    target, _ = built
    lost = target / "firago-bold.woff2"
    before = lost.read_bytes()
    lost.unlink()
    typeface.build_webfonts(target)
    assert lost.read_bytes() == before


def test_the_command_wants_a_folder_and_says_the_sizes(tmp_path, capsys):
    assert typeface.main([]) == 2
    assert typeface.main([str(tmp_path)]) == 0
    assert "firago-regular.woff2: " in capsys.readouterr().out


@pytest.mark.parametrize("letter", [*typeface.GEORGIAN, "№", "₾", "„", "Ø"])
def test_our_letters_can_be_drawn(letter):
    assert typeface.is_drawable(letter)


@pytest.mark.parametrize("letter", ["Ა", "李", "ع", "अ", "\n", "\u200b", "\ufffd"])
def test_letters_without_glyph_or_that_need_shaping_cannot(letter):
    assert not typeface.is_drawable(letter)


def test_kerning_brings_pairs_together():
    pairs = typeface.kerning("regular", frozenset("ToAVxა"))
    assert pairs["To"] < 0
    assert pairs["AV"] < 0
    assert "xx" not in pairs


def drawn(code: qr.QrCode) -> Image.Image:
    side = code.size + 2 * QUIET_ZONE
    picture = Image.new("L", (side * 4, side * 4), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, length in code.runs:
        left, top = (x + QUIET_ZONE) * 4, (y + QUIET_ZONE) * 4
        pen.rectangle((left, top, left + 4 * length - 1, top + 3), fill=0)
    return picture


@pytest.mark.parametrize("text", ["https://portal.example/verify/Zk3vQ9xT1bN7mW5cR8yL2a", "გამარჯობა", "x" * 400])
def test_a_code_can_be_read_again(text):
    (code,) = zxingcpp.read_barcodes(drawn(qr.qr_code(text)))
    assert code.text == text
    assert code.ec_level in "MQH"


def test_a_text_that_is_too_long_for_a_code_is_refused():
    with pytest.raises(ValueError, match="too long"):
        qr.qr_code("x" * 5000)


def test_reportlab_knows_both_weights():
    typeface.register()
    from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415 - after registering, as callers do

    assert stringWidth("თამარ", typeface.BOLD, 10) > stringWidth("თამარ", typeface.REGULAR, 10) > 0


def test_a_cut_font_is_the_same_each_time():
    first, again = (typeface.subset_font("bold", "აბგ") for _ in range(2))
    assert first == again
    assert set(TTFont(io.BytesIO(first)).getBestCmap()) == {ord(letter) for letter in "აბგ"}
