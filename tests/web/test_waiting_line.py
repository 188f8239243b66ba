"""What somebody learns of the waiting list: where they stand and why, what is kept for whom, who decides; and what everybody sees of that."""

from datetime import date, timedelta

import pytest

from portal import courses, enrolment, journeys
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.freshness import Freshness
from portal.foundation.transaction import commit
from portal.web.page_cache import PageCache
from tests import factories
from tests.page_client import PageClient
from tests.statements import counting

MINE = ("/runs/RUN-L", "/runs/RUN-L/enrolment")


@pytest.fixture
def run(cast):
    return factories.run(code="RUN-L", capacity=5)


@pytest.fixture
def english(app, cast):
    return PageClient(app, "en").sign_in(cast.learner)


@pytest.fixture
def visitor(app):
    return PageClient(app, "en")


def somebody(code):
    return factories.person_with_account("გელა", "გელაძე", municipality=code)


def enrol(run, *people):
    for person in people:
        enrolment.enrol(run.id, person.id, by=person.id)


@pytest.mark.parametrize("path", MINE)
def test_a_used_quota_is_the_reason_and_the_person_sees_it(english, cast, run, path):
    factories.place_rules(run, {"telavi": 2, "gurjaani": 3})
    enrol(run, somebody("telavi"), somebody("telavi"), somebody("telavi"), cast.learner)
    shown = english.get(path)
    for words in (
        "Your position in the waiting list: 2",
        "The places of your municipality are taken.",
        "Your municipality: 2 of 2 places used.",
        "In front of you waits 1 person of the same quota.",
        "3 free places are kept by quotas",
    ):
        assert words in shown.text
    assert shown.all("main a[href$='/en/waiting-list']")


def test_places_kept_for_others_are_the_reason(english, cast, run):
    factories.place_rules(run, {"gurjaani": 5})
    enrol(run, cast.learner)
    for path in (*MINE, "/my"):
        assert "The free places are kept for other municipalities until" in english.get(path).text
    assert "Your municipality has no quota in this training." in english.get(MINE[0]).text


def test_a_quota_of_the_region_is_named_as_that(english, cast, run):
    region_id = factories.municipality("telavi").region_id
    quotas = (courses.QuotaValues(region_id=region_id, places=1),)
    ends = run.starts_at - timedelta(days=1)
    journeys.change_place_rules(run, courses.PlaceRuleValues(quotas=quotas, quotas_end_at=ends), by=cast.staff.id)
    enrol(run, somebody("gurjaani"), cast.learner)
    shown = english.get(MINE[0])
    assert "The places of your region are taken." in shown.text
    assert "Your region: 1 of 1 places used." in shown.text


def test_after_the_release_nothing_is_said_of_kept_places(english, visitor, cast, run):
    factories.place_rules(run, {"gurjaani": 5}, quotas_end_at=clock.now() + timedelta(hours=1))
    enrol(run, cast.learner)
    assert "5 of them are kept" in visitor.get(MINE[0]).text
    with clock.frozen(clock.now() + timedelta(hours=2)):
        journeys.release_quotas(run.id)
    assert english.get(MINE[1]).h1 == "You have a place"
    assert "kept" not in visitor.get(MINE[0]).texts(".panel")[0]


@pytest.mark.parametrize("path", MINE)
def test_without_quotas_it_is_the_time_and_offers_are_told_with_their_hours(english, cast, run, path):
    factories.place_rules(run, freed_places="offered", offer_hours=30)
    run.capacity = 0
    enrol(run, cast.colleague, cast.learner)
    shown = english.get(path)
    assert "Your position in the waiting list: 2" in shown.text
    assert "in the order of registration" in shown.text
    assert "You then have 30 hours to take it." in shown.text
    assert "quota" not in shown.texts("main")[0]


def test_a_qualification_that_falls_due_is_a_reason(english, cast, run):
    run.capacity = 0
    enrol(run, cast.colleague, cast.learner)
    factories.due_course(run, cast.learner, date(2027, 3, 1), name_en="Public procurement")
    shown = english.get(MINE[0])
    assert "Your position in the waiting list: 1" in shown.text
    assert "Counts first: “Public procurement” should be held by 1 March 2027." in shown.text


def test_my_training_explains_many_lists_in_as_many_statements_as_one(english, cast):
    def waits_in(code):
        run = factories.run(code=code, capacity=3, starts_at=clock.now() + timedelta(days=20 + 3 * len(code)))
        factories.place_rules(run, {"gurjaani": 3})
        enrol(run, cast.learner)
        commit()

    waits_in("A")
    english.get("/my")
    with counting() as one:
        english.get("/my")
    for code in ("BB", "CCC"):
        waits_in(code)
    with counting() as three:
        english.get("/my")
    assert len(three) == len(one)


def test_the_button_says_what_it_does_for_this_person(app, cast, run):
    factories.place_rules(run, {"telavi": 1, "gurjaani": 4})
    enrol(run, somebody("telavi"))
    own = PageClient(app, "en").sign_in(cast.learner).get(MINE[0])
    assert own.form("/enrol").cssselect("button")[0].text_content() == "Join the waiting list"
    assert "The places of your municipality or region are taken, though others are free." in own.text
    other = PageClient(app, "en").sign_in(somebody("gurjaani")).get(MINE[0])
    assert other.form("/enrol").cssselect("button")[0].text_content() == "Enrol"
    neighbour = PageClient(app, "en").sign_in(cast.colleague).get(MINE[0])
    assert neighbour.form("/enrol").cssselect("button")[0].text_content() == "Join the waiting list"
    assert "The free places are kept for other municipalities until" in neighbour.text


def test_what_the_button_says_is_what_comes_of_it(app, cast, run):
    factories.place_rules(run, {"telavi": 1, "gurjaani": 3})
    enrol(run, somebody("telavi"), somebody("telavi"), somebody("kutaisi"), somebody("kutaisi"))
    for person in (cast.learner, cast.colleague, somebody("gurjaani"), somebody("gurjaani")):
        page = PageClient(app, "en").sign_in(person)
        words = page.get(MINE[0]).form("/enrol").cssselect("button")[0].text_content()
        page.submit("/enrol")
        assert page.follow().h1 == {"Enrol": "You have a place", "Join the waiting list": "You are on the waiting list"}[words]


def test_where_somebody_decides_one_applies(english, visitor, cast, run):
    factories.place_rules(run, decided_by="staff", decision_days=4)
    assert "Sign in to apply" in visitor.get(MINE[0]).texts(".panel a.button")
    shown = english.get(MINE[0])
    assert "The association decides on each application within 4 days." in shown.text
    assert shown.form("/enrol").cssselect("button")[0].text_content() == "Apply"
    english.submit("/enrol")
    assert english.follow().h1 == "Your application waits for a decision"
    assert "Withdraw the application" in english.get(MINE[0]).text
    assert english.get("/runs/RUN-L/withdraw").h1 == "Withdraw the application?"
    english.submit("/withdraw")
    assert english.follow().h1 == "You have withdrawn your application"


def test_few_invited_are_named_and_many_are_counted(english, visitor, cast, run):
    factories.place_rules(run, invited=("gurjaani", "kutaisi"))
    shown = visitor.get(MINE[0])
    assert "Gurjaani" in shown.text
    assert "Kutaisi" in shown.text
    assert shown.all(".facts details") == []
    assert "This training is for the municipalities that are invited to it." in english.get(MINE[0]).text
    assert english.post("/runs/RUN-L/enrol").status == 422
    factories.place_rules(run, invited=("gurjaani", "kutaisi", "telavi", "lagodekhi", "kvareli", "sighnaghi", "akhmeta"))
    assert visitor.get(MINE[0]).texts(".facts details summary") == ["7 municipalities"]


def test_the_catalogue_marks_what_is_for_some_only(visitor, run):
    assert "For invited municipalities" not in visitor.get("/courses").text
    factories.place_rules(run, invited=("gurjaani",))
    assert "For invited municipalities" in visitor.get("/courses").text


def test_no_name_of_anybody_else_stands_on_the_pages_of_the_waiting(english, visitor, cast, run):
    factories.place_rules(run, {"telavi": 1, "gurjaani": 4})
    enrol(run, somebody("telavi"), somebody("telavi"), cast.colleague, cast.learner)
    for page, path in ((english, MINE[0]), (english, MINE[1]), (english, "/my"), (visitor, MINE[0])):
        html = page.get(path).response.get_data(as_text=True)
        for words in ("გელაძე", "Geladze", "ლომიძე", "Lomidze"):
            assert words not in html


def test_a_page_that_is_kept_for_visitors_follows_the_rules(app, run, cast):
    freshness = Freshness(db.engine)
    app.wsgi_app, plain = PageCache(app.wsgi_app, freshness, app.config["SESSION_COOKIE_NAME"]), app.wsgi_app
    try:
        visitor = PageClient(app, "en")
        assert "kept" not in visitor.get(MINE[0]).texts(".panel")[0]
        factories.place_rules(run, {"telavi": 2}, quotas_end_at=clock.now() + timedelta(hours=1))
        assert "2 of them are kept" in visitor.get(MINE[0]).texts(".panel")[0]
        enrol(run, cast.learner)
        assert "1 of them is kept" in visitor.get(MINE[0]).texts(".panel")[0]
        with clock.frozen(clock.now() + timedelta(hours=2)):
            journeys.release_quotas(run.id)
        assert "kept" not in visitor.get(MINE[0]).texts(".panel")[0]
    finally:
        app.wsgi_app = plain
        freshness.close()


def test_the_published_rule_is_open_to_everybody(visitor):
    shown = visitor.get("/waiting-list")
    assert shown.h1 == "How places are given"
    assert len(shown.all("main ol li")) == 3
