"""Verifiers that are not ours: openbadgeslib, and @digitalbazaar/vc where there is Node. Neither reaches the network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier

from portal import credentials, signing
from portal.credentials import contexts
from portal.foundation import clock
from portal.signing.models import PublicKey
from portal.signing.publics import publics_of
from tests.credentials.samples import AT, BASE

FOLDER = Path(__file__).parent / "node"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    not os.environ.get("CI") and (NODE is None or not (FOLDER / "node_modules").exists()), reason="no Node, or npm ci was not run"
)


def public_keys() -> list[PublicKey]:
    """The rows of the keys that this process signs with."""
    return [PublicKey(kid=kid, kind=kind, public=public, since=AT) for kid, (kind, public) in publics_of(signing.keys()).items()]


@dataclass(frozen=True)
class Published:
    """What the portal serves to whoever verifies: its DID document and the status lists, by number."""

    did_document: dict[str, Any]
    lists: dict[int, tuple[bytes, str]]

    @classmethod
    def with_revoked(cls, *places: int) -> Published:
        """One list, in which these places are marked."""
        return cls(credentials.did_document(public_keys()), {1: credentials.status_documents(1, places, clock.now())})

    def with_list(self, document: bytes, token: str) -> Published:
        """Another list in its place."""
        return replace(self, lists={1: (document, token)})

    def download(self, address: str) -> bytes:
        """What stands at an address; nothing but these is fetched."""
        served = {f"{BASE}/.well-known/did.json": json.dumps(self.did_document).encode()}
        for number, (document, token) in self.lists.items():
            served |= {f"{BASE}/status/{number}": document, f"{BASE}/status/{number}.jwt": token.encode()}
        return served[address]


def openbadgeslib_refuses(credential: bytes | str, published: Published) -> str:
    """Why openbadgeslib does not accept a credential, as JSON or as JWT; empty when it does."""
    did = credentials.did()
    try:
        if isinstance(credential, bytes):
            # of lists it can verify the signature of a JWT only; the JSON form of ours is verified by the other
            verifier = OB3LdpVerifier.for_issuer_did(did)
            verifier.verify(credential, check_status=True, verify_status_list=False, download=published.download)
        else:
            OB3Verifier.for_issuer_did(did, published.download).verify(credential, check_status=True, download=published.download)
    except OB3VerificationError as problem:
        return str(problem)
    return ""


class DigitalBazaar:
    """@digitalbazaar/vc in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [NODE or "node", "verify.js"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def verify(self, credential: bytes, published: Published) -> dict[str, Any]:
        """What it says: verified, revoked (it calls a revoked one verified), errors."""
        documents = {url: contexts.load(url)["document"] for url in (contexts.VC, contexts.OPEN_BADGES)}
        documents[credentials.did()] = published.did_document
        documents |= {f"{BASE}/status/{number}": json.loads(document) for number, (document, _jwt) in published.lists.items()}
        self._process.stdin.write(json.dumps({"credential": json.loads(credential), "documents": documents}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def claims_of(token: str) -> dict[str, Any]:
    """What a JWT says, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def tampered(document: bytes, *, old: str, new: str) -> bytes:
    """A copy in which somebody changed a text."""
    text = document.decode()
    assert old in text
    return text.replace(old, new).encode()
