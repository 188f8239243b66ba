"""Judging a file that comes back from outside: it must be the file as it stands, with one more good signature over the whole, and nothing else."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING, Final

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from portal.foundation.errors import N_, RefusedError
from portal.signing.awaiting import awaited

if TYPE_CHECKING:
    from pyhanko.sign.validation import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

MOST_ADDED: Final = 200_000
"""Bytes that a seal may add: a signature with all its certificates and revocation data is a tenth of it, as a rule."""
log = logging.getLogger(__name__)


def permits_seal(pdf: bytes) -> bool:
    """True when ``pdf`` was certified so that others may sign it too."""
    levels = [signature.docmdp_level for signature in PdfFileReader(BytesIO(pdf)).embedded_regular_signatures]
    return MDPPerm.NO_CHANGES not in levels


def added_seal(pdf: bytes, uploaded: bytes) -> bytes:
    """What ``uploaded`` appends to ``pdf``. Who signed is not judged here: that is for whoever uploads it to see.

    Raises ``RefusedError`` when it is not ``pdf`` and one more signature, intact, over the whole file, that leaves the content as it was.
    """
    if not permits_seal(pdf):
        raise RefusedError(N_("This certificate was issued closed: another signature would break the one that it has."))
    if uploaded == pdf:
        raise RefusedError(N_("This is the file as it was downloaded: nothing was added to it."))
    if not uploaded.startswith(pdf):
        raise RefusedError(
            N_("This is not the file of this certificate with something added. Download it again and have it sealed unchanged.")
        )
    if len(uploaded) - len(pdf) > MOST_ADDED:
        raise RefusedError(N_("More was added to the file than a seal needs."))
    try:
        good = awaited(_adds_one_good_signature(pdf, uploaded))
    except Exception as error:  # noqa: BLE001  (whatever stands in the file of a stranger)
        log.warning("a file with an outside seal cannot be read: %s", error)
        good = False
    if not good:
        raise RefusedError(
            N_("The file must hold one more signature that is intact, covers the whole file and changes nothing else in it.")
        )
    return uploaded[len(pdf) :]


async def _adds_one_good_signature(pdf: bytes, uploaded: bytes) -> bool:
    reader, earlier = PdfFileReader(BytesIO(uploaded)), PdfFileReader(BytesIO(pdf))
    if len(reader.embedded_signatures) != len(earlier.embedded_signatures) + 1:
        return False
    newest = reader.embedded_signatures[-1]
    first, last = await _judged(reader.embedded_regular_signatures[0]), await _judged(newest)
    return bool(
        last.intact
        and last.valid
        and last.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and first.intact
        and first.valid
        and first.docmdp_ok
        and first.modification_level in {ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}
    )


async def _judged(signature: EmbeddedPdfSignature) -> PdfSignatureStatus:
    """What pyHanko finds; it asks nobody, and trusts nobody either."""
    return await async_validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
