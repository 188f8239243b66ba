"""Twelve clients at once, over HTTP, on two processes: the books are in order afterwards. With the lock taken out the same check finds fault."""

from __future__ import annotations

import pytest

from tests.databases import ENGINES
from tests.races import load

OPERATIONS = 180


@pytest.mark.race
@pytest.mark.parametrize("engine", ENGINES)
def test_under_load_the_books_are_in_order_and_nothing_breaks(engine):
    told, wrong = load.run(engine, 1, OPERATIONS)
    assert wrong == []
    assert {status for status in told.statuses if status >= 500} == set()
    assert told.statuses[303] > OPERATIONS / 3


@pytest.mark.race
@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_check_finds_fault_when_the_lock_is_taken_out(engine):
    found = []
    for seed in range(3):
        told, wrong = load.run(engine, seed, OPERATIONS, "tests.races.unlocked:app")
        found += wrong + [status for status in told.statuses if status >= 500]
        if found:
            return
    pytest.fail("three rounds without the lock, and nothing was wrong")
