"""Before a correction is saved, its page says what it would change."""

from datetime import datetime, time
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import certificates
from portal.courses.models import CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit, writing
from portal.people.models import Person
from portal.qualifications import HoursDemand
from tests import factories
from tests.certificates.scenes import issue_all
from tests.page_client import PageClient
from tests.standings.scenes import completed, course_of, qualification


@pytest.fixture
def staff(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


def test_the_roll_of_a_completed_run_says_who_would_lose_what_and_saves_nothing(staff, cast):
    qualification(HoursDemand(Decimal(6)), "Six hours")
    with writing():
        place = completed(cast.learner, factories.course(), 30, by=cast.staff)
        certificates.ask_to_issue(place.run_id, by=cast.staff.id)
        run_id, place_id = place.run_id, place.id
    issue_all()
    session_id = db.session.scalars(sa.select(CourseSession.id).where(CourseSession.run_id == run_id)).one()
    path = f"/teaching/sessions/{session_id}"
    staff.get(path)
    shown = staff.submit(path, **{f"mark-{place_id}": "absent", "reason": "A slip", "look": "1"})
    assert shown.status == 422
    assert "1 qualification is lost:" in shown.text
    assert "Six hours" in shown.text
    assert certificates.certificates_of_person(cast.learner.id)[0].number in shown.text
    assert "Nothing is saved yet." in shown.text
    assert certificates.numbers_with_case(run_id) == set()
    assert dict(shown.form(path).form_values())[f"mark-{place_id}"] == "absent"


def test_the_scores_of_a_completed_run_say_who_would_lose_what(staff, cast):
    version = factories.course(score_percent=60, attendance_percent=None)
    qualification(course_of(version), "Procurement")
    place = completed(cast.learner, version, 30, by=cast.staff)
    code, key = place.run.code, place.id
    commit()
    path = f"/teaching/runs/{code}/scores"
    staff.get(path)
    shown = staff.submit(**{f"score-{key}": "10", "look": "1"})
    assert "1 qualification is lost:" in shown.text
    assert dict(shown.form().form_values())[f"score-{key}"] == "10"


def test_a_name_says_which_certificates_bear_the_earlier_one(app, cast):
    with writing():
        who = factories.official()
        place = completed(who, factories.course(), 30, by=cast.staff)
        certificates.ask_to_issue(place.run_id, by=cast.staff.id)
        person_id = who.id
    issue_all()
    admin = PageClient(app, "en").sign_in(cast.administrator)
    path = f"/admin/people/{person_id}/names"
    admin.get(path)
    shown = admin.submit(given_name_ka="მარიამ", look="1")
    assert certificates.certificates_of_person(person_id)[0].number in shown.text
    assert db.session.get_one(Person, person_id).given_name_ka != "მარიამ"


def test_a_run_under_way_asks_for_no_look(staff, cast):
    run = factories.run(starts_at=datetime.combine(clock.today(), time(9), clock.TBILISI), days=1, state="running")
    factories.enrolment(run, cast.learner)
    session_id = db.session.scalars(sa.select(CourseSession.id).where(CourseSession.run_id == run.id)).one()
    commit()
    assert "What would this change?" not in staff.get(f"/teaching/sessions/{session_id}").text
