"""From facts to a file: one certificate, or many of one design."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from portal.certificates.drawing.block import TextTooLongError
from portal.certificates.drawing.face import MOST_LETTERS, PREPARED_LETTERS
from portal.certificates.drawing.finishing import finish
from portal.certificates.drawing.layout import Fit, Layout, lay_out
from portal.certificates.drawing.metadata import Description
from portal.certificates.drawing.sheet import PreparedSheet, prepare
from portal.certificates.drawing.wording import UndrawableTextError, Wording, word

if TYPE_CHECKING:
    from portal.certificates.drawing.attachment import Attachment
    from portal.certificates.drawing.design import Design
    from portal.certificates.facts import CertificateFacts


class CertificateBatch:
    """Draws certificates of one design: the sheet is prepared once, then each costs about a millisecond.

    Safe for several threads. The same facts give the same bytes, in a batch or alone.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self._sheet = _prepared(design, PREPARED_LETTERS)

    def draw(self, facts: CertificateFacts, verify_url: str, attachment: Attachment | None = None) -> bytes:
        """Return the PDF file of one certificate; `verify_url` goes into its QR code, the attachment into the file.

        Raises UndrawableTextError when a text has a letter that FiraGO cannot print, and TextTooLongError when
        the texts do not fit on the page at a readable size.
        """
        wording = word(facts, verify_url)
        sheet, layout = self._lay_out(wording, facts.municipality_tile)
        too_long = layout.fit().too_long
        if too_long:
            raise TextTooLongError(too_long)
        return finish(sheet, layout.draw(verify_url), _describe(facts, wording, verify_url), attachment)

    def fit(self, facts: CertificateFacts, verify_url: str) -> Fit:
        """Lay a certificate out without drawing it. Raises UndrawableTextError as `draw` does."""
        _, layout = self._lay_out(word(facts, verify_url), facts.municipality_tile)
        return layout.fit()

    def _lay_out(self, wording: Wording, tile: int | None) -> tuple[PreparedSheet, Layout]:
        letters = wording.letters()
        sheet = self._sheet
        if not letters <= PREPARED_LETTERS:
            if len(letters | PREPARED_LETTERS) > MOST_LETTERS:
                raise UndrawableTextError(letters - PREPARED_LETTERS)
            # The same sheet with more letters in its fonts; kept, because a run shares its title and trainers.
            sheet = _prepared(self.design, PREPARED_LETTERS | letters)
        return sheet, lay_out(wording, tile, self.design, sheet.faces, sheet.pictures)


def draw_certificate(facts: CertificateFacts, verify_url: str, design: Design, attachment: Attachment | None = None) -> bytes:
    """Return the PDF file of one certificate. Raises what `CertificateBatch.draw` raises."""
    return _batch(design).draw(facts, verify_url, attachment)


def fits(facts: CertificateFacts, verify_url: str, design: Design) -> Fit:
    """Say how well a certificate would fit on its page, without drawing it; a millisecond. Raises UndrawableTextError."""
    return _batch(design).fit(facts, verify_url)


@lru_cache(maxsize=8)
def _batch(design: Design) -> CertificateBatch:
    return CertificateBatch(design)


@lru_cache(maxsize=16)
def _prepared(design: Design, letters: frozenset[str]) -> PreparedSheet:
    return prepare(design, letters)


def _describe(facts: CertificateFacts, wording: Wording, verify_url: str) -> Description:
    return Description(
        title=f"{wording.name.ka} · სერტიფიკატი {wording.number}",
        author=wording.issuer.ka,
        subject=wording.title.ka,
        number=facts.number,
        address=verify_url.rpartition("/")[0],
        day=facts.issued_on,
    )
