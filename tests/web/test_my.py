"""My training: what is next, what I wait for, what I have done."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import certificates, courses, enrolment
from portal.attendance.models import AttendanceFact
from portal.courses.models import CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import format_date
from portal.foundation.transaction import writing
from tests import factories
from tests.certificates import scenes
from tests.page_client import PageClient
from tests.statements import counting


@pytest.fixture
def mine(app, cast):
    return PageClient(app, "en").sign_in(cast.learner)


def past(title, days_ago=30, **values):
    start = clock.now() - timedelta(days=days_ago)
    return factories.run(factories.course(title_en=title), starts_at=start, state="completed", days=1, **values)


def coming(title, days_ahead, **values):
    return factories.run(factories.course(title_en=title), starts_at=clock.now() + timedelta(days=days_ahead), **values)


def test_somebody_new_is_told_what_to_do(mine):
    shown = mine.get("/my")
    assert shown.h1 == "My training"
    assert shown.all(".empty a")[0].get("href") == "/en/courses"


def test_the_next_day_stands_first(mine, cast):
    for title, ahead in (("Later", 20), ("Sooner", 5)):
        factories.enrolment(coming(title, ahead), cast.learner)
    assert mine.get("/my").texts(".run-title")[:2] == ["Sooner", "Later"]


def test_a_run_under_way_shows_the_next_of_its_days(mine, cast):
    run = factories.run(starts_at=clock.now() - timedelta(days=1, hours=10), state="running", days=3)
    factories.enrolment(run, cast.learner)
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(clock.TBILISI)
    today = clock.now().astimezone(clock.TBILISI)
    assert mine.get("/my").texts(".date b")[0] in {str(tomorrow.day), str(today.day)}


def test_a_waiting_place_shows_its_position(mine, cast):
    run = coming("Full", 9, capacity=0)
    for person in (cast.colleague, cast.learner):
        enrolment.enrol(run.id, person.id, by=person.id)
    shown = mine.get("/my")
    assert "Waiting list and applications" in shown.texts("h2")
    assert "Your position: 2" in shown.text


def test_what_is_done_shows_hours_and_status(mine, cast):
    run = past("Done")
    place = factories.enrolment(run, cast.learner, "completed")
    attended(run, place, minutes=450)
    shown = mine.get("/my")
    (row,) = shown.texts("#past-caption ~ tbody tr")
    assert "Done" in row
    assert "7.5 / 8" in row
    assert "Total hours attended: 7.5" in shown.text


def certificate_cell(shown):
    [cell] = shown.all("#past-caption ~ tbody tr td:last-child")
    return cell


@pytest.mark.parametrize(("verb", "state"), [(certificates.suspend, "Suspended"), (certificates.revoke, "Revoked")])
def test_a_certificate_that_was_taken_back_says_so_in_place_of_the_download(app, cast, verb, state):
    scenes.issued_run(cast.staff, [cast.learner])
    [held] = certificates.certificates_of_person(cast.learner.id)
    mine = PageClient(app, "en").sign_in(cast.learner)
    assert mine.get("/my").all("#past-caption ~ tbody a[href$='.pdf']")
    with writing():
        verb(held.id, "შეცდომა გვარში", by=cast.staff.id)
    shown = mine.get("/my")
    assert shown.all("#past-caption ~ tbody a[href$='.pdf']") == []
    words = " ".join(certificate_cell(shown).text_content().split())
    assert words == f"№ {held.number}{state} {format_date(clock.today(), 'en')} Reason: შეცდომა გვარში"


def test_a_withdrawn_place_is_shown_only_while_nothing_newer_stands(mine, cast):
    run = coming("Again", 9)
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    assert "Withdrawn or cancelled" in mine.get("/my").texts("h2")
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    assert "Withdrawn or cancelled" not in mine.get("/my").texts("h2")


def test_nobody_sees_the_training_of_somebody_else(mine, cast):
    factories.enrolment(coming("Davits own", 9), cast.colleague)
    assert "Davits own" not in mine.get("/my").text


def test_the_page_takes_as_many_statements_for_many_as_for_few(mine, cast):
    def fill(number):
        for _ in range(number):
            place = factories.enrolment(run := past("Past", days_ago=60), cast.learner, "completed")
            attended(run, place, minutes=60)
            factories.enrolment(coming("Coming", 9), cast.learner)
            factories.enrolment(coming("Waiting", 9), cast.learner, "waiting")
        with counting() as statements:
            mine.get("/my")
        return len(statements)

    few, many = fill(1), fill(15)
    # signed in · enrolments · days to come · who waits · their places · attendance (2) · certificates · courses to hear of · materials · tests ·
    # questions; tests taken; what the posts call for: rules · posts · completed · what their certificates are worth · recognised; tracks: tracks · posts
    assert few == many == 20


def attended(run, place, *, minutes):
    factories.add(
        AttendanceFact(
            session_id=courses.sessions_of(run.id)[0].id,
            enrolment_id=place.id,
            mark="present",
            from_minute=0,
            to_minute=minutes,
            recorded_by=place.person_id,
            recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )


def test_on_the_day_checking_in_is_the_filled_button_and_stands_first_and_joining_a_later_day_is_quiet(mine, cast):
    noon = clock.now().astimezone(clock.TBILISI).replace(hour=12, minute=0, second=0, microsecond=0)
    for title, start in (("Today", noon - timedelta(hours=1)), ("Next week", noon + timedelta(days=7))):
        run = factories.run(factories.course(title_en=title), starts_at=start, days=1)
        factories.enrolment(run, cast.learner)
    with writing():
        db.session.execute(sa.update(CourseSession).values(online_link="https://meet.example/room"))
    with clock.frozen(noon):
        buttons = [(link.text_content(), "button-quiet" in link.get("class")) for link in mine.get("/my").all(".run a.button")]
    assert buttons == [("Check in", False), ("Join online", False), ("Join online", True)]
