"""Who is next: what is kept for whom, and the order of the line. Rules on plain values."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.enrolment.rules_line import Blocked, Home, Seats, WaitingPlace, find_next, in_line

NOON = datetime(2026, 12, 1, 8, tzinfo=UTC)
TELAVI, SIGHNAGHI, KUTAISI, BATUMI = Home(1, 10), Home(2, 10), Home(3, 20), Home(4, 30)
REGIONS = {1: 10, 2: 10, 3: 20, 4: 30}


def waiting(number, home, minutes=None, **values):
    return WaitingPlace(
        enrolment_id=number, queued_at=NOON + timedelta(minutes=number if minutes is None else minutes), home=home, **values
    )


def seats(capacity=10, municipalities=None, regions=None, taken=(), *, in_force=True):
    made = Seats(
        capacity=capacity,
        municipality_quotas=municipalities or {},
        region_quotas=regions or {},
        region_of=REGIONS,
        in_force=in_force and bool(municipalities or regions),
    )
    for home in taken:
        made.give(home)
    return made


def order(places, kept):
    return [ranked.place.enrolment_id for ranked in in_line(places, kept)]


def test_without_quotas_the_line_is_in_the_order_of_time_then_of_arrival():
    places = [waiting(1, TELAVI, minutes=1), waiting(9, KUTAISI, minutes=0), waiting(8, BATUMI, minutes=0)]
    assert order(places, seats()) == [8, 9, 1]


def test_a_goal_that_is_due_goes_first():
    assert order([waiting(1, TELAVI), waiting(2, KUTAISI, goal_due=True)], seats(municipalities={1: 5})) == [2, 1]


def test_the_municipality_with_the_largest_unused_part_goes_before_who_came_earlier():
    kept = seats(municipalities={1: 4, 3: 4}, taken=[TELAVI, TELAVI, KUTAISI])
    assert order([waiting(1, BATUMI), waiting(2, TELAVI), waiting(3, KUTAISI)], kept) == [3, 2, 1]


def test_those_of_one_municipality_do_not_stand_in_one_block():
    """Each place in line is given as if those in front had a place: so municipalities take turns."""
    kept = seats(municipalities={1: 2, 3: 2})
    assert order([waiting(1, TELAVI), waiting(2, TELAVI), waiting(3, KUTAISI), waiting(4, KUTAISI)], kept) == [1, 3, 2, 4]


def test_a_place_kept_for_one_municipality_is_not_for_another():
    kept = seats(capacity=2, municipalities={1: 2})
    assert kept.find_block(KUTAISI) == Blocked.KEPT_FOR_OTHERS
    assert kept.find_block(TELAVI) is None


def test_a_municipality_has_no_more_than_its_quota():
    kept = seats(municipalities={1: 2}, taken=[TELAVI, TELAVI])
    assert kept.find_block(TELAVI) == Blocked.QUOTA_USED
    assert kept.find_block(KUTAISI) is None


def test_a_region_has_no_more_than_its_quota_whatever_its_municipalities_have_left():
    kept = seats(regions={10: 2}, municipalities={1: 2}, taken=[SIGHNAGHI])
    assert kept.find_block(SIGHNAGHI) == Blocked.KEPT_FOR_OTHERS
    kept.give(TELAVI)
    assert kept.find_block(TELAVI) == Blocked.QUOTA_USED


def test_what_a_municipality_keeps_is_part_of_what_its_region_keeps():
    assert seats(regions={10: 5}, municipalities={1: 2}).unused() == 5
    assert seats(regions={10: 5}, municipalities={1: 2, 3: 3}).unused() == 8


def test_once_released_quotas_only_count_in_the_order():
    kept = seats(capacity=3, municipalities={1: 2}, in_force=False)
    assert kept.find_block(KUTAISI) is None
    assert order([waiting(1, KUTAISI), waiting(2, TELAVI)], kept) == [2, 1]


def test_who_is_passed_is_named_with_the_reason():
    kept = seats(capacity=2, municipalities={1: 1}, taken=[KUTAISI])
    following = find_next([waiting(1, KUTAISI, minutes=0), waiting(2, BATUMI, minutes=1)], kept)
    assert following is None
    following = find_next([waiting(1, KUTAISI, goal_due=True), waiting(2, TELAVI)], kept)
    assert (following.place.enrolment_id, following.passed) == (2, ((1, Blocked.KEPT_FOR_OTHERS),))


def test_a_full_run_has_no_next():
    assert find_next([waiting(1, TELAVI)], seats(capacity=1, taken=[TELAVI])) is None


homes = st.sampled_from([TELAVI, SIGHNAGHI, KUTAISI, BATUMI, Home()])
lines = st.lists(st.tuples(homes, st.integers(0, 5), st.booleans()), max_size=20).map(
    lambda drawn: [waiting(number, home, minutes=minutes, goal_due=due) for number, (home, minutes, due) in enumerate(drawn, 1)]
)


@st.composite
def any_seats(draw):
    """Places with quotas that fit into the capacity, some of them given by the rules already."""
    municipalities = draw(st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(1, 4), max_size=3))
    of_region = municipalities.get(1, 0) + municipalities.get(2, 0)
    regions = draw(st.sampled_from([{}, {10: max(of_region, 1) + draw(st.integers(0, 3))}]))
    made = seats(0, municipalities, regions)
    made.capacity = made.unused() + draw(st.integers(0, 5))
    made.in_force = made.has_quotas and draw(st.booleans())
    for home in draw(st.lists(homes, max_size=10)):
        if made.find_block(home) is None:
            made.give(home)
    return made


@given(lines, any_seats())
def test_when_the_first_gets_a_place_the_others_stay_in_their_order(places, kept):
    line = order(places, kept)
    if line:
        first = next(place for place in places if place.enrolment_id == line[0])
        kept.give(first.home)
        assert order([place for place in places if place is not first], kept) == line[1:]


@given(lines, any_seats())
def test_everybody_stands_in_line_once(places, kept):
    assert Counter(order(places, kept)) == Counter(place.enrolment_id for place in places)


@given(lines, any_seats())
def test_places_are_given_until_nobody_can_have_one_and_none_beyond(places, kept):
    """No place stays free for which somebody may be next; no quota is exceeded; what is kept can always still be given."""
    left = {place.enrolment_id: place for place in places}
    while (following := find_next(left.values(), kept)) is not None:
        kept.give(left.pop(following.place.enrolment_id).home)
    assert kept.taken <= kept.capacity
    assert all(kept.find_block(place.home) for place in left.values())
    if kept.in_force:
        assert kept.taken + kept.unused() <= kept.capacity
        assert all(kept.by_municipality[one] <= places for one, places in kept.municipality_quotas.items())
        assert all(kept.by_region[one] + kept.kept_within(one) <= places for one, places in kept.region_quotas.items())
