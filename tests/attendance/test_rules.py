"""What the ledger says of a person, and which marks of a form become facts. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.attendance import rules
from portal.attendance.models import Mark
from portal.attendance.rules import Fact, MarkWish, Prospect, SessionTime

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
    defaults = {"reason": "", "recorded_by": 50, "recorded_at": MONDAY, "client_id": None}
    return Fact(number, session, person, mark, *minutes, **(defaults | values))


def summary(*facts: Fact, at: datetime = BETWEEN) -> rules.AttendanceSummary:
    return rules.summarise(TWO_DAYS, {f.session_id: f for f in facts}, at)


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
    there = Fact(1, 1, 7, "present", 180, 720, "", 50, MONDAY, None)
    found = rules.summarise(half_day, {1: there}, BETWEEN)
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
    assert rules.summarise(short, {1: fact()}, AFTER).attended_minutes == 400
    assert rules.summarise(short, {1: fact(late=450)}, AFTER).attended_minutes == 0


def test_the_newest_fact_counts():
    found = rules.newest([fact(3, "absent"), fact(5), fact(4, "excused"), fact(1, session=2)])
    assert {key: f.id for key, f in found.items()} == {(7, 1): 5, (7, 2): 1}


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
