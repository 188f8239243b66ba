"""A coordinator's people and nominations; nothing of another municipality."""

from datetime import date, timedelta

import pytest

from portal import enrolment
from portal.foundation import clock
from portal.people.models import Post, Role, RoleGrant
from tests import factories
from tests.enrolment.mailbox import kinds_to
from tests.page_client import PageClient
from tests.statements import counting


@pytest.fixture
def telavi(app, cast):
    return PageClient(app, "en").sign_in(cast.coordinator)


@pytest.fixture
def kutaisi(app, cast):
    return PageClient(app).sign_in(cast.neighbour)


@pytest.fixture
def run(cast):
    return factories.run(code="RUN-X")


def officials(number, municipality="telavi"):
    return [factories.official(f"სახელი{index}", "გვარი", municipality=municipality) for index in range(number)]


def rows(page):
    return [row.split(" ")[0] for row in page.texts("tbody th")]


def test_the_coordinator_sees_their_own_people_in_georgian_order(telavi):
    shown = telavi.get("/municipality")
    assert shown.h1 == "Telavi Municipality"
    assert rows(shown) == ["Abashidze", "Beridze", "Kapanadze", "Maisuradze", "Tsereteli", "Japaridze"]


def test_no_byte_of_telavis_people_reaches_the_coordinator_of_kutaisi(kutaisi, cast, run):
    enrolment.enrol(run.id, cast.learner.id, by=cast.learner.id)
    place = enrolment.find_live_enrolment(run.id, cast.learner.id)
    paths = [
        "/municipality",
        "/municipality?q=აბაშ",
        "/municipality?q=nin",
        f"/municipality?after={cast.learner.id}",
        f"/municipality?before={cast.learner.id}",
        "/municipality/nominate/RUN-X",
        "/municipality/nominate/RUN-X?q=აბაშ",
        "/runs/RUN-X",
    ]
    for path in paths:
        body = kutaisi.get(path).response.get_data(as_text=True)
        for secret in ("აბაშიძე", "Abashidze", "nino@portal.test", place.reference):
            assert secret not in body


def test_nominating_a_neighbours_person_is_not_found_and_changes_nothing(kutaisi, cast, run):
    answer = kutaisi.post("/municipality/nominate/RUN-X", {"person": [str(cast.colleague.id), str(cast.learner.id)]})
    assert answer.status == 404
    assert enrolment.places_of([run.id])[run.id].taken == 0
    assert "აბაშიძე" not in answer.text


def test_somebody_who_left_is_no_longer_of_the_municipality(telavi, cast, run):
    held = factories.db.session.query(Post).filter_by(person_id=cast.learner.id).one()
    held.ends_on = clock.today() - timedelta(days=1)
    assert "Abashidze" not in telavi.get("/municipality").text
    assert telavi.post("/municipality/nominate/RUN-X", {"person": str(cast.learner.id)}).status == 404


def test_what_somebody_did_in_another_municipality_stays_there(telavi, cast, run):
    mover = factories.person("ია", "აბულაძე")
    factories.post(mover, "kutaisi")
    run.version.title_en = "Secret of Kutaisi"
    enrolment.enrol(run.id, mover.id, by=mover.id)
    factories.db.session.query(Post).filter_by(person_id=mover.id).one().ends_on = date(2025, 1, 1)
    factories.post(mover, "telavi")
    shown = telavi.get("/municipality")
    assert "Abuladze" in shown.text
    assert "Secret of Kutaisi" not in shown.texts("#members-caption ~ tbody")[0]


def test_of_somebody_with_two_posts_each_municipality_sees_its_own_trainings_only(app, telavi, cast):
    kutaisi = PageClient(app, "en").sign_in(cast.neighbour)
    both = factories.person("ია", "აბულაძე")
    factories.post(both, "telavi")
    run = factories.run(code="RUN-Y")
    done_there = factories.run(factories.course(title_en="Secret of Kutaisi"), starts_at=run.starts_at)
    factories.enrolment(done_there, both, municipality_id=factories.municipality("kutaisi").id)
    factories.post(both, "kutaisi")
    for coordinator, sees in ((telavi, False), (kutaisi, True)):
        listed = coordinator.get("/municipality").texts("#members-caption ~ tbody")[0]
        assert ("Abuladze" in listed, "Secret of Kutaisi" in listed) == (True, sees)
        offered = coordinator.get("/municipality/nominate/RUN-Y").texts("tbody")[0]
        assert ("at this time" in offered, "Secret of Kutaisi" in offered) == (True, sees)
        answer = coordinator.post("/municipality/nominate/RUN-Y", {"person": str(both.id), "form_key": f"once-{sees}"})
        assert ("at this time" in answer.text, "Secret of Kutaisi" in answer.text) == (True, sees)


def test_somebody_with_two_posts_is_nominated_with_the_one_here(telavi, cast, run):
    factories.post(cast.learner, "batumi", "political_official")
    telavi.get("/municipality/nominate/RUN-X")
    telavi.submit(None, person=[str(cast.learner.id)])
    assert enrolment.find_live_enrolment(run.id, cast.learner.id).municipality.code == "telavi"
    assert run.version.title_en in telavi.get("/municipality").texts("#members-caption ~ tbody")[0]


@pytest.mark.parametrize(("first", "last", "there"), [(-400, -1, False), (-400, 0, True), (0, None, True), (1, None, False)])
def test_somebody_is_of_the_municipality_on_the_days_of_the_post_and_no_others(telavi, run, first, last, there):
    someone = factories.person("ია", "აბულაძე")
    held = factories.post(someone, "telavi")
    held.starts_on = clock.today() + timedelta(days=first)
    held.ends_on = None if last is None else clock.today() + timedelta(days=last)
    for path in ("/municipality", "/municipality?q=Abul", "/municipality/nominate/RUN-X"):
        assert ("Abuladze" in telavi.get(path).text) == there
    answer = telavi.post("/municipality/nominate/RUN-X", {"person": str(someone.id), "form_key": "once"})
    assert answer.status == (200 if there else 404)


@pytest.mark.parametrize(("first", "last", "enters"), [(-400, -1, False), (-400, 0, True), (0, None, True), (1, None, False)])
def test_a_coordinator_is_one_on_the_days_of_the_role_and_no_others(telavi, cast, run, first, last, enters):
    grant = factories.db.session.query(RoleGrant).filter_by(person_id=cast.coordinator.id).one()
    grant.starts_on = clock.today() + timedelta(days=first)
    grant.ends_on = None if last is None else clock.today() + timedelta(days=last)
    for path in ("/municipality", "/municipality/nominate/RUN-X"):
        assert telavi.get(path).status == (200 if enters else 403)
    assert telavi.post("/municipality/nominate/RUN-X", {"person": str(cast.learner.id), "form_key": "once"}).status == (
        200 if enters else 403
    )


def test_who_changes_municipality_as_a_coordinator_leaves_the_old_people_behind(telavi, cast, run):
    grant = factories.db.session.query(RoleGrant).filter_by(person_id=cast.coordinator.id).one()
    grant.ends_on = clock.today() - timedelta(days=1)
    factories.grant(cast.coordinator, Role.COORDINATOR, municipality="kutaisi")
    shown = telavi.get("/municipality")
    assert "Abashidze" not in shown.text
    assert "Dolidze" in shown.text
    assert telavi.post("/municipality/nominate/RUN-X", {"person": str(cast.learner.id)}).status == 404


def test_trainings_to_come_and_done_stand_beside_each_person(telavi, cast):
    coming = factories.run(factories.course(title_en="To come"), code="SOON")
    done = factories.run(factories.course(title_en="Done"), starts_at=clock.now() - timedelta(days=30), state="completed")
    factories.enrolment(coming, cast.learner)
    factories.enrolment(done, cast.learner, "completed")
    row = next(text for text in telavi.get("/municipality").texts("#members-caption ~ tbody tr") if "Abashidze" in text)
    assert "To come" in row
    assert "Done" in row


@pytest.mark.parametrize("search", ["აბაშ", "abashidze", "nino", "Nino Abashidze", "abaSiZe"])
def test_people_are_found_by_either_spelling(telavi, search):
    found = rows(telavi.get("/municipality?q=" + search))
    assert found == ["Abashidze"]


def test_a_name_that_nobody_has_leads_back_to_everybody(telavi):
    shown = telavi.get("/municipality?q=zzzz")
    assert shown.all(".empty a")[-1].get("href") == "/en/municipality"


def test_many_people_come_in_pages_that_miss_nobody(telavi, cast):
    officials(50)
    seen, pages, path = [], 0, "/municipality"
    while path:
        shown = telavi.get(path)
        seen += shown.texts("tbody th")
        pages += 1
        older = shown.all(".pager a[rel=next]")
        path = older[0].get("href") if older else None
    assert pages == 3
    assert len(seen) == len(set(seen)) == 50 + 6  # and those of the cast who work in Telavi
    back = telavi.get(telavi.page.all(".pager a[rel=prev]")[0].get("href"))
    assert back.texts("tbody th") == seen[20:40]
    first = telavi.get(back.all(".pager a[rel=prev]")[0].get("href"))
    assert first.texts("tbody th") == seen[:20]
    assert first.all(".pager a[rel=prev]") == []


def test_runs_that_are_open_lead_to_the_nomination(telavi, run):
    factories.run(code="CLOSED", state="closed")
    links = [link.get("href") for link in telavi.get("/municipality").all(".runs a")]
    assert links == ["/en/municipality/nominate/RUN-X"]


def test_nominating_says_what_became_of_each(telavi, cast):
    run = factories.run(factories.course(target_categories=["civil_servant"]), code="RUN-Y", capacity=1)
    first, second = officials(2)
    telavi.get("/municipality/nominate/RUN-Y")
    assert f'value="{cast.learner.id}"' in telavi.page.response.get_data(as_text=True)
    outcome = telavi.submit(None, person=[str(first.id), str(second.id)])
    assert outcome.status == 200
    results = outcome.texts("tbody tr")
    assert "Place confirmed" in results[0]
    assert "Position in line: 1" in results[1]
    assert kinds_to(first) == []  # no address
    assert enrolment.places_of([run.id])[run.id] == enrolment.Places(capacity=1, taken=1, waiting=1)


def test_a_nomination_sent_twice_shows_the_same_and_mails_once(telavi, cast, run):
    telavi.get("/municipality/nominate/RUN-X")
    first = telavi.submit(None, person=[str(cast.learner.id)])
    sent = {"person": str(cast.learner.id), "form_key": ""}
    assert first.status == 200
    again = telavi.post("/municipality/nominate/RUN-X", sent)
    assert "Already enrolled" in again.text
    assert kinds_to(cast.learner) == ["nominated"]


def test_who_is_enrolled_and_who_cannot_be_is_shown_with_the_reason(telavi, cast):
    run = factories.run(factories.course(target_categories=["civil_servant"]), code="RUN-Y")
    member = factories.person("ია", "აბულაძე")
    factories.post(member, category="sakrebulo_member")
    busy, *_ = officials(1)
    other = factories.run(factories.course(title_en="Asset management"), starts_at=run.starts_at)
    factories.enrolment(other, busy)
    factories.enrolment(run, cast.learner, "waiting")
    shown = telavi.get("/municipality/nominate/RUN-Y")
    by_name = {row.split(" ")[0]: row for row in shown.texts("tbody tr")}
    assert "On the waiting list" in by_name["Abashidze"]
    assert "other positions" in by_name["Abuladze"]
    assert "Asset management" in by_name["Gvari"]
    boxes = {box.get("value") for box in shown.all("input[name=person]")}
    assert not boxes & {str(cast.learner.id), str(member.id), str(busy.id)}


def test_choosing_nobody_is_said_and_saves_nothing(telavi, run):
    telavi.get("/municipality/nominate/RUN-X")
    shown = telavi.submit()
    assert shown.status == 422
    assert shown.all("[data-error-summary] a")[0].get("href") == "#people"


def test_more_than_a_hundred_at_once_are_refused_and_those_shown_stay_ticked(telavi, run):
    people = officials(101)
    shown = telavi.post("/municipality/nominate/RUN-X", {"person": [str(one.id) for one in people]})
    assert (shown.status, shown.texts(".summary a")) == (422, ["Nominate at most 100 people at once; 101 are chosen."])
    offered, ticked = ({box.get("value") for box in shown.all(f"input[name=person]{state}")} for state in ("", "[checked]"))
    assert ticked == offered & {str(one.id) for one in people} != set()
    assert enrolment.places_of([run.id])[run.id].taken == 0


@pytest.mark.parametrize("person", ["²", "٣", "-1", "9" * 40, "x", "\x00", "1 OR 1"])
def test_what_is_no_person_is_refused(telavi, run, person):
    assert telavi.post("/municipality/nominate/RUN-X", {"person": person}).status in {404, 422}
    assert telavi.get("/municipality?after=" + person.replace("\x00", "")).status == 200


def test_a_closed_run_takes_no_nominations(telavi, cast, run):
    run.state = "closed"
    assert telavi.get("/municipality/nominate/RUN-X").all("main form[method=post] button") == []
    outcome = telavi.post("/municipality/nominate/RUN-X", {"person": str(cast.learner.id)})
    assert "deadline has passed" in outcome.text
    assert enrolment.places_of([run.id])[run.id].taken == 0


@pytest.mark.parametrize("who", ["learner", "trainer", "staff"])
def test_only_coordinators_enter(app, cast, who, run):
    page = PageClient(app).sign_in(getattr(cast, who))
    assert page.get("/municipality").status == 403
    assert page.get("/municipality/nominate/RUN-X").status == 403
    assert page.post("/municipality/nominate/RUN-X", {"person": "1"}).status == 403


def test_the_pages_take_as_many_statements_for_many_as_for_few(telavi, cast, run):
    def statements_of(path, number):
        for someone in officials(number):
            factories.enrolment(factories.run(), someone)
        with counting() as statements:
            telavi.get(path)
        return len(statements)

    # signed in · people · open runs · their places · and quotas · lists · municipalities · enrolments · attendance (2) · applications · recognition
    assert statements_of("/municipality", 2) == statements_of("/municipality", 30) == 12
    # signed in · run · list · people · who is enrolled · posts · clashes · who is invited · which of them may be named · places · quotas
    assert statements_of("/municipality/nominate/RUN-X", 1) == statements_of("/municipality/nominate/RUN-X", 10) == 11
