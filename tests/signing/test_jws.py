"""Signed JSON: what was signed comes back, and nothing else does."""

from __future__ import annotations

import jwt
import pytest

from portal import signing
from portal.signing import jwk

CLAIMS = {"iss": "did:web:portal.test", "name": "თამარი", "n": [1, 2]}


def own() -> dict:
    return jwk.of_es256(signing.keys().es256.public_key())


def test_claims_come_back_from_a_token_and_its_header_names_kind_and_key():
    token = signing.sign_jws(CLAIMS, typ="vc+jwt")
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "vc+jwt", "kid": signing.keys().es256_kid}
    assert signing.verify_jws(token, own()) == CLAIMS


def test_a_changed_token_is_refused_wherever_it_was_changed():
    token = signing.sign_jws(CLAIMS, typ="JWT")
    other = {"A": "B"}
    for place in range(0, len(token) - 1, 7):
        changed = token[:place] + other.get(token[place], "A") + token[place + 1 :]
        with pytest.raises(signing.BadSignatureError):
            signing.verify_jws(changed, own())


def test_another_key_and_another_algorithm_are_refused():
    token = signing.sign_jws(CLAIMS, typ="JWT")
    unsigned = jwt.encode(CLAIMS, None, algorithm="none")
    keyed = jwt.encode(CLAIMS, own()["x"], algorithm="HS256")
    edwards = jwk.of_ed25519(signing.keys().ed25519.public_key())
    for wrong, key in ((token, edwards), (unsigned, own()), (keyed, own()), ("", own()), (token, {})):
        with pytest.raises(signing.BadSignatureError):
            signing.verify_jws(wrong, key)
