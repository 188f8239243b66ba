"""The document that says by which keys the issuer is known."""

from __future__ import annotations

import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import multikey_from_pem

from portal import credentials, signing
from portal.credentials import multibase
from portal.signing.models import KeyKind, PublicKey
from tests.credentials import oracles
from tests.credentials.samples import AT


def retired_key() -> PublicKey:
    raw = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return PublicKey(kid="old", kind=KeyKind.ED25519, public=json.dumps(jwk), since=AT, retired_at=AT)


def test_it_names_a_multikey_and_a_json_web_key():
    document = credentials.did_document(oracles.public_keys())
    es256, ed25519 = document["verificationMethod"]
    assert document["id"] == es256["controller"] == ed25519["controller"] == "did:web:portal.test"
    assert (es256["type"], ed25519["type"]) == ("JsonWebKey", "Multikey")
    assert es256["publicKeyJwk"].keys() == {"crv", "kty", "x", "y"}
    assert document["assertionMethod"] == [es256["id"], ed25519["id"]]


def test_the_multikey_is_written_as_others_write_it():
    ed25519 = credentials.did_document(oracles.public_keys())["verificationMethod"][1]
    pem = signing.keys().ed25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert ed25519["publicKeyMultibase"] == multikey_from_pem(pem)


def test_base58_keeps_zeros_at_the_beginning():
    assert multibase.base58(b"\0\0\x01") == "z112"


def test_a_retired_key_stays_and_is_marked_but_not_revoked():
    document = credentials.did_document([retired_key(), *oracles.public_keys()])
    old = document["verificationMethod"][-1]
    assert old["id"] == "did:web:portal.test#old"
    assert old["id"] in document["assertionMethod"]
    assert old["retired"] == "2026-11-20T08:30:00Z"
    assert not {"revoked", "expires"} & old.keys()


def test_the_seal_of_the_pdf_is_no_key_for_credentials():
    kinds = {key.kind for key in oracles.public_keys()}
    assert KeyKind.SEAL in kinds
    assert len(credentials.did_document(oracles.public_keys())["verificationMethod"]) == 2
