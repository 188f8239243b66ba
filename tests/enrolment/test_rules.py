"""Who gets a place, who waits, who may leave."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.enrolment import rules

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
CLASH = rules.Clash(code="OTHER", title_ka="სხვა", title_en="Other", starts_at=NOON)


def test_an_open_window_refuses_nobody():
    assert rules.find_run_refusal("open", "open") is None


@pytest.mark.parametrize(
    ("state", "window", "refusal"),
    [
        ("open", "not_yet", rules.NotOpenYetError),
        ("open", "over", rules.DeadlinePassedError),
        ("closed", "over", rules.DeadlinePassedError),
        ("running", "over", rules.DeadlinePassedError),
        ("completed", "over", rules.DeadlinePassedError),
        ("cancelled", "over", rules.RunCancelledError),
    ],
)
def test_each_reason_against_a_run_has_its_own_words(state, window, refusal):
    assert type(rules.find_run_refusal(state, window)) is refusal


def test_a_course_for_everybody_takes_every_category():
    assert rules.find_person_refusal(rules.Standing(categories=["other"]), []) is None


def test_a_course_for_some_categories_refuses_the_others():
    standing = rules.Standing(categories=["sakrebulo_member"])
    assert rules.find_person_refusal(standing, ["sakrebulo_member", "civil_servant"]) is None
    assert type(rules.find_person_refusal(standing, ["civil_servant"])) is rules.NotForCategoryError


def test_nobody_enrols_without_a_post():
    assert type(rules.find_person_refusal(rules.Standing(categories=[], has_post=False), [])) is rules.NoPostError


def test_somebody_of_a_municipality_that_is_not_invited_is_refused():
    assert type(rules.find_person_refusal(rules.to_standing([(1, "other")], {2, 3}, None), [])) is rules.NotInvitedError
    assert rules.find_person_refusal(rules.to_standing([(1, "other"), (2, "other")], {2, 3}, None), []) is None


def test_only_the_post_that_is_invited_counts_for_the_category():
    standing = rules.to_standing([(1, "civil_servant"), (2, "other")], {2}, None)
    assert type(rules.find_person_refusal(standing, ["civil_servant"])) is rules.NotForCategoryError


def test_a_clash_is_refused_and_says_with_what():
    refusal = rules.find_person_refusal(rules.Standing(categories=["other"], clash=CLASH), [])
    assert isinstance(refusal, rules.ClashError)
    assert refusal.clash.title("ka") == "სხვა"
    assert refusal.clash.title("en") == "Other"


@pytest.mark.parametrize(
    ("state", "starts", "closes", "gives"),
    [
        ("open", 1, -1, True),
        ("closed", 1, -1, True),
        ("open", -1, 1, True),
        ("open", -2, -1, False),
        ("running", -1, 1, False),
        ("cancelled", 1, 1, False),
        ("completed", -1, -1, False),
    ],
)
def test_freed_places_go_to_the_waiting_until_the_run_begins(state, starts, closes, gives):
    assert rules.gives_freed_places(state, NOON + timedelta(days=starts), NOON + timedelta(days=closes), NOON) is gives


def test_a_run_without_days_yet_gives_freed_places():
    assert rules.gives_freed_places("open", None, NOON, NOON)


def test_a_place_can_be_given_back_up_to_the_deadline_and_not_after():
    assert rules.find_withdrawal_refusal("confirmed", NOON, NOON) is None
    assert type(rules.find_withdrawal_refusal("confirmed", NOON, NOON + timedelta(seconds=1))) is rules.TooLateToWithdrawError


def test_a_waiting_place_can_be_given_back_at_any_time():
    assert rules.find_withdrawal_refusal("waiting", NOON, NOON + timedelta(days=9)) is None


@pytest.mark.parametrize("state", ["completed", "not_completed", "withdrawn", "cancelled", "rejected"])
def test_what_is_over_cannot_be_given_back(state):
    assert type(rules.find_withdrawal_refusal(state, NOON, NOON)) is rules.NotEnrolledError


@pytest.mark.parametrize(
    ("state", "first_day", "refusal"),
    [
        ("running", date(2026, 12, 1), None),
        ("closed", date(2026, 11, 30), None),
        ("open", date(2026, 12, 2), rules.NotTheDayError),
        ("open", None, rules.NotTheDayError),
        ("completed", date(2026, 11, 1), rules.NotTheDayError),
        ("cancelled", date(2026, 12, 1), rules.RunCancelledError),
    ],
)
def test_people_are_admitted_on_the_day_from_the_first_day_until_the_run_is_over(state, first_day, refusal):
    found = rules.find_admission_refusal(state, first_day, date(2026, 12, 1))
    assert (type(found) if found else None) is refusal
