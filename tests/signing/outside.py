"""A seal made outside of the portal, by somebody with another key and another program's settings."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

from portal.signing import making, stored
from portal.signing.awaiting import awaited
from portal.signing.seal import signer_with

if TYPE_CHECKING:
    from pathlib import Path


def sealed_outside(pdf: bytes, folder: Path, *, name: str = "Qualified", change: Any = None, **field: Any) -> bytes:
    """``pdf`` with one more signature, by keys made in ``folder``; ``change`` may do something else to the writer before."""
    making.make_missing(folder)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    if change is not None:
        change(writer)
    purpose = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    signer = signer_with(stored.read_seal(folder, guarded=False))
    made = signers.PdfSigner(purpose, signer, new_field_spec=SigFieldSpec(name, **field)).async_sign_pdf(writer)
    output: io.BytesIO = awaited(made)
    return output.getvalue()
