"""FiraGO, the one typeface of the portal, on paper and on pages.

The outlines come from the package `pymupdf-fonts` (SIL Open Font License 1.1). FiraGO has Georgian, Latin, digits
and signs in one design; it has no Mtavruli, so text is folded to Mkhedruli before it is drawn.
"""

from __future__ import annotations

import hashlib
import io
import sys
import unicodedata
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from fontTools import subset
from fontTools.ttLib import TTFont
from pymupdf_fonts import myfont  # type: ignore[import-untyped,unused-ignore]
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as ReportlabFont

if TYPE_CHECKING:
    from collections.abc import Iterable

Weight = Literal["regular", "bold"]

REGULAR: Final = "FiraGO"
BOLD: Final = "FiraGO-Bold"
NAMES: Final[dict[Weight, str]] = {"regular": REGULAR, "bold": BOLD}
_PACKAGE_NAMES: Final[dict[Weight, str]] = {"regular": "figo", "bold": "figbo"}

GEORGIAN: Final = "".join(map(chr, range(0x10D0, 0x10F1)))
BASIC_LATIN: Final = "".join(map(chr, range(0x20, 0x7F)))
SIGNS: Final = "\u00a0„“”‚‘’«»№–—·…₾€≥≤→←×§°±"
# The second file: letters of European names, and the Georgian letters that went out of use. A browser fetches it
# only when a page shows one of them.
EXTRA_LETTERS: Final = "".join(map(chr, [*range(0xA1, 0x180), *range(0x218, 0x21C), *range(0x10F1, 0x1100)]))
_TABLES_OF_NO_USE: Final = ["DSIG", "gasp", "GDEF"]
# Family, style, full and PostScript name; and, for a font file that is handed out by itself, copyright and licence.
_NAMES_KEPT: Final = [1, 2, 4, 6]
_NAMES_OF_LICENCE: Final = [0, 13, 14]
# Scripts of FiraGO whose letters join or stack: they need a shaping engine, so a plain line of glyphs is wrong.
_SHAPED_BLOCKS: Final = ((0x0590, 0x08FF), (0x0900, 0x0DFF), (0x0E00, 0x0EFF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC))


@cache
def font_bytes(weight: Weight) -> bytes:
    """Return the whole TrueType file of one weight (about 800 kB)."""
    return bytes(myfont(_PACKAGE_NAMES[weight]))


@cache
def _whole_font(weight: Weight) -> TTFont:
    return TTFont(io.BytesIO(font_bytes(weight)), lazy=True)


@cache
def _letters(weight: Weight) -> frozenset[int]:
    return frozenset(_whole_font(weight).getBestCmap())


@cache
def is_drawable(letter: str) -> bool:
    """Whether both weights can print this one character by itself, without a shaping engine."""
    code = ord(letter)
    if any(first <= code <= last for first, last in _SHAPED_BLOCKS) or unicodedata.category(letter)[0] == "C":
        return False
    return code in _letters("regular") and code in _letters("bold")


@cache
def register() -> None:
    """Make FiraGO and FiraGO-Bold known to reportlab, once per process (half a second the first time).

    Without hinting, which paper does not need and which would double what reportlab embeds.
    """
    for weight, name in NAMES.items():
        letters = [letter for letter in map(chr, sorted(_letters(weight))) if is_drawable(letter)]
        font = io.BytesIO(subset_font(weight, letters))
        pdfmetrics.registerFont(ReportlabFont(name, font, asciiReadable=False))


def advance(weight: Weight, letter: str) -> int:
    """Return the width of one drawable character, in thousandths of the size."""
    font = _whole_font(weight)
    width: int = font["hmtx"].metrics[font.getBestCmap()[ord(letter)]][0]
    return width


def subset_font(weight: Weight, letters: Iterable[str], *, features: Iterable[str] = (), flavor: str = "") -> bytes:
    """Make a font file with the given letters only, without hinting.

    `features` are the OpenType layout features to keep (`kern`, …); `flavor` is empty for plain TrueType or `woff2`.
    The same input gives the same bytes.
    """
    kept = list(features)
    options = subset.Options(
        hinting=False,
        layout_features=kept,
        name_IDs=[*_NAMES_KEPT, *(_NAMES_OF_LICENCE if flavor else [])],
        glyph_names=False,
        notdef_outline=True,
        recalc_timestamp=False,
    )
    options.drop_tables = [*options.drop_tables, *_TABLES_OF_NO_USE, *([] if kept else ["GPOS", "GSUB"])]
    font = TTFont(io.BytesIO(font_bytes(weight)), lazy=True, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(letters))
    subsetter.subset(font)
    font.flavor = flavor or None
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@cache
def kerning(weight: Weight, letters: frozenset[str]) -> dict[str, int]:
    """Pairs of the given letters that stand closer or wider: "To" -> -55, in thousandths of the size.

    Read from the font's own GPOS table (OpenType pair adjustment, formats 1 and 2).
    """
    font = _whole_font(weight)
    glyphs = font.getBestCmap()
    glyph_letters: dict[str, list[str]] = {}
    for letter in sorted(letters):
        glyph_letters.setdefault(glyphs[ord(letter)], []).append(letter)
    pairs: dict[str, int] = {}
    for left, right, units in _pair_adjustments(font["GPOS"].table, set(glyph_letters)):
        for first in glyph_letters[left]:
            for second in glyph_letters[right]:
                pairs.setdefault(first + second, units)
    return {pair: units for pair, units in pairs.items() if units}


def _pair_adjustments(gpos, glyphs: set[str]):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - fontTools tables carry no types
    """Yield (left glyph, right glyph, units); the first word said about a pair holds."""
    for lookup in gpos.LookupList.Lookup:
        for table in lookup.SubTable:
            pair_table = table.ExtSubTable if hasattr(table, "ExtSubTable") else table
            if pair_table.LookupType != 2:  # noqa: PLR2004 - 2 is pair adjustment in the OpenType specification
                continue
            for left in glyphs.intersection(pair_table.Coverage.glyphs):
                for right, value in _right_side(pair_table, left, glyphs):
                    yield left, right, getattr(value, "XAdvance", 0) if value else 0


def _right_side(table, left: str, glyphs: set[str]):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as above
    if table.Format == 1:
        pair_set = table.PairSet[table.Coverage.glyphs.index(left)]
        return [(r.SecondGlyph, r.Value1) for r in pair_set.PairValueRecord if r.SecondGlyph in glyphs]
    row = table.Class1Record[table.ClassDef1.classDefs.get(left, 0)].Class2Record
    return [(right, row[table.ClassDef2.classDefs.get(right, 0)].Value1) for right in glyphs]


_WEB_FILES: Final[dict[str, tuple[Weight, str]]] = {
    "firago-regular.woff2": ("regular", BASIC_LATIN + GEORGIAN + SIGNS),
    "firago-bold.woff2": ("bold", BASIC_LATIN + GEORGIAN + SIGNS),
    "firago-regular-extra.woff2": ("regular", EXTRA_LETTERS),
    "firago-bold-extra.woff2": ("bold", EXTRA_LETTERS),
}
_STAMP: Final = "firago.stamp"


def build_webfonts(target_dir: Path) -> dict[str, int]:
    """Write FiraGO as four small woff2 files into `target_dir`; file name -> size in bytes.

    The base files hold Basic Latin, the 33 Georgian letters and the signs of the pages; the `-extra` files hold the
    letters of other European names, for a second `@font-face` with its own `unicode-range`. When the files are there
    and made from the same recipe, nothing is touched.
    """
    target_dir.mkdir(parents=True, exist_ok=True)
    stamp = target_dir / _STAMP
    files = {name: target_dir / name for name in _WEB_FILES}
    recipe = _recipe()
    is_current = stamp.is_file() and stamp.read_text("ascii") == recipe and all(f.is_file() for f in files.values())
    if not is_current:
        for name, (weight, letters) in _WEB_FILES.items():
            wanted = [letter for letter in letters if ord(letter) in _letters(weight)]
            files[name].write_bytes(subset_font(weight, wanted, features=["kern", "tnum"], flavor="woff2"))
        stamp.write_text(recipe, "ascii")
    return {name: file.stat().st_size for name, file in files.items()}


def _recipe() -> str:
    """Sum up what the files depend on: this very text, the font package and the subsetter."""
    made_from = [Path(__file__).read_text("utf-8"), version("pymupdf-fonts"), version("fonttools")]
    return hashlib.sha256("\n".join(made_from).encode()).hexdigest()


def main(arguments: list[str]) -> int:
    """`python -m portal.foundation.typeface static/fonts`: build the web fonts and say how large they are."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m portal.foundation.typeface TARGET_DIR\n")
        return 2
    for name, size in build_webfonts(Path(arguments[0])).items():
        sys.stdout.write(f"{name}: {size / 1024:.1f} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
