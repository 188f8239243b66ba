"""What the tests of credentials may ask for."""

from __future__ import annotations

import pytest

from portal.foundation.crypto import keyring
from tests.credentials.oracles import DigitalBazaar


@pytest.fixture(autouse=True)
def field_keys(monkeypatch):
    """A key for what says nothing of a person without it."""
    monkeypatch.setattr(keyring, "keys", (b"k" * 32,))


@pytest.fixture(scope="session")
def digital_bazaar():
    """The verifier from npm."""
    verifier = DigitalBazaar()
    yield verifier
    verifier.close()
