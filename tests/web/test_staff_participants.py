"""Pages of staff: the participants of a run are added and withdrawn by hand."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import courses
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from tests import factories
from tests.enrolment.mailbox import kinds_to


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def state_of(who):
    return db.session.scalars(sa.select(Enrolment.state).where(Enrolment.person_id == who.id)).all()


def test_a_participant_is_added_by_hand_and_told(staff, cast):
    factories.run(code="R")
    staff.get("/staff/runs/R/participants/new?q=აბაშიძე")
    assert staff.submit().status == 303
    assert "has a place" in staff.follow().text
    assert state_of(cast.learner) == ["confirmed"]
    assert kinds_to(cast.learner) == ["nominated"]
    row = db.session.scalars(sa.select(Enrolment)).one()
    assert row.enrolled_by == cast.staff.id


def test_a_full_run_puts_the_added_person_on_the_waiting_list(staff, cast):
    run = factories.run(code="R", capacity=1)
    factories.enrolment(run, cast.learner)
    staff.post("/staff/runs/R/participants/new", {"person_id": cast.colleague.id})
    assert "waiting list" in staff.follow().text
    assert state_of(cast.colleague) == ["waiting"]


def test_somebody_for_whom_the_course_is_not_meant_is_refused_with_the_reason(staff, cast):
    factories.run(factories.course(target_categories=["civil_servant"]), code="R")
    refused = staff.post("/staff/runs/R/participants/new", {"person_id": cast.colleague.id, "q": "ლომიძე"})
    assert refused.status == 422
    assert "not meant for this person" in refused.text
    assert refused.texts("tbody th") == ["Lomidze Davit"]


def test_nobody_knows_a_person_that_is_not_there(staff):
    factories.run(code="R")
    for wrong in ("", "0", "x", "²", str(2**63), "-1"):
        assert staff.post("/staff/runs/R/participants/new", {"person_id": wrong}).status == 404, wrong


def test_a_participant_is_withdrawn_with_a_reason_and_the_next_gets_the_place(staff, cast):
    run = factories.run(code="R", capacity=1)
    place = factories.enrolment(run, cast.learner)
    factories.enrolment(run, cast.colleague, "waiting")
    run.cancel_until = clock.now() - timedelta(days=1)
    staff.get(f"/staff/runs/R/participants/{place.reference}/withdraw")
    assert staff.submit(reason="").status == 422
    assert staff.submit(reason="წერილით ითხოვა").status == 303
    assert (state_of(cast.learner), state_of(cast.colleague)) == (["withdrawn"], ["confirmed"])
    assert staff.get(f"/staff/runs/R/participants/{place.reference}/withdraw").location == "/en/staff/runs/R"


def test_what_is_taken_back_by_a_double_click_is_taken_back_once_and_the_answer_is_the_same(staff, cast):
    run = factories.run(code="R", days=2)
    factories.enrolment(run, cast.colleague)
    place, day = factories.enrolment(run, cast.learner), courses.sessions_of(run.id)[0]
    for path in (f"/participants/{place.reference}/withdraw", f"/sessions/{day.id}/cancel", "/cancel"):
        answers = [staff.post(f"/staff/runs/R{path}", {"reason": "ტრენერი ავად არის"}) for _ in range(2)]
        assert [(answer.status, answer.location) for answer in answers] == [(303, "/en/staff/runs/R")] * 2, path
    assert kinds_to(cast.colleague) == ["day_cancelled", "run_cancelled"]


def test_the_old_page_for_withdrawing_somebody_leaves_the_place_that_they_got_again(staff, cast):
    run = factories.run(code="R")
    before = factories.enrolment(run, cast.learner, "withdrawn")
    factories.enrolment(run, cast.learner)
    assert staff.post(f"/staff/runs/R/participants/{before.reference}/withdraw", {"reason": "წერილით ითხოვა"}).status == 303
    assert sorted(state_of(cast.learner)) == ["confirmed", "withdrawn"]
