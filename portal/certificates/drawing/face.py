"""A prepared cut of the typeface: which byte prints which letter, how wide it is, what it kerns with."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.foundation import typeface

if TYPE_CHECKING:
    from collections.abc import Mapping

# What every prepared sheet can print. Each letter more costs every certificate 130 bytes: letters of other European
# names and rare signs come with the sheets that need them.
PREPARED_LETTERS: Final = frozenset(
    typeface.GEORGIAN + string.ascii_letters + string.digits + " !\"%&'()*+,-./:;=?[]" + "\u00a0„“”’«»№–—·…"
)
# A simple font of PDF has 256 codes; reportlab keeps one for the space and one for what is missing.
MOST_LETTERS: Final = 254
_CACHED_LINES: Final = 4096
# A CMap takes no more of them in one block.
_MOST_PAIRS: Final = 100
_TO_UNICODE: Final = b"""\
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00><FF>
endcodespacerange
%b
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
_ESCAPED: Final = {code: b"\\" + bytes([code]) for code in b"()\\"} | {code: f"\\{code:03o}".encode() for code in (*range(32), 127)}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, ready for a PDF: the operand of TJ, and its width in thousandths of the size."""

    operand: bytes
    units: int


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One weight, cut to an alphabet: `resource` is its name on the page."""

    resource: bytes
    codes: Mapping[str, bytes]
    advances: Mapping[str, int]
    kerns: Mapping[str, int]
    _lines: dict[str, Line] = field(default_factory=dict)

    def line(self, text: str) -> Line:
        """Set the text with its kerning. Raises KeyError for a letter outside the alphabet."""
        known = self._lines.get(text)
        if known is None:
            if len(self._lines) >= _CACHED_LINES:
                self._lines.clear()
            known = self._lines[text] = self._set(text)
        return known

    def width(self, text: str, size: float) -> float:
        """Measure the text at a size, both in points."""
        return self.line(text).units * size / 1000

    def _set(self, text: str) -> Line:
        operand = [b"[("]
        units = 0
        before = ""
        for letter in text:
            kern = self.kerns.get(before + letter)
            if kern:
                operand.append(b")%d(" % -kern)
                units += kern
            operand.append(self.codes[letter])
            units += self.advances[letter]
            before = letter
        operand.append(b")]")
        return Line(b"".join(operand), units)


class Faces(NamedTuple):
    """The two weights."""

    regular: Face
    bold: Face


def face(weight: typeface.Weight, resource: bytes, codes: Mapping[str, int]) -> Face:
    """Make the face for letters that a document has given these codes."""
    return Face(
        resource,
        {letter: _ESCAPED.get(code, bytes([code])) for letter, code in codes.items()},
        {letter: typeface.advance(weight, letter) for letter in codes},
        typeface.kerning(weight, frozenset(codes)),
    )


def to_unicode(codes: Mapping[str, int]) -> bytes:
    """Write the table that leads from codes back to letters, for those who copy, search or hear the text (ISO 32000-1, 9.10.3)."""
    # The two kinds of space share a code: the usual one, U+0020, is what it says.
    letters = {code: letter for letter, code in sorted(codes.items(), reverse=True)}
    pairs = [b"<%02X><%b>" % (code, letters[code].encode("utf-16-be").hex().encode()) for code in sorted(letters)]
    blocks = (pairs[start : start + _MOST_PAIRS] for start in range(0, len(pairs), _MOST_PAIRS))
    table = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return _TO_UNICODE % table
