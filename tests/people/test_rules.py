"""Decisions about people, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.people import passwords, rules
from portal.people.models import post_line
from portal.people.rules import FailedSignIns, wait_before_sign_in

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOTHING = FailedSignIns(
    pair_fifth_at=None, pair_known=False, email_failures=0, email_last_at=None, address_failures=0, address_last_at=None
)
COMMON = frozenset({"password", "dragon", "საქართველო"})


def failed(**changes):
    return FailedSignIns(**{name: getattr(NOTHING, name) for name in FailedSignIns.__slots__} | changes)


def ago(**span):
    return NOW - timedelta(**span)


def test_nobody_waits_without_failures():
    assert wait_before_sign_in(NOTHING, NOW) is None


def test_five_failures_close_the_pair_until_the_fifth_is_a_quarter_of_an_hour_old():
    assert wait_before_sign_in(failed(pair_fifth_at=ago(minutes=5)), NOW) == timedelta(minutes=10)
    assert wait_before_sign_in(failed(pair_fifth_at=ago(minutes=15)), NOW) is None


def test_five_failures_close_a_known_pair_too():
    assert wait_before_sign_in(failed(pair_fifth_at=ago(minutes=1), pair_known=True), NOW) == timedelta(minutes=14)


def test_an_attacked_email_slows_unknown_addresses():
    assert wait_before_sign_in(failed(email_failures=20, email_last_at=ago(seconds=20)), NOW) == timedelta(seconds=40)
    assert wait_before_sign_in(failed(email_failures=500, email_last_at=ago(seconds=61)), NOW) is None
    assert wait_before_sign_in(failed(email_failures=19, email_last_at=NOW), NOW) is None


def test_an_attacked_email_never_slows_the_address_of_its_owner():
    assert wait_before_sign_in(failed(email_failures=5000, email_last_at=NOW, pair_known=True), NOW) is None


def test_an_address_that_fails_for_many_is_slowed_but_not_for_those_who_work_there():
    assert wait_before_sign_in(failed(address_failures=101, address_last_at=NOW), NOW) == timedelta(minutes=1)
    assert wait_before_sign_in(failed(address_failures=100, address_last_at=NOW), NOW) is None
    assert wait_before_sign_in(failed(address_failures=5000, address_last_at=NOW, pair_known=True), NOW) is None


@pytest.mark.parametrize(
    ("wait", "minutes"), [(timedelta(seconds=1), 1), (timedelta(minutes=1), 1), (timedelta(seconds=61), 2), (timedelta(minutes=15), 15)]
)
def test_minutes_are_rounded_up(wait, minutes):
    assert rules.minutes_of(wait) == minutes


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password",
        "pass-word",
        "password123!",
        "დრ" * 5,
        "abcdefgh",
        "87654321",
        "აბგდევზთ",
        "11111111",
        "საქართველო1",
        "Nino2026",
        "nino.abashidze",
    ],
)
def test_easy_passwords(password):
    assert rules.is_easy_password(password, ["Nino", "Abashidze", "nino.abashidze@telavi.gov.ge"], COMMON)


@pytest.mark.parametrize(
    "password", ["portal-demo-2026", "three dragons slept", "password for the second house", "ერთი ქუდი და ორი კაცი", "ninos kudi 41"]
)
def test_passwords_that_will_do(password):
    assert not rules.is_easy_password(password, ["Nino", "Abashidze", "nino@telavi.gov.ge"], COMMON)


@pytest.mark.parametrize("password", ["iloveyou", "qwertyuiop", "1q2w3e4r", "ქწერტყუიოპ", "sakartvelo", "gamarjoba", "პაროლი123"])
def test_what_everybody_types_is_known_as_common(password):
    assert rules.is_easy_password(password, [], passwords._common())


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password():
    assert rules.normal_password("cafe\u0301 in Batumi") == rules.normal_password("caf\u00e9 in Batumi")
    assert rules.normal_password(" two  spaces ") == " two  spaces "


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Nino@Telavi.GOV.ge ", "nino@telavi.gov.ge"),
        ("nino\u200b@telavi.gov.ge", "nino@telavi.gov.ge"),
        ("a b@c.ge", "ab@c.ge"),
    ],
)
def test_an_email_is_folded(typed, kept):
    assert rules.parse_email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "nino", "nino@", "@telavi.ge", "a@b@c.ge", "nino@localhost", "ნინო@telavi.ge", "a@b..ge", "nino@[1.2.3.4]"]
)
def test_what_is_no_email_is_refused(typed):
    with pytest.raises(ValueError, match="not an e-mail address"):
        rules.parse_email(typed)


def test_names_are_letters_joined_by_hyphens_spaces_or_apostrophes():
    assert rules.is_georgian_name("ჯინჯოლავა-ბერიძე")
    assert not rules.is_georgian_name("ნინო1")
    assert not rules.is_georgian_name("Nino")
    assert not rules.is_georgian_name("<b>ნინო")
    assert rules.is_latin_name("O’Neill van Dyk-Müller")
    assert not rules.is_latin_name("ნინო")


def test_spans_of_days_overlap_when_they_share_a_day():
    first, second, third = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1)
    assert rules.overlap(first, second, second, third)
    assert rules.overlap(first, None, third, None)
    assert not rules.overlap(first, second, third, None)
    assert not rules.overlap(third, None, first, second)


def test_a_grant_that_ends_now_had_its_last_day_yesterday():
    today = date(2026, 11, 22)
    assert rules.last_day_when_ended(date(2024, 1, 1), today) == date(2026, 11, 21)
    assert rules.last_day_when_ended(date(2026, 12, 1), today) == date(2026, 11, 30)
    assert rules.is_void(date(2026, 12, 1), date(2026, 11, 30))
    assert not rules.is_void(date(2024, 1, 1), date(2026, 11, 21))


def test_staff_are_signed_in_for_a_working_day_others_for_two_weeks():
    assert rules.sign_in_lasts(privileged=True) == timedelta(hours=12)
    assert rules.sign_in_lasts(privileged=False) == timedelta(days=14)


@pytest.mark.parametrize(
    ("title", "unit", "line"),
    [
        ("საკრებულოს წევრი", "საკრებულო", "საკრებულოს წევრი"),
        ("Sakrebulo member", "საკრებულო", "Sakrebulo member"),
        ("საფინანსო სამსახურის უფროსი", "საფინანსო სამსახური", "საფინანსო სამსახურის უფროსი"),
        ("მთავარი სპეციალისტი", "საფინანსო სამსახური", "მთავარი სპეციალისტი, საფინანსო სამსახური"),
        ("ამერიკის კოორდინატორი", "მერია", "ამერიკის კოორდინატორი, მერია"),
        ("მდივანი", "", "მდივანი"),
    ],
)
def test_a_unit_that_the_title_names_is_not_said_twice(title, unit, line):
    assert post_line(title, unit) == line
