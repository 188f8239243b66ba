"""From facts to a file: one certificate, or many of one design."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from portal.certificates.drawing import body, foot, logos
from portal.certificates.drawing.design import ACCENT, PAGE_HEIGHT
from portal.certificates.drawing.face import MOST_LETTERS, PREPARED_LETTERS
from portal.certificates.drawing.frame import INSIDE, TILE, TILE_CORNERS
from portal.certificates.drawing.ink import Ink
from portal.certificates.drawing.sheet import PreparedSheet, prepare
from portal.certificates.drawing.wording import UndrawableTextError, Wording, word

if TYPE_CHECKING:
    from portal.certificates.drawing.design import Design
    from portal.certificates.facts import CertificateFacts

_BODY_TOP: Final = PAGE_HEIGHT - INSIDE - 21
_ABOVE_FOOT: Final = 19.0


class CertificateBatch:
    """Draws certificates of one design: the sheet is prepared once, then each costs about a millisecond.

    Safe for several threads. The same facts give the same bytes, in a batch or alone.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self._sheet = _prepared(design, PREPARED_LETTERS)

    def draw(self, facts: CertificateFacts, verify_url: str) -> bytes:
        """Return the PDF file of one certificate; `verify_url` goes into its QR code.

        Raises UndrawableTextError when a text has a letter that FiraGO cannot print.
        """
        wording = word(facts, verify_url)
        letters = wording.letters()
        sheet = self._sheet
        if not letters <= PREPARED_LETTERS:
            if len(letters | PREPARED_LETTERS) > MOST_LETTERS:
                raise UndrawableTextError(letters - PREPARED_LETTERS)
            # The same sheet with more letters in its fonts; kept, because a run shares its title and trainers.
            sheet = _prepared(self.design, PREPARED_LETTERS | letters)
        return sheet.finish(self._content(facts, wording, verify_url, sheet), _information(facts, wording))

    def _content(self, facts: CertificateFacts, wording: Wording, verify_url: str, sheet: PreparedSheet) -> bytes:
        ink = Ink()
        tile = facts.municipality_tile
        if tile is not None:
            ink.boxes([(*TILE_CORNERS[tile], TILE, TILE)], ACCENT)
        bottom = (logos.row_top() + logos.ROOM_ABOVE) if self.design.logos else foot.TOP + _ABOVE_FOOT
        body.draw_body(ink, body.parts(wording, has_tile=tile is not None), sheet.faces, _BODY_TOP, bottom)
        foot.draw_foot(ink, wording, verify_url, sheet.faces)
        return ink.content()


def draw_certificate(facts: CertificateFacts, verify_url: str, design: Design) -> bytes:
    """Return the PDF file of one certificate. Raises UndrawableTextError as `CertificateBatch.draw` does."""
    return _batch(design).draw(facts, verify_url)


@lru_cache(maxsize=8)
def _batch(design: Design) -> CertificateBatch:
    return CertificateBatch(design)


@lru_cache(maxsize=16)
def _prepared(design: Design, letters: frozenset[str]) -> PreparedSheet:
    return prepare(design, letters)


def _information(facts: CertificateFacts, wording: Wording) -> dict[str, str]:
    # No clock: the file says the day of issue, at midnight in Tbilisi (UTC+4, no summer time).
    created = f"D:{facts.issued_on:%Y%m%d}000000+04'00'"
    return {
        "Title": f"{wording.name.ka} · სერტიფიკატი {wording.number}",
        "Author": wording.issuer.ka,
        "Subject": wording.title.ka,
        "CreationDate": created,
        "ModDate": created,
    }
