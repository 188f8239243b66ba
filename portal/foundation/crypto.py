"""Secrets and sealed fields: encryption of single values and small files, keyed blind indexes, random tokens.

AES-256-GCM with a random nonce. The purpose is bound as associated data, so a value cannot be moved to another column. Keys come from
the settings, newest first; the number of the key is not stored, all are tried (there are two or three at most).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
TOKEN_BYTES = 32


class SealBrokenError(ValueError):
    """A sealed value cannot be opened with any configured key."""


@dataclass(slots=True)
class Keyring:
    """The field keys of this portal. ``use`` replaces them when the application starts."""

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    def use(self, keys: tuple[bytes, ...]) -> None:
        """Take ``keys`` (32 bytes each), newest first."""
        self.keys = keys

    def seal(self, text: str, purpose: str) -> bytes:
        """Encrypt ``text`` for ``purpose`` under the newest key."""
        return self.seal_bytes(text.encode(), purpose)

    def unseal(self, sealed: bytes, purpose: str) -> str:
        """Decrypt what ``seal`` made. Raises ``SealBrokenError`` when no key fits or the purpose differs."""
        return self.unseal_bytes(sealed, purpose).decode()

    def seal_bytes(self, data: bytes, purpose: str) -> bytes:
        """As ``seal``, for the bytes of a file."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.keys[0]).encrypt(nonce, data, purpose.encode())

    def unseal_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """Decrypt what ``seal_bytes`` made. Raises as ``unseal``."""
        for key in self.keys:
            try:
                return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
            except InvalidTag:
                continue
        raise SealBrokenError(purpose)

    def blind_index(self, text: str, purpose: str) -> str:
        """A keyed digest that is equal for equal values: finds a sealed value without opening the others.

        Bound to the oldest key, which stays as long as indexes made with it do.
        """
        return hmac.new(self.keys[-1], f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()


keyring = Keyring()


def new_token() -> str:
    """A random url-safe secret of 256 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a random token: a plain SHA-256 suffices, since the token itself cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()
