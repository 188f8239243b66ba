"""Who issues: the portal under its address (did:web), and the document that says by which keys its signatures are known."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from portal.credentials import multibase
from portal.credentials.moments import written
from portal.foundation.addresses import addresses
from portal.signing.models import KeyKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portal.signing.models import PublicKey

    Json = dict[str, Any]

_CONTEXT: Final = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
    {"retired": {"@id": "https://schema.org/validThrough", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}},
)


def did() -> str:
    """The name of the issuer: host and port of the base URL, the colon between them written in percent."""
    return f"did:web:{quote(addresses.host, safe='')}"


def method_of(kid: str) -> str:
    """The name of the key ``kid`` in the issuer's document."""
    return f"{did()}#{kid}"


def did_document(keys: Iterable[PublicKey]) -> Json:
    """What ``/.well-known/did.json`` says: every key that credentials were ever signed with.

    First comes that which signs JWTs now: some programs take the first one for a status list, whatever key its signature names. One that signs
    no more stays, since what it signed holds, and says when it was ``retired``. It bears neither ``revoked`` nor ``expires``: verifiers would
    refuse all that it ever signed.
    """
    known = sorted((key for key in keys if key.kind in _METHODS), key=lambda key: (key.retired_at is not None, key.kind != KeyKind.ES256))
    methods = [_method(key) for key in known]
    return {
        "@context": list(_CONTEXT),
        "id": did(),
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _method(key: PublicKey) -> Json:
    method: Json = {"id": method_of(key.kid), "controller": did(), **_METHODS[KeyKind(key.kind)](json.loads(key.public))}
    return method if key.retired_at is None else method | {"retired": written(key.retired_at)}


def _multikey(jwk: Json) -> Json:
    return {"type": "Multikey", "publicKeyMultibase": multibase.multikey(base64.urlsafe_b64decode(jwk["x"] + "="))}


def _json_web_key(jwk: Json) -> Json:
    return {"type": "JsonWebKey", "publicKeyJwk": jwk}


_METHODS: Final[dict[KeyKind, Callable[[Json], Json]]] = {KeyKind.ED25519: _multikey, KeyKind.ES256: _json_web_key}
