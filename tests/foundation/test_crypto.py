"""Sealed values open with any configured key, for their own purpose only."""

from __future__ import annotations

import pytest

from portal.foundation.crypto import Keyring, SealBrokenError

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_value_sealed_with_an_old_key_still_opens():
    assert Keyring((NEW, OLD)).unseal(Keyring((OLD,)).seal("01001012345", "personal_number"), "personal_number") == "01001012345"


def test_it_does_not_open_for_another_purpose_or_key():
    sealed = Keyring((OLD,)).seal("01001012345", "personal_number")
    with pytest.raises(SealBrokenError):
        Keyring((OLD,)).unseal(sealed, "phone")
    with pytest.raises(SealBrokenError):
        Keyring((NEW,)).unseal(sealed, "personal_number")


def test_equal_values_seal_differently_and_index_alike():
    ring = Keyring((NEW, OLD))
    assert ring.seal("x", "p") != ring.seal("x", "p")
    assert ring.blind_index("x", "p") == ring.blind_index("x", "p") != ring.blind_index("x", "q")


def test_a_new_key_in_front_keeps_the_index():
    assert Keyring((NEW, OLD)).blind_index("x", "p") == Keyring((OLD,)).blind_index("x", "p")
