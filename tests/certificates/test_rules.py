"""Who gets a certificate and why not; numbers and surnames as people type them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.certificates import rules
from portal.certificates.rules import Evidence, Requirement, qualifies
from portal.foundation.formats import TBILISI

ATTENDANCE = Requirement(80, None)


def told(verdict: rules.Verdict) -> list[str]:
    return [reason.message % dict(reason.facts) for reason in verdict.reasons]


def test_enough_hours_make_a_certificate():
    assert qualifies(ATTENDANCE, Evidence(768, 960), run_completed=True).ok


def test_one_minute_short_is_short_though_it_would_round_to_the_same_percent():
    assert not qualifies(ATTENDANCE, Evidence(767, 960), run_completed=True).ok
    assert Evidence(767, 960).attendance_percent == 79


def test_the_reason_gives_hours_and_percent():
    verdict = qualifies(ATTENDANCE, Evidence(600, 960), run_completed=True)
    assert told(verdict) == ["Attended 10.00 of 16.00 hours: 62, needed 80."]
    assert dict(verdict.reasons[0].facts)["attended"] == Decimal(10)


def test_not_marked_is_not_present_and_is_said():
    verdict = qualifies(ATTENDANCE, Evidence(480, 960, unmarked_sessions=1), run_completed=True)
    assert told(verdict)[1] == "Sessions not marked: 1. Not marked is not present."


def test_a_score_that_is_asked_for_must_be_there_and_reached():
    both = Requirement(80, 60)
    present = {"attended_minutes": 960, "total_minutes": 960}
    assert told(qualifies(both, Evidence(**present), run_completed=True)) == ["No final score yet, needed 60."]
    assert told(qualifies(both, Evidence(**present, score_percent=59), run_completed=True)) == ["Final score 59, needed 60."]
    assert qualifies(both, Evidence(**present, score_percent=60), run_completed=True).ok


def test_a_course_that_asks_for_a_score_only_does_not_count_hours():
    assert qualifies(Requirement(None, 60), Evidence(0, 960, score_percent=100), run_completed=True).ok


def test_every_reason_is_given_at_once():
    assert len(qualifies(Requirement(80, 60), Evidence(0, 960, unmarked_sessions=2), run_completed=False).reasons) == 4


def test_a_run_under_way_gives_none_yet():
    assert told(qualifies(ATTENDANCE, Evidence(960, 960), run_completed=False)) == ["The run is not completed yet."]


def test_a_course_without_a_rule_gives_none():
    assert told(qualifies(Requirement(None, None), Evidence(960, 960), run_completed=True)) == ["This course has no certificate rule."]


def test_a_run_without_sessions_gives_none():
    assert told(qualifies(ATTENDANCE, Evidence(), run_completed=True)) == ["The run has no sessions."]


def test_a_second_certificate_is_not_given():
    verdict = qualifies(ATTENDANCE, Evidence(960, 960), run_completed=True, issued="NALAG-2026-000007")
    assert told(verdict) == ["Already issued: № NALAG-2026-000007."]


@pytest.mark.parametrize(
    "typed",
    [
        "NALAG-2026-000123",
        " nalag-2026-000123 ",
        "№ NALAG-2026-000123",
        "№NALAG–2026–000123",
        "NALAG — 2026 — 000123",
        "NALAG‑2026‑000123",
        "NALAG−2026−000123",
        "nalag 2026 000123",
        "NALAG2026000123",
        "NALAG-2026-123",
        "No. NALAG-2026-000123",
        "NALAG.2026.000123",
        "NALAG\u00a02026\u200b-000123",
        "2026-000123",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed):
    assert rules.parse_number(typed) == "NALAG-2026-000123"


@pytest.mark.parametrize(
    "typed", ["", "NALAG", "NALAG-2026", "2026", "NALAG-26-1", "X-2026-000123", "NALAG-2026-12a", "NALAG-٢٠٢٦-٠٠٠١٢٣", "²026-1"]
)
def test_what_is_no_number_is_none(typed):
    assert rules.parse_number(typed) is None


@pytest.mark.parametrize("typed", ["წერეთელი", "Tsereteli", "TSERETELI", "tsereteli", " წერეთელი ", "ᲬᲔᲠᲔᲗᲔᲚᲘ", "Tzeretelli"])
def test_a_surname_fits_in_either_alphabet_and_in_the_persons_own_spelling(typed):
    assert rules.surname_fits(rules.surname_keys("წერეთელი", "Tzeretelli"), typed)


@pytest.mark.parametrize("typed", ["", " ", "-", "ბერიძე", "წერეთ", "წერეთელი ბერიძე", "'", "tsereteli tzeretelli"])
def test_another_surname_does_not_fit(typed):
    assert not rules.surname_fits(rules.surname_keys("წერეთელი", "Tzeretelli"), typed)


@pytest.mark.parametrize("typed", ["ბერიძე-ლომიძე", "ბერიძე ლომიძე", "Beridze–Lomidze"])
def test_a_double_surname_fits_with_any_dash(typed):
    assert rules.surname_fits(rules.surname_keys("ბერიძე-ლომიძე", "Beridze-Lomidze"), typed)


def test_a_validity_in_months_ends_on_the_same_day_or_the_last_of_the_month():
    assert rules.valid_until(date(2026, 12, 19), 24) == date(2028, 12, 19)
    assert rules.valid_until(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert rules.valid_until(date(2026, 11, 30), 1) == date(2026, 12, 30)
    assert rules.valid_until(date(2026, 11, 30), None) is None


def test_a_certificate_is_worth_something_to_the_end_of_its_last_day_in_georgia():
    ends = rules.end_of_day(date(2026, 12, 19))
    assert rules.standing("issued", ends, datetime(2026, 12, 19, 23, 59, tzinfo=TBILISI)) == "issued"
    assert rules.standing("issued", ends, datetime(2026, 12, 20, 0, 0, tzinfo=TBILISI)) == "expired"
    assert rules.standing("revoked", ends, datetime(2026, 12, 20, 0, 0, tzinfo=TBILISI)) == "revoked"
