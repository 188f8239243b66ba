"""The page of reports: real numbers of a period, filters in the address, every table as a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from portal.attendance.models import AttendanceFact
from portal.courses import sessions_of
from portal.foundation import clock
from portal.foundation.transaction import commit
from tests import factories
from tests.statements import counting

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TABLES = ("sex", "category", "region", "topic", "project", "municipality", "demand")


@pytest.fixture(autouse=True)
def _in_june():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def held(cast):
    """A run of last month, with a project: two women of Telavi, a man of Kutaisi, and somebody who waits."""
    topic = factories.topic(name_en="Internal audit", name_ka="შიდა აუდიტი")
    project = factories.funding_project(name_en="=Stronger governance", name_ka="=ძლიერი მმართველობა")
    version = factories.course(topic_id=topic.id, title_en="Audit of a municipality")
    made = factories.run(version, starts_at=NOW - timedelta(days=30), state="completed", funding_project_id=project.id, code="26-0007")
    for number, (sex, code) in enumerate((("female", "telavi"), ("female", "telavi"), ("male", "kutaisi"))):
        person = factories.person(sex=sex)
        factories.post(person, code)
        place = factories.enrolment(made, person, "completed" if number else "not_completed")
        for session in sessions_of(made.id):
            fact = {"mark": "present", "from_minute": 0, "to_minute": 480 if number else 240}
            factories.add(
                AttendanceFact(session_id=session.id, enrolment_id=place.id, recorded_by=cast.trainer.id, recorded_at=NOW, **fact)
            )
    factories.enrolment(made, cast.colleague, "waiting")
    commit()
    return made


def facts(seen) -> dict[str, str]:
    return dict(zip(seen.texts(".columns dt"), seen.texts(".columns dd"), strict=True))


def table(seen, code: str) -> list[list[str]]:
    found = [one for one in seen.all("table") if one.find("caption").get("id") == f"{code}-caption"]
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found[0].cssselect("tbody tr")] if found else []


def test_staff_see_what_was_held_this_year(page, cast, held):
    seen = page.sign_in(cast.staff).get("/en/staff/reports")
    assert facts(seen) == {
        "People": "3",
        "Women": "2",
        "Men": "1",
        "Participations": "3",
        "Contact hours attended": "40",
        "Trainings": "1",
        "Certificates issued": "0",
    }
    assert seen.texts(".meter b") == ["83%", "66%", "3 / 20"]
    assert table(seen, "sex") == [
        ["Female", "2", "2", "0", "2", "24", "75%", "50%", "0"],
        ["Male", "1", "0", "1", "1", "16", "100%", "100%", "0"],
        ["Total", "3", "2", "1", "3", "40", "83%", "66%", "0"],
    ]
    assert [row[:2] for row in table(seen, "municipality")] == [["Telavi", "2"], ["Kutaisi", "1"], ["Total", "3"]]
    assert table(seen, "demand") == [["Audit of a municipality", "1", "1", "1"]]


def test_reports_are_closed_to_others(page, cast):
    for person in (cast.learner, cast.coordinator, cast.trainer):
        page.sign_in(person)
        assert page.get("/staff/reports").status == 403
        assert page.get("/staff/reports/sex.csv").status == 403


def test_a_period_without_anybody_says_what_to_do(page, cast, held):
    seen = page.sign_in(cast.staff).get("/staff/reports?from=01.01.2024&to=31.12.2024")
    assert seen.all(".empty a")
    assert not seen.all("table")


def test_the_map_has_a_tile_for_each_municipality(page, cast, held):
    tiles = page.sign_in(cast.staff).get("/en/staff/reports").all(".tiles li")
    assert len(tiles) == 64
    deep = {tile.get("title"): tile.get("class") for tile in tiles if "depth-0" not in tile.get("class")}
    assert deep == {"Telavi: 2": "depth-4", "Kutaisi: 1": "depth-2"}


def test_a_group_leads_to_its_own_report(page, cast, held):
    seen = page.sign_in(cast.staff).get("/en/staff/reports?from=01.01.2026&to=30.06.2026")
    [link] = [link for link in seen.all("tbody th a") if link.text == "Telavi"]
    assert facts(page.get(link.get("href")))["People"] == "2"
    assert page.page.all("input[name=to]")[0].get("value") == "30.06.2026"


def test_the_language_switch_keeps_the_filters(page, cast, held):
    seen = page.sign_in(cast.staff).get("/en/staff/reports?from=2026-01-01&to=2026-03-31")
    assert any(link.get("href") == "/ka/staff/reports?from=2026-01-01&to=2026-03-31" for link in seen.all("a[hreflang=ka]"))


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "from=32.01.2026",
        "to=0001-01-01",
        "from=2026-05-02&to=2026-05-01",
        "region=x",
        "topic=999999",
        "municipality=²",
        "project=-1",
    ],
)
def test_a_filter_that_makes_no_sense_is_told_and_kept(page, cast, query):
    page.sign_in(cast.staff)
    seen = page.get(f"/staff/reports?{query}")
    assert seen.status == 422
    assert seen.all(".summary a")
    assert page.get(f"/staff/reports/sex.csv?{query}").status == 303


def read(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("code", TABLES)
def test_every_table_is_a_file_with_the_same_rows(page, cast, held, code):
    shown = table(page.sign_in(cast.staff).get("/en/staff/reports"), code)
    [link] = [link for link in page.page.all("main a") if f"/{code}.csv" in link.get("href")]
    got = page.get(link.get("href")).response
    assert got.mimetype == "text/csv"
    assert got.headers["Content-Disposition"] == f"attachment; filename=report-{code}-2026-01-01-2026-12-31.csv"
    assert got.data.startswith(b"\xef\xbb\xbf")
    assert [row[0].lstrip("'") for row in read(got)[1:]] == [row[0] for row in shown]
    assert [row[1:] for row in read(got)[1:]] == [[cell.rstrip("%") for cell in row[1:]] for row in shown]


def test_a_name_like_a_formula_is_written_as_text(page, cast, held):
    rows = read(page.sign_in(cast.staff).get("/en/staff/reports/project.csv").response)
    assert rows[1][0] == "'=Stronger governance"


def test_numbers_are_written_as_georgian_spreadsheets_read_them(page, cast, held):
    session = sessions_of(held.id)[0]
    session.ends_at = session.starts_at + timedelta(hours=7, minutes=30)
    page.sign_in(cast.staff)
    assert read(page.get("/ka/staff/reports/sex.csv").response)[2][5] == "15,5"
    assert read(page.get("/en/staff/reports/sex.csv").response)[2][5] == "15.5"


def test_there_is_no_other_file(page, cast):
    assert page.sign_in(cast.staff).get("/staff/reports/people.csv").status == 404


def test_as_many_queries_for_three_people_as_for_three_hundred(page, cast, held):
    page.sign_in(cast.staff)
    with counting() as few:
        page.get("/staff/reports")
    for number in range(10):
        run = factories.run(starts_at=NOW - timedelta(days=40 + number), state="completed", capacity=40)
        with factories.together():
            for _ in range(30):
                person = factories.person(sex="female")
                factories.post(person)
                factories.enrolment(run, person, "completed")
    with counting() as many:
        page.get("/staff/reports")
    asked = [sum(statement.startswith(("SELECT", "WITH")) for statement in statements) for statements in (few, many)]
    assert asked == [7, 7], "who is signed in, municipalities, topics, projects, participation, runs, demand"
