"""Public keys as JSON Web Keys, and the short names that follow from them."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from jwt.algorithms import ECAlgorithm, OKPAlgorithm

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_KID_BYTES = 12


def of_ed25519(key: Ed25519PublicKey) -> dict[str, Any]:
    """The JWK of an Ed25519 key: only the members that its thumbprint is over."""
    return OKPAlgorithm.to_jwk(key, as_dict=True)


def of_es256(key: EllipticCurvePublicKey) -> dict[str, Any]:
    """The JWK of a P-256 key, likewise."""
    members = ECAlgorithm.to_jwk(key, as_dict=True)
    return {name: members[name] for name in ("crv", "kty", "x", "y")}


def kid_of(jwk: dict[str, Any]) -> str:
    """The short name of a key: the beginning of its thumbprint (RFC 7638)."""
    return _short(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode())


def kid_of_certificate(der: bytes) -> str:
    """The short name of a certificate: the beginning of its fingerprint."""
    return _short(der)


def _short(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:_KID_BYTES]).decode()
