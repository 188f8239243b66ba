"""Pooling: what holds of every way in which needs are put into groups."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import municipalities
from portal.municipalities.neighbours import neighbours_of
from portal.needs import Group, Wish, pool

FIRST = date(2027, 1, 1)
BORDERS = {1: frozenset({2}), 2: frozenset({1, 3}), 3: frozenset({2, 4}), 4: frozenset({3}), 5: frozenset()}
EAST, WEST = 1, 3


@st.composite
def wishes(draw):
    number = draw(st.integers(0, 9))
    made = []
    for one in range(number):
        start = draw(st.integers(0, 3))
        made.append(
            Wish(
                one,
                draw(st.sampled_from(sorted(BORDERS))),
                draw(st.integers(1, 14)),
                draw(st.sampled_from(["any", "in_person", "online"])),
                FIRST + timedelta(days=30 * start),
                FIRST + timedelta(days=30 * (start + draw(st.integers(0, 2))) + 29),
            )
        )
    return made


@st.composite
def sizes(draw):
    least = draw(st.integers(1, 10))
    return least, least + draw(st.integers(0, 15))


def sound(group, most):
    """Said apart from the rule: one run could teach them all."""
    days = [{one.first + timedelta(days=n) for n in range((one.last - one.first).days + 1)} for one in group.wishes]
    forms = {one.form for one in group.wishes if one.form != "any"}
    near = all(a.region_id == b.region_id or b.region_id in BORDERS[a.region_id] for a, b in combinations(group.wishes, 2))
    return bool(set.intersection(*days)) and len(forms) <= 1 and near and sum(one.people for one in group.wishes) <= most


@settings(deadline=None)
@given(wishes(), sizes())
def test_every_need_stands_in_one_group_and_none_is_split(asked, size):
    groups = pool(asked, *size, BORDERS)
    assert sorted(one for group in groups for one in group.wishes) == sorted(asked)


@settings(deadline=None)
@given(wishes(), sizes())
def test_one_run_can_teach_each_group_and_only_a_need_too_large_by_itself_exceeds_the_maximum(asked, size):
    for group in pool(asked, *size, BORDERS):
        assert sound(group, size[1]) or len(group.wishes) == 1


@settings(deadline=None)
@given(wishes(), sizes())
def test_a_group_is_below_the_minimum_only_when_no_other_could_take_it_in(asked, size):
    least, most = size
    groups = pool(asked, least, most, BORDERS)
    for small in (group for group in groups if group.people < least):
        for other in groups:
            assert other == small or not sound(Group(small.wishes + other.wishes), most)


@settings(deadline=None)
@given(wishes(), sizes(), st.randoms())
def test_the_order_of_the_needs_does_not_matter(asked, size, chance):
    shuffled = asked[:]
    chance.shuffle(shuffled)
    assert pool(shuffled, *size, BORDERS) == pool(asked, *size, BORDERS)


def wish(number, region, people, form="any", first=FIRST, days=89):
    return Wish(number, region, people, form, first, first + timedelta(days=days))


def numbers(groups):
    return [[one.id for one in group.wishes] for group in groups]


def test_those_of_a_region_come_together_before_its_neighbours():
    asked = [wish(1, EAST, 5), wish(2, 2, 5), wish(3, EAST, 5)]
    assert numbers(pool(asked, 10, 25, BORDERS)) == [[1, 3], [2]] or numbers(pool(asked, 10, 25, BORDERS)) == [[1, 2, 3]]
    assert numbers(pool(asked, 10, 14, BORDERS)) == [[1, 3], [2]]


def test_neighbours_fill_up_what_one_region_cannot():
    assert numbers(pool([wish(1, EAST, 6), wish(2, 2, 6)], 10, 25, BORDERS)) == [[1, 2]]


def test_nobody_crosses_two_borders():
    assert numbers(pool([wish(1, EAST, 4), wish(2, WEST, 4)], 8, 25, BORDERS)) == [[1], [2]]


@pytest.mark.parametrize("other", [wish(2, EAST, 6, "online"), wish(2, EAST, 6, first=FIRST + timedelta(days=90)), wish(2, EAST, 20)])
def test_another_form_another_time_or_too_many_stay_apart(other):
    assert numbers(pool([wish(1, EAST, 6, "in_person"), other], 10, 25, BORDERS)) in ([[1], [2]], [[2], [1]])


def test_any_form_goes_with_each():
    assert numbers(pool([wish(1, EAST, 6, "online"), wish(2, EAST, 6)], 10, 25, BORDERS)) == [[1, 2]]


def test_a_group_that_is_large_enough_takes_in_what_would_be_left_over():
    assert numbers(pool([wish(1, EAST, 12), wish(2, EAST, 3)], 10, 25, BORDERS)) == [[1, 2]]


def test_two_that_are_large_enough_stay_two():
    assert numbers(pool([wish(1, EAST, 10), wish(2, EAST, 10)], 10, 25, BORDERS)) == [[1], [2]]


def test_borders_go_both_ways_and_every_region_has_one(app):
    borders = municipalities.neighbouring_regions()
    assert len(borders) == 11
    assert all(others and one not in others and all(one in borders[other] for other in others) for one, others in borders.items())
    assert neighbours_of("GE-KA") == {"GE-KK", "GE-MM"}
