"""A coordinator nominates by spreadsheet: nothing is saved until it is confirmed, then everybody or nobody."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import enrolment, imports, journeys, people, worker
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.imports.models import NominationImport, NominationImportRow
from portal.people.models import Person, Post
from tests import factories
from tests.imports import sheets
from tests.web.uploads import count, preview, rows_of, traces, upload


@pytest.fixture
def run(app, cast):
    made = factories.run(code="RUN-IMPORT", capacity=25)
    commit()
    return made


@pytest.fixture
def coordinator(page, cast):
    return page.sign_in(cast.coordinator)


def test_thirty_people_of_whom_two_are_wrong(coordinator, run):
    """J6: the way from the run is link, file, upload, confirm."""
    rows = [sheets.nominee(number) for number in range(30)]
    rows[4] = sheets.nominee(4, **{"პირადი ნომერი": "1000000004"})
    rows[17] = sheets.nominee(17, სახელი="")
    before = traces()
    coordinator.get(f"/municipality/nominate/{run.code}")
    assert coordinator.page.all(f"a[href$='/{run.code}/import']")
    shown = preview(coordinator, run, rows)
    assert traces() == before
    said = rows_of(coordinator)
    assert list(said)[:2] == ["6", "19"]  # the wrong ones stand first, with the numbers that the spreadsheet shows
    assert "ნულები" in said["6"]
    assert "სახელი ან გვარი არ არის მითითებული" in said["19"]
    assert shown.all("button[name=left_out][value='2']")
    assert coordinator.submit("/confirm", left_out="2").status == 303
    done = coordinator.follow()
    assert done.h1 == "წარდგენილია ელექტრონული ცხრილით"
    assert traces() == (before[0] + 28, before[1] + 28, before[2] + 28, before[3] + 28)
    said = rows_of(coordinator)
    assert "ადგილი დადასტურებულია" in said["2"]
    assert "მოლოდინის სიაში" in said["31"]  # 25 places; in the order of the file
    order = db.session.scalars(sa.select(Person.email).join(Enrolment, Enrolment.person_id == Person.id).order_by(Enrolment.id)).all()
    assert order == [f"nominee{number}@portal.test" for number in range(30) if number not in {4, 17}]


def test_what_was_uploaded_is_sealed_and_then_forgotten(coordinator, run):
    preview(coordinator, run, [sheets.nominee(1)])
    row = db.session.scalars(sa.select(NominationImportRow)).one()
    assert sheets.nominee(1)[2].encode() not in row.cells
    coordinator.submit("/confirm", left_out="0")
    assert db.session.scalars(sa.select(NominationImportRow.cells)).one() is None


def test_a_second_upload_changes_nothing(coordinator, run):
    data = sheets.as_csv([sheets.nominee(number) for number in range(3)])
    upload(coordinator, run, data)
    coordinator.follow()
    coordinator.submit("/confirm", left_out="0")
    after = traces()
    upload(coordinator, run, data)
    assert "არაფერი შეცვლილა" in coordinator.follow().text
    assert traces() == after
    # the same people in another file
    shown = preview(coordinator, run, [sheets.nominee(number) for number in range(3)], separator=",")
    assert "ამ ფაილიდან ყველა უკვე რეგისტრირებულია" in shown.text
    assert not shown.all("button[name=left_out]")
    assert coordinator.post(f"{coordinator.page.response.request.path}/confirm", {"left_out": "0"}).status == 422
    assert traces() == after


def test_all_or_nothing(coordinator, run, monkeypatch):
    """The last of three fails as their row is carried out."""
    preview(coordinator, run, [sheets.nominee(number) for number in range(3)])
    before, here = traces(), coordinator.page.response.request.path
    enrol_all = enrolment.enrol_all

    def refuse_the_last(run_id, wishes, **values):
        return enrol_all(run_id, wishes, **values) | {list(wishes)[-1]: enrolment.EnrolmentRefusedError()}

    monkeypatch.setattr(enrolment, "enrol_all", refuse_the_last)
    assert coordinator.submit("/confirm", left_out="0").status == 422
    assert traces() == before
    monkeypatch.undo()
    assert coordinator.get(here).all("button[name=left_out]")
    coordinator.submit("/confirm", left_out="0")
    assert traces() == tuple(number + 3 for number in before)


def test_neighbours_do_not_find_it(coordinator, cast, run):
    preview(coordinator, run, [sheets.nominee(1)])
    here = coordinator.page.response.request.path
    coordinator.sign_in(cast.neighbour)
    assert coordinator.get(here).status == 404
    assert coordinator.get(f"{here}/progress").status == 404
    for way in ("columns", "confirm", "drop"):
        assert coordinator.post(f"{here}/{way}", {"left_out": "0"}).status == 404
    assert coordinator.get(here.replace(run.code, "RUN-OTHER")).status == 404


def test_columns_can_be_named(coordinator, run):
    headings = ("ვინ", "რა", *sheets.HEADINGS[2:])
    shown = preview(coordinator, run, [sheets.nominee(1)], headings=headings)
    assert "რომელ სვეტებშია სახელი და გვარი?" in shown.text
    assert coordinator.submit("/columns", **{"column-0": "given_name", "column-1": "given_name"}).status == 422
    assert coordinator.submit("/columns", **{"column-0": "given_name", "column-1": "family_name"}).status == 303
    coordinator.follow()
    assert "კაპანაძე ნინო" in rows_of(coordinator)["2"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "სავალდებულოა"),
        (b"", "სათაურების ქვემოთ სტრიქონი არ არის"),
        ("სახელი;გვარი\nნინო;ბერიძე".encode()[:-1] + b"\xff", "ასოების წაკითხვა ვერ მოხერხდა"),
        (b"PK\x03\x04 no archive", "ცხრილის სახით წაკითხვა ვერ მოხერხდა"),
        (b"x" * (5 * 1024 * 1024 + 1), "5 მბ"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(coordinator, run, data, words):
    coordinator.get(f"/municipality/nominate/{run.code}/import")
    answer = coordinator.submit(file=(io.BytesIO(data), "x.csv")) if data is not None else coordinator.submit()
    assert answer.status == 422
    assert words in answer.texts("#file-error")[0]
    assert count(NominationImport) == 0


def test_a_closed_run_takes_nobody(coordinator, run):
    preview(coordinator, run, [sheets.nominee(1)])
    here = coordinator.page.response.request.path
    run.enrolment_closes_at = clock.now() - timedelta(hours=1)
    shown = coordinator.get(here)
    assert not shown.all("button[name=left_out]")
    before = traces()
    assert coordinator.post(f"{here}/confirm", {"left_out": "0"}).status == 422
    assert traces() == before


def test_a_discarded_file_is_forgotten(coordinator, run):
    preview(coordinator, run, [sheets.nominee(1)])
    assert coordinator.submit("/drop").status == 303
    assert db.session.scalars(sa.select(NominationImportRow.cells)).one() is None
    assert "გაუქმდა" in coordinator.follow().text


def test_templates(coordinator, run):
    """Both can be filled in and uploaded as they are; every category of the list is understood."""
    for kind in ("xlsx", "csv"):
        for lang in ("ka", "en"):
            answer = coordinator.client.get(
                f"/{lang}/municipality/nominate/{run.code}/import/template.{kind}", base_url="https://portal.test"
            )
            assert answer.status_code == 200
            assert "ფაილში" not in upload(coordinator, run, answer.data, f"x.{kind}").text
            assert "სათაურების ქვემოთ" in coordinator.page.texts("#file-error")[0]


def test_a_long_list_is_left_to_the_worker(coordinator, run):
    rows = [sheets.nominee(number) for number in range(imports.MOST_AT_ONCE + 1)]
    before = traces()
    shown = preview(coordinator, run, rows)
    here = coordinator.page.response.request.path
    assert shown.h1 == "ელექტრონული ცხრილი მოწმდება"
    assert worker.nominate_imports() == 1
    assert coordinator.get(f"{here}/progress").response.json == {"done": 301, "total": 301, "finished": True, "failed": False}
    coordinator.get(here)
    assert coordinator.page.all("a[rel=next]")
    coordinator.submit("/confirm", left_out="0")
    assert coordinator.follow().h1 == "კანდიდატების წარდგენა მიმდინარეობს"
    assert traces() == before
    assert worker.nominate_imports() == 1
    assert traces() == tuple(number + 301 for number in before)
    assert worker.nominate_imports() == 0
    assert "წარდგენილია: 301" in coordinator.get(here).text


def test_what_fails_in_the_worker_leaves_nothing(coordinator, run, monkeypatch):
    preview(coordinator, run, [sheets.nominee(number) for number in range(imports.MOST_AT_ONCE + 1)])
    here = coordinator.page.response.request.path
    worker.nominate_imports()
    coordinator.post(f"{here}/confirm", {"left_out": "0"})
    before, finish = traces(), imports.finish
    monkeypatch.setattr(imports, "finish", lambda *_: 1 / 0)
    worker.nominate_imports()
    assert traces() == before
    assert "არაფერი შენახულა" in coordinator.get(here).text
    monkeypatch.setattr(imports, "finish", finish)
    coordinator.submit("/confirm", left_out="0")
    worker.nominate_imports()
    assert traces()[0] == before[0] + 301


def test_unconfirmed_files_are_forgotten_after_a_week(coordinator, run):
    preview(coordinator, run, [sheets.nominee(1)])
    assert worker.drop_forgotten_imports() == 0
    parked = db.session.scalars(sa.select(NominationImport)).one()
    parked.changed_at = clock.now() - timedelta(days=7, minutes=1)
    commit()
    assert worker.drop_forgotten_imports() == 1
    assert db.session.scalars(sa.select(NominationImportRow.cells)).one() is None


def test_georgian_is_kept_letter_by_letter(coordinator, run):
    row = sheets.nominee(1, სახელი="ჟუჟუნა", გვარი="ჭყონია-ღვინიაშვილი", თანამდებობა="„წყალკანალის“ უფროსი № 1")
    for parts in (sheets.as_csv([row], encoding="utf-16"), sheets.as_xlsx([row])):
        upload(coordinator, run, parts)
    coordinator.follow()
    coordinator.submit("/confirm", left_out="0")
    entered = db.session.scalars(sa.select(Post).order_by(Post.id.desc())).first()
    assert (entered.person.given_name_ka, entered.person.family_name_ka, entered.title_ka) == (row[0], row[1], row[3])
    assert people.find_person_by_personal_number(row[2]).id == entered.person_id


def test_an_import_that_somebody_confirmed_is_not_carried_out_twice(coordinator, run):
    preview(coordinator, run, [sheets.nominee(1)])
    parked = db.session.scalars(sa.select(NominationImport)).one()
    coordinator.submit("/confirm", left_out="0")
    after = traces()
    journeys.nominate_import(parked.id, [])
    commit()
    assert traces() == after
    assert coordinator.post(f"{coordinator.page.location}/confirm", {"left_out": "0"}).status == 422
    assert traces() == after


def test_how_many_get_a_place_and_how_many_wait_is_said_and_comes_true(coordinator, run):
    factories.place_rules(run, {"telavi": 3})
    shown = preview(coordinator, run, [sheets.nominee(number) for number in range(5)])
    assert "ადგილს მაშინვე მიიღებს 3 კანდიდატი, მოლოდინის სიაში მოხვდება 2." in shown.text
    coordinator.submit("/confirm", left_out="0")
    coordinator.follow()
    said = list(rows_of(coordinator).values())
    assert ["მოლოდინის სიაში" in row for row in said] == [False, False, False, True, True]


def test_where_somebody_decides_the_result_shows_applications(coordinator, run):
    factories.place_rules(run, decided_by="staff")
    shown = preview(coordinator, run, [sheets.nominee(1)])
    assert "გადაწყვეტილებას ასოციაცია იღებს" in shown.text
    assert "მაშინვე მიიღებს" not in shown.text
    coordinator.submit("/confirm", left_out="0")
    coordinator.follow()
    (said,) = rows_of(coordinator).values()
    assert db.session.scalars(sa.select(Enrolment.state)).one() == "applied"
    assert "განაცხადი" in said
