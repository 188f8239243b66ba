"""The timestamp authority: one outside, asked over the network, or in development an own one, asked in this process."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from asn1crypto import cms, crl, tsp
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from portal.foundation import clock
from portal.signing.seal import DIGEST, signer_with

if TYPE_CHECKING:
    from portal.signing.stored import Certified

ANSWER_WITHIN_SECONDS: Final = 20
_POLICY: Final = "1.3.6.1.4.1.4146.2.2"
_SERIAL_BITS: Final = 63


class OwnAuthority(TimeStamper):
    """Stamps with the time of this computer. It works as an outside one does, and proves nothing against the association itself."""

    def __init__(self, certified: Certified) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._signer = signer_with(certified)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Grant what is asked for."""
        info = {
            "version": "v1",
            "policy": _POLICY,
            "message_imprint": req["message_imprint"],
            "serial_number": secrets.randbits(_SERIAL_BITS),
            "gen_time": clock.now().replace(microsecond=0),
            "nonce": req["nonce"],
        }
        content = cms.EncapsulatedContentInfo({"content_type": "tst_info", "content": cms.ParsableOctetString(tsp.TSTInfo(info).dump())})
        token = await self._signer.async_sign_general_data(content, DIGEST, detached=False, use_cades=True)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})


def outside_authority(url: str) -> TimeStamper:
    """The authority at ``url`` (RFC 3161)."""
    return RequestsHTTPTimeStamper(url, timeout=ANSWER_WITHIN_SECONDS)  # type: ignore[no-untyped-call]


def revocations_of(root: Certified) -> crl.CertificateList:
    """What the own root says of what it vouched for, as of now: nothing was revoked."""
    now = clock.now()
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.chain[0].subject)
        .last_update(now - timedelta(minutes=1))
        .next_update(now + timedelta(days=7))
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
        .sign(root.key, SHA256())
    )
    return crl.CertificateList.load(built.public_bytes(Encoding.DER))
