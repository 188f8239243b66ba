"""Keys and signatures as text that names its own alphabet: base58 of Bitcoin, with the letter z before it."""

from __future__ import annotations

from typing import Final

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519: Final = b"\xed\x01"
"""Before the 32 bytes of a public key in a Multikey: what kind of key they are."""


def base58(data: bytes) -> str:
    """Write ``data`` in base58, with its z. Zero bytes at the beginning stay."""
    number, letters = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[digit] + letters
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + _ALPHABET[0] * zeros + letters


def multikey(public: bytes) -> str:
    """Write the 32 bytes of a public Ed25519 key as a Multikey."""
    return base58(_ED25519 + public)
