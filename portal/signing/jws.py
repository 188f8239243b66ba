"""Signed JSON in its compact form (JWS, ES256): the JWT of a credential, status lists, heads of the register."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from jwt import PyJWK
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from portal.signing.keys import keys

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM: Final = "ES256"
_jws: Final = PyJWS([ALGORITHM])


class BadSignatureError(ValueError):
    """A token was not signed with this key, or is none."""


def sign_jws(claims: Mapping[str, Any], *, typ: str, kid: str | None = None) -> str:
    """Sign ``claims`` with the P-256 key of this process; ``typ`` ("JWT", "vc+jwt") stands in the header beside the name of the key.

    That is its short name, or ``kid`` where others know it by a longer one. Raises ``SigningUnavailableError``.
    """
    held = keys()
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
    return _jws.encode(payload, held.es256, ALGORITHM, {"typ": typ, "kid": kid or held.es256_kid})


def verify_jws(token: str, jwk: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of ``token``, which must be signed with ``jwk``; when they hold is for the caller to judge. Raises ``BadSignatureError``."""
    try:
        payload = _jws.decode(token, PyJWK(dict(jwk), ALGORITHM).key, algorithms=[ALGORITHM])
        claims = json.loads(payload)
    except (PyJWTError, ValueError) as error:
        raise BadSignatureError from error
    if not isinstance(claims, dict):
        raise BadSignatureError
    return claims
