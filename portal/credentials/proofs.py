"""The two ways in which a credential is signed: a Data Integrity proof inside of it (eddsa-rdfc-2022), and as a JWT (ES256)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from portal import signing
from portal.credentials import multibase
from portal.credentials.canonical import canonical
from portal.credentials.identity import did, method_of
from portal.credentials.moments import written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    Json = dict[str, Any]

_TYP: Final = "JWT"


def with_proof(document: Mapping[str, Any], at: datetime) -> bytes:
    """Write ``document`` as JSON with one proof in an array, made ``at`` a moment.

    Raises ``SigningUnavailableError``, and ValueError for a document that the proof would not cover as a whole.
    """
    keys = signing.keys()
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": written(at),
        "verificationMethod": method_of(keys.ed25519_kid),
        "proofPurpose": "assertionMethod",
    }
    what = (options | {"@context": document["@context"]}, document)
    signature = keys.ed25519.sign(b"".join(hashlib.sha256(canonical(part)).digest() for part in what))
    return as_json({**document, "proof": [options | {"proofValue": multibase.base58(signature)}]})


def as_jwt(document: Mapping[str, Any], *, since: datetime, until: datetime | None) -> str:
    """Sign ``document`` as the payload of a JWT that holds ``since`` a moment ``until`` another. Raises ``SigningUnavailableError``."""
    claims: Json = {
        **document,
        "iss": did(),
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": int(since.timestamp()),
    }
    if until is not None:
        claims["exp"] = int(until.timestamp())
    return signing.sign_jws(claims, typ=_TYP, kid=method_of(signing.keys().es256_kid))


def as_json(document: Mapping[str, Any]) -> bytes:
    """Write ``document`` without spaces, in UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
