"""What a credential says, and what it never says."""

from __future__ import annotations

import json
from dataclasses import replace

import jwt
import pytest

from portal import credentials, signing
from portal.foundation.addresses import addresses
from tests.credentials.samples import AT, BADGE, HOLDER


@pytest.fixture
def document():
    return json.loads(credentials.issue(BADGE, AT).document)


def test_it_is_an_open_badge_with_one_proof_in_an_array(document):
    assert document["@context"] == ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    [proof] = document["proof"]
    assert (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) == ("DataIntegrityProof", "eddsa-rdfc-2022", "assertionMethod")
    assert proof["verificationMethod"] == f"did:web:portal.test#{signing.keys().ed25519_kid}"
    assert document["issuer"]["id"] == "did:web:portal.test"


def test_it_says_who_achieved_what_and_when_in_both_languages(document):
    subject = document["credentialSubject"]
    assert subject["id"] == HOLDER
    assert [identity["identityHash"] for identity in subject["identifier"]] == ["თამარ ბერიძე / Tamar Beridze"]
    assert subject["licenseNumber"] == "NALAG-2026-000123"
    assert subject["achievement"]["name"] == document["name"] == "სამშენებლო ნებართვები / Construction permits"
    assert "საკონტაქტო საათი: 16\n\nAttended" in subject["achievement"]["criteria"]["narrative"]
    assert (subject["activityStartDate"], subject["activityEndDate"]) == ("2026-11-12T06:00:00Z", "2026-11-13T14:00:00Z")
    assert (document["validFrom"], document["validUntil"]) == ("2026-11-20T08:30:00Z", "2099-11-20T20:00:00Z")
    assert (subject["creditsEarned"], subject["achievement"]["creditsAvailable"]) == (1.5, 1.5)
    assert document["issuer"]["address"]["addressCountryCode"] == "GE"


def test_what_there_is_not_is_left_out():
    issued = credentials.issue(replace(BADGE, credits=None, valid_until=None, title=("მხოლოდ ქართულად", "")), AT)
    document = json.loads(issued.document)
    assert "validUntil" not in document
    assert document["name"] == "მხოლოდ ქართულად"
    assert not {"creditsEarned", "creditsAvailable"} & {*document["credentialSubject"], *document["credentialSubject"]["achievement"]}
    assert "exp" not in jwt.decode(issued.jwt, options={"verify_signature": False})


def test_it_says_where_its_revocation_would_be_told(document):
    assert document["credentialStatus"] == {
        "id": "https://portal.test/status/1#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://portal.test/status/1",
    }


def test_the_jwt_is_the_credential_itself(document):
    token = credentials.issue(BADGE, AT).jwt
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, signing.keys().es256.public_key(), algorithms=["ES256"])
    assert header == {"alg": "ES256", "typ": "JWT", "kid": f"did:web:portal.test#{signing.keys().es256_kid}"}
    registered = {name: claims.pop(name) for name in ("iss", "jti", "sub", "nbf", "exp")}
    assert registered == {
        "iss": "did:web:portal.test",
        "jti": BADGE.address,
        "sub": HOLDER,
        "nbf": int(AT.timestamp()),
        "exp": int(BADGE.valid_until.timestamp()),
    }
    del document["proof"]
    document["credentialStatus"]["statusListCredential"] += ".jwt"
    assert claims == document


def test_a_holder_is_the_same_in_all_credentials_and_says_nothing():
    first, again, other = (credentials.holder_of(key) for key in ("17", "17", "18"))
    assert first == again != other
    assert first.startswith("urn:uuid:")


def test_another_secret_gives_other_holders(monkeypatch):
    before = credentials.holder_of("17")
    monkeypatch.setattr("portal.foundation.crypto.keyring.keys", (b"z" * 32,))
    assert credentials.holder_of("17") != before


def test_without_keys_nothing_is_signed():
    signing.use(None, development=False)
    with pytest.raises(signing.SigningUnavailableError):
        credentials.issue(BADGE, AT)


def test_a_port_is_written_in_percent():
    addresses.use("http://127.0.0.1:8000", "")
    assert credentials.did() == "did:web:127.0.0.1%3A8000"
    document = json.loads(credentials.issue(BADGE, AT).document)
    assert document["issuer"]["id"] == "did:web:127.0.0.1%3A8000"
