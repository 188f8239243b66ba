"""Hashes of passwords."""

from __future__ import annotations

import argon2
import pytest

from portal.people import passwords


@pytest.fixture
def hasher(monkeypatch):
    def use(**costs):
        monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(**costs))

    use(time_cost=1, memory_cost=8, parallelism=1)
    return use


def test_a_password_fits_its_hash_and_no_other(hasher):
    kept = passwords.hash_password(" ორი  სიტყვა ")
    assert kept.startswith("$argon2id$")
    assert passwords.password_fits(" ორი  სიტყვა ", kept)
    assert not passwords.password_fits("ორი სიტყვა", kept)


def test_without_an_account_the_same_work_is_done(hasher, monkeypatch):
    seen = []
    monkeypatch.setattr(argon2.PasswordHasher, "verify", lambda _self, kept, _password: seen.append(kept) or True)
    assert passwords.password_fits("anything", None) is False
    assert argon2.extract_parameters(seen[0]).memory_cost == 8


def test_the_hash_of_nobody_is_well_formed_and_fits_nothing(hasher):
    assert argon2.extract_parameters(passwords._nobodys_hash()) == argon2.extract_parameters(passwords.hash_password("x"))
    assert not passwords.password_fits("", None)


def test_a_hash_with_other_costs_is_outdated(hasher):
    kept = passwords.hash_password("two old bridges")
    assert not passwords.is_outdated(kept)
    hasher(time_cost=2, memory_cost=8, parallelism=1)
    assert passwords.is_outdated(kept)


def test_what_is_no_hash_lets_nobody_in(hasher):
    assert not passwords.password_fits("x", "!")
