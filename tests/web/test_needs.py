"""Needs on the page: a coordinator posts them for the own municipality, staff pool them and make runs; the plan of a year and its files."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from portal import journeys, needs
from portal.courses.models import CourseRun, RunInvitation, RunQuota
from portal.foundation import clock
from portal.foundation.database import db
from portal.needs.models import NeedRun, NeedState, TrainingBudget, TrainingNeed
from tests import factories
from tests.needs.scenes import need, quarter
from tests.page_client import PageClient
from tests.statements import counting

OWN, NEW, STAFF = "/municipality/needs", "/municipality/needs/new", "/staff/needs"


@pytest.fixture
def telavi(app, cast):
    return PageClient(app, "en").sign_in(cast.coordinator)


@pytest.fixture
def staff(app, cast):
    return PageClient(app, "en").sign_in(cast.staff)


@pytest.fixture
def version(cast):
    return factories.course(title_en="Legal drafting")


def code_of(one):
    return f"{one.year}-{one.number}"


def typed(version, **changes):
    return {"course_id": version.course_id, "people": "6", "quarter": code_of(quarter()), "cost": "1 250,50"} | changes


def rows(page, table_id):
    return [[" ".join(cell.text_content().split()) for cell in row] for row in page.all(f"[aria-labelledby={table_id}-caption] tbody tr")]


def number_of(table):
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_coordinator_posts_a_need_and_reads_it_in_the_list(telavi, cast, version):
    shown = telavi.get(NEW)
    assert shown.all("#contact")[0].get("value") == "Maia Kapanadze"
    assert not shown.all("[name=municipality_id]")
    posted = telavi.submit(**typed(version))
    assert (posted.status, posted.location) == (303, f"/en/municipality/needs?year={quarter().year}")
    (row,) = rows(telavi.follow(), "needs")
    assert row[0].startswith("Legal drafting")
    assert row[2:] == ["Any mode", "6", "Not planned yet", "1,250.5 ₾"]
    found = db.session.scalars(sa.select(TrainingNeed)).one()
    assert (found.starts_on, found.ends_on, found.cost) == (quarter().first, quarter().last, Decimal("1250.5"))


def test_a_need_in_own_words_for_days_of_ones_own(telavi, version):
    telavi.get(NEW)
    first = quarter().first + timedelta(days=9)
    days = {"starts_on": f"{first:%d.%m.%Y}", "ends_on": f"{first + timedelta(days=20):%d.%m.%Y}", "quarter": ""}
    words = {"course_id": "", "topic_id": version.course.topic_id, "subject": "ელექტრონული არქივი"}
    assert telavi.submit(**typed(version, **words, **days, categories=["civil_servant", "other"])).status == 303
    found = db.session.scalars(sa.select(TrainingNeed)).one()
    assert (found.subject, found.starts_on, found.categories) == ("ელექტრონული არქივი", first, ["civil_servant", "other"])


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"course_id": ""}, "course_id", "one of the two"),
        ({"people": "many"}, "people", "whole number from 1 to 500"),
        ({"quarter": ""}, "starts_on", "or choose a quarter"),
        ({"quarter": "1999-9"}, "quarter", "from the list"),
        ({"starts_on": "01.02.2091", "ends_on": "02.02.2091"}, "quarter", "one of the two"),
        ({"quarter": "", "starts_on": "02.02.2091", "ends_on": "01.02.2091"}, "ends_on", "ends before it begins"),
        ({"quarter": "", "starts_on": "02.02.2021", "ends_on": "03.03.2021"}, "ends_on", "over already"),
        ({"cost": "a lot"}, "cost", "must be a number"),
        ({"contact": ""}, "contact", "required"),
        ({"form": "post"}, "form", "from the list"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(telavi, version, changes, field, words):
    telavi.get(NEW)
    refused = telavi.post(NEW, typed(version, form="any", contact="მაია", note="შენიშვნა") | changes)
    assert refused.status == 422
    assert refused.all(".summary a")[0].get("href") == f"#{field}"
    assert words in " ".join(refused.texts(".summary li"))
    assert refused.texts("#note") == ["შენიშვნა"]
    assert number_of(TrainingNeed) == 0


def test_an_open_need_is_changed_and_withdrawn(telavi, cast, version):
    one = need(cast.coordinator, course_id=version.course_id)
    shown = telavi.get(f"{OWN}/{one.id}")
    assert [option.get("value") for option in shown.all("#quarter option[selected]")] == [code_of(quarter())]
    assert telavi.submit(people="9").status == 303
    assert needs.get_need(one.id).need.people == 9
    telavi.get(f"{OWN}/{one.id}/withdraw")
    assert telavi.submit().status == 303
    assert rows(telavi.follow(), "needs")[0][4] == "Withdrawn"
    assert telavi.get(f"{OWN}/{one.id}").all("main form") == []
    assert telavi.get(f"{OWN}/{one.id}/withdraw").status == 200
    telavi.submit()
    assert "Withdrawn" in telavi.follow().text


def test_a_need_that_staff_planned_meanwhile_is_not_changed(telavi, cast, version):
    one = need(cast.coordinator, course_id=version.course_id)
    telavi.get(f"{OWN}/{one.id}/withdraw")
    make(cast, version, one)
    assert telavi.submit().status == 303
    assert "not open any more" in telavi.follow().text
    assert needs.get_need(one.id).state == NeedState.PLANNED


def test_a_neighbour_finds_nothing_of_it(app, cast, version):
    one = need(cast.coordinator, course_id=version.course_id, subject="", note="საიდუმლო შენიშვნა")
    neighbour = PageClient(app, "en").sign_in(cast.neighbour)
    for path in (f"{OWN}/{one.id}", f"{OWN}/{one.id}/withdraw", "/municipality/plan?of=telavi", "/municipality/plan.csv?of=telavi"):
        assert neighbour.get(path).status == 404
    assert neighbour.post(f"{OWN}/{one.id}/withdraw").status == 404
    assert neighbour.post(f"{OWN}/{one.id}", typed(version)).status == 404
    assert neighbour.post("/municipality/plan?of=telavi", {"amount": "5"}).status == 404
    for path in (f"{OWN}?year={quarter().year}", f"/municipality/plan?year={quarter().year}"):
        assert "Legal drafting" not in neighbour.get(path).text
    for path in (STAFF, f"{STAFF}/groups", f"{STAFF}/run?need={one.id}", f"{STAFF}/plan/telavi"):
        assert neighbour.get(path).status == 403
    assert needs.get_need(one.id).state == NeedState.OPEN


def test_a_coordinator_of_two_says_for_which_and_only_for_these(app, cast, version):
    factories.grant(cast.coordinator, "coordinator", municipality="gurjaani")
    both = PageClient(app, "en").sign_in(cast.coordinator)
    shown = both.get(NEW)
    assert len(shown.all("#municipality_id option")) == 2
    kutaisi, gurjaani = factories.municipality("kutaisi").id, factories.municipality("gurjaani").id
    assert both.submit(**typed(version, municipality_id=kutaisi)).status == 422
    assert both.submit(**typed(version, municipality_id=gurjaani)).status == 303
    assert db.session.scalars(sa.select(TrainingNeed.municipality_id)).all() == [gurjaani]


def make(cast, version, *wanted, **changes):
    asked = {"form": "online", "venue_id": None, "capacity": 20, "by": cast.staff.id} | changes
    return journeys.make_run_of_needs([one.id for one in wanted], version.course, **asked)


def kakheti(cast, version):
    """Neighbours in Kakheti, and one in Imereti who is none."""
    return [
        need(cast.coordinator, course_id=version.course_id, people=3),
        need(cast.coordinator, "gurjaani", course_id=version.course_id, people=4),
        need(cast.coordinator, "mtskheta", course_id=version.course_id, people=2),
        need(cast.neighbour, "kutaisi", course_id=version.course_id, people=3),
    ]


def test_staff_see_needs_by_topic_course_and_region_with_the_whole_demand(staff, cast, version):
    kakheti(cast, version)
    need(cast.coordinator, topic_id=version.course.topic_id, subject="ელექტრონული არქივი", people=2)
    waits = factories.run(version, capacity=0, starts_at=clock.now() + timedelta(days=1))
    factories.enrolment(waits, cast.learner, "waiting")
    year = quarter().year
    shown = staff.get(f"{STAFF}?year={year}")
    number = f"by-region-{version.course_id}-{version.course.topic_id}"
    assert rows(shown, number) == [
        ["Imereti", "3", "1"],
        ["Kakheti", "7", "2"],
        ["Mtskheta-Mtianeti", "2", "1"],
        ["All together", "12", "4"],
    ]
    assert "ელექტრონული არქივი" in shown.text
    waiting = "1" if waits.starts_at.astimezone(clock.TBILISI).year == year else "–"
    assert rows(shown, "demand") == [["Legal drafting", "12", "–", waiting, "13" if waiting == "1" else "12"]]
    region = factories.municipality("kutaisi").region_id
    assert rows(staff.get(f"{STAFF}?year={year}&region={region}"), number) == [["Imereti", "3", "1"]]
    topic = version.course.topic.slug
    chip = [link.text_content() for link in staff.get(f"{STAFF}?year={year}&topic={topic}").all("a[aria-current=true]")]
    assert chip == [str(year), "All", version.course.topic.name_en]
    assert "No open needs" in staff.get(f"{STAFF}?year=2091").text
    assert staff.get(f"{STAFF}?year=zz&region=x&topic=x").status == 200


def test_staff_tick_a_proposed_group_and_make_a_draft_run_of_it(staff, cast, version):
    version.minimum_group = 8
    asked = kakheti(cast, version)
    shown = staff.get(f"{STAFF}/groups?course={version.course.slug}")
    assert shown.texts("[aria-labelledby=group-1-caption] label") == ["Telavi", "Gurjaani", "Mtskheta"]
    assert shown.texts("[aria-labelledby=group-2-caption] label") == ["Kutaisi"]
    assert "Too small: 3 of 8" in shown.text
    ticked = [box.get("value") for box in shown.all("[aria-labelledby=group-1-caption] input")]
    assert ticked == [str(one.id) for one in asked[:3]]
    path = f"{STAFF}/run?need={ticked[0]}&need={ticked[1]}"
    shown = staff.get(path)
    assert shown.all("#capacity")[0].get("value") == "8"
    assert [option.get("value") for option in shown.all("#course_id option[selected]")] == [str(version.course_id)]
    refused = staff.post(path, {"course_id": version.course_id, "form": "in_person", "venue_id": "", "capacity": "8"})
    assert (refused.status, [link.get("href") for link in refused.all(".summary a")]) == (422, ["#venue_id"])
    made = staff.post(path, {"course_id": version.course_id, "form": "online", "venue_id": "", "capacity": "8"})
    run = db.session.scalars(sa.select(CourseRun)).one()
    assert (made.status, made.location) == (303, f"/en/staff/runs/{run.code}")
    assert "as a draft" in staff.follow().text
    assert sorted(db.session.scalars(sa.select(RunQuota.places))) == [3, 4]
    assert number_of(RunInvitation) == number_of(NeedRun) == 2
    assert rows(staff.get(f"{STAFF}?year={quarter().year}"), "made")[0][2:] == ["7", "Draft"]
    assert len(staff.get(f"{STAFF}/groups?course={version.course.slug}").all("input[name=need]")) == 2


def test_who_comes_second_is_told(staff, cast, version):
    one = need(cast.coordinator, course_id=version.course_id)
    path = f"{STAFF}/run?need={one.id}"
    staff.get(path)
    make(cast, version, one, by=cast.administrator.id)
    late = staff.post(path, {"course_id": version.course_id, "form": "online", "capacity": "8"})
    assert (late.status, number_of(CourseRun)) == (422, 1)
    assert "not open any more" in late.texts(".summary li")[0]


@pytest.mark.parametrize("query", ["need=99999999", "need=x", "need=", "need=-1"])
def test_needs_that_are_not_there_are_not_found(staff, query):
    assert staff.get(f"{STAFF}/run?{query}").status == 404
    assert staff.get(f"{STAFF}/groups?course=none").status == 404
    assert staff.get(f"{STAFF}/groups?topic=none").status == 404
    assert staff.get(f"{STAFF}/99999999/decline").status == 404
    assert staff.get(f"{STAFF}/plan/nowhere").status == 404


def test_nothing_ticked_leads_back(staff):
    assert staff.get(f"{STAFF}/run").location == "/en/staff/needs"


def test_a_need_whose_period_is_over_is_pooled_with_nobody(staff, cast, version):
    one = need(cast.coordinator, course_id=version.course_id)
    one.starts_on, one.ends_on = clock.today() - timedelta(days=60), clock.today() - timedelta(days=1)
    shown = staff.get(f"{STAFF}/groups?course={version.course.slug}")
    assert (len(rows(shown, "over")), shown.all("input[name=need]")) == (1, [])


def test_staff_decline_with_words_which_the_coordinator_reads(staff, telavi, cast, version):
    one = need(cast.coordinator, course_id=version.course_id)
    staff.get(f"{STAFF}/{one.id}/decline")
    assert staff.submit(words="").status == 422
    assert staff.submit(words="ტრენერი არ გვყავს").status == 303
    shown = telavi.get(f"{OWN}?year={quarter().year}")
    assert "ტრენერი არ გვყავს" in shown.text
    assert rows(shown, "needs")[0][4].startswith("Declined")
    late = staff.post(f"{STAFF}/{one.id}/decline", {"words": "ისევ"})
    assert (late.status, "not open any more" in late.text) == (422, True)


@pytest.mark.parametrize("path", [STAFF, "groups", OWN, "/municipality/plan"])
def test_many_needs_take_as_many_statements_as_few(staff, telavi, cast, version, path):
    def statements():
        browser = telavi if path.startswith("/municipality") else staff
        address = f"{STAFF}/groups?course={version.course.slug}" if path == "groups" else f"{path}?year={quarter().year}"
        browser.get(address)
        with counting() as found:
            assert browser.get(address).status == 200
        return len(found)

    make(cast, version, need(cast.coordinator, course_id=version.course_id))
    need(cast.coordinator, course_id=version.course_id, people=2)
    few = statements()
    for people in range(3, 9):
        need(cast.coordinator, course_id=version.course_id, people=people)
        need(cast.neighbour, "kutaisi", course_id=factories.course().course_id, people=people)
        make(cast, version, need(cast.coordinator, course_id=version.course_id, people=people + 20))
    assert statements() == few


PLAN = "/municipality/plan"


@pytest.fixture
def year(cast, version):
    """This year of Telavi: a need with a cost, and a run with places kept for it, both today."""
    today = clock.today()
    need(cast.coordinator, topic_id=version.course.topic_id, subject="=არქივი", cost=Decimal(1500), starts_on=today, ends_on=today)
    coming = factories.run(version, starts_at=clock.now(), state="running", days=1)
    factories.place_rules(coming, {"telavi": 4}, quotas_end_at=coming.starts_at - timedelta(days=1))
    factories.enrolment(coming, cast.learner)
    return coming.starts_at.astimezone(clock.TBILISI).year


def test_the_plan_shows_what_is_planned_and_compares_the_money_once_it_is_entered(telavi, version, year):
    shown = telavi.get(f"{PLAN}?year={year}")
    assert rows(shown, "plan-needs")[0][0] == "=არქივი"
    assert rows(shown, "plan-coming")[0][3:] == ["4", "1"]
    assert "Not entered" in shown.text
    assert "1 %" not in shown.text
    refused = telavi.submit(amount="plenty")
    assert (refused.status, [link.get("href") for link in refused.all(".summary a")]) == (422, ["#amount"])
    assert telavi.submit(amount="1000").status == 303
    shown = telavi.follow()
    assert "more than the money planned" in shown.text
    assert [" ".join(words.split()) for words in shown.texts("dd")][-1] == "\N{MINUS SIGN}500 ₾"
    telavi.submit(amount="2000")
    telavi.follow()
    assert db.session.scalars(sa.select(TrainingBudget.amount)).all() == [Decimal(2000)]


def test_the_plan_is_taken_along_as_a_table_without_formulas(telavi, staff, year):
    for browser, path in ((telavi, PLAN), (staff, f"{STAFF}/plan/telavi")):
        text = browser.get(f"{path}.csv?year={year}").response.data.decode("utf-8-sig")
        assert "Needs;'=არქივი;" in text
        book = browser.get(f"{path}.xlsx?year={year}").response
        assert f"plan-telavi-{year}.xlsx" in book.headers["Content-Disposition"]
        table = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
        assert (table[1][1], table[1][-1], table[2][6:8]) == ("=არქივი", 1500.0, [4.0, 1.0])
        assert table[-1][0] == "All together"


def test_staff_read_the_plan_of_any_municipality(staff, year):
    shown = staff.get(f"{STAFF}/plan/telavi?year={year}")
    assert rows(shown, "plan-coming")[0][3:] == ["4", "1"]
    assert shown.all("main form") == []
    assert "Nothing is planned" in staff.get(f"{STAFF}/plan/kutaisi?year={year}").text
