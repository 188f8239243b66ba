"""A coordinator sees the runs that invite the municipality, what of its quota is used and left, until when, and who will have to wait."""

from datetime import datetime, timedelta

import pytest

from portal import courses, enrolment
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.people.models import Role
from tests import factories
from tests.enrolment.mailbox import kinds_to
from tests.page_client import PageClient
from tests.statements import counting


@pytest.fixture
def telavi(app, cast):
    return PageClient(app, "en").sign_in(cast.coordinator)


def codes(page):
    return [link.get("href").rpartition("/")[2] for link in page.all(".runs a")]


def facts(page):
    return dict(zip(page.texts(".facts dt"), page.texts(".facts dd"), strict=True))


def listed(page, run, *people):
    ids = {factories.municipality("telavi").id}
    enrolment.add_to_list(run.id, enrolment.own_posts_of(ids, [one.id for one in people]), by=people[0].id)


@pytest.mark.parametrize("path", ["/municipality", "/municipality/runs"])
def test_runs_open_to_all_or_inviting_the_municipality_are_listed_and_no_others(telavi, path):
    factories.run(code="ALL")
    factories.place_rules(factories.run(code="OURS"), invited=("telavi", "kutaisi"))
    factories.place_rules(factories.run(code="THEIRS"), invited=("kutaisi",))
    factories.run(code="CLOSED", state="closed")
    assert codes(telavi.get(path)) == ["ALL", "OURS"]


@pytest.mark.parametrize("path", ["/municipality", "/municipality/runs"])
def test_each_run_says_the_deadline_and_what_of_the_quota_is_used_and_left_until_when(telavi, cast, path):
    run = factories.run(code="RUN-X", starts_at=datetime(2030, 12, 14, 10, tzinfo=clock.TBILISI))
    factories.place_rules(run, {"telavi": 5, "kutaisi": 2})
    factories.enrolment(run, cast.learner)
    factories.enrolment(run, factories.official())
    (row,) = telavi.get(path).texts(".runs li")
    for words in (
        "Registration deadline: 11 December 2030, 10:00",
        "Quota: used 2, left 3",
        "Unused places go to everybody: 13 December 2030, 10:00",
    ):
        assert words in row


def test_without_a_quota_of_ours_it_says_what_no_quota_keeps(telavi):
    factories.place_rules(factories.run(code="RUN-X", capacity=10), {"kutaisi": 4})
    (row,) = telavi.get("/municipality").texts(".runs li")
    assert "Places for everybody: 6" in row


def test_the_quota_of_the_region_leaves_out_what_another_municipality_keeps(telavi, cast):
    run = factories.run(code="RUN-X", capacity=10)
    region = factories.municipality("telavi").region_id
    quotas = (
        courses.QuotaValues(region_id=region, places=5),
        courses.QuotaValues(municipality_id=factories.municipality("gurjaani").id, places=2),
    )
    courses.set_place_rules(run, courses.PlaceRuleValues(quotas=quotas, quotas_end_at=run.starts_at - timedelta(days=1)), by=None)
    factories.enrolment(run, cast.learner)
    assert "Quota of the region: used 1, left 2" in telavi.get("/municipality").texts(".runs li")[0]
    assert facts(telavi.get("/municipality/nominate/RUN-X"))["Quota of the region"] == "used 1, left 2"


def test_released_quotas_are_not_spoken_of(telavi):
    run = factories.run(code="RUN-X")
    factories.place_rules(run, {"telavi": 5})
    run.quotas_released_at = clock.now()
    assert "uota" not in telavi.get("/municipality").texts(".runs li")[0]
    assert "Quota" not in facts(telavi.get("/municipality/nominate/RUN-X"))


def test_a_coordinator_of_two_municipalities_sees_both_shares_with_their_names(telavi, cast):
    factories.grant(cast.coordinator, Role.COORDINATOR, municipality="gurjaani")
    factories.place_rules(factories.run(code="RUN-X"), {"telavi": 5, "gurjaani": 1})
    (row,) = telavi.get("/municipality").texts(".runs li")
    assert ("Quota, Telavi: used 0, left 5" in row, "Quota, Gurjaani: used 0, left 1" in row) == (True, True)


def test_more_than_eight_runs_are_a_page_away(telavi):
    made = [factories.run(code=f"RUN-{number:02}", starts_at=clock.now() + timedelta(days=20 + number)).code for number in range(25)]
    shown = telavi.get("/municipality")
    assert codes(shown) == made[:8]
    assert shown.all("a[href='/en/municipality/runs']")
    first = telavi.get("/municipality/runs")
    second = telavi.get(first.all(".pager a[rel=next]")[0].get("href"))
    assert codes(first) + codes(second) == made
    assert codes(telavi.get(second.all(".pager a[rel=prev]")[0].get("href"))) == made[:20]


def test_eight_runs_need_no_other_page(telavi):
    for _number in range(8):
        factories.run()
    assert not telavi.get("/municipality").all("a[href='/en/municipality/runs']")


@pytest.mark.parametrize("wrong", ["after=x", "before=99999999999999999-1", "after=1-1&before=1-1"])
def test_an_address_that_names_no_place_still_shows_the_list(telavi, wrong):
    assert telavi.get(f"/municipality/runs?{wrong}").status == 200


def test_no_run_at_all_is_said(telavi):
    assert "No training is open for registration" in telavi.get("/municipality/runs").text


def test_a_run_that_does_not_invite_the_municipality_says_so_and_takes_none_of_its_people(telavi, cast):
    run = factories.run(code="RUN-X")
    factories.place_rules(run, invited=("kutaisi",))
    shown = telavi.get("/municipality/nominate/RUN-X")
    assert "Your municipality is not among them." in shown.text
    assert shown.all("main form[method=post]") == shown.all("input[name=person]") == []
    answer = telavi.post("/municipality/nominate/RUN-X", {"person": str(cast.learner.id), "form_key": "once"})
    assert "The municipality is not invited" in answer.text
    listing = telavi.post("/municipality/nominate/RUN-X/list", {"person": str(cast.learner.id)})
    assert (listing.status, "for the municipalities that are invited" in listing.text) == (422, True)
    assert "Nobody can be nominated for this training now." in telavi.get("/municipality/nominate/RUN-X/import").text
    assert enrolment.places_of([run.id])[run.id].taken == 0
    assert enrolment.nominees_of(run.id, [factories.municipality("telavi").id]) == []


def test_before_registration_opens_no_list_is_made_where_nobody_is_invited(telavi, cast):
    run = factories.run(code="RUN-X", enrolment_opens_at=clock.now() + timedelta(days=1))
    factories.place_rules(run, invited=("kutaisi",))
    assert telavi.post("/municipality/nominate/RUN-X/list", {"person": str(cast.learner.id)}).status == 422


def test_the_panel_says_the_quota_when_it_ends_and_who_decides(telavi, cast):
    run = factories.run(code="RUN-X", starts_at=datetime(2030, 12, 14, 10, tzinfo=clock.TBILISI))
    factories.place_rules(run, {"telavi": 2}, decided_by="staff")
    factories.enrolment(run, cast.learner)
    shown = facts(telavi.get("/municipality/nominate/RUN-X"))
    assert shown["Quota"] == "used 1, left 1"
    assert shown["Unused places go to everybody"] == "13 December 2030, 10:00"
    assert shown["Who decides"] == "The association"


def test_who_has_to_wait_because_the_quota_is_used_is_told_before_sending(telavi, cast):
    run = factories.run(code="RUN-X", capacity=10)
    factories.place_rules(run, {"telavi": 2})
    people = [factories.official(f"ია{number}") for number in range(3)]
    listed(telavi, run, *people)
    assert "so many go to the waiting list: 1" in telavi.get("/municipality/nominate/RUN-X").text
    assert facts(telavi.get("/municipality/nominate/RUN-X/send"))["Of these to the waiting list, as things stand"] == "1"
    telavi.submit("/send")
    places = enrolment.places_of([run.id])[run.id]
    assert (places.taken, places.waiting) == (2, 1)
    assert "whoever you nominate goes to the waiting list" in telavi.get("/municipality/nominate/RUN-X").text


def test_where_all_get_a_place_nothing_is_said_of_waiting(telavi, cast):
    run = factories.run(code="RUN-X")
    listed(telavi, run, cast.learner)
    for path in ("/municipality/nominate/RUN-X", "/municipality/nominate/RUN-X/send"):
        assert "to the waiting list" not in telavi.get(path).text.replace("place on the waiting list", "").replace(
            "on the waiting list", ""
        )


def test_where_the_association_decides_nobody_is_said_to_wait(telavi, cast):
    run = factories.run(code="RUN-X", capacity=1)
    factories.place_rules(run, decided_by="staff")
    listed(telavi, run, cast.learner, factories.official())
    shown = telavi.get("/municipality/nominate/RUN-X/send")
    assert "The association decides on each of them." in shown.text
    assert "Of these to the waiting list, as things stand" not in facts(shown)


def test_runs_with_quotas_cost_as_many_statements_for_many_as_for_few(telavi, cast):
    def statements_of(path, number):
        for _number in range(number):
            factories.place_rules(factories.run(), {"telavi": 2, "kutaisi": 1}, invited=("telavi", "kutaisi"))
        commit()
        with counting() as statements:
            telavi.get(path)
        return len(statements)

    assert statements_of("/municipality", 1) == statements_of("/municipality", 7) == 15
    assert statements_of("/municipality/runs", 1) == statements_of("/municipality/runs", 10) == 8


@pytest.mark.parametrize("who", ["learner", "trainer", "staff"])
def test_only_coordinators_enter(app, cast, who):
    assert PageClient(app).sign_in(getattr(cast, who)).get("/municipality/runs").status == 403


def test_nobody_is_mailed_by_looking(telavi, cast):
    factories.run()
    telavi.get("/municipality/runs")
    assert kinds_to(cast.learner) == []
