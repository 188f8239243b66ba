"""Rules of courses and runs: no database, no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from portal.courses import rules
from portal.courses.models import RunState
from portal.courses.values import AssessmentMethod
from tests.courses.values import course_values, run_values, session_values

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def run(state="open"):
    return SimpleNamespace(state=state, enrolment_opens_at=NOON, enrolment_closes_at=NOON + HOUR)


@pytest.mark.parametrize(
    ("state", "at", "window"),
    [
        ("draft", NOON, "not_yet"),
        ("open", NOON - HOUR, "not_yet"),
        ("open", NOON, "open"),
        ("open", NOON + HOUR, "over"),
        ("closed", NOON, "over"),
        ("cancelled", NOON - HOUR, "over"),
    ],
)
def test_enrolment_window_follows_state_and_clock(state, at, window):
    assert rules.enrolment_window(run(state), at) == window


def test_every_state_says_what_may_follow_and_nothing_follows_the_end():
    assert set(rules.FOLLOWING) == set(RunState)
    assert [state for state in RunState if not rules.FOLLOWING[state]] == ["completed", "cancelled"]
    assert not any(rules.may_become(state, "draft") for state in RunState)


def fields(problems):
    return [problem.field for problem in problems]


def test_sound_values_have_no_problems():
    assert fields(rules.problems_of_course(course_values())) == []
    assert fields(rules.problems_of_run(run_values(venue_id=1))) == []
    assert fields(rules.problems_of_session(session_values())) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_ka": " "}, "title_ka"),
        ({"title_en": "x" * 201}, "title_en"),
        ({"goal_ka": "x" * 6001}, "goal_ka"),
        ({"slug": "Ünicode"}, "slug"),
        ({"contact_hours": Decimal(0)}, "contact_hours"),
        ({"contact_hours": Decimal("1.125")}, "contact_hours"),
        ({"independent_hours": Decimal(-1)}, "independent_hours"),
        ({"credits": Decimal(0)}, "credits"),
        ({"minimum_group": 0}, "minimum_group"),
        ({"minimum_group": 30, "maximum_group": 20}, "maximum_group"),
        ({"attendance_percent": 101}, "attendance_percent"),
        ({"attendance_percent": None}, "attendance_percent"),
        ({"score_percent": 0}, "score_percent"),
        ({"validity_months": 0}, "validity_months"),
        ({"target_categories": ("king",)}, "target_categories"),
        ({"assessment": (AssessmentMethod(name_ka="", name_en="Test", minimum=0, maximum=5),)}, "assessment-0"),
        ({"assessment": (AssessmentMethod(name_ka="ტესტი", name_en="Test", minimum=6, maximum=5),)}, "assessment-0"),
    ],
)
def test_wrong_values_of_a_course_are_told_by_field(changes, field):
    assert fields(rules.problems_of_course(course_values(**changes))) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "ა1"}, "code"),
        ({"code": "-A"}, "code"),
        ({"form": "by post"}, "form"),
        ({"venue_id": None}, "venue_id"),
        ({"form": "online"}, "venue_id"),
        ({"language": "fr"}, "language"),
        ({"enrolment_closes_at": NOON - timedelta(days=999)}, "enrolment_closes_at"),
    ],
)
def test_wrong_values_of_a_run_are_told_by_field(changes, field):
    assert fields(rules.problems_of_run(run_values(**{"venue_id": 1} | changes))) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": session_values().starts_at}, "ends_at"),
        ({"ends_at": session_values().starts_at + timedelta(hours=15)}, "ends_at"),
        ({"title_ka": "x" * 201}, "title_ka"),
        ({"online_link": "javascript:alert(1)"}, "online_link"),
        ({"online_link": "http://insecure.example"}, "online_link"),
    ],
)
def test_wrong_values_of_a_session_are_told_by_field(changes, field):
    assert fields(rules.problems_of_session(session_values(**changes))) == [field]


def test_sessions_may_touch_but_not_overlap():
    values = session_values()
    before = (values.starts_at - HOUR, values.starts_at)
    after = (values.ends_at, values.ends_at + HOUR)
    assert fields(rules.problems_of_session(values, [before, after])) == []
    assert fields(rules.problems_of_session(values, [(values.starts_at + HOUR, values.ends_at + HOUR)])) == ["starts_at"]


def test_capacity_is_at_least_one():
    assert fields(rules.problems_of_capacity(0)) == ["capacity"]
    assert fields(rules.problems_of_capacity(1)) == []


@pytest.mark.parametrize(
    ("closes_at", "cancel_until", "wrong"),
    [(NOON, NOON, []), (NOON + HOUR, NOON, ["enrolment_closes_at"]), (NOON, NOON + HOUR, ["cancel_until"])],
)
def test_registration_and_withdrawal_end_before_the_training_begins(closes_at, cancel_until, wrong):
    deadlines = {"starts_at": NOON, "closes_at": closes_at, "cancel_until": cancel_until}
    assert fields(rules.problems_of_publishing(course_open=True, placed=True, at=NOON - HOUR, **deadlines)) == wrong
    assert fields(rules.problems_of_deadlines(**deadlines)) == wrong


def test_training_that_has_begun_cannot_be_published():
    problems = rules.problems_of_publishing(course_open=True, placed=True, starts_at=NOON, closes_at=NOON, cancel_until=NOON, at=NOON)
    assert fields(problems) == ["sessions"]
