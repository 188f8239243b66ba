"""The pages of a goal: figures, the picture with its table, the municipalities, and who is missing; for coordinators their own people only."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from portal import qualifications
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.qualifications.models import QualificationAward
from tests import factories
from tests.qualifications.timelines import course
from tests.statements import counting

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_june():
    with clock.frozen(NOW):
        yield


def servant(given, family, code="telavi"):
    person = factories.person(given, family)
    factories.post(person, code, "public_contract")
    return person


@pytest.fixture
def goal(cast):
    """Seven of ten civil servants shall hold it by the end of the year: of five in Telavi two do, of two in Kutaisi both."""
    row = qualifications.create_qualification(
        qualifications.QualificationValues(name_ka="საჯარო შესყიდვები", name_en="Public procurement"), by=cast.staff.id
    )
    rule = qualifications.RuleValues(effective_on=date(2020, 1, 1), requirement=course(1), categories=("public_contract",))
    version = qualifications.publish_rule(row.id, rule, by=cast.staff.id)
    with factories.together():
        people = [servant("გიორგი", f"ბერიძე{letter}") for letter in "აბგდე"]
        people += [servant("ნათია", f"ქობალია{letter}", code="kutaisi") for letter in "აბ"]
    for person in (*people[:2], *people[5:]):
        factories.add(
            QualificationAward(
                person_id=person.id, qualification_id=row.id, version_id=version.id, awarded_on=date(2026, 3, 1),
                expires_on=date(2026, 10, 1), renews=False, since=date.min, sources=[], recorded_at=NOW,
            )
        )  # fmt: skip
    telavi = factories.municipality("telavi").id
    values = qualifications.GoalValues(percent=70, starts_on=date(2026, 1, 1), due_on=date(2026, 12, 31), shares={telavi: 40})
    made = qualifications.set_goal(row.id, values, by=cast.staff.id)
    commit()
    return made


def facts(seen) -> dict[str, str]:
    return dict(zip(seen.texts("dl dt"), seen.texts("dl dd"), strict=True))


def table(seen, name: str) -> list[list[str]]:
    (found,) = (one for one in seen.all("table") if one.find("caption").get("id") == f"{name}-caption")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found.cssselect("tbody tr")]


def file(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig")), delimiter=";"))


def test_staff_see_the_share_the_line_the_forecast_and_each_municipality(page, cast, goal):
    seen = page.sign_in(cast.staff).get(f"/en/staff/goals/{goal.id}")
    assert facts(seen) == {
        "Goal": "70% by 31 December 2026",
        "On the straight line today": "31%",
        "Forecast at the pace of six months": "100%",
        "Holders still needed": "1",
        "Ends before the day unless renewed": "4",
    }
    assert seen.texts(".meter b") == ["57% (4 / 7)"]
    rows = {name: rest for name, *rest in table(seen, "municipalities")}
    assert rows["Telavi"] == ["5", "2", "40%", "40%", "Goal reached"]
    assert rows["Kutaisi"] == ["2", "2", "100%", "70%", "Goal reached"]


def test_what_the_picture_draws_stands_in_words_and_in_a_table(page, cast, goal):
    seen = page.sign_in(cast.staff).get(f"/en/staff/goals/{goal.id}")
    assert seen.texts("#progress-words") == ["From 0% to 57% today; the line leads to 70%."]
    assert len(seen.all(".goal-chart polyline")) == 3
    assert [share for _day, share in table(seen, "shares")] == ["0%", "0%", "57%", "57%", "57%", "57%", "57%"]


def test_staff_find_who_is_missing_on_a_page_and_as_a_file(page, cast, goal):
    seen = page.sign_in(cast.staff).get(f"/en/staff/goals/{goal.id}/missing")
    assert len(table(seen, "missing-people")) == 3
    telavi, kutaisi = (factories.municipality(code).id for code in ("telavi", "kutaisi"))
    assert len(file(page.get(f"/en/staff/goals/{goal.id}/missing.csv?municipality={telavi}"))) == 4
    assert len(file(page.get(f"/en/staff/goals/{goal.id}/missing.csv?municipality={kutaisi}"))) == 1


def test_names_that_look_like_formulas_stay_text(page, cast, goal):
    servant("ნათია", "=ქობალია")
    commit()
    rows = file(page.sign_in(cast.staff).get(f"/ka/staff/goals/{goal.id}/missing.csv"))
    assert "'=ქობალია ნათია" in [row[0] for row in rows]


def test_coordinators_see_their_own_people_only(page, cast, goal):
    page.sign_in(cast.neighbour)
    telavi = factories.municipality("telavi").id
    assert "Public procurement" in page.get("/en/municipality/goals").text
    for address in (f"/en/municipality/goals/{goal.id}", f"/en/municipality/goals/{goal.id}?municipality={telavi}"):
        seen = page.get(address)
        assert seen.texts(".meter b") == ["100% (2 / 2)"]
        assert "Nobody is missing" in seen.text
    assert len(file(page.get(f"/en/municipality/goals/{goal.id}/missing.csv?municipality={telavi}"))) == 1
    page.sign_in(cast.coordinator)
    assert len(file(page.get(f"/en/municipality/goals/{goal.id}/missing.csv"))) == 4


def test_the_share_that_a_municipality_was_set_is_its_goal(page, cast, goal):
    seen = page.sign_in(cast.coordinator).get(f"/en/municipality/goals/{goal.id}")
    assert facts(seen)["Goal"] == "40% by 31 December 2026"


def test_a_goal_that_ended_is_gone_for_coordinators_and_marked_for_staff(page, cast, goal):
    qualifications.end_goal(qualifications.get_goal(goal.id), "Replaced", by=cast.staff.id)
    commit()
    assert "Replaced" in page.sign_in(cast.staff).get(f"/en/staff/goals/{goal.id}").text
    assert page.sign_in(cast.coordinator).get(f"/en/municipality/goals/{goal.id}").status == 404


@pytest.mark.parametrize("number", ["0", "999999", "x", "1" * 30, "٣"])
def test_what_is_no_goal_is_not_found(page, cast, number):
    assert page.sign_in(cast.staff).get(f"/en/staff/goals/{number}").status == 404
    assert page.get(f"/en/staff/goals/{number}/missing?after={number}").status == 404


def test_a_goal_that_concerns_nobody_says_so(page, cast, goal):
    other = qualifications.create_qualification(qualifications.QualificationValues(name_ka="ახალი", name_en="New"), by=cast.staff.id)
    values = qualifications.GoalValues(percent=70, starts_on=date(2026, 7, 1), due_on=date(2026, 12, 31), shares={})
    made = qualifications.set_goal(other.id, values, by=cast.staff.id)
    commit()
    assert "No post calls for this qualification" in page.sign_in(cast.staff).get(f"/en/staff/goals/{made.id}").text
    page.sign_in(cast.coordinator)
    assert "Nobody in your municipality" in page.get(f"/en/municipality/goals/{made.id}").text
    assert [row[0] for row in table(page.get("/en/municipality/goals"), "goals")] == ["Public procurement", "New"]


def test_the_number_of_statements_does_not_grow_with_people(page, cast, goal):
    page.sign_in(cast.staff).get(f"/en/staff/goals/{goal.id}")
    with counting() as few:
        page.get(f"/en/staff/goals/{goal.id}")
    with factories.together():
        for letter in "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭ":
            servant("ლია", f"მელაძე{letter}")
    commit()
    with counting() as many:
        page.get(f"/en/staff/goals/{goal.id}")
    assert len(many) == len(few)
