"""Certificates for staff and for those who hold them."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from portal import certificates, courses, worker
from portal.certificates import queries
from portal.certificates.models import Certificate, IssueBatch
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import pages, scenes
from tests.plans import plan_of
from tests.statements import counting


def count(model) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.fixture
def held(cast):
    """Nino's certificate."""
    scenes.issued_run(cast.staff, [cast.learner])
    return certificates.certificates_of_person(cast.learner.id)[0]


# -- my certificate


def test_the_holder_downloads_the_exact_bytes_under_a_name_that_every_program_can_read(page, cast, held):
    answer = page.sign_in(cast.learner).get(f"/my/certificates/{held.number}.pdf").response
    assert answer.data == certificates.pdf_of(held.id)
    assert answer.mimetype == "application/pdf"
    named = answer.headers["Content-Disposition"]
    assert f'filename="{held.number}-nino-abashidze.pdf"' in named
    assert "filename*=UTF-8''" in named
    assert named.isascii()
    assert "no-store" in answer.headers["Cache-Control"]


def test_nobody_else_finds_it(app, page, cast, held):
    path = f"/my/certificates/{held.number}.pdf"
    assert page.get(path).status == 303
    for person in (cast.colleague, cast.coordinator, cast.neighbour, cast.trainer, cast.staff, cast.administrator):
        assert type(page)(app).sign_in(person).get(path).status == 404
    assert page.sign_in(cast.learner).get("/my/certificates/NALAG-2020-000001.pdf").status == 404


# -- issuing


@pytest.mark.parametrize("path", ["/staff/runs/X/certificates", "/staff/certificates", "/staff/certificates/NALAG-2026-000001"])
def test_the_pages_are_closed_to_all_but_staff(app, page, cast, path):
    assert page.get(path).status == 303
    for person in (cast.learner, cast.coordinator, cast.trainer):
        assert type(page)(app).sign_in(person).get(path).status == 403


def test_staff_see_everyone_with_hours_percent_verdict_and_reason(page, cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="completed")
    scenes.attend(run, factories.enrolment(run, cast.colleague, "not_completed"), cast.staff, hours=5)
    code = run.code
    shown = page.sign_in(cast.staff).get(f"/staff/runs/{code}/certificates")
    nino, davit = [row for row in shown.texts("#candidates-caption ~ tbody tr") if "აბაშიძე" in row or "ლომიძე" in row]
    assert "16 / 16" in nino
    assert "100 %" in nino
    assert "10 / 16" in davit
    assert "62 %" in davit
    assert len(shown.all("input[name=people]")) == 1


def test_a_run_is_completed_and_its_certificates_issued_with_three_clicks(page, cast):
    """Certificates of the run, the one button, the ZIP."""
    run = scenes.past_run(cast.staff, 30, capacity=30)
    code = run.code
    page.sign_in(cast.staff).get(f"/staff/runs/{code}/certificates")
    answer = page.submit()
    assert answer.status == 303
    assert courses.get_run(code).state == "completed"
    waiting = page.follow()
    assert waiting.all("progress")[0].get("max") == "30"
    assert waiting.all("head noscript")
    assert waiting.all("[data-progress]")
    assert page.get(waiting.all("[data-progress]")[0].get("data-progress")).response.json == {
        "done": 0,
        "total": 30,
        "finished": False,
        "failed": False,
        "left": "",
    }
    assert scenes.issue_all() == 30
    done = page.get(answer.location)
    assert done.all("main a[href$='/staff/outbox?kind=certificate_ready']")  # the mails wait there; nobody says that they were sent
    assert len(done.all("#items-caption ~ tbody tr")) == 30
    assert [bar.get("data-progress") for bar in done.all("[data-progress]")] == [
        f"{answer.location}.{kind}/progress" for kind in ("zip", "pdf")
    ]
    assert page.get(f"{answer.location}.zip/progress").response.json == {"done": 0, "total": 30, "finished": False, "failed": False}
    assert worker.make_bundles() == 2
    done = page.get(answer.location)
    assert not done.all("[data-progress]")
    assert not done.all("head noscript")
    [zip_url, pdf_url] = [link.get("href") for link in done.all("#files a")]
    with zipfile.ZipFile(io.BytesIO(page.get(zip_url).response.data)) as archive:
        names = archive.namelist()
        assert len(names) == 60
        assert all(name.isascii() and name.endswith((".pdf", ".json")) for name in names)
        first = certificates.get_file(names[0][:17])
        assert archive.read(names[0]) == first.pdf
    assert len(PdfReader(io.BytesIO(page.get(pdf_url).response.data)).pages) == 30


def test_the_button_pressed_twice_gives_one_batch_and_the_same_page(page, cast):
    run = scenes.past_run(cast.staff, 3)
    first_page = page.sign_in(cast.staff).get(f"/staff/runs/{run.code}/certificates")
    first = page.submit()
    page.page = first_page
    second = page.submit()
    assert (second.status, second.location) == (303, first.location)
    scenes.issue_all()
    page.page = first_page
    assert page.submit().location == first.location
    assert (count(IssueBatch), count(Certificate)) == (1, 3)


def test_a_chosen_few_are_issued_for(page, cast):
    run = scenes.past_run(cast.staff, 3, state="completed")
    shown = page.sign_in(cast.staff).get(f"/staff/runs/{run.code}/certificates")
    chosen = [box.get("value") for box in shown.all("input[name=people]")][:2]
    page.submit(people=chosen)
    scenes.issue_all()
    assert count(Certificate) == 2


def test_a_revoked_certificate_is_called_so_and_replaced_only_when_its_holder_is_chosen(page, cast):
    run = scenes.issued_run(cast.staff, [cast.learner, cast.colleague])
    (old,) = certificates.certificates_of_person(cast.learner.id)
    with writing():
        certificates.revoke(old.id, "the name is misspelt", by=cast.staff.id)
        certificates.ask_to_issue(run.id, by=cast.staff.id)
    assert scenes.issue_all() == 0  # asked for everybody, it is not given again: it was taken for a reason
    page.language = "en"
    shown = page.sign_in(cast.staff).get(f"/staff/runs/{run.code}/certificates")
    (row,) = (row for row in shown.texts("tbody tr") if old.number in row)
    assert "Revoked" in row
    assert "Qualifies" in row
    (box,) = shown.all("input[name=people]")
    assert box.get("checked") is None
    page.post(f"/staff/runs/{run.code}/certificates", {"people": [box.get("value")]})
    assert scenes.issue_all() == 1
    new, replaced = certificates.certificates_of_person(cast.learner.id)
    assert (new.state, replaced.state, replaced.number) == ("issued", "superseded", old.number)
    assert certificates.find_by_secret(old.secret).successor_number == new.number
    shown = page.get(f"/staff/runs/{run.code}/certificates")
    assert not shown.all("input[name=people]")
    assert new.number in shown.text
    assert old.number not in shown.text


def test_choosing_nobody_is_told(page, cast):
    run = scenes.past_run(cast.staff, 2)
    code = run.code
    page.sign_in(cast.staff).get(f"/staff/runs/{code}/certificates")
    refused = page.submit(people=None)
    assert refused.status == 422
    assert refused.all("[data-error-summary] a")[0].get("href") == "#people-0"
    assert not refused.all("input[name=people][checked]")
    assert courses.get_run(code).state == "running"


def test_people_of_another_run_cannot_be_sent_along(page, cast):
    run, other = scenes.past_run(cast.staff, 1), scenes.past_run(cast.staff, 1, state="completed")
    code = run.code
    [foreign] = [candidate.enrolment.id for candidate in certificates.candidates_of_run(other)]
    page.sign_in(cast.staff)
    for people in ([foreign], ["x"], ["99999999999999999999"], ["-1"], ["²"]):
        assert page.post(f"/staff/runs/{code}/certificates", {"people": people}).status == 422


def test_a_run_that_is_not_over_shows_the_list_and_no_button(page, cast):
    run = factories.run(state="running")
    factories.enrolment(run, cast.learner)
    shown = page.sign_in(cast.staff).get(f"/staff/runs/{run.code}/certificates")
    assert shown.status == 200
    assert not shown.all("main button")
    [enrolment_id] = [candidate.enrolment.id for candidate in certificates.candidates_of_run(courses.get_run(run.code))]
    assert page.post(f"/staff/runs/{run.code}/certificates", {"people": [enrolment_id]}).status == 422


def test_a_run_without_people_says_so(page, cast):
    run = scenes.past_run(cast.staff, 0)
    assert page.sign_in(cast.staff).get(f"/staff/runs/{run.code}/certificates").all(".empty")


def test_a_preview_is_shown_and_not_kept(page, cast):
    run = scenes.past_run(cast.staff, [cast.learner])
    shown = page.sign_in(cast.staff).get(f"/staff/runs/{run.code}/certificates")
    [link] = [link.get("href") for link in shown.all("a[href$='.pdf']")]
    answer = page.get(link).response
    assert answer.mimetype == "application/pdf"
    assert "ნინო აბაშიძე" in pages.text_of(answer.data)
    assert count(Certificate) == 0
    other = factories.run()
    assert page.get(link.replace(run.code, other.code)).status == 404


def test_a_preview_that_cannot_be_printed_is_told(page, cast):
    run = scenes.past_run(cast.staff, [factories.person_with_account("ნინო", "აბაშიძე漢")])
    shown = page.sign_in(cast.staff).get(f"/staff/runs/{run.code}/certificates")
    [link] = [link.get("href") for link in shown.all("a[href$='.pdf']")]
    assert page.get(link).status == 422


def test_a_batch_of_another_run_is_not_found(page, cast, held):
    other = scenes.past_run(cast.staff, 0)
    code = other.code
    batch = db.session.scalar(sa.select(IssueBatch.id))
    page.sign_in(cast.staff)
    for end in ("", "/progress", ".zip", ".pdf"):
        assert page.get(f"/staff/runs/{code}/certificates/batches/{batch}{end}").status == 404
        assert page.get(f"/staff/runs/{code}/certificates/batches/99999999{end}").status == 404


def test_files_of_a_run_without_certificates_are_not_found(page, cast):
    run = scenes.past_run(cast.staff, 1)
    page.sign_in(cast.staff)
    assert page.get(f"/staff/runs/{run.code}/certificates.zip").status == 404
    assert page.get(f"/staff/runs/{run.code}/certificates.pdf").status == 404


def test_a_file_that_is_not_made_leads_to_where_it_can_be_asked_for(page, cast):
    code = scenes.issued_run(cast.staff, 2).code
    assert page.sign_in(cast.staff).get(f"/staff/runs/{code}/certificates.zip").location.endswith(f"/staff/runs/{code}/certificates#files")
    assert "ჯერ არ მომზადებულა" in page.follow().text


def test_all_certificates_of_a_run_come_as_one_file(page, cast):
    code = scenes.issued_run(cast.staff, 3).code
    asked = page.sign_in(cast.staff).get(f"/staff/runs/{code}/certificates")
    for _click in range(2):
        page.page = asked
        assert page.submit(f"/staff/runs/{code}/certificates.pdf").status == 303
    assert "data-progress" in str(page.follow().response.data)
    assert worker.make_bundles() == 3  # this one, and both that the worker makes of a batch by itself
    answer = page.get(f"/staff/runs/{code}/certificates.pdf").response
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 3
    assert f'filename="certificates-{code}.pdf"' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("people", [3, 30])
def test_the_list_takes_the_same_statements_for_few_and_many(page, cast, people):
    """Sign-in, run, roster, attendance (2), scores, what is issued, what its designs say, what is to be decided on, batches."""
    code = scenes.past_run(cast.staff, people, capacity=40).code
    page.sign_in(cast.staff)
    with counting() as statements:
        page.get(f"/staff/runs/{code}/certificates")
    assert len(statements) <= 10, statements


def test_what_is_issued_and_what_is_to_be_is_found_by_indexes(app):
    issued = queries._issued(1)
    assert "ix_certificate_enrolment" in plan_of(lambda: db.session.execute(issued), sorting=True)
    assert "ix_issue_item_due" in plan_of(queries.take_due_item)


# -- the register


def test_staff_search_the_register(page, cast, held):
    shown = page.sign_in(cast.staff).get("/staff/certificates?q=abash&state=valid")
    assert shown.texts("#register-caption ~ tbody th") == [held.number]
    assert page.get("/staff/certificates?q=nobody").all(".empty")
    assert page.get(f"/staff/certificates?year={held.issued_at.year}").all("tbody tr")


@pytest.mark.parametrize("query", ["year=x", "state=x", "q=" + "x" * 500, "year=99999999999999999999"])
def test_a_filter_that_does_not_exist_is_told(page, cast, query):
    assert page.sign_in(cast.staff).get(f"/staff/certificates?{query}").status == 422


@pytest.mark.parametrize(
    "query", ["older_than=x", "newer_than=NALAG-9999-999999999", "older_than=%00", "q=%E1%83", "older_than=NALAG-2026-1"]
)
def test_a_strange_position_is_no_fault(page, cast, held, query):
    assert page.sign_in(cast.staff).get(f"/staff/certificates?{query}").status in {200, 400}


def test_the_register_takes_the_same_statements_for_few_and_many(page, cast):
    """Sign-in, years, page, how many cases wait."""
    scenes.issued_run(cast.staff, 12)
    page.sign_in(cast.staff)
    with counting() as statements:
        assert len(page.get("/staff/certificates").all("tbody tr")) == 12
    assert len(statements) <= 4, statements


def test_an_empty_register_says_what_to_do(page, cast):
    assert page.sign_in(cast.staff).get("/staff/certificates").all(".empty a")


def test_staff_see_one_certificate_and_download_it(page, cast, held):
    shown = page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}")
    assert "ნინო აბაშიძე" in shown.text
    assert len(shown.all("#states-caption ~ tbody tr")) == 1
    assert page.get(f"/staff/certificates/{held.number}.pdf").response.data == certificates.pdf_of(held.id)
    assert page.get("/staff/certificates/NALAG-2020-000001").status == 404


def test_staff_revoke_with_a_reason(page, cast, held):
    page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/revoke")
    refused = page.submit(code="issued_in_error", reason=" ")
    assert refused.status == 422
    assert refused.all("[data-error-summary]")
    answer = page.submit(code="issued_in_error", reason="გაიცა შეცდომით")
    assert answer.status == 303
    shown = page.follow()
    assert "გაიცა შეცდომით" in shown.text
    assert len(shown.all("#states-caption ~ tbody tr")) == 2
    assert certificates.get_entry(held.number).standing == "revoked"
    assert page.get(f"/staff/certificates/{held.number}/reinstate").status == 404


@pytest.mark.parametrize(("since", "days"), [("", None), ("today", None), ("before", -1), ("after", 1), ("issued", 0)])
def test_a_change_holds_from_the_day_that_staff_write(page, cast, held, since, days):
    today = to_tbilisi(held.issued_at).date()
    with clock.frozen(held.issued_at + timedelta(days=0 if since == "after" else 4)):
        written = {"today": clock.today(), "": None}.get(since, today + timedelta(days=days or 0))
        page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/suspend")
        answer = page.submit(code="under_review", reason="შემოწმება", since=written.strftime("%d.%m.%Y") if written else "")
        if since in {"before", "after"}:
            assert answer.status == 422
            assert answer.texts(".summary a") == ["„ძალაში შესვლის თარიღი“ უნდა იყოს დღე გაცემის თარიღიდან დღემდე."]
            return
        *_issued, change = certificates.states_of(held.id)
        assert change.since == (held.issued_at if since == "issued" else change.at)
        assert ("ძალაში შესვლის თარიღი:" in page.follow().text) == (since == "issued")


def test_a_change_sent_twice_is_made_once(page, cast, held):
    form = page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/suspend")
    for _click in range(2):
        page.page = form
        assert page.submit(code="under_review", reason="შემოწმება").status == 303
    assert [state.state for state in certificates.states_of(held.id)] == ["issued", "suspended"]


def test_a_learner_cannot_change_a_certificate(page, cast, held):
    page.sign_in(cast.learner)
    assert page.post(f"/staff/certificates/{held.number}/revoke", {"reason": "x"}).status == 403
    assert certificates.get_entry(held.number).valid


def test_looking_changes_nothing(page, cast, held):
    before = count(Certificate), count(IssueBatch)
    page.sign_in(cast.staff)
    commit()
    for end in ("", ".pdf", "/suspend", "/revoke"):
        page.get(f"/staff/certificates/{held.number}{end}")
    assert (count(Certificate), count(IssueBatch)) == before
    assert len(certificates.states_of(held.id)) == 1


@pytest.mark.parametrize("name", ["year", "state"])
def test_a_search_of_the_register_with_a_blank_choice_asks_for_all(page, cast, name):
    scenes.issued_run(cast.staff)
    page.sign_in(cast.staff)
    shown = page.get(f"/staff/certificates?{name}=%20")
    assert shown.status == 200
    assert certificates.register_page(certificates.RegisterSearch()).entries[0].number in shown.text
