"""Scans of the signed sheet and proofs of excuses: added, listed with who and when, and opened by those who teach the run and by staff."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa

from portal.attendance.models import AttendanceDocument
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from tests import factories
from tests.attendance.hall import Hall
from tests.attendance.samples import a_pdf, a_picture
from tests.statements import counting


@pytest.fixture
def hall(cast):
    return Hall(cast)


@pytest.fixture
def trainer(page, cast):
    return page.sign_in(cast.trainer)


def sheets(hall):
    return f"{hall.path}/documents"


def upload(browser, path, *files):
    return browser.post(path, {"files": [(io.BytesIO(data), name) for name, data in files]})


def excused(trainer, hall, key):
    trainer.get(hall.path)
    trainer.submit(**{f"mark-{key}": "other", f"excused-{key}": "1", f"reason-{key}": "ავად არის"})
    return f"{hall.path}/excuses/{key}"


def test_a_signed_sheet_of_two_photographs_is_listed_on_the_sessions_page_with_who_and_when(trainer, hall):
    trainer.get(hall.path)
    trainer.get(sheets(hall))
    answer = upload(trainer, sheets(hall), ("front.jpg", a_picture("JPEG")), ("back.png", a_picture("PNG")))
    assert answer.status == 303
    for shown in (trainer.follow(), trainer.get(hall.path)):
        links = shown.all("main ol.prose a[href*='/documents/']")
        assert [link.text_content() for link in links] == ["ფაილი 1: JPEG, 1 კბ", "ფაილი 2: PNG, 1 კბ"]
        assert len(shown.texts("main ol.prose .fine")) == 2
        assert all(re.fullmatch(r"დაემატა: .*[0-9]{2}:[0-9]{2}, მაისურაძე ლევან", line) for line in shown.texts("main ol.prose .fine"))


def test_a_file_is_saved_and_never_shown_within_the_portal(trainer, hall):
    upload(trainer, sheets(hall), ("ნინო აბაშიძე.pdf", a_pdf()))
    path = trainer.follow().all("main ol.prose a")[0].get("href")
    answer = trainer.get(path).response
    assert answer.get_data() == a_pdf()
    assert answer.mimetype == "application/pdf"
    placed = answer.headers["Content-Disposition"]
    assert placed.startswith("attachment;")
    assert f"sheet-{hall.run.code}-" in placed
    assert "ნინო" not in placed
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_same_file_twice_is_one_and_that_is_said(trainer, hall):
    upload(trainer, sheets(hall), ("a.pdf", a_pdf()))
    upload(trainer, sheets(hall), ("b.pdf", a_pdf()))
    shown = trainer.follow()
    assert len(shown.all("main ol.prose li")) == 1
    assert shown.all(".flash.tone-info")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sheet.pdf", b"<html><script>alert(1)</script>"),
        ("sheet.jpg", b"MZ\x90\x00"),
        ("sheet.png", a_picture("GIF")),
        ("sheet.pdf", a_pdf(password="x")),
        ("sheet.pdf", b""),
        ("sheet.pdf", b"%PDF-" + b"x" * (10 * 1024 * 1024)),
        ("<b>100%s.pdf", b"x"),
    ],
)
def test_what_is_no_scan_is_refused_by_its_name_and_nothing_of_the_upload_is_kept(trainer, hall, name, data):
    answer = upload(trainer, sheets(hall), ("good.pdf", a_pdf()), (name, data))
    assert answer.status == 422
    (said,) = answer.texts(".summary li")
    assert f"„{name}“" in said
    assert answer.all("#files-error")
    assert db.session.scalars(sa.select(AttendanceDocument.id)).all() == []


def test_no_file_is_refused_beside_the_field(trainer, hall):
    trainer.get(sheets(hall))
    answer = trainer.submit()
    assert (answer.status, len(answer.all("#files-error"))) == (422, 1)


def test_at_most_ten_files_come_at_once(trainer, hall):
    answer = upload(trainer, sheets(hall), *[(f"{number}.pdf", a_pdf(title=str(number))) for number in range(11)])
    assert answer.status == 422


def test_several_large_files_fit_and_too_much_is_said_in_words(trainer, hall):
    tail = b"\n%" + b"x" * (9 * 1024 * 1024)
    assert upload(trainer, sheets(hall), *[(f"{n}.pdf", a_pdf(title=str(n)) + tail) for n in range(3)]).status == 303
    answer = upload(trainer, sheets(hall), *[(f"{n}.pdf", a_pdf(title=str(n)) + tail) for n in range(4)])
    assert answer.status == 413
    assert answer.h1


def test_a_visitor_cannot_make_the_portal_read_more_than_usual(page, hall):
    answer = upload(page, sheets(hall), ("a.pdf", b"x" * (9 * 1024 * 1024)))
    assert answer.status == 413


@pytest.mark.parametrize("who", ["other_trainer", "neighbour", "learner"])
def test_others_neither_open_nor_add_nor_know_of_files(page, app, cast, hall, who):
    trainer = type(page)(app).sign_in(cast.trainer)
    upload(trainer, sheets(hall), ("a.pdf", a_pdf()))
    opened = trainer.follow().all("main ol.prose a")[0].get("href")
    proof = excused(trainer, hall, hall.keys[0])
    stranger = page.sign_in(getattr(cast, who))
    refused = {403, 404} - ({403} if who == "other_trainer" else set())
    for path in (opened, sheets(hall), proof):
        assert stranger.get(path).status in refused
    for path in (sheets(hall), proof):
        assert upload(stranger, path, ("a.pdf", a_pdf(title="x"))).status in refused
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AttendanceDocument)) == 1


def test_staff_open_and_add_too(page, cast, hall):
    staff = page.sign_in(cast.staff)
    assert upload(staff, sheets(hall), ("a.pdf", a_pdf())).status == 303
    assert staff.get(staff.follow().all("main ol.prose a")[0].get("href")).status == 200


def test_a_file_opens_only_under_its_own_session(trainer, cast, hall):
    upload(trainer, sheets(hall), ("a.pdf", a_pdf()))
    number = trainer.follow().all("main ol.prose a")[0].get("href").rpartition("/")[2]
    assert trainer.get(f"/teaching/sessions/{hall.sessions[1].id}/documents/{number}").status == 404


def test_an_excused_person_has_a_page_for_the_proof_which_the_roll_leads_to(trainer, hall):
    path = excused(trainer, hall, hall.keys[0])
    (link,) = trainer.get(hall.path).all("a[href*='/excuses/']")
    assert link.get("href").endswith(path)
    shown = trainer.get(path)
    assert "აბულაძე ნანა" in shown.h1
    assert "ავად არის" in shown.text
    assert upload(trainer, path, ("note.jpg", a_picture("JPEG"))).status == 303
    shown = trainer.follow()
    (link,) = shown.all("main ol.prose a")
    assert "excuse-" in trainer.get(link.get("href")).response.headers["Content-Disposition"]
    assert trainer.get(hall.path).all("main ol.prose") == []
    assert trainer.get(sheets(hall)).all("main ol.prose") == []


def test_who_is_not_excused_has_no_form_and_a_file_for_them_is_refused(trainer, hall):
    path = f"{hall.path}/excuses/{hall.keys[1]}"
    assert trainer.get(path).all("input[type=file]") == []
    assert upload(trainer, path, ("note.pdf", a_pdf())).status == 422


def test_a_proof_stays_when_the_mark_is_corrected(trainer, hall):
    key = hall.keys[0]
    path = excused(trainer, hall, key)
    upload(trainer, path, ("note.pdf", a_pdf()))
    trainer.get(hall.path)
    trainer.submit(**{f"mark-{key}": "absent"})
    assert trainer.get(hall.path).all(f"a[href$='{path}']")
    shown = trainer.get(path)
    assert shown.all("main ol.prose a")
    assert shown.all("input[type=file]") == []


def test_somebody_without_a_place_here_has_no_page(trainer, cast, hall):
    elsewhere = factories.enrolment(factories.run(), cast.colleague)
    assert trainer.get(f"{hall.path}/excuses/{elsewhere.id}").status == 404


def test_a_kept_file_leaves_a_history_row_without_its_name(trainer, hall):
    upload(trainer, sheets(hall), ("ნინო.pdf", a_pdf()))
    (row,) = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "attendance:add_document"))
    assert row.change == {"document": "sheet", "bytes": len(a_pdf())}
    assert (row.subject_kind, row.subject_id, row.personal) == ("course_session", str(hall.session.id), None)


def test_a_session_that_has_not_begun_shows_nothing_of_papers(trainer, cast):
    assert trainer.get(Hall(cast, day=3).path).all("#papers") == []


def test_the_list_of_files_costs_the_page_one_statement(trainer, hall):
    upload(trainer, sheets(hall), *[(f"{number}.pdf", a_pdf(title=str(number))) for number in range(5)])
    trainer.get(hall.path)
    with counting() as statements:
        trainer.get(hall.path)
    assert len([statement for statement in statements if "attendance_document" in statement]) == 1
