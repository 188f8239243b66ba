"""Golden timelines: what somebody holds on which day, by which edition of the rule, on which evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.qualifications import (
    Audience,
    Evidence,
    ExpiryBase,
    Group,
    Holding,
    OutsideDemand,
    PassedTestDemand,
    awards_of,
    called_since,
    due_on,
    expiry,
    is_due,
    measure,
    standing_on,
    version_on,
)
from tests.qualifications.timelines import all_of, course, day, done, edition, hours

LATE = date(2040, 1, 1)


def told(versions, evidence, until=LATE):
    """The awards in short: by which edition, from which day to which, ended early or not."""
    return [
        (award.version_id, award.on.isoformat(), award.until.isoformat() if award.until else None, award.renews)
        for award in awards_of(versions, evidence, until)
    ]


def holding(versions, evidence, on):
    return standing_on(versions, evidence, day(on)).holding


# -- reaching it --


def test_it_is_reached_on_the_day_on_which_all_that_is_asked_for_is_together():
    rule = [edition(all_of(course(1), hours(16, topic=7)))]
    rows = (("2024-03-10", 1, 5, 8), ("2024-04-02", 2, 7, 10), ("2024-05-20", 3, 7, 6))
    evidence = [done(on, which, topic=topic, hours=Decimal(number)) for on, which, topic, number in rows]
    assert told(rule, evidence) == [(1, "2024-05-20", None, False)]
    assert holding(rule, evidence, "2024-05-19") == Holding.NEVER
    assert holding(rule, evidence, "2024-05-20") == Holding.HELD
    assert awards_of(rule, evidence, LATE)[0].sources == tuple(one.source for one in evidence)


def test_an_equivalent_course_counts_as_the_one_that_is_named():
    assert told([edition(course(1, 9))], [done("2024-03-10", 9)]) == [(1, "2024-03-10", None, False)]


def test_two_of_three_are_enough_where_the_rule_says_so():
    rule = [edition(Group(2, (course(1), course(2), course(3))))]
    assert told(rule, [done("2024-01-05", 3)]) == []
    assert told(rule, [done("2024-01-05", 3), done("2024-02-05", 1)]) == [(1, "2024-02-05", None, False)]


def test_hours_count_within_their_window_only():
    rule = [edition(hours(20, within=24))]
    long_ago, now = done("2022-05-10", 1, hours=Decimal(12)), done("2024-05-10", 2, hours=Decimal(12))
    assert told(rule, [long_ago, now]) == []
    assert told(rule, [replace(long_ago, on=day("2022-05-11")), now]) == [(1, "2024-05-10", None, False)]


def test_a_test_is_passed_with_its_own_mark_or_with_the_higher_one_that_is_asked_for():
    passed = Evidence(source="test:4", on=day("2024-03-10"), test=4, percent=70)
    assert told([edition(PassedTestDemand(4))], [passed]) == [(1, "2024-03-10", None, False)]
    assert told([edition(PassedTestDemand(4, 80))], [passed]) == []
    assert measure(PassedTestDemand(4, 80), [passed], day("2024-04-01")).have == 70


def test_a_recognised_certificate_from_elsewhere_counts_from_its_recognition_while_it_is_valid():
    outside = Evidence(source="recognition:3", on=day("2024-03-10"), until=day("2024-12-31"), outside="ipa-b2")
    rule = [edition(all_of(OutsideDemand("ipa-b2"), course(1)))]
    assert told(rule, [outside, done("2024-12-31", 1)]) == [(1, "2024-12-31", None, False)]
    assert told(rule, [outside, done("2025-01-01", 1)]) == []


def test_what_is_done_later_changes_nothing_about_an_earlier_day():
    rule = [edition(course(1))]
    assert standing_on(rule, [done("2024-03-10", 1)], day("2024-03-09")) == standing_on(rule, [], day("2024-03-09"))


# -- its end and its renewal --


def test_what_begins_on_a_leap_day_ends_on_the_last_of_february():
    rule = [edition(course(1), validity_months=12)]
    assert told(rule, [done("2024-02-29", 1)]) == [(1, "2024-02-29", "2025-02-28", False)]
    assert holding(rule, [done("2024-02-29", 1)], "2025-02-28") == Holding.HELD
    assert holding(rule, [done("2024-02-29", 1)], "2025-03-01") == Holding.LAPSED
    assert told([edition(course(1), validity_months=48)], [done("2024-02-29", 1)]) == [(1, "2024-02-29", "2028-02-29", False)]


def test_it_lapses_when_nothing_is_done():
    rule = [edition(course(1), validity_months=24, window_months=6)]
    evidence = [done("2022-06-01", 1)]
    stages = {
        on: holding(rule, evidence, on) for on in ("2022-05-31", "2022-06-01", "2023-11-30", "2023-12-01", "2024-06-01", "2024-06-02")
    }
    assert list(stages.values()) == [Holding.NEVER, Holding.HELD, Holding.HELD, Holding.RENEWABLE, Holding.RENEWABLE, Holding.LAPSED]


def test_a_renewal_inside_the_window_joins_on_without_a_gap():
    rule = [edition(course(1), validity_months=24, window_months=6, base=ExpiryBase.PREVIOUS)]
    evidence = [done("2022-06-01", 1), done("2024-01-15", 1)]
    assert told(rule, evidence) == [(1, "2022-06-01", "2024-06-01", False), (1, "2024-01-15", "2026-06-01", True)]
    assert holding(rule, evidence, "2024-06-02") == Holding.HELD


def test_a_renewal_counts_from_its_own_day_where_the_rule_says_so():
    rule = [edition(course(1), validity_months=24, window_months=6)]
    assert told(rule, [done("2022-06-01", 1), done("2024-01-15", 1)])[1] == (1, "2024-01-15", "2026-01-15", True)


def test_what_is_done_before_the_window_opens_renews_nothing():
    rule = [edition(course(1), validity_months=24, window_months=6, base=ExpiryBase.PREVIOUS)]
    assert len(told(rule, [done("2022-06-01", 1), done("2023-11-30", 1)])) == 1
    assert len(told(rule, [done("2022-06-01", 1), done("2023-12-01", 1)])) == 2


def test_after_the_end_it_is_reached_anew_and_counts_from_that_day():
    rule = [edition(course(1), validity_months=24, window_months=6, base=ExpiryBase.PREVIOUS)]
    evidence = [done("2022-06-01", 1), done("2024-08-01", 1)]
    assert told(rule, evidence)[1] == (1, "2024-08-01", "2026-08-01", False)
    assert holding(rule, evidence, "2024-07-31") == Holding.LAPSED


def test_what_was_begun_in_the_window_and_finished_after_the_end_is_not_lost():
    rule = [edition(all_of(course(1), course(2)), validity_months=24, window_months=6)]
    first = [done("2022-05-01", 1), done("2022-06-01", 2)]
    assert told(rule, [*first, done("2024-05-01", 1), done("2024-07-01", 2)])[1] == (1, "2024-07-01", "2026-07-01", False)


def test_a_renewal_may_ask_for_less_and_only_while_it_is_held():
    rule = [edition(all_of(course(1), course(2)), renewal=course(3), validity_months=24, window_months=6)]
    first = [done("2022-05-01", 1), done("2022-06-01", 2)]
    assert told(rule, [*first, done("2024-05-01", 3)])[1] == (1, "2024-05-01", "2026-05-01", True)
    assert len(told(rule, [*first, done("2024-07-01", 3)])) == 1


@pytest.mark.parametrize(("start", "until"), [("2024-03-10", "2025-12-31"), ("2024-12-31", "2025-12-31"), ("2025-01-01", "2026-12-31")])
def test_a_fixed_day_ends_it_for_all_and_never_sooner_than_its_validity(start, until):
    rule = edition(course(1), validity_months=12, base=ExpiryBase.FIXED, fixed_day=(12, 31))
    assert expiry(rule, day(start)) == day(until)


def test_a_fixed_leap_day_is_the_last_of_february_in_other_years():
    rule = edition(course(1), validity_months=12, base=ExpiryBase.FIXED, fixed_day=(2, 29))
    assert [expiry(rule, day(f"{year}-02-01")) for year in (2022, 2023, 2024)] == [day("2023-02-28"), day("2024-02-29"), day("2025-02-28")]


def test_recertification_takes_nothing_away():
    rule = [edition(course(1), validity_months=12, window_months=2)]
    evidence = [done("2020-05-01", 1), done("2021-04-01", 1), done("2023-01-01", 1)]
    assert [on for _version, on, _until, _renews in told(rule, evidence)] == ["2020-05-01", "2021-04-01", "2023-01-01"]


# -- a rule that changes --


def test_who_holds_it_keeps_it_when_the_rule_changes_and_renews_by_the_new_one():
    rule = [
        edition(course(1), validity_months=24, window_months=6),
        edition(course(2), 2, "2023-01-01", validity_months=12, window_months=6),
    ]
    evidence = [done("2022-06-01", 1), done("2024-02-01", 1), done("2024-03-01", 2)]
    assert told(rule, evidence) == [(1, "2022-06-01", "2024-06-01", False), (2, "2024-03-01", "2025-03-01", True)]


def test_who_is_asked_anew_loses_it_on_the_day_and_has_it_back_with_what_was_missing():
    rule = [
        edition(course(1), validity_months=24),
        edition(all_of(course(1), course(2)), 2, "2023-01-01", validity_months=24, asks_holders=True),
    ]
    evidence = [done("2022-06-01", 1), done("2023-04-01", 2)]
    assert awards_of(rule, evidence, LATE)[0].ended_on == day("2023-01-01")
    assert [holding(rule, evidence, on) for on in ("2022-12-31", "2023-01-01", "2023-04-01")] == [
        Holding.HELD,
        Holding.LAPSED,
        Holding.HELD,
    ]
    assert told(rule, evidence)[1] == (2, "2023-04-01", "2025-04-01", False)


def test_who_is_asked_anew_and_fulfils_it_keeps_what_they_have():
    rule = [edition(course(1), validity_months=24), edition(course(1, 2), 2, "2023-01-01", validity_months=12, asks_holders=True)]
    assert told(rule, [done("2022-06-01", 1)]) == [(1, "2022-06-01", "2024-06-01", False)]
    assert awards_of(rule, [done("2022-06-01", 1)], LATE)[0].ended_on is None


def test_after_its_time_an_award_that_was_ended_gives_nothing_to_the_next():
    rule = [
        edition(course(1), validity_months=24),
        edition(all_of(course(1), course(2)), 2, "2023-01-01", validity_months=24, asks_holders=True),
    ]
    assert len(told(rule, [done("2022-06-01", 1), done("2024-06-02", 2)])) == 1


def test_who_has_what_a_new_rule_asks_for_reaches_it_on_its_first_day():
    rule = [edition(all_of(course(1), course(2))), edition(course(1), 2, "2023-01-01")]
    assert told(rule, [done("2022-06-01", 1)]) == [(2, "2023-01-01", None, False)]


def test_before_the_first_edition_nobody_is_asked_for_anything():
    rule = [edition(course(1), since="2023-01-01")]
    assert version_on(rule, day("2022-12-31")) is None
    standing = standing_on(rule, [done("2022-06-01", 1)], day("2022-12-31"))
    assert (standing.holding, standing.version, standing.progress) == (Holding.NEVER, None, None)


# -- what changes afterwards --


def test_a_late_correction_takes_back_what_rested_on_it_and_all_that_followed():
    rule = [edition(course(1), validity_months=12, window_months=3)]
    first, second = done("2022-06-01", 1), done("2023-05-01", 1)
    assert told(rule, [first, second]) == [(1, "2022-06-01", "2023-06-01", False), (1, "2023-05-01", "2024-05-01", True)]
    assert told(rule, [second]) == [(1, "2023-05-01", "2024-05-01", False)]


def test_a_transfer_between_municipalities_changes_nothing_of_what_is_held_and_the_new_post_asks_anew():
    rule = [edition(course(1), validity_months=24, audience=Audience(frozenset({"civil_servant"})), grace_months=6)]
    standing = standing_on(rule, [done("2022-06-01", 1)], day("2023-02-01"))
    begun = called_since(rule, "civil_servant", None, day("2023-01-10"), day("2023-02-01"))
    assert begun == day("2023-01-10")
    assert standing.held
    assert due_on(standing, called_since=begun, grace_months=6) == day("2024-06-01")


# -- by when --

MEMBERS = Audience(frozenset({"sakrebulo_member"}), frozenset({"chair", "member"}))
ELECTION = day("2025-10-04")
INDUCTION = [edition(course(1), audience=MEMBERS, grace_months=3, lead_days=60)]


def test_from_election_day_a_new_member_is_asked_and_told_in_time():
    begun = called_since(INDUCTION, "sakrebulo_member", "member", ELECTION, ELECTION)
    standing = standing_on(INDUCTION, [], ELECTION)
    by = due_on(standing, called_since=begun, grace_months=3)
    assert by == day("2026-01-04")
    days = {on: is_due(standing_on(INDUCTION, [], day(on)), by, day(on)) for on in ("2025-10-04", "2025-11-04", "2025-11-05", "2026-02-01")}
    assert list(days.values()) == [False, False, True, True]
    assert not is_due(standing_on(INDUCTION, [done("2025-12-01", 1)], day("2025-12-01")), None, day("2025-12-01"))


@pytest.mark.parametrize(
    ("category", "role", "asked"),
    [("sakrebulo_member", "member", True), ("sakrebulo_member", "faction_chair", False), ("civil_servant", None, False)],
)
def test_only_posts_that_are_named_are_asked(category, role, asked):
    assert (called_since(INDUCTION, category, role, ELECTION, ELECTION) is not None) is asked


def test_a_post_is_asked_from_the_day_of_the_edition_that_names_it():
    rule = [edition(course(1), audience=Audience(frozenset({"civil_servant"}))), edition(course(1), 2, "2024-05-01", audience=MEMBERS)]
    assert called_since(rule, "sakrebulo_member", "chair", day("2023-01-01"), day("2024-04-30")) is None
    assert called_since(rule, "sakrebulo_member", "chair", day("2023-01-01"), day("2024-06-01")) == day("2024-05-01")
    assert called_since(rule, "civil_servant", None, day("2023-01-01"), day("2024-06-01")) is None


def test_it_is_due_from_the_opening_of_the_window_and_after_it_lapsed():
    rule = [edition(course(1), validity_months=24, window_months=6)]
    evidence = [done("2022-06-01", 1)]
    by = due_on(standing_on(rule, evidence, day("2023-12-01")), called_since=day("2020-01-01"), grace_months=12)
    assert by == day("2024-06-01")
    assert [is_due(standing_on(rule, evidence, day(on)), by, day(on)) for on in ("2023-11-30", "2023-12-01", "2025-01-01")] == [
        False,
        True,
        True,
    ]


# -- gaps --


def test_the_gaps_are_what_still_counts_and_nothing_of_a_group_that_is_fulfilled():
    rule = all_of(Group(1, (course(1), course(2))), hours(16, topic=7), course(3))
    found = measure(rule, [done("2024-01-05", 2), done("2024-02-05", 5, topic=7, hours=Decimal(6))], day("2024-03-01"))
    assert [(gap.requirement, gap.have, gap.need) for gap in found.gaps()] == [(hours(16, topic=7), 6, 16), (course(3), 0, 1)]


# -- always --

DAYS = st.integers(0, 2_000).map(lambda number: day("2022-01-01") + timedelta(days=number))
DONE = st.builds(
    lambda on, which, until: Evidence(source=f"enrolment:{on}:{which}", on=on, course=which, topic=which, hours=Decimal(8), until=until),
    DAYS,
    st.integers(1, 3),
    st.none() | DAYS,
)
DEMANDS = st.builds(lambda ids: course(*ids), st.sets(st.integers(1, 3), min_size=1)) | st.builds(
    hours, st.integers(1, 30), st.none() | st.integers(1, 3), st.none() | st.integers(1, 40)
)
ASKED = st.recursive(
    DEMANDS,
    lambda parts: st.lists(parts, min_size=1, max_size=3).flatmap(
        lambda some: st.builds(Group, st.integers(1, len(some)), st.just(tuple(some)))
    ),
    max_leaves=4,
)
EDITIONS = st.lists(
    st.tuples(
        DAYS,
        ASKED,
        st.none() | st.integers(1, 30),
        st.integers(0, 12),
        st.sampled_from([ExpiryBase.COMPLETION, ExpiryBase.PREVIOUS]),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row[0],
).map(
    lambda rows: [
        edition(asked, number, on.isoformat(), validity_months=months, window_months=window, base=base, asks_holders=asks)
        for number, (on, asked, months, window, base, asks) in enumerate(sorted(rows, key=lambda row: row[0]), 1)
    ]
)


@given(EDITIONS, st.lists(DONE, max_size=8), DAYS, DAYS)
def test_a_later_look_at_an_earlier_day_finds_the_same(versions, evidence, first, second):
    early, late = sorted((first, second))
    seen = [award for award in awards_of(versions, evidence, late) if award.on <= early]
    as_of_then = [replace(award, ended_on=None if award.ended_on and award.ended_on > early else award.ended_on) for award in seen]
    assert awards_of(versions, evidence, early) == as_of_then


@given(EDITIONS, st.lists(DONE, max_size=8), DAYS)
def test_held_is_what_some_award_says_and_each_award_rests_on_evidence_of_its_time(versions, evidence, on):
    awards = awards_of(versions, evidence, on)
    standing = standing_on(versions, evidence, on)
    assert standing.held == any(award.held_on(on) for award in awards)
    known = {one.source: one for one in evidence}
    for award in awards:
        assert version_on(versions, award.on).id == award.version_id
        assert award.sources
        assert all(award.since <= known[source].on <= award.on for source in award.sources)


@given(EDITIONS, st.lists(DONE, max_size=6), st.randoms())
def test_the_order_in_which_evidence_is_read_does_not_matter(versions, evidence, chance):
    shuffled = list(evidence)
    chance.shuffle(shuffled)
    dates = [(award.on, award.until, award.ended_on) for award in awards_of(versions, evidence, LATE)]
    assert [(award.on, award.until, award.ended_on) for award in awards_of(versions, shuffled, LATE)] == dates
