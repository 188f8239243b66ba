"""The public halves of keys, as they are made known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from portal.signing import jwk
from portal.signing.models import KeyKind

if TYPE_CHECKING:
    from portal.signing.keys import Keys


def publics_of(held: Keys) -> dict[str, tuple[KeyKind, str]]:
    """Kind and public half (JWK in JSON, certificates in PEM) of each key in hand, by its ``kid``."""
    chain = "".join(each.public_bytes(Encoding.PEM).decode() for each in held.seal.chain)
    return {
        held.ed25519_kid: (KeyKind.ED25519, json.dumps(jwk.of_ed25519(held.ed25519.public_key()))),
        held.es256_kid: (KeyKind.ES256, json.dumps(jwk.of_es256(held.es256.public_key()))),
        jwk.kid_of_certificate(held.seal.chain[0].public_bytes(Encoding.DER)): (KeyKind.SEAL, chain),
    }
