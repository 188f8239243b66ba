"""Contexts are the pinned ones, and nothing is fetched."""

from __future__ import annotations

import hashlib
import json
import socket

import pytest
from pyld import jsonld

from portal import credentials
from portal.credentials import canonical, contexts
from tests.credentials.samples import AT, BADGE

# Of the texts at these addresses, when they were pinned.
DIGESTS = {
    "https://www.w3.org/ns/credentials/v2": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
}


@pytest.mark.parametrize("url", DIGESTS)
def test_the_installed_text_is_the_one_that_was_pinned(url):
    name, _digest = contexts._PINNED[url]
    text = (contexts._folder() / name).read_bytes()
    assert hashlib.sha256(text).hexdigest() == DIGESTS[url]
    assert contexts.load(url)["document"] == json.loads(text)


def test_another_text_is_refused(monkeypatch, tmp_path):
    name, _digest = contexts._PINNED[contexts.VC]
    (tmp_path / name).write_text("{}")
    monkeypatch.setattr(contexts, "_folder", lambda: tmp_path)
    with pytest.raises(contexts.ContextNotPinnedError):
        contexts._read.__wrapped__(contexts.VC)


@pytest.mark.parametrize("url", ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/v2", "file:///etc/passwd"])
def test_every_other_context_is_refused(url):
    with pytest.raises(contexts.ContextNotPinnedError):
        contexts.load(url)
    with pytest.raises(jsonld.JsonLdError):
        canonical.canonical({"@context": [url], "id": "urn:uuid:1"})


def test_issuing_opens_no_connection(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    canonical._lines_of.cache_clear()
    contexts._read.cache_clear()
    credentials.issue(BADGE, AT)
