"""The other reports, and those of coordinators: each table on the page with its chart, and the same rows in every file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from portal.attendance.models import AttendanceFact
from portal.courses import sessions_of
from portal.courses.models import RunTrainer
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.people.models import Role
from portal.web.reports.answers import DRAWN, SHOWN
from portal.web.reports.kinds import KINDS
from tests import factories
from tests.reports.test_queries import certificate

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
OTHERS = [code for code in KINDS if code != "participation"]


@pytest.fixture(autouse=True)
def _in_june():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def held(cast):
    """Runs of April and May with people of Telavi and Kutaisi, certificates for them, and somebody who waits."""
    project = factories.funding_project(name_en="=1+1", name_ka="=1+1")
    version = factories.course(title_en="Audit of a municipality")
    runs = []
    for number, days in enumerate((60, 30)):
        run = factories.run(version, starts_at=NOW - timedelta(days=days), state="completed", funding_project_id=project.id)
        factories.add(RunTrainer(run_id=run.id, person_id=cast.trainer.id))
        for one, (sex, code) in enumerate((("female", "telavi"), ("male", "kutaisi"))):
            person = factories.person(sex=sex)
            factories.post(person, code)
            place = factories.enrolment(run, person, "completed")
            for session in sessions_of(run.id):
                mark = {"mark": "present", "from_minute": 0, "to_minute": 240}
                factories.add(
                    AttendanceFact(session_id=session.id, enrolment_id=place.id, recorded_by=cast.trainer.id, recorded_at=NOW, **mark)
                )
            certificate(place, 2 * number + one + 1)
        runs.append(run)
    factories.enrolment(runs[0], cast.colleague, "waiting")
    commit()
    return runs


def rows_of(seen, code):
    [found] = [one for one in seen.all("table") if one.find("caption").get("id") == f"{code}-caption"]
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found.cssselect("tbody tr")]


@pytest.mark.parametrize("code", OTHERS)
def test_each_report_has_its_tables_and_their_charts(page, cast, held, code):
    seen = page.sign_in(cast.staff).get(f"/en/staff/reports/{code}")
    assert seen.status == 200
    for table in KINDS[code].codes:
        rows = rows_of(seen, table)
        [figure] = [one for one in seen.all("figure.chart") if one.cssselect(f"#{table}-chart")]
        drawn = [" ".join(one.text_content().split()) for one in figure.cssselect("li span")]
        if drawn:
            assert drawn == [row[0] for row in rows if row[0] not in {"Total", "Participations in all"}][:DRAWN]
        else:
            assert rows[0][0] in figure.cssselect("svg[role=img] desc")[0].text_content()


@pytest.mark.parametrize(
    ("code", "table", "row"),
    [
        ("time", "month", ["April 2026", "2", "1", "1", "2", "16", "50%", "100%", "2"]),
        ("time", "quarter", ["2026, quarter 2", "4", "2", "2", "4", "32", "50%", "100%", "4"]),
        ("categories", "category_sex", ["Professional civil servant", "2", "2", "0", "50%", "16", "16"]),
        ("courses", "course", ["Audit of a municipality", "4", "2", "2", "4", "32", "50%", "100%", "4"]),
        ("certificates", "certificate_month", ["June 2026", "4", "0", "0", "0", "0"]),
        ("demand", "demand", ["Audit of a municipality", "1", "1", "1"]),
        ("demand", "demand_municipality", ["Kutaisi", "1", "1", "1"]),
        ("trainers", "trainer", ["", "2", "4", "32", "4", "4"]),
    ],
)
def test_a_report_says_what_was_done(page, cast, held, code, table, row):
    rows = rows_of(page.sign_in(cast.staff).get(f"/en/staff/reports/{code}"), table)
    if table == "trainer":
        row = [cast.trainer.name("en"), *row[1:]]
    assert rows[0] == row


@pytest.mark.parametrize("code", KINDS)
def test_a_report_is_a_workbook_with_the_same_rows(page, cast, held, code):
    page.sign_in(cast.staff)
    got = page.get(f"/en/staff/reports/{code}.xlsx").response
    book = CalamineWorkbook.from_filelike(io.BytesIO(got.data))
    assert len(book.sheet_names) == len(KINDS[code].codes)
    for name, table in zip(book.sheet_names, KINDS[code].codes, strict=True):
        listed = list(csv.reader(io.StringIO(page.get(f"/en/staff/reports/{table}.csv").response.data.decode("utf-8-sig")), delimiter=";"))
        sheet = [
            [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in row]
            for row in book.get_sheet_by_name(name).to_python()
        ]
        assert [row[: len(listed[0])] for row in sheet[: len(listed)]] == [[cell.removeprefix("'") for cell in row] for row in listed]


def test_a_name_like_a_formula_is_no_formula_in_a_workbook(page, cast, held):
    book = CalamineWorkbook.from_filelike(io.BytesIO(page.sign_in(cast.staff).get("/en/staff/reports/participation.xlsx").response.data))
    assert book.get_sheet_by_name("By funding project").to_python()[1][0] == "=1+1"


@pytest.mark.parametrize("language", ["ka", "en"])
@pytest.mark.parametrize("code", KINDS)
def test_a_report_is_printed_whole(page, cast, held, code, language):
    got = page.sign_in(cast.staff).get(f"/{language}/staff/reports/{code}.pdf").response
    assert got.mimetype == "application/pdf"
    text = "\n".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(got.data))
    assert "01.01.2026–31.12.2026" in text
    assert ("As of 15 June 2026" if language == "en" else "15 ივნისი, 2026") in text


def test_a_long_table_is_shown_in_part_and_had_in_full(page, cast, held):
    for number in range(SHOWN + 1):
        run = factories.run(held[0].version, starts_at=NOW - timedelta(days=20), state="completed", code=f"26-1{number:03}")
        factories.enrolment(run, cast.colleague, "completed")
    seen = page.sign_in(cast.staff).get("/en/staff/reports/courses")
    assert len(rows_of(seen, "run")) == SHOWN + 1  # with the total
    assert f"The first {SHOWN} of {SHOWN + 3} rows" in seen.text
    assert page.get("/en/staff/reports/run.csv").response.data.count(b"\r\n") == SHOWN + 5


def test_a_filter_holds_for_every_report_and_goes_along(page, cast, held):
    telavi = factories.municipality("telavi")
    seen = page.sign_in(cast.staff).get(f"/en/staff/reports/time?municipality={telavi.id}")
    assert rows_of(seen, "year") == [
        ["2026", "2", "2", "0", "2", "16", "50%", "100%", "2"],
        ["Total", "2", "2", "0", "2", "16", "50%", "100%", "2"],
    ]
    assert all(f"municipality={telavi.id}" in link.get("href") for link in seen.all(".chips a"))


@pytest.mark.parametrize("code", [code for code, kind in KINDS.items() if not kind.for_staff])
def test_coordinators_count_their_own_people_only(page, cast, held, code):
    path = "/en/municipality/reports" + ("" if code == "participation" else f"/{code}")
    kutaisi = factories.municipality("kutaisi")
    seen = page.sign_in(cast.coordinator).get(path)
    assert seen.status == 200
    narrowed = page.get(f"{path}?municipality={kutaisi.id}&region={kutaisi.region_id}")
    assert narrowed.status == 200
    for one in (seen, narrowed):
        assert "Kutaisi" not in one.text
        if code in {"participation", "time", "courses"}:
            assert rows_of(one, KINDS[code].codes[0])[-1] == ["Total", "2", "2", "0", "2", "16", "50%", "100%", "2"]


def test_a_coordinator_of_two_municipalities_chooses_between_them_only(page, cast, held):
    factories.grant(cast.coordinator, Role.COORDINATOR, "kutaisi")
    commit()
    seen = page.sign_in(cast.coordinator).get("/en/municipality/reports")
    assert {option.text for option in seen.all("select[name=municipality] option")} == {"All", "Telavi", "Kutaisi"}
    assert rows_of(seen, "sex")[-1][1] == "4"
    rustavi = factories.municipality("rustavi")
    assert page.get(f"/en/municipality/reports?municipality={rustavi.id}").status == 422


def test_coordinators_are_not_told_of_trainers(page, cast, held):
    page.sign_in(cast.coordinator)
    for path in ("trainers", "trainer.csv", "trainers.xlsx", "trainers.pdf"):
        assert page.get(f"/municipality/reports/{path}").status == 404


def test_no_file_of_a_report_names_a_participant(page, cast, held):
    page.sign_in(cast.staff)
    names = [cast.colleague.family_name_ka, cast.colleague.family_name_latin]
    for code in KINDS:
        for suffix in ("xlsx", "pdf"):
            data = page.get(f"/ka/staff/reports/{code}.{suffix}").response.data
            if suffix == "pdf":
                text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(data))
            else:
                book = CalamineWorkbook.from_filelike(io.BytesIO(data))
                text = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
            assert not [name for name in names if name in text], code


def test_a_donor_is_told_of_their_project(page, cast, held):
    elsewhere = factories.run(held[0].version, starts_at=NOW - timedelta(days=20), state="completed")
    factories.enrolment(elsewhere, cast.colleague, "completed")
    commit()
    path = f"/en/staff/reports/project/{held[0].funding_project_id}"
    seen = page.sign_in(cast.staff).get(path)
    assert dict(zip(seen.texts(".panel dt"), seen.texts(".panel dd"), strict=True)) == {
        "People": "4",
        "Women": "2",
        "Men": "2",
        "Municipalities": "2",
        "Contact hours attended": "32",
        "Trainings": "2",
        "Certificates issued": "4",
    }
    assert [row[:2] for row in rows_of(seen, "municipality")] == [["Kutaisi", "2"], ["Telavi", "2"], ["Total", "4"]]
    other = page.get(f"{path}?project=1&from=2026-05-01")
    assert rows_of(other, "sex")[-1][1] == "2", "no filter leads out of the project"
    text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(page.get(f"{path}.pdf").response.data))
    assert "=1+1" in text
    assert held[0].funding_project.donor("en") in text
    assert page.get("/staff/reports/project/999999").status == 404
