"""A seal whose key never leaves a token (PKCS#11): a smart card, or a hardware security module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from pkcs11.exceptions import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from portal.signing import stored
from portal.signing.errors import SigningUnavailableError
from portal.signing.seal import Seal, as_asn1

if TYPE_CHECKING:
    from pathlib import Path

    from portal.signing.keys import Token


class TokenSigner(PKCS11Signer):
    """Signs on the token, and says when it cannot."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002  (as the library has it)
        """The bytes of the signature. Raises ``SigningUnavailableError``."""
        try:
            signature: bytes = await super().async_sign_raw(data, digest_algorithm, dry_run)
        except PKCS11Error as error:
            raise SigningUnavailableError(
                f"the token does not sign ({type(error).__name__}); restart the worker when it is back."
            ) from error
        return signature


def seal_on(token: Token, folder: Path, *, guarded: bool, open_to_seals: bool) -> Seal:
    """The seal on ``token``, with its certificates from ``seal.pem`` and its PIN from ``seal.pin``. Raises ``SigningUnavailableError``."""
    chain = stored.read_chain(folder / f"{stored.SEAL}.pem")
    stored.check_usage(chain[0])
    pin = stored.read_secret(folder / f"{stored.SEAL}.pin", guarded=guarded).decode().strip()
    try:
        session = open_pkcs11_session(str(token.module), token_criteria=TokenCriteria(label=token.label), user_pin=pin)
    except (PKCS11Error, RuntimeError, OSError) as error:
        raise SigningUnavailableError(f"the token {token.label} does not open: {type(error).__name__} {error}") from error
    own, *others = as_asn1(chain)
    hashed_here = isinstance(chain[0].public_key(), EllipticCurvePublicKey)  # few tokens hash and sign in one go
    signer = TokenSigner(session, signing_cert=own, ca_chain=others, key_label=token.key, use_raw_mechanism=hashed_here, embed_roots=False)
    return Seal(chain, signer, open_to_seals)
