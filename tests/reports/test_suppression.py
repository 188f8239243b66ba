"""Nothing under five is published, and whoever solves everything that is published gets nothing under five either."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.reports.suppression import FEWEST, Sum, is_small, withheld

COUNTS = st.one_of(st.just(0), st.integers(1, 6), st.integers(1, 60))
TOTAL = ("total", None)


@st.composite
def publications(draw):
    """Tables as they are published: regions of municipalities, and other ways of telling the same people apart."""
    regions = draw(st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=1, max_size=4))
    values, sums, parts = {}, [], []
    for number, municipalities in enumerate(regions):
        cells = [("municipality", (number, one)) for one in range(len(municipalities))]
        values |= dict(zip(cells, municipalities, strict=True))
        values["region", number] = sum(municipalities)
        sums.append(Sum(("region", number), tuple(cells)))
        parts.append(("region", number))
    values[TOTAL] = everybody = sum(map(sum, regions))
    sums.append(Sum(TOTAL, tuple(parts)))
    for way in ("sex", "topic"):
        cuts = sorted(draw(st.lists(st.integers(0, everybody), max_size=4)))
        shares = [high - low for low, high in zip([0, *cuts], [*cuts, everybody], strict=True)]
        cells = [(way, number) for number in range(len(shares))]
        values |= dict(zip(cells, shares, strict=True))
        sums.append(Sum(TOTAL, tuple(cells)))
    return values, sums


def known(sums, values, hidden, wanted) -> Fraction | None:
    """What the sum of ``wanted`` hidden cells is, for somebody who solves the equations; None when it does not follow."""
    cells = sorted(hidden, key=str)
    rows = []
    for one in sums:
        row = [Fraction(int(cell in one.parts) - int(cell == one.total)) for cell in cells]
        shown = sum(values[cell] for cell in one.parts if cell not in hidden) - (values[one.total] if one.total not in hidden else 0)
        rows.append([*row, Fraction(-shown)])
    target = [Fraction(int(cell in wanted)) for cell in cells] + [Fraction(0)]
    for column in range(len(cells)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            if target[column]:
                return None
            continue
        rows = [_cleared(row, pivot, column) for row in rows if row is not pivot]
        target = _cleared(target, pivot, column)
    return -target[-1]


def _cleared(row, pivot, column):
    times = row[column] / pivot[column]
    return [one - times * other for one, other in zip(row, pivot, strict=True)]


@settings(max_examples=300, deadline=None)
@given(publications())
@example(({("a", 1): 3, ("a", 2): 40, TOTAL: 43}, [Sum(TOTAL, (("a", 1), ("a", 2)))]))
def test_nothing_small_is_shown_or_follows(publication):
    values, sums = publication
    hidden = withheld(values, sums)
    assert all(cell in hidden for cell, number in values.items() if is_small(number))
    for size in (1, 2, 3):
        for wanted in combinations(sorted(hidden, key=str), size):
            if size > 1 and any(cell[0] != wanted[0][0] for cell in wanted):
                continue  # cells of one table: others tell the same people apart in other ways
            number = known(sums, values, hidden, set(wanted))
            assert number is None or number == 0 or number >= FEWEST, (wanted, number)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.just(0), st.integers(1, 7)), min_size=2, max_size=4))
def test_a_small_figure_could_as_well_be_another(counts):
    """Whoever tries every way of filling in what is withheld, knowing that it is not nothing, is left with a choice."""
    cells = [("topic", number) for number in range(len(counts))]
    values = dict(zip(cells, counts, strict=True)) | {TOTAL: sum(counts)}
    sums = [Sum(TOTAL, tuple(cells))]
    hidden = withheld(values, sums)
    asked = sorted(hidden, key=str)
    fillings = []
    for guess in product(range(1, 20), repeat=len([cell for cell in asked if cell != TOTAL])):
        tried = values | dict(zip([cell for cell in asked if cell != TOTAL], guess, strict=True))
        if TOTAL in hidden or sum(tried[cell] for cell in cells) == values[TOTAL]:
            fillings.append(tried)
    for cell in cells:
        if is_small(values[cell]):
            assert len({filling[cell] for filling in fillings}) > 1


def test_what_is_large_is_shown():
    values = {("topic", 1): 12, ("topic", 2): 0, ("topic", 3): 30, TOTAL: 42}
    assert withheld(values, [Sum(TOTAL, (("topic", 1), ("topic", 2), ("topic", 3)))]) == frozenset()


def test_a_small_figure_takes_the_smallest_large_one_with_it():
    values = {("topic", 1): 2, ("topic", 2): 9, ("topic", 3): 30, TOTAL: 41}
    assert withheld(values, [Sum(TOTAL, (("topic", 1), ("topic", 2), ("topic", 3)))]) == {("topic", 1), ("topic", 2)}


def test_where_all_are_small_their_total_goes_too():
    values = {("topic", 1): 2, ("topic", 2): 3, TOTAL: 5}
    assert withheld(values, [Sum(TOTAL, (("topic", 1), ("topic", 2)))]) == values.keys()


def test_a_whole_country_is_settled_at_once():
    cells = [("municipality", number) for number in range(64)]
    values = {cell: (number * 7) % 40 for number, cell in enumerate(cells)}
    sums = []
    for region in range(12):
        ours = tuple(cells[region::12])
        values["region", region] = sum(values[cell] for cell in ours)
        sums.append(Sum(("region", region), ours))
    values[TOTAL] = sum(values[cell] for cell in cells)
    sums.append(Sum(TOTAL, tuple(("region", region) for region in range(12))))
    hidden = withheld(values, sums)
    assert all(cell in hidden for cell in cells if is_small(values[cell]))
    assert len(hidden) < 40


def test_whoever_solves_finds_what_a_careless_hand_leaves():
    one, other, third = (("topic", number) for number in range(3))
    values = {one: 3, other: 40, third: 7, TOTAL: 50}
    sums = [Sum(TOTAL, (one, other, third))]
    assert known(sums, values, {one}, {one}) == 3
    assert known(sums, values, {one, third}, {one}) is None
    assert known(sums, values, {one, third}, {one, third}) == 10
