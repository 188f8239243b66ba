"""Who can have which letter, and whether a letter still stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.letters.facts import Pair
from portal.letters.models import LetterKind
from portal.letters.rules import Place, Standing, changed_fields, due_kind, find_refusal, standing
from tests.letters.samples import FIRST, PARTICIPATION, days

END = FIRST + timedelta(days=2)
BEFORE, DURING, AFTER = FIRST - timedelta(days=9), FIRST + timedelta(days=1), END
PARTICIPATION_LETTER, ATTENDANCE_LETTER = LetterKind.PARTICIPATION, LetterKind.ATTENDANCE
ATTENDED = replace(PARTICIPATION, kind="attendance", days=days(2, 480))


@pytest.mark.parametrize("at", [BEFORE, DURING])
def test_participation_is_confirmed_before_and_during_the_training(at):
    place = Place("confirmed", "open", END)
    assert due_kind(place, at) == PARTICIPATION_LETTER
    assert find_refusal(PARTICIPATION_LETTER, place, at, marked=False) is None
    assert "once the last day" in find_refusal(ATTENDANCE_LETTER, place, at, marked=True)


@pytest.mark.parametrize("state", ["confirmed", "completed", "not_completed"])
def test_attendance_is_confirmed_after_the_last_day_when_it_was_recorded(state):
    place = Place(state, "running", END)
    assert due_kind(place, AFTER) == ATTENDANCE_LETTER
    assert find_refusal(ATTENDANCE_LETTER, place, AFTER, marked=True) is None
    assert "not been recorded" in find_refusal(ATTENDANCE_LETTER, place, AFTER, marked=False)
    assert "is over" in find_refusal(PARTICIPATION_LETTER, place, AFTER, marked=True)


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("at", [BEFORE, AFTER])
@pytest.mark.parametrize("state", ["waiting", "withdrawn", "cancelled", "rejected"])
def test_who_has_no_place_gets_no_letter(state, at, kind):
    assert "with a place" in find_refusal(kind, Place(state, "open", END), at, marked=True)


@pytest.mark.parametrize("kind", LetterKind)
def test_a_cancelled_training_and_one_without_days_give_no_letter(kind):
    assert "was cancelled" in find_refusal(kind, Place("confirmed", "cancelled", END), AFTER, marked=True)
    assert "no days" in find_refusal(kind, Place("confirmed", "open", None), BEFORE, marked=False)


@pytest.mark.parametrize(
    ("then", "now", "changed"),
    [
        (PARTICIPATION, PARTICIPATION, ()),
        (PARTICIPATION, replace(PARTICIPATION, days=days(3)), ("days",)),
        (PARTICIPATION, replace(PARTICIPATION, name=Pair("ა", "A"), code="X"), ("name", "code")),
        (ATTENDED, replace(ATTENDED, days=days(2, 479)), ("days",)),
        (ATTENDED, replace(ATTENDED, certificate="NALAG-2026-000001"), ()),
        (replace(ATTENDED, certificate="NALAG-2026-000001"), ATTENDED, ("certificate",)),
    ],
)
def test_what_changed_is_named_and_a_certificate_issued_later_is_no_change(then, now, changed):
    assert changed_fields(then, now) == changed


@pytest.mark.parametrize(
    ("state", "run_state", "changed", "expected"),
    [
        ("confirmed", "open", (), Standing.CURRENT),
        ("completed", "completed", (), Standing.CURRENT),
        ("not_completed", "completed", (), Standing.CURRENT),
        ("confirmed", "open", ("days",), Standing.CHANGED),
        ("withdrawn", "open", (), Standing.NO_PLACE),
        ("waiting", "open", ("days",), Standing.NO_PLACE),
        ("cancelled", "cancelled", (), Standing.RUN_CANCELLED),
    ],
)
def test_a_letter_stands_while_the_place_is_held_and_nothing_changed(state, run_state, changed, expected):
    assert standing(Place(state, run_state, END), changed) == expected


def test_the_share_attended_is_never_rounded_up():
    assert replace(ATTENDED, days=days(2, 479)).percent == 99
    assert replace(ATTENDED, days=()).percent == 0
