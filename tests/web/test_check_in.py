"""Checking in with the code on the wall, at the learner's phone."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from portal import attendance, tables
from portal.attendance import MarkWish
from portal.attendance.models import Mark
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.web.limits import limiter
from tests.attendance.hall import Hall, many
from tests.page_client import PASSWORD, PageClient
from tests.web.walls import At, code_of, link

BASE = "https://portal.test"
ADDRESS, BROWSER = "203.0.113.77", "Mozilla/5.0 (Canary 7.7)"


@pytest.fixture
def hall(cast):
    made = Hall(cast)
    commit()
    return made


@pytest.fixture
def trainer(app, cast):
    return PageClient(app).sign_in(cast.trainer)


@pytest.fixture
def learner(page, hall):
    """The first of the hall, at their phone."""
    return page.sign_in(hall.people[0])


@pytest.fixture
def at(hall):
    return At(hall)


def bare(browser, path, **more):
    """Open an address without a language."""
    return browser._read(browser.client.get(path, base_url=BASE, **more))


def mark(hall, cast, wish):
    attendance.record_marks(hall.session.id, [wish], by=cast.trainer.id)
    commit()


def test_looking_changes_nothing_and_one_button_checks_in(learner, hall, at):
    with at(12):
        shown = learner.get(link(hall))
        assert shown.status == 200
        assert hall.facts() == []
        assert "სასტუმრო „ალაზანი“" in shown.text
        assert "10:00–18:00" in shown.text
        answer = learner.submit()
        assert (answer.status, answer.location) == (303, f"/ka/check-in/sessions/{hall.session.id}")
        assert "10:12" in learner.follow().text
    (fact,) = hall.facts()
    assert (fact.mark, fact.from_minute, fact.to_minute, fact.recorded_by) == ("present", 12, 480, hall.people[0].id)


@pytest.mark.parametrize(("minutes", "recorded"), [(-5, "დროულად"), (10, "დროულად"), (12, "12 წუთით")])
def test_after_checking_in_the_page_says_what_was_recorded(learner, hall, at, minutes, recorded):
    with at(minutes):
        learner.get(link(hall))
        learner.submit()
        shown = learner.follow()
    assert f"ჩაიწერა: {'დააგვიანეთ ' if 'წუთით' in recorded else ''}{recorded}." in shown.text
    assert shown.texts("dl.facts dt")[2] == "დასაწყისი და დასასრული"


def test_the_address_in_the_qr_leads_to_the_page_in_the_language_of_the_visitor(learner, hall, at):
    with at(5):
        path = link(hall)
        assert bare(learner, path, headers={"Accept-Language": "en"}).location == f"/en{path}"
        assert bare(learner, path).location == f"/ka{path}"
        assert bare(learner, "/check-in").location == "/ka/check-in"


def test_640_a_code_21_seconds_old_fails(learner, hall, at):
    with at(5):
        path = link(hall)
    with at(5, 21):
        gone = learner.get(path)
        assert gone.status == 410
        assert learner.post(path).status == 410
        assert bare(learner, path).location == f"/ka{path}"
        assert learner.follow().status == 410
    assert hall.facts() == []


def test_640_a_link_passed_on_by_message_fails_though_its_sender_scanned_it_in_time(app, learner, hall, at):
    absent = PageClient(app).sign_in(hall.people[1])
    with at(5):
        path = link(hall)
        learner.get(path)
    with at(5, 25):
        assert absent.get(path).status == 410
        assert absent.post(path).status == 410
        learner.get(path)
        assert learner.submit().status == 303
    assert hall.marks() == [(hall.keys[0], "present")]


def test_640_a_second_use_fails_with_a_friendly_word(learner, hall, at):
    with at(12):
        path = link(hall)
        learner.get(path)
        learner.submit()
        learner.follow()
        again = learner.post(path)
        assert again.status == 422
        assert "10:12" in again.text
    with at(30):
        shown = learner.get(link(hall))
        assert (shown.status, shown.all("main form[method=post]")) == (200, [])
        assert "10:12" in shown.text
    assert len(hall.facts()) == 1


def test_746_an_early_scan_tells_when_to_come_and_the_next_scan_in_time_works(learner, hall, at):
    with at(-45):
        path = link(hall)
        shown = learner.get(path)
        assert shown.status == 200
        assert "09:30" in shown.text
        assert learner.post(path).status == 422
    with at(-30):
        learner.get(link(hall))
        assert learner.submit().status == 303
    assert hall.marks() == [(hall.keys[0], "present")]


def test_a_code_that_was_scanned_before_the_end_and_confirmed_after_it_counts(learner, hall, at):
    with at(479, 50):
        path = link(hall)
        learner.get(path)
    with at(480, 30):
        assert learner.post(path).status == 303
    with at(481):
        other = learner.get(link(hall))
        assert "17:59" in other.text
    assert [fact.from_minute for fact in hall.facts()] == [479]


def test_after_the_end_a_scan_says_so(learner, hall, at):
    with at(485):
        path = link(hall)
        shown = learner.get(path)
        assert "18:00" in shown.text
        assert shown.all("main form[method=post]") == []
        assert learner.post(path).status == 422
    assert hall.facts() == []


def sign_in_by_form(browser, person):
    form = browser.page.form("/sign-in")
    data = dict(form.form_values()) | {"email": person.email, "password": PASSWORD}
    return browser._send("POST", "/sign-in", data=data)


def test_a_fresh_scan_survives_signing_in(page, hall, at):
    with at(0):
        path = link(hall)
        bare(page, path)
        assert page.follow().status == 303
        assert page.page.location.startswith("/ka/sign-in?next=")
        page.follow()
    with at(1, 30):
        assert sign_in_by_form(page, hall.people[0]).location == f"/ka{path}"
        assert page.follow().status == 200
        assert page.submit().status == 303
    assert [fact.from_minute for fact in hall.facts()] == [0]


def test_without_the_scan_in_this_browser_the_way_through_the_sign_in_opens_nothing(page, hall, at):
    with at(0):
        path = link(hall)
    with at(0, 25):
        page.get("/sign-in", query_string={"next": f"/ka{path}"})
        sign_in_by_form(page, hall.people[0])
        assert page.follow().status == 410


def test_a_scan_is_kept_for_five_minutes(learner, hall, at):
    with at(0):
        path = link(hall)
        learner.get(path)
    with at(4, 59):
        assert learner.get(path).status == 200
    with at(5, 1):
        assert learner.get(path).status == 410


def test_whoever_has_no_place_is_told_what_to_do_and_nothing_of_others(page, cast, hall, at):
    stranger = page.sign_in(cast.learner)
    with at(5):
        for shown, status in ((stranger.get(link(hall)), 403), (stranger.post(link(hall)), 422)):
            assert shown.status == status
            assert "სთხოვეთ ტრენერს" in shown.text
            assert "ნინო აბაშიძე" in shown.text
            source = shown.response.get_data(as_text=True)
            known = [hall.run.code, "სასტუმრო", "სამშენებლო", *(person.family_name_ka for person in hall.people), "მაისურაძე"]
            assert [word for word in known if word in source] == []
        assert stranger.get(f"/check-in/sessions/{hall.session.id}").status == 404
    assert hall.facts() == []


def test_since_when_one_is_checked_in_is_shown_to_nobody_else(app, learner, hall, cast, at):
    path = f"/check-in/sessions/{hall.session.id}"
    with at(5):
        assert learner.get(path).status == 404
        learner.get(link(hall))
        learner.submit()
        assert learner.get(path).status == 200
        for other in (hall.people[1], cast.trainer, cast.staff):
            assert PageClient(app).sign_in(other).get(path).status == 404


def test_whoever_is_marked_present_is_told_so(learner, hall, cast, at):
    with at(5):
        mark(hall, cast, MarkWish(hall.keys[0], Mark.PRESENT))
        shown = learner.get(link(hall))
        assert "ტრენერმა უკვე მოგნიშნათ" in shown.text
        assert learner.post(link(hall)).status == 422
    assert len(hall.facts()) == 1


def test_whoever_is_marked_absent_checks_in_and_the_trainer_sees_both(learner, trainer, hall, cast, at):
    with at(5):
        mark(hall, cast, MarkWish(hall.keys[0], Mark.ABSENT))
    with at(15):
        learner.get(link(hall))
        assert learner.submit().status == 303
        assert "ტრენერ" in learner.follow().text
        roll = trainer.get(hall.path)
    assert hall.marks() == [(hall.keys[0], "absent"), (hall.keys[0], "present")]
    assert not roll.all(f"input[name=mark-{hall.keys[0]}][checked]")
    who = roll.all(f"#person-{hall.keys[0]}")[0].text_content()
    assert "ნანა აბულაძე" in who
    assert "ლევან მაისურაძე" in who


def test_a_forged_form_checks_nobody_in(learner, hall, at):
    with at(5):
        learner.get(link(hall))
        assert learner.post(link(hall), csrf=False).status == 400
    assert hall.facts() == []


# The typed code


def test_the_typed_code_leads_to_the_same_button(learner, hall, at):
    with at(12):
        learner.get("/check-in")
        digits = code_of(hall).digits
        assert learner.submit(code=f" {digits[:3]} {digits[3:]} ").status == 303
        assert learner.follow().status == 200
        assert learner.submit().status == 303
    assert [fact.from_minute for fact in hall.facts()] == [12]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345²"])
def test_what_is_no_code_is_told_and_kept(learner, hall, typed):
    learner.get("/check-in")
    refused = learner.submit(code=typed)
    assert refused.status == 422
    assert refused.all(".summary a[href='#code']")
    assert refused.all("#code")[0].get("value") == typed


def test_640_a_typed_code_21_seconds_old_fails(learner, hall, at):
    with at(5):
        digits = code_of(hall).digits
    with at(5, 21):
        learner.get("/check-in")
        assert learner.submit(code=digits).status == 422


def test_a_code_typed_by_somebody_without_a_place_says_only_that(page, cast, hall, at):
    with at(5):
        page.sign_in(cast.learner).get("/check-in")
        page.submit(code=code_of(hall).digits)
        assert page.follow().status == 403


def wrong(hall):
    return f"{(int(code_of(hall).digits) + 1) % 10**6:06}"


def test_codes_cannot_be_guessed_one_after_the_other(learner, hall, at):
    with at(5):
        learner.get("/check-in")
        answers = [learner.post("/check-in", {"code": wrong(hall)}).status for _ in range(12)]
        assert answers == [422] * 10 + [429] * 2
        assert learner.post("/check-in", {"code": code_of(hall).digits}).status == 429
        learner.get(link(hall))
        assert learner.submit().status == 303


def test_a_hall_behind_one_address_can_mistype_but_not_without_end(app, cast, at):
    crowd = Hall(cast, many(11))
    commit()
    with clock.frozen(crowd.session.starts_at):
        browsers = [PageClient(app).sign_in(person) for person in crowd.people]
        for browser in browsers[:10]:
            assert {browser.post("/check-in", {"code": wrong(crowd)}).status for _ in range(10)} == {422}
        assert browsers[10].post("/check-in", {"code": wrong(crowd)}).status == 429


def test_my_training_leads_to_the_code_on_the_day_itself(learner, hall, at):
    for minutes, links in ((5, 1), (-24 * 60, 0)):
        with at(minutes):
            assert len(learner.get("/my").all("main a[href='/ka/check-in']")) == links


# What is kept


def test_neither_address_nor_device_of_whoever_checks_in_is_kept_anywhere(learner, hall, at, caplog):
    caplog.set_level(logging.DEBUG)
    phone = {"environ_overrides": {"REMOTE_ADDR": ADDRESS}, "headers": {"User-Agent": BROWSER, "Referer": f"{BASE}/"}}
    with at(5):
        path = link(hall)
        learner.get(path, **phone)
        for _ in range(12):
            learner.post("/check-in", {"code": wrong(hall)}, **phone)
        assert learner.post(path, **phone).status == 303
    rows = [str(tuple(row)) for table in tables.metadata.sorted_tables for row in db.session.execute(sa.select(table))]
    assert any(f"code:{hall.session.id}:{hall.keys[0]}" in row for row in rows)
    counted = repr(vars(limiter.storage))
    assert f"person {hall.people[0].id}" in counted
    kept = "\n".join([*rows, caplog.text, counted])
    for secret in (ADDRESS, BROWSER, "Canary", path.rpartition("-")[2]):
        assert secret not in kept
