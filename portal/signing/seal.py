"""The seal on a PDF: one PAdES signature (B-B) that certifies the file, made with pyHanko, last of all and without network."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.signing.awaiting import awaited
from portal.signing.errors import SigningUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cryptography import x509
    from pyhanko.sign.signers import Signer

    from portal.signing.stored import Certified

FIELD: Final = "Seal"
FIELD_TITLE: Final = "ელექტრონული შტამპი (electronic seal)"
DIGEST: Final = "sha256"
OUT_OF_SIGHT: Final = InvisSigSettings(box_out_of_bounds=True)
"""A field that is not seen lies off the page: PDF/A wants it printable, PDF/UA wants it hidden or outside."""
_SPARE_BYTES: Final = 16
"""An ECDSA signature is some bytes longer or shorter than the one that was measured."""


class Appending(IncrementalPdfFileWriter):
    """Appends to a file and leaves its metadata as they were written: what they say of PDF/A and of the tools is about the file as drawn."""

    def _update_meta(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Seal:
    """What seals: the certificates, the own one first, and the signer behind them. Made once, used for every file.

    A file that is ``open_to_seals`` may be signed by others too; else nothing may be added but what proves the signature for longer.
    """

    chain: tuple[x509.Certificate, ...]
    signer: Signer = field(repr=False)
    open_to_seals: bool = False
    _pdf_signer: PdfSigner = field(init=False, repr=False)
    _reserved: int = field(init=False, repr=False)
    _turn: threading.Lock = field(init=False, repr=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        purpose = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm=DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS if self.open_to_seals else MDPPerm.NO_CHANGES,
        )
        new_field = SigFieldSpec(FIELD, readable_field_name=FIELD_TITLE, invis_sig_settings=OUT_OF_SIGHT)
        object.__setattr__(self, "_pdf_signer", PdfSigner(purpose, self.signer, new_field_spec=new_field))
        measured = awaited(self.signer.async_sign(bytes(32), DIGEST, use_pades=True, dry_run=True))
        object.__setattr__(self, "_reserved", 2 * (len(measured.dump()) + _SPARE_BYTES))  # the file holds it in hexadecimal digits

    def put_on(self, pdf: bytes, at: datetime) -> bytes:
        """``pdf`` with the seal in its field ``Seal``, or in a new one. Raises ``SigningUnavailableError`` out of the certificate's time."""
        own = self.chain[0]
        if not own.not_valid_before_utc <= at <= own.not_valid_after_utc:
            raise SigningUnavailableError(f"the seal's certificate ends {own.not_valid_after_utc} (begins {own.not_valid_before_utc}).")
        with self._turn:
            return awaited(self._put_on(pdf, at))

    async def _put_on(self, pdf: bytes, at: datetime) -> bytes:
        session = self._pdf_signer.init_signing_session(Appending(BytesIO(pdf)))
        session.system_time = at
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=self._reserved)
        output = BytesIO()
        prepared, _output = document.digest_tbs_document(output=output)
        signed = await document.perform_signature(prepared.document_digest, PdfCMSSignedAttributes())
        await signed.post_signature_processing(output)
        return output.getvalue()


def seal_with(certified: Certified, *, open_to_seals: bool) -> Seal:
    """The seal whose key is in hand."""
    return Seal(certified.chain, signer_with(certified), open_to_seals)


def signer_with(certified: Certified) -> SimpleSigner:
    """Signs with a key in hand, and encloses the certificates that vouch for it; the root itself nobody takes from a file."""
    chain = as_asn1(certified.chain)
    key = asn1_keys.PrivateKeyInfo.load(certified.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    others = SimpleCertificateStore.from_certs(chain[1:])  # type: ignore[no-untyped-call]
    return SimpleSigner(signing_cert=chain[0], signing_key=key, cert_registry=others, embed_roots=False)


def as_asn1(chain: Iterable[x509.Certificate]) -> list[asn1_x509.Certificate]:
    """Certificates as pyHanko takes them."""
    return [asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in chain]
