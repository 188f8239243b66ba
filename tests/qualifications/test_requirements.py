"""Requirements are kept as JSON, and read back as they were; what is none is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.qualifications import Group, OutsideDemand, PassedTestDemand, as_document, demands_of, read_document
from tests.qualifications.timelines import all_of, course, hours

WINDOWS = st.none() | st.integers(1, 1_200)
DEMANDS = (
    st.builds(lambda ids, within: course(*ids, within=within), st.sets(st.integers(1, 2**40), min_size=1), WINDOWS)
    | st.builds(lambda number, topic, within: hours(f"{number}.5", topic, within), st.integers(0, 999), st.none() | st.integers(1), WINDOWS)
    | st.builds(PassedTestDemand, st.integers(1), st.none() | st.integers(1, 100), WINDOWS)
    | st.builds(OutsideDemand, st.text(min_size=1), WINDOWS)
)
TREES = DEMANDS | st.lists(
    DEMANDS | st.lists(DEMANDS, min_size=1, max_size=3).map(lambda parts: all_of(*parts)), min_size=1, max_size=4
).flatmap(lambda parts: st.builds(Group, st.integers(1, len(parts)), st.just(tuple(parts))))


@given(TREES)
def test_a_requirement_is_read_back_as_it_was(requirement):
    document = as_document(requirement)
    assert read_document(json.loads(json.dumps(document))) == requirement
    assert as_document(read_document(document)) == document


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        [],
        {"least": 0, "of": [{"courses": [1], "within": None}]},
        {"least": 2, "of": [{"courses": [1], "within": None}]},
        {"least": 1, "of": []},
        {"courses": [], "within": None},
        {"courses": ["1"], "within": None},
        {"courses": [1], "within": 0},
        {"courses": [1], "within": "12"},
        {"hours": "many", "topic": None, "within": None},
        {"hours": "-1", "topic": None, "within": None},
        {"hours": "Infinity", "topic": None, "within": None},
        {"test": "4", "percent": None, "within": None},
        {"outside": "", "within": None},
    ],
)
def test_what_is_no_requirement_is_refused(document):
    with pytest.raises(ValueError, match=r"^no "):
        read_document(document)


def test_a_tree_is_not_deeper_than_anybody_could_read():
    deep = {"courses": [1], "within": None}
    for _level in range(5):
        deep = {"least": 1, "of": [deep]}
    with pytest.raises(ValueError, match="no requirement"):
        read_document(deep)


def test_every_demand_of_a_tree_is_named_from_left_to_right():
    assert list(demands_of(all_of(course(1), Group(1, (course(2), hours(3)))))) == [course(1), course(2), hours(3)]
