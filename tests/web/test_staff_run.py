"""One run in the hands of staff: planned, published, changed, filled, closed, completed, cancelled."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import courses, enrolment
from portal.courses.models import CourseRun
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from tests import factories
from tests.statements import counting


@pytest.fixture
def staff(page, cast):
    page.language = "en"
    return page.sign_in(cast.staff)


def get_run(code):
    return db.session.scalars(sa.select(CourseRun).where(CourseRun.code == code)).one()


def state_of(who):
    return db.session.scalars(sa.select(Enrolment.state).where(Enrolment.person_id == who.id)).all()


def mails_to(who):
    return db.session.scalars(sa.select(OutboxMessage.kind).where(OutboxMessage.person_id == who.id).order_by(OutboxMessage.id)).all()


def plan(staff, version, **values):
    staff.get("/staff/runs/new")
    return staff.submit(**{"course_id": str(version.course_id), "form": "online", "capacity": "25"} | values)


def test_a_run_is_planned_with_its_days_and_deadlines_in_one_go(staff):
    version = factories.course()
    day = clock.today() + timedelta(days=30)
    answer = plan(staff, version, first_day=f"{day:%d.%m.%Y}", days="2", starts_at="10:00", ends_at="17.30", code="kakheti-7")
    assert answer.status == 303
    assert answer.location.endswith("/staff/runs/KAKHETI-7")
    run = get_run("KAKHETI-7")
    assert [(to_tbilisi(one.starts_at).strftime("%H:%M"), one.minutes) for one in courses.sessions_of(run.id)] == [("10:00", 450)] * 2
    assert to_tbilisi(run.starts_at).date() == day
    assert to_tbilisi(run.enrolment_closes_at).strftime("%d.%m.%Y %H:%M") == f"{day - timedelta(days=3):%d.%m.%Y} 18:00"
    assert to_tbilisi(run.cancel_until).strftime("%d.%m.%Y %H:%M") == f"{day - timedelta(days=1):%d.%m.%Y} 18:00"
    assert (run.state, run.capacity) == ("draft", 25)


@pytest.mark.parametrize("code", ["", "KAKHETI-7"])
def test_a_run_whose_form_is_sent_twice_is_planned_once(staff, code):
    version = factories.course()
    staff.get("/staff/runs/new")
    typed = {"course_id": str(version.course_id), "form": "online", "capacity": "25", "first_day": "08.12.2099", "days": "2", "code": code}
    sent = dict(staff.page.form().form_values()) | typed
    first, second = (staff.post("/staff/runs/new", sent) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert staff.follow().status == 200
    third = staff.post("/staff/runs/new", sent | {"days": "3", "code": ""})
    assert third.location not in {None, first.location}


def test_a_second_group_at_the_same_time_has_a_form_of_its_own(staff):
    version = factories.course()
    first, second = (plan(staff, version, first_day="08.12.2099") for _ in range(2))
    assert first.location != second.location


def test_a_venue_chosen_for_an_online_training_is_asked_about_and_stays_chosen(staff):
    venue = str(factories.venue().id)
    refused = plan(staff, factories.course(), first_day="08.12.2099", venue_id=venue)
    assert (refused.status, refused.all(".summary a")[0].get("href")) == (422, "#venue_id")
    assert refused.all("#venue_id option[selected]")[0].get("value") == venue
    assert staff.submit(venue_id="").status == 303


def test_a_code_is_made_up_when_none_is_typed(staff):
    assert plan(staff, factories.course(), first_day="2099-12-08").status == 303
    assert db.session.scalars(sa.select(CourseRun.code)).one()


def test_without_a_first_day_the_deadlines_are_asked_for(staff):
    version = factories.course()
    refused = plan(staff, version, capacity="12")
    assert refused.status == 422
    assert {link.get("href") for link in refused.all("[data-error-summary] a")} == {"#enrolment_closes_at", "#cancel_until"}
    assert refused.form().fields["capacity"] == "12"
    assert staff.submit(enrolment_closes_at="08.12.2098 18:00", cancel_until="2098-12-09").status == 303


def test_a_refused_run_says_what_is_wrong_and_keeps_what_was_typed(staff):
    refused = plan(staff, factories.course(), form="in_person", first_day="31.02.2099", capacity="many", code="კახეთი")
    assert refused.status == 422
    assert refused.tree.findtext(".//title").startswith("Error:")
    assert {link.get("href") for link in refused.all("[data-error-summary] a")} == {"#first_day", "#capacity"}
    assert (refused.form().fields["first_day"], refused.form().fields["capacity"]) == ("31.02.2099", "many")
    refused = staff.submit(first_day="08.12.2099", capacity="9")
    assert {link.get("href") for link in refused.all("[data-error-summary] a")} == {"#code", "#venue_id"}
    assert db.session.scalars(sa.select(CourseRun)).all() == []


def test_another_run_like_this_begins_with_the_same_values(staff):
    run = factories.run(code="FIRST", capacity=17)
    form = staff.get("/staff/runs/new?like=FIRST").form()
    assert (form.fields["capacity"], form.fields["venue_id"], form.fields["code"]) == ("17", str(run.venue_id), "")
    assert staff.get("/staff/runs/new?like=NONE&course=none").status == 200
    assert staff.get(f"/staff/runs/new?course={run.course.slug}").form().fields["course_id"] == str(run.course_id)


def steps(shown):
    return [step.split()[0] for step in shown.texts("article ul.plain li")]


def hidden(run):
    run.course.published = False


def without_venue(run):
    run.venue_id = None


def begun(run):
    run.starts_at = clock.now() - timedelta(hours=1)


def open_too_long(run):
    run.enrolment_closes_at = run.starts_at + timedelta(hours=1)


def left_too_late(run):
    run.cancel_until = run.starts_at + timedelta(hours=1)


@pytest.mark.parametrize("spoil", [None, hidden, without_venue, begun, open_too_long, left_too_late])
def test_publishing_refuses_exactly_what_the_checklist_calls_missing(staff, cast, spoil):
    run = factories.run(code="DRAFT", state="draft")
    if spoil:
        spoil(run)
    shown = staff.get("/staff/runs/DRAFT")
    assert steps(shown).count("Missing") == (spoil is not None)
    assert steps(shown)[-2:] == ["Advised", "Advised"]  # no trainer, no rules for places: that keeps no run from being announced
    staff.submit("/DRAFT/publish")
    assert get_run("DRAFT").state == ("draft" if spoil else "open")


def test_the_deadlines_of_a_published_run_cannot_be_moved_behind_its_beginning(staff):
    run = factories.run(code="OPEN")
    before = run.enrolment_closes_at, run.cancel_until
    staff.get("/staff/runs/OPEN/edit")
    refused = staff.submit(enrolment_closes_at="01.01.2090 10:00", cancel_until="01.01.2090 10:00")
    assert refused.status == 422
    assert {link.get("href") for link in refused.all("[data-error-summary] a")} == {"#enrolment_closes_at", "#cancel_until"}
    run = get_run("OPEN")
    assert (run.enrolment_closes_at, run.cancel_until) == before


def test_a_draft_says_what_is_missing_and_is_published_when_it_is_there(staff):
    run = factories.run(code="DRAFT", state="draft", days=0)
    run.starts_at = run.ends_at = None
    assert steps(staff.get("/staff/runs/DRAFT")) == ["Ready", "Missing", "Ready", "Advised", "Advised"]
    staff.get("/staff/runs/DRAFT/sessions/new")
    day = clock.today() + timedelta(days=20)
    assert staff.submit(day=f"{day:%d.%m.%Y}", title_ka="პირველი დღე").status == 303
    staff.get("/staff/runs/DRAFT")
    assert staff.submit("/DRAFT/publish").status == 303
    assert "Registration open" in staff.follow().text
    assert get_run("DRAFT").state == "open"
    assert run.id in {one.id for one in courses.list_public_runs(courses.RunFilter(), at=clock.now()).runs}


def test_the_checklist_leads_to_the_rules_for_places_until_they_are_set(staff):
    factories.run(code="DRAFT", state="draft")
    shown = staff.get("/staff/runs/DRAFT")
    (link,) = [link for link in shown.all("ul.plain a") if "Check the rules for places" in link.text_content()]
    staff.get(link.get("href"))
    assert staff.submit(None, decided_by="staff").status == 303
    assert "Ready The rules for places are set" in staff.follow().texts("ul.plain li")


def test_a_draft_without_days_cannot_be_published(staff):
    run = factories.run(code="DRAFT", state="draft", days=0)
    run.starts_at = run.ends_at = None
    staff.get("/staff/runs/DRAFT")
    staff.submit("/DRAFT/publish")
    assert "Add a training day first." in staff.follow().text
    assert get_run("DRAFT").state == "draft"


def test_registration_is_closed_and_opened_again(staff):
    factories.run(code="R")
    staff.get("/staff/runs/R")
    staff.submit("/R/close")
    assert get_run("R").state == "closed"
    staff.follow()
    staff.submit("/R/reopen")
    assert get_run("R").state == "open"


def test_what_does_not_go_with_the_state_is_refused_politely(staff):
    factories.run(code="R", state="cancelled")
    for action in ("publish", "close", "reopen", "start", "complete"):
        assert staff.post(f"/staff/runs/R/{action}").status == 303, action
        assert staff.follow().status == 200
    assert get_run("R").state == "cancelled"
    assert staff.get("/staff/runs/R/complete").status == 303


def test_a_run_whose_days_are_over_is_completed_after_a_question(staff, cast):
    run = factories.run(code="R", starts_at=clock.now() - timedelta(days=5), state="running")
    factories.enrolment(run, cast.learner)
    assert "Complete the run" in staff.get("/staff/runs/R").text
    assert "Others: 1" in staff.get("/staff/runs/R/complete").text
    staff.submit()
    assert "Certificates" in staff.follow().text
    assert get_run("R").state == "completed"
    assert state_of(cast.learner) == ["not_completed"]


def test_before_a_run_is_completed_staff_see_what_is_missing_and_who_waits(staff, cast):
    started = clock.now() - timedelta(days=5)
    run = factories.run(code="R", starts_at=started, state="running", version=factories.course(score_percent=60))
    factories.enrolment(run, cast.learner)
    asked = staff.get("/staff/runs/R/complete")
    assert "Marks of attendance missing: 2." in asked.text
    assert "Participants without a final score: 1." in asked.text
    assert {"/en/staff/runs/R/attendance", "/en/teaching/runs/R/scores"} <= {link.get("href") for link in asked.all("main a")}
    assert "Still waiting" not in asked.text
    factories.enrolment(run, cast.colleague, "waiting")
    assert "Still waiting: 1." in staff.get("/staff/runs/R/complete").text


def test_a_cancelled_run_tells_everybody_the_reason(staff, cast):
    run = factories.run(code="R", capacity=1)
    factories.enrolment(run, cast.learner)
    factories.enrolment(run, cast.colleague, "waiting")
    assert "1 people have a place, 1 wait" in staff.get("/staff/runs/R/cancel").text
    refused = staff.submit(reason=" ")
    assert (refused.status, get_run("R").state) == (422, "open")
    staff.submit(reason="ტრენერი ავად არის")
    assert get_run("R").state == "cancelled"
    assert state_of(cast.learner) == state_of(cast.colleague) == ["cancelled"]
    assert mails_to(cast.learner) == mails_to(cast.colleague) == ["run_cancelled"]


def test_more_places_go_to_those_who_wait(staff, cast):
    run = factories.run(code="R", capacity=1)
    factories.enrolment(run, cast.learner)
    factories.enrolment(run, cast.colleague, "waiting")
    staff.get("/staff/runs/R/edit")
    assert staff.submit(capacity="2").status == 303
    assert "1 person from the waiting list got a place." in staff.follow().text
    assert state_of(cast.colleague) == ["confirmed"]


def test_fewer_places_than_people_are_refused_with_the_number(staff, cast):
    run = factories.run(code="R", capacity=5)
    factories.enrolment(run, cast.learner)
    factories.enrolment(run, cast.colleague)
    staff.get("/staff/runs/R/edit")
    refused = staff.submit(capacity="1")
    assert refused.status == 422
    assert "2 people already have a place" in refused.text
    assert [link.get("href") for link in refused.all("[data-error-summary] a")] == ["#capacity"]
    assert refused.all("main a[href$='/places']") == []
    assert get_run("R").capacity == 5


def test_a_capacity_that_leaves_no_room_for_the_quotas_leads_to_them(staff, cast):
    run = factories.run(code="R", capacity=5)
    factories.place_rules(run, {"telavi": 4})
    staff.get("/staff/runs/R/edit")
    refused = staff.submit(capacity="3")
    assert refused.status == 422
    assert "4 more are kept by quotas" in refused.texts("#capacity-error")[0]
    (link,) = refused.all("main a[href$='/places']")
    assert staff.get(link.get("href")).h1 == "Rules for places"
    assert get_run("R").capacity == 5


def test_a_new_venue_tells_the_participants(staff, cast):
    run = factories.run(code="R")
    factories.enrolment(run, cast.learner)
    other = factories.venue("kutaisi")
    staff.get("/staff/runs/R/edit")
    staff.submit(venue_id=str(other.id))
    assert get_run("R").venue_id == other.id
    assert mails_to(cast.learner) == ["run_moved"]


def test_a_moved_day_tells_everybody(staff, cast):
    run = factories.run(code="R", days=1)
    factories.enrolment(run, cast.learner)
    session = courses.sessions_of(run.id)[0]
    day = to_tbilisi(session.starts_at).date() + timedelta(days=7)
    staff.get(f"/staff/runs/R/sessions/{session.id}")
    assert "gets a message" in staff.page.text
    staff.submit(day=f"{day:%d.%m.%Y}", starts_at="11:00", ends_at="15:00")
    assert "gets a message" in staff.follow().text
    assert to_tbilisi(get_run("R").starts_at).strftime("%d.%m.%Y %H:%M") == f"{day:%d.%m.%Y} 11:00"
    assert mails_to(cast.learner) == ["run_moved"]


def test_a_day_that_ends_before_it_begins_is_refused_beside_its_field(staff):
    run = factories.run(code="R", days=1)
    session = courses.sessions_of(run.id)[0]
    staff.get(f"/staff/runs/R/sessions/{session.id}")
    refused = staff.submit(starts_at="15:00", ends_at="11:00", online_link="http://meet.test/x")
    assert refused.status == 422
    assert {link.get("href") for link in refused.all("[data-error-summary] a")} == {"#ends_at", "#online_link"}


def test_a_day_is_cancelled_after_a_question_but_never_the_last(staff, cast):
    run = factories.run(code="R", days=2)
    factories.enrolment(run, cast.learner)
    first, second = courses.sessions_of(run.id)
    staff.get(f"/staff/runs/R/sessions/{first.id}/cancel")
    staff.submit()
    assert [one.id for one in courses.sessions_of(run.id)] == [second.id]
    assert len(mails_to(cast.learner)) == 1
    staff.get(f"/staff/runs/R/sessions/{second.id}/cancel")
    staff.submit()
    assert "Cancel the run instead" in staff.follow().text
    assert staff.get(f"/staff/runs/R/sessions/{first.id}").status == 404


def test_a_day_of_another_run_is_not_found_here(staff):
    factories.run(code="R")
    other = factories.run(code="OTHER")
    session_id = courses.sessions_of(other.id)[0].id
    assert staff.get(f"/staff/runs/R/sessions/{session_id}").status == 404
    assert staff.get("/staff/runs/NONE").status == 404


def test_trainers_are_chosen_from_those_with_the_role(staff, cast):
    factories.run(code="R", trainers=(cast.trainer,))
    form = staff.get("/staff/runs/R/trainers").form()
    assert len(form.xpath(".//input[@type='checkbox']")) == 2
    staff.submit(trainers=[str(cast.other_trainer.id)])
    assert "Whoever was added or taken off gets a message." in staff.follow().text
    assert (mails_to(cast.trainer), mails_to(cast.other_trainer)) == (["trainer_taken_off"], ["trainer_given"])
    staff.get("/staff/runs/R/trainers")
    assert [one.id for one in courses.trainers_of(get_run("R").id)] == [cast.other_trainer.id]
    refused = staff.post("/staff/runs/R/trainers", {"trainers": [str(cast.learner.id)]})
    assert refused.status == 422


def test_the_page_shows_who_is_enrolled_and_who_waits_in_their_order(staff, cast):
    run = factories.run(code="R", capacity=1, trainers=(cast.trainer,))
    factories.enrolment(run, cast.colleague)
    late = factories.enrolment(run, cast.coordinator, "waiting")
    factories.enrolment(run, cast.learner, "waiting", queued_at=late.queued_at - timedelta(hours=1))
    shown = staff.get("/staff/runs/R")
    assert shown.texts("tbody th") == ["Lomidze Davit", "Abashidze Nino", "Kapanadze Maia"]
    assert "Kutaisi" in shown.text
    assert "Levan Maisuradze" in shown.text


def test_the_page_costs_as_many_statements_for_many_as_for_few(staff, cast):
    run = factories.run(code="R", capacity=30, trainers=(cast.trainer,))
    factories.enrolment(run, cast.learner)
    commit()
    for number in range(40):
        factories.enrolment(
            run, factories.person_with_account(family=f"გვარი{number}", municipality="batumi"), "waiting" if number > 28 else "confirmed"
        )
    with counting() as statements:
        staff.get("/staff/runs/R")
    # sign-in, run, days, trainers, people, those who wait and the places of their run, quotas, who is invited, places
    assert len(statements) == 10, statements


def test_everything_about_a_run_is_closed_to_the_others(page, cast):
    run = factories.run(code="R")
    place = factories.enrolment(run, cast.learner)
    session = courses.sessions_of(run.id)[0]
    below = ("", "/edit", "/places", "/trainers", "/cancel", "/complete", "/participants/new", f"/participants/{place.reference}/withdraw")
    for nosy in (cast.learner, cast.coordinator, cast.trainer):
        page.sign_in(nosy)
        for path in (*below, f"/sessions/{session.id}", f"/sessions/{session.id}/cancel", "/sessions/new"):
            assert page.get(f"/staff/runs/R{path}").status == 403, path
        for action in ("publish", "close", "reopen", "start", "complete", "cancel"):
            assert page.post(f"/staff/runs/R/{action}").status == 403, action
    assert enrolment.places_of([run.id])[run.id].taken == 1
