"""Lists of what was revoked: one bit each, in the form of W3C."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import timedelta

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3 import decode_encoded_list, set_indices

from portal import credentials
from portal.credentials.status_lists import _encoded
from tests.credentials.samples import AT


@pytest.fixture
def both():
    document, token = credentials.status_documents(3, [0, 131_071], AT)
    return json.loads(document), jwt.decode(token, options={"verify_signature": False})


def test_a_list_has_131072_bits_the_highest_first():
    encoded = _encoded([0, 9, 131_071])
    assert encoded[0] == "u"
    assert "=" not in encoded
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=="))
    assert len(bits) * 8 == 131_072
    assert (bits[0], bits[1], bits[-1]) == (0b1000_0000, 0b0100_0000, 0b0000_0001)


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, 131_071), max_size=50))
def test_another_program_reads_what_was_marked(marked):
    assert set_indices(decode_encoded_list(_encoded(marked))) == marked


@pytest.mark.parametrize("place", [-1, 131_072])
def test_there_is_no_other_place(place):
    with pytest.raises(ValueError, match="no such place"):
        _encoded([place])


def test_both_forms_say_the_same_under_their_own_address(both):
    document, claims = both
    assert document["id"] == "https://portal.test/status/3"
    assert claims["id"] == claims["jti"] == "https://portal.test/status/3.jwt"
    assert claims["sub"] == claims["credentialSubject"]["id"] == "https://portal.test/status/3.jwt#list"
    for said in (document, claims):
        assert said["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
        assert said["issuer"] == "did:web:portal.test"
        assert said["credentialSubject"]["statusPurpose"] == "revocation"
    assert document["credentialSubject"]["encodedList"] == claims["credentialSubject"]["encodedList"]


def test_a_list_holds_for_some_days(both):
    document, claims = both
    assert document["validFrom"] == "2026-11-20T08:30:00Z"
    assert document["validUntil"] == "2026-11-23T08:30:00Z"
    assert (claims["nbf"], claims["exp"]) == (int(AT.timestamp()), int((AT + timedelta(days=3)).timestamp()))


def test_the_same_list_is_packed_the_same():
    assert _encoded([5]) == _encoded([5])
