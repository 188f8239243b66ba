"""What keeps a signature good for longer than its certificate: revocation data and a timestamp over the whole (PAdES up to B-LTA), appended."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING, Final

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError

from portal.foundation import clock
from portal.foundation.errors import N_, PortalError
from portal.signing import authority
from portal.signing.awaiting import awaited
from portal.signing.errors import SigningUnavailableError
from portal.signing.keys import keys, timestamp_url
from portal.signing.seal import DIGEST, OUT_OF_SIGHT, Appending, as_asn1

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

OWN: Final = "own"
"""In place of an address: the own authority of development."""
FIELD_TITLE: Final = "დროის აღნიშვნა (timestamp)"
log = logging.getLogger(__name__)


class NotStampedError(PortalError):
    """The authority, or whoever tells of revocations, did not answer as it should; tried again later, it may."""

    message = N_("The file was not given a timestamp: %(reason)s")


def may_stamp() -> bool:
    """True when this process signs and an authority is configured."""
    return timestamp_url() is not None


def stamp_pdf(pdf: bytes) -> bytes:
    """What to append to ``pdf`` so that its newest signature, if it has one, stays provable: revocation data, and over it all a timestamp.

    Asks the authority, and outside of development those who tell of revocations: never within a transaction.
    Raises ``NotStampedError`` and ``SigningUnavailableError``.
    """
    try:
        stamped = awaited(_stamped(pdf, _authority(), _context()))
    except (TimestampRequestError, ValidationError, SigningError, PdfError, OSError) as error:
        raise NotStampedError(reason=f"{type(error).__name__}: {error}") from error
    return stamped[len(pdf) :]


async def _stamped(pdf: bytes, timestamper: TimeStamper, context: ValidationContext) -> bytes:
    writer = Appending(BytesIO(pdf))
    for newest in PdfFileReader(BytesIO(pdf)).embedded_signatures[-1:]:  # none in what was issued before certificates were signed
        paths = await collect_validation_info(newest, context)
        DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=paths, validation_context=context)
    output = BytesIO()
    await PdfTimeStamper(timestamper, readable_field_name=FIELD_TITLE, invis_settings=OUT_OF_SIGHT).async_timestamp_pdf(
        writer, DIGEST, context, output=output, dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
    )
    return output.getvalue()


def _authority() -> TimeStamper:
    url = timestamp_url()
    if url is None:
        raise SigningUnavailableError("no timestamp authority is configured.")
    if url != OWN:
        return authority.outside_authority(url)
    own = keys().timestamps
    if own is None:
        raise SigningUnavailableError("there is an own timestamp authority in development only.")
    return authority.OwnAuthority(own)


def _context() -> ValidationContext:
    """Whom to trust: the roots named; what they revoked is asked for, or for the own root made here."""
    held = keys()
    roots = as_asn1(held.roots)
    others = as_asn1(held.seal.chain)
    if held.root is not None and timestamp_url() == OWN:
        revoked = [authority.revocations_of(held.root)]
        return ValidationContext(roots, other_certs=others, crls=revoked, revocation_mode="require", moment=clock.now())
    return ValidationContext(roots, other_certs=others, allow_fetching=True, revocation_mode="hard-fail")
