"""The lines that a proof signs are those that PyLD finds, however texts are worded."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from portal import credentials
from portal.credentials import badges, contexts, status_lists
from portal.credentials.canonical import canonical
from tests.credentials.samples import AT, BADGE

# All that can be written down but control characters, of which the line break and the tab are allowed.
TEXTS = st.text(st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from('\n\t"\\<>@_:აბგ')), max_size=30)
ADDRESSES = st.from_regex(r"(https://[a-z]{1,9}\.test|urn:uuid|did:web):[A-Za-z0-9#?/._~:%=&;+\u10d0-\u10f0-]{1,20}", fullmatch=True)
PAIRS = st.tuples(TEXTS, TEXTS)


def by_pyld(document):
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.load}
    return jsonld.normalize(copy.deepcopy(document), options).encode()


def badges_with_any_texts():
    return st.builds(
        replace,
        st.sampled_from([BADGE, replace(BADGE, credits=None), replace(BADGE, valid_until=None, credits=3)]),
        address=ADDRESSES,
        number=TEXTS,
        holder=ADDRESSES,
        holder_name=PAIRS,
        achievement=ADDRESSES,
        title=PAIRS,
        description=PAIRS,
        criteria=PAIRS,
        place=st.builds(credentials.Place, st.integers(1, 99), st.integers(0, 131_071)),
    )


@settings(max_examples=150, deadline=None)
@given(badges_with_any_texts())
def test_a_credential_is_read_as_pyld_reads_it(badge):
    document = badges._document(badge)
    assert canonical(document) == by_pyld(document)


def test_texts_that_look_like_slots_or_like_each_other_change_nothing():
    odd = '"urn:slot:0:" <urn:slot:1:> _:c14n1'
    badge = replace(BADGE, holder=BADGE.address, title=(odd, odd), criteria=("urn:slot:2:", ""), description=("", ""))
    document = badges._document(badge)
    assert canonical(document) == by_pyld(document)


def test_a_status_list_and_a_proof_are_read_as_pyld_reads_them():
    document = status_lists._document("https://portal.test/status/1", "uH4sIA", AT, AT)
    assert canonical(document) == by_pyld(document)
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-20T08:30:00Z",
        "verificationMethod": "did:web:portal.test#key",
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }
    assert canonical(proof) == by_pyld(proof)


@pytest.mark.parametrize(
    "change",
    [
        {"nowhereDefined": "a text that no proof would cover"},
        {"id": "not an address"},
        {"id": "https://portal.test/with space"},
        {"id": "_:blank"},
        {"name": "a bell \x07"},
        {"evidence": [{"type": "Evidence", "name": "a"}, {"type": "Evidence", "name": "b"}]},
    ],
)
def test_what_must_not_be_signed_is_refused(change):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical(badges._document(BADGE) | change)
