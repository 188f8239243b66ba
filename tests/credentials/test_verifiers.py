"""Two verifiers that are not ours accept what we sign, refuse what was tampered with, and see what was revoked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from portal import credentials
from portal.foundation import clock
from tests.credentials import oracles
from tests.credentials.oracles import Published, openbadgeslib_refuses, tampered
from tests.credentials.samples import AT, BADGE

CHANGES = [
    ("თამარ ბერიძე", "ნინო ბერიძე"),
    ("Tamar", "Nino"),
    ("NALAG-2026-000123", "NALAG-2026-000124"),
    ("Construction permits", "Construction of everything"),
    ("საკონტაქტო საათი: 16", "საკონტაქტო საათი: 61"),
    ("2099-11-20", "2199-11-20"),
    ("2026-11-12T06:00", "2025-11-12T06:00"),
    ("1.5", "15"),
    ('"94567"', '"94566"'),
    ("0f7c1a52", "1f7c1a52"),
    ("2026-11-20T08:30:00Z", "2026-11-19T08:30:00Z"),
]
BADGES = {
    "all": BADGE,
    "smallest": replace(BADGE, credits=None, valid_until=None, holder_name=("თამარ ბერიძე", "")),
    "whole credits": replace(BADGE, credits=2),
    "odd texts": replace(BADGE, title=('„ნე\\ბა"\t', "<b>&amp;</b> @id _:x"), criteria=("ა\n\nბ\r\nგ", "𐍈 😀 \u2028 é")),
}


@pytest.fixture(scope="module")
def issued():
    return credentials.issue(BADGE, AT)


@pytest.fixture(params=BADGES)
def variant(request):
    return credentials.issue(BADGES[request.param], AT)


@pytest.fixture
def published():
    return Published.with_revoked(5, 6)


class TestOpenBadgesLib:
    def test_it_accepts_the_document_and_the_jwt(self, variant, published):
        assert openbadgeslib_refuses(variant.document, published) == ""
        assert openbadgeslib_refuses(variant.jwt, published) == ""

    @pytest.mark.parametrize(("old", "new"), CHANGES)
    def test_it_refuses_a_changed_document(self, issued, published, old, new):
        assert openbadgeslib_refuses(tampered(issued.document, old=old, new=new), published)

    def test_it_refuses_an_added_text(self, issued, published):
        more = json.loads(issued.document) | {"description": "with distinction"}
        assert "ignature" in openbadgeslib_refuses(json.dumps(more).encode(), published)

    def test_it_refuses_a_changed_jwt(self, issued, published):
        head, claims, signature = issued.jwt.split(".")
        other = credentials.issue(replace(BADGE, holder_name=("ნინო", "Nino")), AT).jwt.split(".")[1]
        assert claims != other
        assert "signature" in openbadgeslib_refuses(f"{head}.{other}.{signature}", published)

    def test_it_sees_what_was_revoked_in_both_forms(self, issued):
        revoked = Published.with_revoked(BADGE.place.index)
        for form in (issued.document, issued.jwt):
            assert "status 'revocation' is set" in openbadgeslib_refuses(form, revoked)

    def test_it_refuses_a_list_that_nobody_signed(self, issued, published):
        document, token = published.lists[1]
        head, _claims, signature = Published.with_revoked(BADGE.place.index).lists[1][1].split(".")
        forged = published.with_list(document, f"{head}.{token.split('.')[1]}.{signature}")
        assert "proof is invalid" in openbadgeslib_refuses(issued.jwt, forged)

    def test_it_refuses_an_old_list(self, issued, published):
        old = credentials.status_documents(1, [], clock.now() - timedelta(days=9))
        for form in (issued.document, issued.jwt):
            assert "expired" in openbadgeslib_refuses(form, published.with_list(*old))

    def test_it_refuses_another_issuers_keys(self, issued, published):
        method = {"id": "did:web:portal.test#other", "type": "Multikey", "controller": "did:web:portal.test", "publicKeyMultibase": "z6Mk"}
        assert openbadgeslib_refuses(issued.document, replace(published, did_document={"verificationMethod": [method]}))


@oracles.needs_node
class TestDigitalBazaar:
    def test_it_accepts_the_document(self, variant, published, digital_bazaar):
        assert digital_bazaar.verify(variant.document, published) == {"verified": True, "revoked": False, "errors": []}

    @pytest.mark.parametrize(("old", "new"), CHANGES)
    def test_it_refuses_a_changed_document(self, issued, published, digital_bazaar, old, new):
        assert not digital_bazaar.verify(tampered(issued.document, old=old, new=new), published)["verified"]

    def test_it_sees_what_was_revoked_where_one_reads_the_status(self, issued, digital_bazaar):
        answer = digital_bazaar.verify(issued.document, Published.with_revoked(BADGE.place.index))
        assert answer == {"verified": True, "revoked": True, "errors": []}

    def test_it_refuses_a_changed_list(self, issued, published, digital_bazaar):
        document, token = Published.with_revoked(BADGE.place.index).lists[1]
        empty = json.loads(published.lists[1][0])["credentialSubject"]["encodedList"]
        forged = tampered(document, old=json.loads(document)["credentialSubject"]["encodedList"], new=empty)
        answer = digital_bazaar.verify(issued.document, published.with_list(forged, token))
        assert not answer["verified"]
        assert any("not verified" in error for error in answer["errors"])

    def test_a_retired_key_still_verifies(self, issued, published, digital_bazaar):
        for key in (keys := oracles.public_keys()):
            key.retired_at = AT
        retired = replace(published, did_document=credentials.did_document(keys))
        assert digital_bazaar.verify(issued.document, retired)["verified"]
        assert openbadgeslib_refuses(issued.document, retired) == ""

    def test_it_refuses_a_key_that_is_not_for_assertions(self, issued, published, digital_bazaar):
        not_meant = replace(published, did_document=published.did_document | {"assertionMethod": []})
        assert not digital_bazaar.verify(issued.document, not_meant)["verified"]
