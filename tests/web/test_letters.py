"""Letters for an employer: asked for by the person, by staff, by the coordinator of the municipality; nobody else sees one."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from portal import enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.letters.models import IssuedLetter
from portal.people.models import Post
from tests import factories
from tests.certificates.pages import text_of
from tests.letters.scenes import coming, issue, over
from tests.page_client import PageClient

PARTICIPATION = {"kind": "participation", "language": "ka"}
ATTENDANCE = {"kind": "attendance", "language": "en"}


@pytest.fixture
def place(cast):
    return coming(cast.learner)


@pytest.fixture
def mine(app, cast):
    return PageClient(app, "en").sign_in(cast.learner)


def number_of_letters():
    return db.session.scalar(sa.select(sa.func.count()).select_from(IssuedLetter))


def links(page):
    return [link.get("href") for link in page.all("a[href$='.pdf']")]


def test_the_page_of_my_enrolment_offers_the_letter_in_both_languages(mine, place):
    shown = mine.get("/runs/RUN-X/enrolment")
    buttons = shown.texts("form[action$='/letters'] button")
    assert buttons == ["Confirmation of participation, in Georgian (PDF): RUN-X", "Confirmation of participation, in English (PDF): RUN-X"]
    assert [button.get("value") for button in shown.all("form[action$='/letters'] button")] == ["ka", "en"]


def test_asking_leads_to_the_file_which_a_bookmark_opens_again(mine, place):
    asked = mine.post("/runs/RUN-X/letters", PARTICIPATION)
    assert (asked.status, asked.location) == (303, f"/en/my/letters/{place.reference}-1.pdf")
    for _time in range(2):
        shown = mine.get(asked.location)
        assert (shown.status, shown.response.mimetype) == (200, "application/pdf")
        assert shown.response.headers["Content-Disposition"].startswith("inline")
        assert "no-store" in shown.response.headers["Cache-Control"]
        assert "ნინო აბაშიძე" in text_of(shown.response.data)


def test_asking_twice_is_one_letter_which_the_page_then_lists(mine, place):
    for _time in range(2):
        mine.post("/runs/RUN-X/letters", PARTICIPATION)
    assert number_of_letters() == 1
    shown = mine.get("/runs/RUN-X/enrolment")
    assert links(shown) == [f"/en/my/letters/{place.reference}-1.pdf"]
    assert "Confirmation of participation, Georgian" in shown.text
    [letter] = db.session.scalars(sa.select(IssuedLetter))
    assert shown.all(f"a[href='/en/verify/{letter.secret}']")


def test_after_the_training_attendance_is_confirmed(mine, cast):
    over(cast.learner, cast.staff)
    shown = mine.get("/runs/RUN-X/enrolment")
    assert "Confirmation of attendance, in English (PDF): RUN-X" in shown.texts("button")
    mine.post("/runs/RUN-X/letters", ATTENDANCE)
    assert "12 / 16 (75%)" in text_of(mine.follow().response.data)


def test_a_page_left_open_over_the_end_is_told_what_there_is_now(mine, cast):
    over(cast.learner, cast.staff)
    assert mine.post("/runs/RUN-X/letters", PARTICIPATION).status == 303
    shown = mine.follow()
    assert "The training is over: attendance is confirmed now, not participation." in shown.text
    assert number_of_letters() == 0


def test_unmarked_attendance_is_told_in_place_of_the_buttons(mine, cast):
    over(cast.learner, cast.staff, hours=None)
    shown = mine.get("/runs/RUN-X/enrolment")
    assert "Attendance has not been recorded yet." in shown.text
    assert not shown.all("form[action$='/letters']")


@pytest.mark.parametrize(
    "wish", [{}, {"kind": "participation"}, {"kind": "x", "language": "ka"}, {"kind": "participation", "language": "fr"}]
)
def test_a_wish_that_no_button_makes_is_not_found(mine, place, wish):
    assert mine.post("/runs/RUN-X/letters", wish).status == 404
    assert number_of_letters() == 0


def test_who_waits_or_withdrew_is_offered_nothing_and_an_old_letter_still_opens(mine, cast, place):
    number = issue(place, "participation").number
    enrolment.withdraw(place.run_id, cast.learner.id, by=cast.learner.id)
    assert not mine.get("/runs/RUN-X/enrolment").all("#employer")
    assert mine.post("/runs/RUN-X/letters", PARTICIPATION).status == 404
    assert mine.get(f"/my/letters/{number}.pdf").status == 200


def test_my_training_leads_to_the_letters_of_each_training(mine, cast, place):
    over(cast.learner, cast.staff, code="RUN-OVER")
    hrefs = [link.get("href") for link in mine.get("/my").all("a[href$='#employer']")]
    assert hrefs == ["/en/runs/RUN-X/enrolment#employer", "/en/runs/RUN-OVER/enrolment#employer"]


@pytest.mark.parametrize("who", ["colleague", "coordinator", "neighbour", "trainer", "staff", "administrator"])
def test_nobody_else_finds_my_letter_among_theirs(app, cast, place, who):
    number = issue(place, "participation").number
    assert PageClient(app).sign_in(getattr(cast, who)).get(f"/my/letters/{number}.pdf").status == 404


def test_staff_issue_for_a_participant_and_open_what_there_is(app, cast, place):
    staff = PageClient(app, "en").sign_in(cast.staff)
    path = f"/staff/runs/RUN-X/participants/{place.reference}/letters"
    assert f"/en{path}" in [link.get("href") for link in staff.get("/staff/runs/RUN-X").all("main a")]
    assert staff.get(path).h1 == "Nino Abashidze"
    assert staff.post(path, PARTICIPATION).location == f"/en/staff/runs/RUN-X/letters/{place.reference}-1.pdf"
    assert "ნინო აბაშიძე" in text_of(staff.follow().response.data)
    assert links(staff.get(path)) == [f"/en/staff/runs/RUN-X/letters/{place.reference}-1.pdf"]
    [letter] = db.session.scalars(sa.select(IssuedLetter))
    assert (letter.issued_by, letter.person_id) == (cast.staff.id, cast.learner.id)


def test_staff_are_led_back_with_the_reason_when_there_is_no_letter(app, cast):
    place = over(cast.learner, cast.staff, hours=None)
    staff = PageClient(app, "en").sign_in(cast.staff)
    path = f"/staff/runs/RUN-X/participants/{place.reference}/letters"
    assert staff.post(path, ATTENDANCE).location == f"/en{path}"
    assert staff.follow().text.count("Attendance has not been recorded yet.") == 2


def test_another_runs_letter_or_participant_is_not_found(app, cast, place):
    number = issue(place, "participation").number
    factories.run(code="RUN-Y")
    staff = PageClient(app).sign_in(cast.staff)
    assert staff.get(f"/staff/runs/RUN-Y/letters/{number}.pdf").status == 404
    assert staff.get(f"/staff/runs/RUN-Y/participants/{place.reference}/letters").status == 404
    assert staff.get("/staff/runs/RUN-X/participants/E-NONE/letters").status == 404


@pytest.fixture
def telavi(app, cast):
    return PageClient(app, "en").sign_in(cast.coordinator)


def official_path(person):
    return f"/municipality/people/{person.id}/letters"


def test_the_coordinator_gets_the_letters_of_own_people(telavi, cast, place):
    path = official_path(cast.learner)
    assert f"/en{path}" in [link.get("href") for link in telavi.get("/municipality").all("#members-caption ~ tbody a")]
    assert telavi.get(path).h1 == "Nino Abashidze"
    asked = telavi.post(path, PARTICIPATION | {"reference": place.reference})
    assert asked.location == f"/en/municipality/letters/{place.reference}-1.pdf"
    assert PdfReader(io.BytesIO(telavi.follow().response.data)).pages
    assert links(telavi.get(path)) == [asked.location]


def test_somebody_without_a_training_has_no_link_and_a_page_that_says_so(telavi, cast):
    assert not telavi.get("/municipality").all("#members-caption ~ tbody a[href$='/letters']")
    assert "No training yet" in telavi.get(official_path(cast.learner)).text


def test_the_neighbours_coordinator_finds_nothing(app, cast, place):
    number = issue(place, "participation").number
    kutaisi = PageClient(app).sign_in(cast.neighbour)
    for answer in (
        kutaisi.get(official_path(cast.learner)),
        kutaisi.post(official_path(cast.learner), PARTICIPATION | {"reference": place.reference}),
        kutaisi.post(official_path(cast.colleague), PARTICIPATION | {"reference": place.reference}),
        kutaisi.get(f"/municipality/letters/{number}.pdf"),
    ):
        assert answer.status == 404
        assert "აბაშიძე" not in answer.text
    assert number_of_letters() == 1


def test_what_somebody_does_with_a_post_elsewhere_stays_there(telavi, cast):
    place = coming(cast.learner)
    place.municipality_id = factories.municipality("kutaisi").id
    number = issue(place, "participation").number
    assert "RUN-X" not in telavi.get(official_path(cast.learner)).response.get_data(as_text=True)
    assert telavi.post(official_path(cast.learner), PARTICIPATION | {"reference": place.reference}).status == 404
    assert telavi.get(f"/municipality/letters/{number}.pdf").status == 404


def test_of_somebody_who_left_the_municipality_sees_no_letter_any_more(telavi, cast, place):
    number = issue(place, "participation").number
    assert telavi.get(f"/municipality/letters/{number}.pdf").status == 200
    db.session.scalars(sa.select(Post).where(Post.person_id == cast.learner.id)).one().ends_on = clock.today() - timedelta(days=1)
    commit()
    assert telavi.get(f"/municipality/letters/{number}.pdf").status == 404
    assert telavi.get(official_path(cast.learner)).status == 404
