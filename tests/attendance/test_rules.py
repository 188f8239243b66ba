"""What the ledger says of a person, and which marks of a form become facts. No database."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.attendance import rules
from portal.attendance.models import Mark
from portal.attendance.rules import Fact, MarkWish, Prospect, SessionTime, Standing
from portal.courses import AttendanceRuleValues
from portal.courses.models import AttendanceBase, ExcusedCounts

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LENGTH = 480
TWO_DAYS = [
    SessionTime(1, MONDAY, MONDAY + timedelta(minutes=LENGTH)),
    SessionTime(2, MONDAY + timedelta(days=1), MONDAY + timedelta(days=1, minutes=LENGTH)),
]
BEFORE, BETWEEN, AFTER = MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=12), MONDAY + timedelta(days=3)


def fact(
    number: int = 1, mark: str = "present", *, session: int = 1, person: int = 7, late: int = 0, left: int = 0, **values: object
) -> Fact:
    minutes = (late, LENGTH - left) if mark == "present" else (None, None)
    defaults = {
        "reason": "",
        "recorded_by": 50,
        "recorded_at": MONDAY,
        "client_id": None,
        "source": "roll",
        "seen_id": None,
        "device": None,
        "sequence": 0,
    }
    return Fact(number, session, person, mark, *minutes, **(defaults | values))


def summary(*facts: Fact, at: datetime = BETWEEN) -> rules.AttendanceSummary:
    return rules.summarise(TWO_DAYS, {f.session_id: Standing(f) for f in facts}, at)


def test_presence_counts_in_minutes_of_the_whole_run():
    found = summary(fact(late=30, left=60))
    assert (found.attended_minutes, found.held_minutes, found.total_minutes) == (390, 480, 960)
    assert (found.percent, found.hours, found.total_hours) == (40, Decimal("6.5"), Decimal(16))


def test_not_marked_is_not_present():
    found = summary()
    assert (found.attended_minutes, found.held_minutes, found.unmarked_sessions) == (0, 480, 1)


def test_excused_is_not_present_and_is_kept_apart():
    found = summary(fact(mark="excused"))
    assert (found.attended_minutes, found.excused_minutes, found.held_minutes) == (0, 480, 480)


def test_a_session_that_is_not_over_can_still_be_attended():
    found = summary(at=MONDAY + timedelta(hours=1))
    assert (found.held_minutes, found.remaining_minutes, found.unmarked_sessions) == (0, 960, 0)


def test_a_session_under_way_is_settled_for_whoever_is_marked():
    assert summary(fact(mark="absent"), at=MONDAY).remaining_minutes == 480


def test_three_of_the_four_remaining_hours_are_needed():
    half_day = [
        SessionTime(1, MONDAY, MONDAY + timedelta(hours=12)),
        SessionTime(2, MONDAY + timedelta(days=1), MONDAY + timedelta(days=1, hours=4)),
    ]
    there = fact(late=180)._replace(to_minute=720)
    found = rules.summarise(half_day, {1: Standing(there)}, BETWEEN)
    assert (found.hours, found.needed_minutes(75), found.remaining_minutes) == (9, 180, 240)
    assert found.prospect(75) is Prospect.POSSIBLE


@pytest.mark.parametrize(
    ("facts", "required", "expected"),
    [
        ((fact(), fact(session=2)), 80, Prospect.REACHED),
        ((fact(), fact(session=2, late=193)), 80, Prospect.MISSED),
        ((fact(mark="absent"),), 80, Prospect.MISSED),
        ((fact(mark="absent"),), 50, Prospect.POSSIBLE),
        ((), None, Prospect.REACHED),
    ],
)
def test_the_prospect_follows_what_is_left(facts, required, expected):
    assert summary(*facts).prospect(required) is expected


def test_a_percentage_is_never_rounded_up():
    found = summary(fact(), fact(session=2, late=193))
    assert found.attended_minutes == 767
    assert found.percent == 79


def test_a_run_without_sessions_has_nothing_attended():
    found = rules.summarise([], {}, AFTER)
    assert (found.percent, found.hours) == (0, 0)


def test_a_session_that_was_shortened_afterwards_counts_no_more_than_it_lasts():
    short = [SessionTime(1, MONDAY, MONDAY + timedelta(minutes=400))]
    assert rules.summarise(short, {1: Standing(fact())}, AFTER).attended_minutes == 400
    assert rules.summarise(short, {1: Standing(fact(late=450))}, AFTER).attended_minutes == 0


def test_of_facts_that_knew_of_each_other_the_newest_stands():
    found = rules.standing([fact(3, "absent"), fact(5), fact(4, "excused"), fact(1, session=2)])
    assert found == {(7, 1): Standing(fact(5)), (7, 2): Standing(fact(1, session=2))}


def phone(number: int, mark: str = "present", *, device: str = "a", sequence: int = 1, seen_id: int = 0, **values: object) -> Fact:
    return fact(number, mark, device=device, sequence=sequence, seen_id=seen_id, source="phone", **values)


def stands(*facts: Fact) -> Standing:
    return rules.standing(facts)[7, 1]


def test_two_phones_that_say_different_things_contradict_each_other():
    one, other = phone(1), phone(2, "absent", device="b")
    assert stands(one, other) == stands(other, one) == Standing(other, (one,))


def test_two_phones_that_say_the_same_do_not():
    assert stands(phone(1), phone(2, device="b")) == Standing(phone(2, device="b"))


def test_of_one_phone_the_last_word_stands_in_whatever_order_its_words_arrive():
    first, last = phone(2, "absent", sequence=1), phone(1, sequence=2)
    assert stands(first, last) == Standing(last)


def test_a_phone_that_was_told_of_a_fact_takes_its_place():
    known, phoned = fact(1, "absent"), phone(2, seen_id=1)
    assert stands(known, phoned) == Standing(phoned)
    assert stands(known, phone(2)) == Standing(phone(2), (known,))


def test_a_form_that_showed_the_contradiction_settles_it():
    facts = phone(1), phone(2, "absent", device="b")
    settled = fact(3, late=10)
    assert stands(*facts, settled) == Standing(settled)


def test_while_facts_contradict_each_other_the_minutes_count_that_nobody_disputes():
    early, late = phone(1, left=60), phone(2, late=30, device="b")
    found = rules.summarise(TWO_DAYS, {1: stands(early, late)}, BETWEEN)
    assert (found.attended_minutes, found.disputed_sessions) == (LENGTH - 90, 1)
    found = rules.summarise(TWO_DAYS, {1: stands(early, phone(2, "absent", device="b"))}, BETWEEN)
    assert (found.attended_minutes, found.held_minutes, found.disputed_sessions) == (0, LENGTH, 1)


def test_a_phone_that_forges_what_it_knew_leaves_the_newest_word_standing():
    assert stands(phone(1, sequence=9), phone(2, "absent", sequence=3, seen_id=1)).fact.id == 2


FOUR = [SessionTime(number, MONDAY + timedelta(days=number), MONDAY + timedelta(days=number, hours=4)) for number in range(1, 5)]
LATER = MONDAY + timedelta(days=30)


def of_four(*marks: str | None, **policy: object) -> rules.AttendanceSummary:
    """What the four sessions of four hours come to: "present", "absent", "excused", a number of minutes, or nothing."""
    standings = {}
    for number, mark in enumerate(marks, start=1):
        if mark is not None:
            there = {"present": 240, "absent": None, "excused": None}.get(mark, mark)
            seen = fact(number, "present" if there else mark, session=number)
            standings[number] = Standing(seen._replace(from_minute=0 if there else None, to_minute=there))
    held = [number for number, mark in enumerate(marks, start=1) if mark is not None]
    return rules.summarise(FOUR, standings, LATER, AttendanceRuleValues(**policy), held)


def test_one_of_four_sessions_is_a_quarter_whatever_else_was_marked():
    """Moodle's plug-in counted one of four as full marks (#447)."""
    assert of_four("present", None, None, None).percent == 25
    assert of_four("present", "absent", "absent", "absent").percent == 25
    assert of_four("present", None, None, None, attendance_base=AttendanceBase.EVERY).percent == 25


def test_sessions_in_which_nobody_was_marked_do_not_count_where_only_those_held_do():
    found = of_four("present", None, None, "absent", attendance_base=AttendanceBase.HELD)
    assert (found.percent, found.total_minutes, found.unmarked_sessions) == (50, 480, 0)


@pytest.mark.parametrize(
    ("excused", "percent", "total"),
    [(ExcusedCounts.MISSED, 50, 960), (ExcusedCounts.LEFT_OUT, 66, 720), (ExcusedCounts.PRESENT, 75, 960)],
)
def test_an_excused_absence_counts_as_the_policy_says(excused, percent, total):
    found = of_four("present", "present", "excused", "absent", excused_counts=excused)
    assert (found.percent, found.total_minutes, found.excused_minutes) == (percent, total, 240)


@pytest.mark.parametrize(("free", "percent"), [(0, 50), (1, 66), (2, 100), (3, 100)])
def test_free_absences_are_left_out_of_the_contact_time(free, percent):
    found = of_four("present", "absent", "present", "absent", free_absences=free)
    assert (found.percent, found.attended_minutes) == (percent, 480)


def test_who_missed_no_session_whole_has_no_use_for_a_free_absence():
    assert of_four("present", 200, "present", "present", free_absences=1).percent == 95


@pytest.mark.parametrize(("least", "attended"), [(0, 120), (50, 120), (51, 0)])
def test_less_than_the_least_share_of_a_session_counts_as_missed(least, attended):
    assert of_four(120, "absent", "absent", "absent", least_percent=least).attended_minutes == attended


@given(st.lists(st.sampled_from([None, "present", "absent", "excused", 1, 120, 239]), min_size=4, max_size=4), st.data())
def test_whatever_the_policy_nobody_attends_more_than_was_held_nor_loses_by_attending_more(marks, data):
    policy = {
        "attendance_base": data.draw(st.sampled_from(AttendanceBase)),
        "excused_counts": data.draw(st.sampled_from(ExcusedCounts)),
        "free_absences": data.draw(st.integers(0, 4)),
        "least_percent": data.draw(st.integers(0, 100)),
    }
    found = of_four(*marks, **policy)
    assert 0 <= found.attended_minutes <= found.held_minutes <= found.total_minutes <= 960
    one = data.draw(st.integers(0, 3))
    if marks[one] not in {None, "excused"}:
        better = of_four(*[*marks[:one], "present", *marks[one + 1 :]], **policy)
        assert better.attended_minutes >= found.attended_minutes
        assert better.attended_minutes * (found.total_minutes or 1) >= found.attended_minutes * (better.total_minutes or 1)


@given(st.permutations(range(6)), st.lists(st.sampled_from(["present", "absent", "excused"]), min_size=6, max_size=6))
def test_the_order_in_which_two_phones_are_heard_makes_no_difference(order, marks):
    """Three operations each, made without a network: whichever arrives first, the same stands, and the same minutes count."""
    made = [("ab"[number % 2], number // 2, marks[number]) for number in range(6)]
    in_turn = [phone(place + 1, made[number][2], device=made[number][0], sequence=made[number][1]) for place, number in enumerate(order)]
    found, last = stands(*in_turn), {marks[4], marks[5]}
    assert {found.fact.mark, *(one.mark for one in found.against)} == last
    assert found.attended(LENGTH) == (LENGTH if last == {"present"} else 0)


MADE = st.lists(
    st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from(["present", "absent", "excused"]), st.integers(0, 200)), max_size=8
)


@given(MADE, st.randoms())
def test_facts_replayed_in_any_order_give_the_same_hours(made, chance):
    facts = [
        fact(number, mark, late=late, device=device, sequence=number, seen_id=None if device is None else chance.randrange(number))
        for number, (device, mark, late) in enumerate(made, start=1)
    ]
    replayed = chance.sample(facts, len(facts))
    assert rules.standing(replayed) == rules.standing(facts)
    found = rules.standing(facts).get((7, 1))
    if found:
        once, again = (rules.summarise(TWO_DAYS, {1: rules.standing(those)[7, 1]}, BETWEEN) for those in (facts, replayed))
        assert once == again
        assert 0 <= once.attended_minutes <= min(one.attended(LENGTH) for one in (found.fact, *found.against))


def test_a_hundred_thousand_facts_of_one_run_are_derived_in_well_under_a_second():
    """A hundred people in a hundred sessions, each corrected nine times."""
    days = [SessionTime(number, MONDAY + timedelta(days=number), MONDAY + timedelta(days=number, minutes=LENGTH)) for number in range(100)]
    facts = [fact(number, session=number % 100)._replace(enrolment_id=number // 100 % 100) for number in range(100_000)]
    started = time.process_time()
    found = rules.standing(facts)
    for person in range(100):
        rules.summarise(days, {day.id: found[person, day.id] for day in days}, LATER)
    assert time.process_time() - started < 0.8
    assert len(found) == 10_000


def decide(*wishes: MarkWish, ledger: tuple[Fact, ...] = (), seen: int = 100, by: int = 50, client: str = "form") -> rules.Decision:
    return rules.decide(wishes, ledger, minutes=LENGTH, seen=seen, by=by, client=client)


def test_a_first_mark_is_a_new_fact():
    wish = MarkWish(7, Mark.PRESENT)
    assert decide(wish).changes == [(wish, False)]


@pytest.mark.parametrize(
    ("wish", "known"),
    [
        (MarkWish(7, Mark.PRESENT), fact()),
        (MarkWish(7, Mark.ABSENT), fact(mark="absent", reason="corrected later")),
        (MarkWish(7, Mark.PRESENT, late=20, left=10, reason="road"), fact(late=20, left=10, reason="road")),
        (MarkWish(7, Mark.EXCUSED, reason="ill"), fact(mark="excused", reason="ill")),
    ],
)
def test_a_mark_that_says_what_is_known_is_not_written_again(wish, known):
    assert decide(wish, ledger=(known,)).changes == []


@pytest.mark.parametrize(
    "wish",
    [
        MarkWish(7, Mark.ABSENT),
        MarkWish(7, Mark.PRESENT, late=5),
        MarkWish(7, Mark.PRESENT, left=5),
        MarkWish(7, Mark.EXCUSED, reason="ill"),
    ],
)
def test_a_different_mark_corrects_the_older_one(wish):
    assert decide(wish, ledger=(fact(),)).changes == [(wish, True)]


def test_a_mark_against_what_somebody_else_recorded_meanwhile_is_a_contradiction():
    theirs = fact(9, "absent", recorded_by=51)
    found = decide(MarkWish(7, Mark.PRESENT), ledger=(theirs,), seen=8)
    assert (found.changes, found.contradictions) == ([], {7: theirs})


def test_what_the_form_left_alone_does_not_undo_what_others_recorded_meanwhile():
    found = decide(MarkWish(7, Mark.PRESENT), ledger=(fact(5), fact(9, "absent", recorded_by=51)), seen=8)
    assert (found.changes, found.contradictions) == ([], {})


def test_two_who_saw_the_same_do_not_contradict_each_other():
    found = decide(MarkWish(7, Mark.ABSENT), ledger=(fact(9, "absent", recorded_by=51),), seen=8)
    assert (found.changes, found.contradictions) == ([], {})


def test_ones_own_newer_mark_is_corrected_without_a_question():
    wish = MarkWish(7, Mark.PRESENT)
    assert decide(wish, ledger=(fact(9, "absent"),), seen=8).changes == [(wish, True)]


def test_a_form_that_comes_again_after_a_correction_changes_nothing():
    sent, corrected = fact(9, client_id="form:7"), fact(10, "absent", recorded_by=51)
    found = decide(MarkWish(7, Mark.PRESENT), ledger=(sent, corrected), seen=8)
    assert (found.changes, found.contradictions) == ([], {})


@pytest.mark.parametrize(("late", "left"), [(480, 0), (0, 480), (300, 180), (-1, 0), (0, -5), (10**12, 0)])
def test_late_and_left_early_must_leave_some_of_the_session(late, left):
    assert 7 in decide(MarkWish(7, Mark.PRESENT, late=late, left=left)).problems


def test_excused_needs_a_reason():
    assert 7 in decide(MarkWish(7, Mark.EXCUSED, reason="")).problems


def test_a_correction_needs_a_reason_when_the_day_is_over_by_more_than_a_day():
    assert [rules.reason_needed(date(2026, 11, 23), date(2026, 11, day)) for day in (23, 24, 25)] == [False, False, True]


def test_attendance_is_marked_from_the_day_of_the_session_on():
    assert [rules.can_be_marked(date(2026, 11, 23), date(2026, 11, day)) for day in (22, 23, 24)] == [False, True, True]


def test_a_walk_in_is_added_on_the_day_and_by_staff_afterwards():
    days = (date(2026, 11, 23), date(2026, 11, 23))
    assert [rules.walk_ins_welcome(days, date(2026, 11, day), afterwards=False) for day in (22, 23, 24)] == [False, True, False]
    assert [rules.walk_ins_welcome(days, date(2026, 11, day), afterwards=True) for day in (22, 23, 24)] == [False, True, True]
