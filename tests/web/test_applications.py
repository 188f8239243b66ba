"""The queues of those who decide on applications: the staff, and the employer for the people of their own municipality."""

from datetime import timedelta

import pytest

from portal import enrolment, people
from portal.enrolment.models import DecisionStage, Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to
from tests.page_client import PageClient
from tests.statements import counting

STAFF, EMPLOYER = DecisionStage.STAFF, DecisionStage.EMPLOYER
QUEUES = {"staff": "/staff/applications", "coordinator": "/municipality/applications"}


@pytest.fixture
def staff(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


@pytest.fixture
def telavi(app, cast):
    return PageClient(app, "en").sign_in(cast.coordinator)


def apply_for(run, person):
    return enrolment.enrol(run.id, person.id, by=person.id)


def officials(number, municipality="telavi"):
    with factories.together():
        return [factories.person_with_account(f"სახელი{index}", "გვარი", municipality=municipality) for index in range(number)]


def boxes(shown):
    return [box.get("value") for box in shown.all("input[name=application]")]


def state_of(asked):
    return db.session.get(Enrolment, asked.id, populate_existing=True).state


def test_the_queue_says_what_an_approver_needs_to_know(staff, cast):
    run = factories.run_decided_by("employer_then_staff", {"telavi": 3}, version=factories.course(title_en="Asset management"), capacity=9)
    with clock.frozen(clock.now() - timedelta(days=3)):
        asked = apply_for(run, cast.learner)
        enrolment.decide(asked, EMPLOYER, approve=True, by=cast.coordinator.id, words="Needed in the new unit.")
    shown = staff.get("/staff/applications")
    (row,) = shown.texts("#cases-caption ~ tbody tr")
    for said in (
        "Abashidze",
        "Chief specialist",
        "Telavi",
        "Asset management",
        "3 days ago",
        "9 of 9 places free",
        "Quota: 0 of 3 used",
        "Needed in",
    ):
        assert said in row
    assert "Overdue" not in row
    assert shown.texts(".facts dd") == ["1", "3 days ago", "0"]


def test_what_is_most_urgent_comes_first_and_what_is_late_is_marked(staff, cast):
    later, urgent = factories.run_decided_by("staff"), factories.run_decided_by("staff")
    factories.place_rules(urgent, decided_by="staff", decision_days=1)
    with clock.frozen(clock.now() - timedelta(days=2)):
        apply_for(later, cast.learner)
        apply_for(urgent, cast.trainer)
    rows = staff.get("/staff/applications").texts("#cases-caption ~ tbody tr")
    assert [("Maisuradze" in row, "Overdue" in row) for row in rows] == [(True, True), (False, False)]


def test_approving_says_what_became_of_each(staff, cast):
    run = factories.run_decided_by("staff", capacity=1)
    first, second = apply_for(run, cast.learner), apply_for(run, cast.trainer)
    staff.get("/staff/applications")
    assert staff.submit("/staff/applications", application=[first.reference, second.reference], verdict="approve").status == 303
    shown = staff.follow()
    assert ["Place confirmed" in row for row in shown.texts("tbody tr")] == [True, False]
    assert "Position in line: 1" in shown.texts("tbody tr")[1]
    assert (state_of(first), state_of(second)) == ("confirmed", "waiting")
    assert staff.get("/staff/applications").all("#cases-caption") == []


def test_what_came_of_a_decision_can_be_loaded_again_and_nothing_is_decided_twice(staff, cast):
    run = factories.run_decided_by("staff")
    asked, own = apply_for(run, cast.learner), apply_for(run, cast.staff)
    staff.post("/staff/applications", {"application": [asked.reference, own.reference], "verdict": "approve"})
    address, mails = staff.page.location, len(mails_to(cast.learner))
    rows = staff.get(address).texts("tbody tr")
    assert [("Place confirmed" in row, "Not decided Somebody else decides" in row) for row in rows] == [(True, False), (False, True)]
    assert staff.get(address).texts("tbody tr") == rows
    assert len(mails_to(cast.learner)) == mails
    assert all("დადასტურებულია" in row or "სხვა" in row for row in staff.get(address.replace("/en/", "/ka/")).texts("tbody tr"))


def test_a_decision_that_was_undone_since_is_shown_as_it_stands(staff, cast):
    asked = apply_for(factories.run_decided_by("staff"), cast.learner)
    staff.post("/staff/applications", {"application": asked.reference, "verdict": "approve"})
    address = staff.page.location
    enrolment.undo_decision(asked, STAFF, by=cast.administrator.id, words="A mix-up.")
    commit()
    (row,) = staff.get(address).texts("tbody tr")
    assert "Application pending" in row


@pytest.mark.parametrize(
    "of", ["", "E-2346AC", "²", "x" * 500, "1 OR 1", ",", "E-2346AC:clash", ",".join(f"E-{number}" for number in range(101))]
)
def test_the_outcome_of_what_is_no_application_is_not_found(staff, of):
    assert staff.get("/staff/applications/decided", query_string={"of": of}).status == 404


def test_without_a_decision_the_page_of_outcomes_leads_to_the_queue(staff, telavi):
    assert staff.get("/staff/applications/decided").location.endswith("/en/staff/applications")
    assert telavi.get("/municipality/applications/decided").location.endswith("/en/municipality/applications")


def test_rejecting_needs_a_reason_and_keeps_what_was_ticked(staff, cast):
    asked = apply_for(factories.run_decided_by("staff"), cast.learner)
    staff.get("/staff/applications")
    shown = staff.submit("/staff/applications", application=[asked.reference], verdict="reject")
    assert (shown.status, shown.texts(".summary a")) == (422, ["Write the reason why you reject."])
    assert [box.get("value") for box in shown.all("input[name=application][checked]")] == [asked.reference]
    staff.submit("/staff/applications", application=[asked.reference], verdict="reject", reason="The group is complete.")
    shown = staff.follow()
    assert "Rejected" in shown.texts("tbody tr")[0]
    assert "The group is complete." in mails_to(cast.learner)[-1].body
    assert state_of(asked) == "rejected"


def test_choosing_nothing_is_said_and_the_reason_stays(staff, cast):
    apply_for(factories.run_decided_by("staff"), cast.learner)
    staff.get("/staff/applications")
    shown = staff.submit("/staff/applications", verdict="reject", reason="A typed reason.")
    assert (shown.status, shown.texts(".summary a")) == (422, ["Choose at least one application."])
    assert shown.all("#reason")[0].get("value") == "A typed reason."


def test_without_a_button_nothing_is_decided(staff, cast):
    asked = apply_for(factories.run_decided_by("staff"), cast.learner)
    assert staff.post("/staff/applications", {"application": asked.reference, "reason": "Enter was pressed."}).status == 422
    assert state_of(asked) == "applied"


def test_a_hundred_are_shown_and_decided_at_once_and_the_rest_on_the_next_page(staff, cast):
    run = factories.run_decided_by("staff", capacity=200)
    for person in officials(103):
        apply_for(run, person)
    first = staff.get("/staff/applications")
    following = staff.get(first.all(".pager a[rel=next]")[0].get("href"))
    assert (len(boxes(first)), len(boxes(following))) == (100, 3)
    assert not set(boxes(first)) & set(boxes(following))
    answer = staff.post("/staff/applications", {"application": boxes(first) + boxes(following), "verdict": "approve"})
    assert (answer.status, answer.texts(".summary a")) == (422, ["Decide on at most 100 applications at once; 103 are chosen."])
    staff.post("/staff/applications", {"application": boxes(first), "verdict": "approve"})
    decided = staff.follow()
    assert sum("Place confirmed" in row for row in decided.texts("tbody tr")) == 100
    assert len(boxes(staff.get("/staff/applications"))) == 3


def test_the_page_of_a_run_leads_to_its_own_applications(staff, cast):
    run, other = factories.run_decided_by("staff", code="RUN-X"), factories.run_decided_by("staff", code="RUN-Y")
    asked, _elsewhere = apply_for(run, cast.learner), apply_for(other, cast.trainer)
    link = next(link for link in staff.get("/staff/runs/RUN-X").all("aside a") if "Applications to decide: 1" in link.text_content())
    assert boxes(staff.get(link.get("href"))) == [asked.reference]
    assert staff.get("/staff/applications?run=NONE").status == 404


def test_what_a_colleague_decided_meanwhile_is_said(staff, cast):
    asked = apply_for(factories.run_decided_by("staff"), cast.learner)
    enrolment.decide(asked, STAFF, approve=True, by=cast.administrator.id)
    staff.post("/staff/applications", {"application": asked.reference, "verdict": "reject", "reason": "No."})
    shown = staff.follow()
    assert "decided or withdrawn meanwhile" in shown.texts("tbody tr")[0]
    assert state_of(asked) == "confirmed"


def test_nobody_is_offered_their_own_application(staff, cast):
    asked = apply_for(factories.run_decided_by("staff"), cast.staff)
    shown = staff.get("/staff/applications")
    assert boxes(shown) == []
    assert "Somebody else decides on your own application." in shown.text
    staff.post("/staff/applications", {"application": asked.reference, "verdict": "approve"})
    answer = staff.follow()
    assert "Somebody else decides" in answer.texts("tbody tr")[0]
    assert state_of(asked) == "applied"


def test_a_clash_is_named_to_the_staff(staff, cast):
    run = factories.run_decided_by("staff")
    asked = apply_for(run, cast.learner)
    other = factories.run(factories.course(title_en="Asset management"), starts_at=run.starts_at)
    enrolment.enrol(other.id, cast.learner.id, by=cast.learner.id)
    staff.post("/staff/applications", {"application": asked.reference, "verdict": "approve"})
    shown = staff.follow()
    assert "Another training at this time: Asset management" in shown.texts("tbody tr")[0]


def test_a_decision_is_undone_on_a_page_of_its_own_with_a_reason(staff, cast):
    asked = apply_for(factories.run_decided_by("staff"), cast.learner)
    enrolment.decide(asked, STAFF, approve=True, by=cast.administrator.id, words="Welcome.")
    (row,) = staff.get("/staff/applications").texts("#decided-caption ~ tbody tr")
    assert all(said in row for said in ("Approved", "Giga Japaridze", "Welcome.", "Undo"))
    staff.get(staff.page.all("#decided-caption ~ tbody a")[0].get("href"))
    assert staff.submit().status == 422
    assert staff.submit(reason="A mix-up.").location.endswith("/en/staff/applications")
    shown = staff.follow()
    assert boxes(shown) == [asked.reference]
    assert "Nino Abashidze" in shown.text
    assert kinds_to(cast.learner)[-1] == "decision_undone"


def test_undo_is_offered_only_where_it_would_work(staff, cast):
    run = factories.run_decided_by("staff")
    gone, stays = apply_for(run, cast.learner), apply_for(run, cast.trainer)
    for one in (gone, stays):
        enrolment.decide(one, STAFF, approve=True, by=cast.staff.id)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    shown = staff.get("/staff/applications")
    assert [link.get("href") for link in shown.all("#decided-caption ~ tbody a")] == [f"/en/staff/applications/{stays.reference}/undo"]
    assert staff.get(f"/staff/applications/{gone.reference}/undo").status == 303
    refused = staff.post(f"/staff/applications/{gone.reference}/undo", {"reason": "Why not."})
    assert (refused.status, "can no longer be undone" in refused.text) == (422, True)


def test_decisions_of_more_than_a_month_ago_are_not_listed(staff, cast):
    asked = apply_for(factories.run_decided_by("staff", starts_at=clock.now() + timedelta(days=90)), cast.learner)
    with clock.frozen(clock.now() - timedelta(days=31)):
        enrolment.decide(asked, STAFF, approve=True, by=cast.administrator.id)
    assert staff.get("/staff/applications").all("#decided-caption") == []


def test_the_employer_decides_first_and_the_staff_read_what_was_said(telavi, staff, cast):
    asked = apply_for(factories.run_decided_by("employer_then_staff"), cast.learner)
    assert boxes(staff.get("/staff/applications")) == []
    link = next(link for link in telavi.get("/municipality").all("main a") if "Applications to decide: 1" in link.text_content())
    telavi.get(link.get("href"))
    telavi.submit("/municipality/applications", application=[asked.reference], verdict="approve", reason="Needed here.")
    shown = telavi.follow()
    assert "The association decides next." in shown.texts("tbody tr")[0]
    assert "Needed here." in staff.get("/staff/applications").texts("#cases-caption ~ tbody tr")[0]
    assert kinds_to(cast.learner) == ["application_received"]


def test_what_the_staff_write_stays_between_them_and_the_person(telavi, cast):
    asked = apply_for(factories.run_decided_by("employer_then_staff"), cast.learner)
    enrolment.decide(asked, EMPLOYER, approve=True, by=cast.coordinator.id)
    enrolment.decide(asked, STAFF, approve=False, by=cast.staff.id, words="A reason of the staff.")
    for path in ("/municipality", "/municipality/applications"):
        assert "A reason of the staff." not in telavi.get(path).text


def test_no_byte_of_telavis_applications_reaches_kutaisi(app, cast):
    kutaisi = PageClient(app, "en").sign_in(cast.neighbour)
    run = factories.run_decided_by("employer_then_staff", code="RUN-X")
    asked, decided = apply_for(run, cast.learner), apply_for(run, cast.trainer)
    enrolment.decide(decided, EMPLOYER, approve=False, by=cast.coordinator.id, words="Secret of Telavi.")
    own = apply_for(run, cast.colleague)
    assert boxes(kutaisi.get("/municipality/applications")) == [own.reference]
    for path in (
        "/municipality",
        "/municipality/applications",
        "/municipality/applications?after=0",
        f"/municipality/applications?after={asked.id}",
    ):
        body = kutaisi.get(path).response.get_data(as_text=True)
        for secret in ("Abashidze", "Maisuradze", "აბაშიძე", "Secret of Telavi", asked.reference, decided.reference):
            assert secret not in body
    sent = {"application": [own.reference, asked.reference], "verdict": "reject", "reason": "Mine now."}
    assert kutaisi.post("/municipality/applications", sent).status == 404
    for one in (asked, decided):
        assert kutaisi.get(f"/municipality/applications/{one.reference}/undo").status == 404
        assert kutaisi.get(f"/municipality/applications/decided?of={own.reference},{one.reference}").status == 404
        assert kutaisi.post(f"/municipality/applications/{one.reference}/undo", {"reason": "Mine."}).status == 404
    assert (state_of(asked), state_of(own), state_of(decided)) == ("applied", "applied", "rejected")


@pytest.mark.parametrize(
    ("who", "path"), [("learner", path) for path in QUEUES.values()] + [("coordinator", QUEUES["staff"]), ("staff", QUEUES["coordinator"])]
)
def test_others_do_not_enter(app, cast, who, path):
    page = PageClient(app).sign_in(getattr(cast, who))
    assert page.get(path).status == 403
    assert page.get(path + "/decided?of=E-2346AC").status == 403
    assert page.post(path, {"application": "E-2346AC", "verdict": "approve"}).status == 403


@pytest.mark.parametrize("reference", ["E-2346AC", "²", "x" * 500, "1 OR 1"])
def test_what_is_no_application_is_not_found(staff, cast, reference):
    assert staff.post("/staff/applications", {"application": reference, "verdict": "approve"}).status == 404
    assert staff.get("/staff/applications?after=" + reference).status == 200


def test_the_page_in_georgian_names_the_queue(app, cast):
    page = PageClient(app).sign_in(cast.staff)
    apply_for(factories.run_decided_by("staff"), cast.learner)
    assert page.get("/staff/applications").h1 == "განაცხადები"


def test_many_applications_take_as_many_statements_as_few(staff, telavi, cast):
    def statements_of(page, path, stage, number):
        run = factories.run_decided_by("staff" if stage == STAFF else "employer_then_staff", {"telavi": 5})
        asked = [apply_for(run, person) for person in officials(number)]
        enrolment.decide(asked[0], stage, approve=False, by=cast.administrator.id, words="No.")
        with counting() as statements:
            page.get(path)
        return len(statements)

    # signed in · queue · applications · seats (4) · places · decisions · regions · decided · their decisions (2) · enrolled anew · names
    assert statements_of(staff, "/staff/applications", STAFF, 3) == statements_of(staff, "/staff/applications", STAFF, 25)
    path = "/municipality/applications"
    assert statements_of(telavi, path, EMPLOYER, 3) == statements_of(telavi, path, EMPLOYER, 25)


def test_an_employer_does_not_decide_on_somebody_who_has_left(telavi, cast):
    """The application goes on to the staff when its time is over."""
    asked = apply_for(factories.run_decided_by("employer_then_staff"), cast.learner)
    (post,) = people.posts_of(cast.learner.id)
    post.ends_on = clock.today() - timedelta(days=1)
    assert boxes(telavi.get("/municipality/applications")) == []
    sent = {"application": [asked.reference], "verdict": "reject", "reason": "No."}
    assert telavi.post("/municipality/applications", sent).status == 404
    assert telavi.get(f"/municipality/applications/{asked.reference}/undo").status == 404
    assert state_of(asked) == "applied"
