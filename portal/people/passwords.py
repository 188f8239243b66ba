"""Passwords: argon2id hashes, made and checked outside any transaction, and the list of those that everybody tries first.

The list of common passwords is the one of the package zxcvbn; ``data/common_passwords.txt`` adds what people here type.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from portal.foundation.errors import N_, RefusedError
from portal.people import rules

if TYPE_CHECKING:
    from collections.abc import Iterable

AT_ONCE = 4  # each hash takes 64 MiB while it is made

COMMON_IN_GEORGIA = Path(__file__).parent / "data" / "common_passwords.txt"

TOO_EASY = N_("This password is one of the first that others would try. Choose a longer or less usual one.")
TOO_SHORT = N_("The password must have at least %(number)s characters")
TOO_LONG = N_("The password must have at most %(number)s characters")

_at_once = BoundedSemaphore(AT_ONCE)
_hasher = PasswordHasher()


def hash_cheaply() -> None:
    """For tests: hashes that cost next to nothing."""
    global _hasher  # noqa: PLW0603  (set once, when the application starts)
    _hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def check_new_password(password: str, own_words: Iterable[str] = ()) -> None:
    """Raise ``RefusedError`` for a password that may not be chosen; ``own_words`` are names and e-mail of the person."""
    length = len(rules.normal_password(password))
    if length < rules.SHORTEST_PASSWORD:
        raise RefusedError(TOO_SHORT, number=rules.SHORTEST_PASSWORD)
    if length > rules.LONGEST_PASSWORD:
        raise RefusedError(TOO_LONG, number=rules.LONGEST_PASSWORD)
    if rules.is_easy_password(rules.normal_password(password), own_words, _common()):
        raise RefusedError(TOO_EASY)


def hash_password(password: str) -> str:
    """The argon2id hash of ``password``. Slow on purpose: call it outside any transaction."""
    with _at_once:
        return _hasher.hash(rules.normal_password(password))


def password_fits(password: str, password_hash: str | None) -> bool:
    """True when ``password`` belongs to ``password_hash``. Without a hash the same work is done, for nothing: nobody learns who has an account."""
    with _at_once:
        try:
            return _hasher.verify(password_hash or _nobodys_hash(), rules.normal_password(password)) and password_hash is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """True when ``password_hash`` was made with other costs than those of today."""
    return _hasher.check_needs_rehash(password_hash)


def _nobodys_hash() -> str:
    """A well-formed hash with today's costs that no password has."""
    salt, empty = (base64.b64encode(bytes(length)).decode().rstrip("=") for length in (_hasher.salt_len, _hasher.hash_len))
    return f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}${salt}${empty}"


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  (a large list: read when the first password is chosen)

    known = (password for password in FREQUENCY_LISTS["passwords"] if len(password) >= rules.OWN_WORD_LENGTH)
    return frozenset(known) | frozenset(COMMON_IN_GEORGIA.read_text(encoding="utf-8").split())
