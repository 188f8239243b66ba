"""Anyone checks a letter by its code: what is printed, and whether it still holds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal import courses, enrolment, journeys
from portal.foundation import clock
from portal.foundation.transaction import commit
from tests import factories
from tests.certificates import scenes as past
from tests.letters.scenes import coming, issue, over
from tests.page_client import PageClient
from tests.statements import counting


@pytest.fixture
def place(cast):
    return coming(cast.learner)


@pytest.fixture
def english(app):
    return PageClient(app, "en")


def check(client, letter):
    return client.get(f"/{client.language}/verify/{letter.secret}")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ka", ["ნინო აბაშიძე", "Nino Abashidze", "თელავის მუნიციპალიტეტი", "მთავარი სპეციალისტი", "ცნობა მონაწილეობის შესახებ"]),
        ("en", ["ნინო აბაშიძე", "Nino Abashidze", "Telavi Municipality", "Chief specialist", "Confirmation of participation"]),
    ],
)
def test_a_letter_that_holds_says_so_with_every_printed_fact(app, place, language, said):
    letter = issue(place, "participation")
    shown = check(PageClient(app, language), letter)
    assert shown.status == 200
    assert shown.all(".verdict.tone-good")
    for words in (*said, letter.number, "RUN-X", "10:00–18:00"):
        assert words in shown.text
    assert shown.text.count("10:00–18:00") == 2


def test_every_line_to_compare_holds_something(english, place):
    shown = check(english, issue(place, "participation"))
    assert all(words.strip() for words in shown.texts("dl dd"))
    assert "Hours attended" not in shown.texts("dl dt")


def test_the_code_leads_to_the_page_in_the_visitors_language(english, place):
    letter = issue(place, "participation")
    led = english.client.get(f"/verify/{letter.secret}", base_url="https://portal.test", headers={"Accept-Language": "en"})
    assert led.headers["Location"] == f"/en/verify/{letter.secret}"


def test_a_letter_of_attendance_shows_the_hours_of_each_day(english, cast):
    shown = check(english, issue(over(cast.learner, cast.staff), "attendance"))
    assert shown.all(".verdict.tone-good")
    assert shown.text.count("Hours attended: 6 / 8") == 2
    assert "12 / 16 (75%)" in shown.text


def test_a_place_given_back_is_told(english, cast, place):
    letter = issue(place, "participation")
    enrolment.withdraw(place.run_id, cast.learner.id, by=cast.learner.id)
    shown = check(english, letter)
    assert shown.all(".verdict.tone-bad")
    assert "this person no longer has the place" in shown.text


def test_a_training_that_was_cancelled_is_told(english, cast, place):
    letter = issue(place, "participation")
    journeys.cancel_run(courses.get_run("RUN-X"), "ავადმყოფობა", by=cast.staff.id)
    shown = check(english, letter)
    assert shown.all(".verdict.tone-bad")
    assert "the training was cancelled" in shown.text
    assert "ავადმყოფობა" not in shown.text


def test_a_training_that_was_moved_is_told_and_then_the_newer_letter(english, place):
    letter = issue(place, "participation")
    courses.sessions_of(place.run_id)[0].starts_at += timedelta(hours=1)
    commit()
    shown = check(english, letter)
    assert shown.all(".verdict.tone-warn")
    assert "Changed since: Training days." in shown.text
    assert "newer" not in shown.text
    newer = issue(place, "participation")
    shown = check(english, letter)
    assert f"There is a newer confirmation: № {newer.number}" in shown.text
    assert newer.secret not in shown.response.get_data(as_text=True)
    assert check(english, newer).all(".verdict.tone-good")


def test_attendance_that_was_corrected_is_told(english, cast):
    place = over(cast.learner, cast.staff)
    letter = issue(place, "attendance")
    past.attend(place.run, place, cast.staff, hours=8)
    shown = check(english, letter)
    assert shown.all(".verdict.tone-warn")
    assert "6 / 8" in shown.text


def test_who_gave_the_place_back_and_has_another_is_told_of_the_newer_letter(english, cast, place):
    letter = issue(place, "participation")
    enrolment.withdraw(place.run_id, cast.learner.id, by=cast.learner.id)
    enrolment.enrol(place.run_id, cast.learner.id, by=cast.learner.id)
    commit()
    newer = issue(enrolment.find_live_enrolment(place.run_id, cast.learner.id), "participation")
    shown = check(english, letter)
    assert shown.all(".verdict.tone-bad")
    assert newer.number in shown.text


def test_no_personal_number_no_search_engine_and_nothing_kept(english, cast, place):
    cast.learner.personal_number_sealed = b"sealed"
    shown = check(english, issue(place, "participation"))
    assert not re.search(r"[0-9]{11}", shown.text)
    assert "noindex" in shown.all("meta[name=robots]")[0].get("content")
    assert "noindex" in shown.response.headers["X-Robots-Tag"]
    assert shown.response.headers["Cache-Control"] == "no-store"


def test_forty_days_are_a_light_page_in_a_handful_of_statements(english, cast):
    place = factories.enrolment(factories.run(days=40), cast.learner)
    letter = issue(place, "participation")
    with counting() as statements:
        shown = check(english, letter)
    # no certificate · the letter · enrolment with run and person · days
    assert len(statements) == 4, statements
    assert not shown.all("script")
    assert not shown.all("img")
    assert len(shown.response.data) < 50_000


def test_a_miss_takes_the_same_statements_whatever_was_asked_and_counts_against_the_address(app, place):
    issue(place, "participation")
    visitor = PageClient(app)
    counts = set()
    for _miss in range(20):
        with counting() as statements:
            assert visitor.get("/ka/verify/" + "A" * 24).status == 404
        counts.add(len(statements))
    assert counts == {3}
    assert visitor.get("/ka/verify/wrong").status == 429


def test_checking_changes_nothing(english, place):
    letter = issue(place, "participation")
    with clock.frozen(clock.now() + timedelta(days=365)):
        assert check(english, letter).all(".verdict.tone-good")
        assert check(english, letter).all(".verdict.tone-good")
