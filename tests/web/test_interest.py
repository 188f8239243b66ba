"""Hearing when a course runs again: asked for on the page of the course, taken back there or under My training; counted for staff."""

import pytest

from portal import courses, enrolment
from portal.foundation.transaction import writing
from tests import factories
from tests.enrolment.mailbox import kinds_to
from tests.page_client import PageClient

HEADING = "Hear when this course runs again"


@pytest.fixture
def version(cast):
    return factories.course(title_en="Legal drafting")


@pytest.fixture
def path(version):
    return f"/courses/{version.course.slug}"


@pytest.fixture
def mine(app, cast):
    return PageClient(app, "en").sign_in(cast.learner)


@pytest.fixture
def staff(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


def asked(version, *people):
    with writing():
        for person in people:
            enrolment.express_interest(version, person.id, by=person.id)


def table(shown, table_id="demand"):
    return [[cell.text_content() for cell in row] for row in shown.all(f"[aria-labelledby={table_id}-caption] tbody tr")]


def test_a_visitor_is_led_to_sign_in_and_back_to_the_course(page, version, path):
    page.language = "en"
    shown = page.get(path)
    assert HEADING in shown.texts("h3")
    (link,) = shown.all("section.panel a")
    assert link.get("href") == f"/en/sign-in?next=/en{path}"
    assert not shown.all("section.panel form")


def test_somebody_asks_sees_that_they_did_and_takes_it_back(mine, version, path):
    shown = mine.get(path)
    assert "we write to you once; then it is over" in shown.text
    assert mine.submit(f"/en{path}/interest").status == 303
    shown = mine.follow()
    assert "Noted." in shown.text
    assert "You asked for it on this day" in shown.text
    assert enrolment.demand_by_course() == {version.course_id: 1}
    assert mine.submit(f"/en{path}/interest/withdraw").status == 303
    assert "Taken back." in mine.follow().text
    assert enrolment.demand_by_course() == {}


def test_the_panel_is_not_there_while_a_run_has_free_places(page, mine, version, path):
    factories.run(version)
    for browser in (page, mine):
        browser.language = "en"
        assert HEADING not in browser.get(path).text


@pytest.mark.parametrize("values", [{"capacity": 0}, {"state": "closed"}])
def test_the_panel_is_there_while_all_runs_are_full_or_closed(page, mine, version, path, values):
    factories.run(version, **values)
    for browser in (page, mine):
        browser.language = "en"
        assert HEADING in browser.get(path).texts("h3")


def test_a_run_for_invited_municipalities_stands_in_the_way_of_theirs_only(app, page, mine, cast, version, path):
    factories.place_rules(factories.run(version), invited=("kutaisi",))
    page.language = "en"
    assert HEADING in page.get(path).texts("h3")
    assert HEADING in mine.get(path).texts("h3")
    mine.submit(f"/en{path}/interest")
    assert enrolment.demand_by_course() == {version.course_id: 1}
    invited = factories.person_with_account("გელა", "გელაძე", municipality="kutaisi")
    assert HEADING not in PageClient(app, "en").sign_in(invited).get(path).texts("h3")


def test_whoever_asked_sees_it_even_when_a_place_became_free(mine, cast, version, path):
    asked(version, cast.learner)
    factories.run(version)
    assert "You asked for it on this day" in mine.get(path).text


def test_whoever_has_a_place_to_come_is_not_offered_it(mine, cast, version, path):
    asked(version, cast.learner)
    factories.enrolment(factories.run(version, state="closed"), cast.learner)
    assert HEADING not in mine.get(path).text


def test_whoever_the_course_is_not_for_is_told_so_and_cannot_ask(mine, version, path):
    version.target_categories = ["sakrebulo_member"]
    shown = mine.get(path)
    assert "This training is not meant for your position." in shown.text
    assert not shown.all(f"form[action='/en{path}/interest']")


def test_whoever_has_no_post_is_led_to_add_one(app, version, path):
    version.target_categories = ["sakrebulo_member"]
    newcomer = PageClient(app, "en").sign_in(factories.person_with_account(municipality=None))
    assert newcomer.get(path).all("section.panel a")[0].get("href") == "/en/my/profile/post/new"


def test_a_form_of_yesterday_leads_to_the_run_that_is_there_today(mine, version, path):
    mine.get(path)
    factories.run(version)
    assert mine.submit(f"/en{path}/interest").status == 303
    assert "A training of this course has free places." in mine.follow().text
    assert enrolment.demand_by_course() == {}


def test_a_course_that_visitors_do_not_see_cannot_be_asked_for_but_a_wish_for_it_can_be_taken_back(mine, cast, version, path):
    asked(version, cast.learner)
    with writing():
        courses.unpublish_course(courses.get_course(version.course.slug), by=cast.staff.id)
    assert mine.post(f"{path}/interest").status == 404
    shown = mine.get("/my")
    assert table(shown, "interests")[0][0] == "Legal drafting"
    assert not shown.all("[aria-labelledby=interests-caption] a")
    assert mine.submit(f"/en{path}/interest/withdraw").location == "/en/my"
    assert enrolment.demand_by_course() == {}


def test_a_wish_of_somebody_else_is_not_there_to_be_taken_back(mine, cast, version, path):
    asked(version, cast.colleague)
    assert mine.post(f"{path}/interest/withdraw").status == 404
    assert mine.post("/courses/no-such-course/interest/withdraw").status == 404
    assert enrolment.demand_by_course() == {version.course_id: 1}


def test_forms_without_a_token_change_nothing(mine, cast, version, path):
    assert mine.post(f"{path}/interest", csrf=False).status == 400
    asked(version, cast.learner)
    assert mine.post(f"{path}/interest/withdraw", csrf=False).status == 400
    assert enrolment.demand_by_course() == {version.course_id: 1}


def test_my_training_lists_the_courses_and_takes_a_wish_back_there(mine, cast, version, path):
    asked(version, cast.learner)
    shown = mine.get("/my")
    assert shown.all("[aria-labelledby=interests-caption] a")[0].get("href") == f"/en{path}"
    assert mine.submit(f"/en{path}/interest/withdraw").location == "/en/my"
    assert "Legal drafting" not in mine.follow().text


@pytest.mark.parametrize("values", [{"capacity": 0}, {"state": "closed"}, {"state": "completed"}, {"state": "cancelled"}])
def test_a_run_that_takes_nobody_leads_to_the_course(page, version, path, values):
    page.language = "en"
    run = factories.run(version, **values)
    links = {link.text_content(): link.get("href") for link in page.get(f"/runs/{run.code}").all("main a")}
    assert links["See the other dates, or ask to hear when the course runs again"] == f"/en{path}"


def test_a_run_with_free_places_leads_nobody_away(page, version):
    page.language = "en"
    assert "ask to hear" not in page.get(f"/runs/{factories.run(version).code}").text


def test_staff_publish_a_run_and_read_how_many_are_told(staff, cast, version):
    asked(version, cast.learner, cast.colleague)
    run = factories.run(version, state="draft")
    staff.get(f"/staff/runs/{run.code}")
    staff.submit(f"/en/staff/runs/{run.code}/publish")
    assert "2 people who wanted to hear of this course get a message." in staff.follow().text
    assert kinds_to(cast.learner) == kinds_to(cast.colleague) == ["course_runs_again"]


def test_a_run_that_nobody_waited_for_is_published_without_a_word_of_it(staff, version):
    run = factories.run(version, state="draft")
    staff.get(f"/staff/runs/{run.code}")
    staff.submit(f"/en/staff/runs/{run.code}/publish")
    shown = staff.follow().text
    assert "Published." in shown
    assert "wanted to hear" not in shown


def test_staff_see_the_demand_where_they_plan_and_no_names(staff, cast, version, path):
    asked(version, cast.learner, cast.colleague, factories.person_with_account(municipality="zestaponi"))
    shown = staff.get(f"/staff{path}")
    assert table(shown) == [["Imereti", "2"], ["Kakheti", "1"], ["All together", "3"]]
    assert [row[0::4] for row in table(staff.get("/staff/courses"), "table")] == [["Legal drafting", "3"]]
    assert table(staff.get(f"/staff/runs/new?course={version.course.slug}")) == table(shown)
    refused = staff.submit(capacity="none")
    assert (refused.status, table(refused)) == (422, table(shown))
    for page in (shown, refused):
        assert cast.learner.family_name_latin not in page.text
        assert not page.all("[aria-labelledby=demand-caption] a")


def test_a_course_that_nobody_asked_for_says_so(staff, version, path):
    assert "Nobody has asked to hear when this course runs again." in staff.get(f"/staff{path}").text
    assert table(staff.get("/staff/courses"), "table")[0][4] == "–"
    for query in ("", f"?course={version.course.slug}"):
        assert not table(staff.get(f"/staff/runs/new{query}"))


def test_a_coordinator_of_another_municipality_sees_nothing_of_it(app, page, cast, version, path):
    asked(version, cast.learner)
    neighbour = PageClient(app, "en").sign_in(cast.neighbour)
    visitor = page.get(path)
    for address in (path, "/municipality", "/my"):
        shown = neighbour.get(address).text
        for words in (cast.learner.family_name_latin, cast.learner.family_name_ka, "Kakheti", "You asked for it"):
            assert words not in shown
    assert "1" not in visitor.all("section.panel")[0].text_content()
    assert neighbour.get(f"/staff{path}").status == 403
