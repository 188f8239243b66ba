"""The page on which staff say how a run gives its places, and what the run's page shows of it."""

from datetime import date, timedelta

import pytest

from portal import courses, enrolment, municipalities
from portal.enrolment.models import EnrolmentState
from portal.foundation.transaction import commit
from portal.web.courses import staff_run_people
from tests import factories
from tests.page_client import PageClient
from tests.statements import counting


@pytest.fixture
def run(cast):
    return factories.run(code="RUN-Q", capacity=10)


@pytest.fixture
def staff(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


def quota_field(code):
    return f"municipality-{factories.municipality(code).id}"


def region_field(code):
    return f"region-{factories.municipality(code).region_id}"


def _before(run):
    return f"{run.starts_at - timedelta(days=3):%d.%m.%Y} 18:00"


def waits(run, code, number=1):
    made = [factories.person_with_account("გელა", f"გელაძე{code}{one}", municipality=code) for one in range(number)]
    return [enrolment.enrol(run.id, person.id, by=person.id) for person in made]


def test_the_form_shows_every_municipality_by_region_with_its_quota_and_what_it_uses(staff, run):
    waits(run, "telavi", 2)
    shown = staff.get("/staff/runs/RUN-Q/places")
    assert len(shown.all("details.quotas")) == len({one.region_id for one in municipalities.municipalities_in_order()})
    assert len(shown.all("details.quotas input[type=checkbox]")) == 64
    assert len(shown.all("details.quotas input[type=text]")) == 64 + len(shown.all("details.quotas"))
    assert "Kakheti (8) · Places used: 2" in shown.text
    assert shown.all("details.quotas[open]") == []


def test_what_is_saved_is_the_rule_and_stands_in_the_form_and_on_the_page_of_the_run(staff, cast, run):
    staff.get("/staff/runs/RUN-Q/places")
    answer = staff.submit(
        None,
        invited_only="invited",
        invited_ids=[str(factories.municipality("telavi").id), str(factories.municipality("gurjaani").id)],
        quotas_end_at=_before(run),
        decided_by="employer_then_staff",
        decision_days="7",
        freed_places="offered",
        offer_hours="24",
        **{quota_field("telavi"): "3", region_field("telavi"): "5"},
    )
    assert answer.status == 303
    rules = courses.place_rules_of(courses.get_run("RUN-Q"))
    assert (rules.decided_by, rules.decision_days, rules.freed_places, rules.offer_hours) == ("employer_then_staff", 7, "offered", 24)
    assert {(quota.municipality_id, quota.region_id, quota.places) for quota in rules.quotas} == {
        (factories.municipality("telavi").id, None, 3),
        (None, factories.municipality("telavi").region_id, 5),
    }
    assert rules.invited_only
    shown = staff.follow()
    assert "Telavi, Gurjaani" in shown.text or "Gurjaani, Telavi" in shown.text
    assert "The employer, then the association" in shown.text
    assert ["Telavi", "3", "0", "3"] in [row.split() for row in shown.texts("#quotas-caption ~ tbody tr")]
    again = staff.get("/staff/runs/RUN-Q/places")
    assert again.form().fields[quota_field("telavi")] == "3"
    assert len(again.all("details.quotas[open]")) == 1


def test_more_places_by_a_change_go_to_those_who_wait(staff, run):
    factories.place_rules(run, {"gurjaani": 10})
    (one,) = waits(run, "telavi")
    assert one.state == EnrolmentState.WAITING
    staff.get("/staff/runs/RUN-Q/places")
    staff.submit(None, **{quota_field("gurjaani"): ""})
    assert "1 person from the waiting list got a place or an offer." in staff.follow().text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"telavi": "zz"}, "“Telavi” must be a whole number from 1 to 2000."),
        ({"telavi": "11"}, "The quotas are 11 places together; the training has 10."),
        ({"telavi": "1"}, "“Telavi” has or keeps 2 places already. The quota cannot be lower."),
        ({"gurjaani": "9"}, "2 places are given and 9 more are kept by quotas. That is more than the capacity."),
    ],
)
def test_a_refusal_stands_at_the_quotas_and_keeps_what_was_typed(staff, run, typed, words):
    waits(run, "telavi", 2)
    staff.get("/staff/runs/RUN-Q/places")
    values = {quota_field(code): number for code, number in typed.items()}
    shown = staff.submit(None, quotas_end_at=_before(run), offer_hours="77", **values)
    assert shown.status == 422
    assert words in shown.texts(".summary li")[0]
    assert any(words in said for said in shown.texts(".wrong"))
    assert shown.form().fields["offer_hours"] == "77"
    assert all(shown.form().fields[name] == number for name, number in values.items())
    assert courses.place_rules_of(courses.get_run("RUN-Q")).quotas == ()


def test_quotas_need_an_end_and_invitations_somebody_invited(staff, run):
    staff.get("/staff/runs/RUN-Q/places")
    shown = staff.submit(None, invited_only="invited", **{quota_field("telavi"): "2"})
    assert shown.status == 422
    assert len(shown.texts(".summary li")) == 3
    assert "“Telavi” has a quota, but is not invited." in shown.text
    assert "Say when places that were not used go to everybody." in shown.text


def test_a_region_whose_quota_is_too_small_is_named(staff, run):
    waits(run, "gurjaani", 2)
    staff.get("/staff/runs/RUN-Q/places")
    shown = staff.submit(None, quotas_end_at=_before(run), **{quota_field("telavi"): "2", region_field("telavi"): "3"})
    assert shown.status == 422
    assert shown.texts(".summary li") == ["“Kakheti: the whole region” has or keeps 4 places already. The quota cannot be lower."]


def test_a_run_that_is_over_keeps_its_rules(staff, cast):
    factories.run(code="OVER", state="completed")
    staff.get("/staff/runs/OVER/places")
    assert staff.submit(None, decision_days="9").status == 422
    assert staff.get("/staff/runs/OVER").all("a[href$='/places']") == []


def test_the_waiting_list_shows_what_put_each_in_their_place(staff, cast, run):
    factories.place_rules(run, {"telavi": 1, "gurjaani": 8})
    waits(run, "telavi", 2)
    waits(run, "kutaisi", 2)
    shown = staff.get("/staff/runs/RUN-Q")
    assert shown.texts("#waiting-caption ~ thead th") == [
        "Name",
        "Place in line",
        "Municipality",
        "Quota used",
        "Waiting since",
        "Why not now",
    ]
    rows = shown.texts("#waiting-caption ~ tbody tr")
    assert "1 of 1unused: 0%" in rows[0] + rows[1]
    assert any("The quota is used up" in row for row in rows)
    assert any("The places left are kept for others" in row for row in rows)


def test_a_qualification_that_falls_due_has_a_column(staff, cast, run):
    run.capacity = 0
    waits(run, "telavi")
    assert "Counts first" not in staff.get("/staff/runs/RUN-Q").text
    waiting = enrolment.waiting_list(run.id)[0].person
    factories.due_course(run, waiting, date(2027, 3, 1), name_en="Public procurement")
    shown = staff.get("/staff/runs/RUN-Q")
    assert "Counts first" in shown.text
    assert "“Public procurement” should be held by 1 March 2027" in shown.text


def test_a_long_line_shows_its_first_and_says_how_many_more(staff, cast, run, monkeypatch):
    run.capacity = 0
    waits(run, "telavi", 4)
    monkeypatch.setattr(staff_run_people, "MOST_SHOWN", 3)
    shown = staff.get("/staff/runs/RUN-Q")
    assert len(shown.all("#waiting-caption ~ tbody tr")) == 3
    assert "1 more person waits behind these." in shown.text


def test_a_long_line_costs_no_more_statements_than_a_short_one(staff, cast, run):
    factories.place_rules(run, {"telavi": 1, "gurjaani": 8})
    waits(run, "telavi", 2)
    waits(run, "kutaisi", 2)
    staff.get("/staff/runs/RUN-Q")
    with counting() as few:
        staff.get("/staff/runs/RUN-Q")
    waits(run, "telavi", 12)
    commit()
    with counting() as many:
        staff.get("/staff/runs/RUN-Q")
    assert len(many) == len(few)


def test_staff_see_who_is_offered_a_place_until_when_and_how_many_have_applied(staff, cast, run):
    ends = run.enrolment_closes_at
    factories.enrolment(run, cast.learner, state="offered", offer_ends_at=ends)
    factories.enrolment(run, cast.colleague, state="applied", stage="staff", decide_by=ends)
    shown = staff.get("/staff/runs/RUN-Q")
    assert "Abashidze" in shown.texts("#offered-caption ~ tbody tr")[0]
    assert "1 application waits for a decision." in shown.text
