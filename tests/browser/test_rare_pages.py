"""Pages that no link of the demo leads to: an empty portal is brought to make them, and the browser shows what it answered."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from portal import attendance, certificates, journeys
from portal.attendance.models import Mark
from portal.certificates.models import Certificate
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.web.guard import public
from tests import factories
from tests.assessment.bank import Examined
from tests.attendance import meetings
from tests.attendance.hall import Hall, many
from tests.browser import rare_places, rare_qualifications  # noqa: F401  (they bring scenes of their own)
from tests.browser.looking import faults
from tests.browser.rare import SCENES, link_in_mail, scene
from tests.certificates import scenes
from tests.imports import sheets
from tests.page_client import PageClient

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.page_client import Page


@scene
def a_run_to_complete(browser: PageClient, cast: Cast) -> Page:
    days_ago = clock.now() - timedelta(days=3)
    run = factories.run(code="COMPLETE", starts_at=days_ago, state="running", trainers=(cast.trainer,))
    factories.enrolment(run, cast.learner)
    return browser.sign_in(cast.staff).get("/staff/runs/COMPLETE/complete")


@scene
def a_certificate_with_corrected_attendance(browser: PageClient, cast: Cast) -> Page:
    run = scenes.issued_run(cast.staff)
    (certificate,) = db.session.scalars(sa.select(Certificate).where(Certificate.run_id == run.id))
    scenes.correct(certificate, by=cast.staff)
    commit()
    return browser.sign_in(cast.staff).get(f"/staff/certificates/{certificate.number}/case")


@scene
def a_test_with_a_question_of_each_kind(browser: PageClient, cast: Cast) -> Page:
    exam = Examined(cast, minutes=30)
    exam.begin()
    commit()
    return browser.sign_in(exam.people[0]).get(f"/runs/{exam.run.code}/test/post/1")


@scene
def a_test_that_was_refused(browser: PageClient, cast: Cast) -> Page:
    a_test_with_a_question_of_each_kind(browser, cast)
    return browser.submit()


@scene
def a_marking_that_was_refused(browser: PageClient, cast: Cast) -> Page:
    exam = Examined(cast)
    attempt = exam.take(text="ჩემი პასუხი")
    commit()
    browser.sign_in(cast.trainer).get(f"/teaching/runs/{exam.run.code}/marking")
    return browser.submit(**{f"points-{attempt.id}-{exam.bank[-1].id}": "99"})


def shared_certificate(cast: Cast, **wish: object) -> tuple[str, str]:
    """The number of a certificate of the learner, and a link to it that shows everything."""
    scenes.issued_run(cast.staff, [cast.learner], trainers=(cast.trainer,), funding_project_id=factories.funding_project().id)
    (held,) = certificates.certificates_of_person(cast.learner.id)
    wish = {"note": "კადრების განყოფილებისთვის"} | wish
    made = certificates.share(held.id, list(certificates.Shown), clock.now() + timedelta(days=30), by=cast.learner.id, **wish)
    commit()
    return held.number, made.token


@scene
def a_certificate_with_links(browser: PageClient, cast: Cast) -> Page:
    number, token = shared_certificate(cast)
    shared_once = PageClient(browser.app)
    shared_once.get(f"/shared/{token}")
    shared_once.submit()
    (held,) = certificates.certificates_of_person(cast.learner.id)
    ended = certificates.share(held.id, ["name"], clock.now() + timedelta(days=1), by=cast.learner.id)
    certificates.end_share(ended.id, held.id, by=cast.learner.id)
    commit()
    return browser.sign_in(cast.learner).get(f"/my/certificates/{number}")


@scene
def a_certificate_that_was_taken_back(browser: PageClient, cast: Cast) -> Page:
    number, _token = shared_certificate(cast)
    certificates.revoke(certificates.get_entry(number).id, "დასწრება შეცდომით იყო აღრიცხული", by=cast.staff.id)
    commit()
    return browser.sign_in(cast.learner).get(f"/my/certificates/{number}")


@scene
def a_link_to_a_certificate(browser: PageClient, cast: Cast) -> Page:
    _number, token = shared_certificate(cast)
    return browser.get(f"/shared/{token}")


@scene
def a_shared_certificate(browser: PageClient, cast: Cast) -> Page:
    _number, token = shared_certificate(cast)
    browser.get(f"/shared/{token}")
    return browser.submit()


@scene
def a_file_that_was_altered(browser: PageClient, _cast: Cast) -> Page:
    return browser.post("/verify/file", {"sha256": "0" * 64, "claim": "NALAG-2026-000123"})


@scene
def a_file_of_somebody_else(browser: PageClient, _cast: Cast) -> Page:
    return browser.post("/verify/file", {"sha256": "0" * 64, "claim": ""})


@scene
def a_certificate_to_correct(browser: PageClient, cast: Cast) -> Page:
    scenes.issued_run(cast.staff, [cast.learner])
    cast.learner.family_name_ka, cast.learner.family_name_latin = "ჯინჯოლავა-ბერიძე", "Jinjolava-Beridze"
    db.session.merge(cast.learner)
    commit()
    held = certificates.certificates_of_person(cast.learner.id)[0]
    return browser.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/correct")


@scene
def a_profile_to_confirm(browser: PageClient, _cast: Cast) -> Page:
    browser.get("/create-account")
    browser.submit(
        "/create-account",
        given_name_ka="თამარ",
        family_name_ka="ჯინჯოლავა-ბერიძე",
        email=f"tamar-{browser.language}@portal.test",
        password="ძველი თბილისი და ახალი ხიდი",
        municipality=str(factories.municipality("telavi").id),
        category="civil_servant",
        title_ka="მთავარი სპეციალისტი",
        privacy="y",
    )
    return browser.get(link_in_mail("confirm_account"))


@scene
def a_new_password(browser: PageClient, _cast: Cast) -> Page:
    browser.get("/reset-password")
    browser.submit("/reset-password", email="nino@portal.test")
    return browser.get(link_in_mail("reset_password"))


@scene
def a_new_password_refused(browser: PageClient, cast: Cast) -> Page:
    a_new_password(browser, cast)
    return browser.submit(None, password="short")


def uploaded(browser: PageClient, cast: Cast, rows: list[list[str]]) -> Page:
    run = factories.run(code=f"IMPORT-{browser.language}")
    browser.sign_in(cast.coordinator).get(f"/municipality/nominate/{run.code}/import")
    browser.submit(file=(io.BytesIO(sheets.as_csv(rows)), f"{browser.language}.csv"))
    return browser.follow()


@scene
def a_spreadsheet_to_confirm(browser: PageClient, cast: Cast) -> Page:
    doubt, wrong = sheets.nominee(2, სახელი="ნინო", გვარი="აბაშიძე"), sheets.nominee(3, სახელი="", კატეგორია="?")
    return uploaded(browser, cast, [sheets.nominee(1), doubt, wrong])


@scene
def a_spreadsheet_confirmed_too_soon(browser: PageClient, cast: Cast) -> Page:
    a_spreadsheet_to_confirm(browser, cast)
    return browser.submit("/confirm", left_out="1")


@scene
def a_spreadsheet_carried_out(browser: PageClient, cast: Cast) -> Page:
    uploaded(browser, cast, [sheets.nominee(number) for number in range(3)])
    browser.submit("/confirm", left_out="0")
    return browser.follow()


@scene
def a_long_spreadsheet(browser: PageClient, cast: Cast) -> Page:
    return uploaded(browser, cast, [sheets.nominee(number) for number in range(301)])


def checked_report(browser: PageClient, cast: Cast, step: str) -> Page:
    """A meeting with namesakes, a stranger, a mark that would change, somebody who was not there, and a row that cannot be read."""
    hall = Hall(cast, names=[("ნინო", "ბერიძე"), ("ნინო", "ბერიძე"), ("გია", "ლომიძე"), ("ქეთევან", "ყიფიანი")], day=-5)
    attendance.record_marks(hall.session.id, [attendance.MarkWish(hall.keys[2], Mark.ABSENT)], by=cast.trainer.id)
    times = [
        [f"{hall.session.starts_at + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}" for minute in pair] for pair in ((0, 200), (230, 475))
    ]
    rows = [[name, "", *pair] for name in ("Nino Beridze", "Lomidze Gia") for pair in times]
    browser.sign_in(cast.trainer).get(f"{hall.path}/online")
    browser.submit(
        None, file=(io.BytesIO(meetings.own(*rows, ["iPhone", "guest@portal.test", *times[0]], ["?", "", "", ""])), "report.csv")
    )
    return browser.post(f"{hall.path}/online/check", dict(browser.page.form("/online/check").form_values()) | {"step": step})


@scene
def a_report_of_a_meeting(browser: PageClient, cast: Cast) -> Page:
    return checked_report(browser, cast, "look")


@scene
def a_report_of_a_meeting_with_open_questions(browser: PageClient, cast: Cast) -> Page:
    return checked_report(browser, cast, "save")


@scene
def too_many_attempts(browser: PageClient, _cast: Cast) -> Page:
    browser.get("/sign-in")
    answers = (browser.submit("/sign-in", email="davit@portal.test", password="wrong") for _ in range(30))
    return next(answer for answer in answers if answer.status == 429)


@scene
def a_deadline_passed(browser: PageClient, cast: Cast) -> Page:
    factories.run(code="LATE", enrolment_closes_at=clock.now() - timedelta(hours=1))
    return browser.sign_in(cast.learner).post("/runs/LATE/enrol")


@scene
def a_clash(browser: PageClient, cast: Cast) -> Page:
    factories.enrolment(factories.run(code="ONE"), cast.colleague)
    factories.run(code="OTHER")
    return browser.sign_in(cast.colleague).post("/runs/OTHER/enrol")


@scene
def another_address_to_confirm(browser: PageClient, cast: Cast) -> Page:
    browser.sign_in(cast.learner).get("/my/profile/details")
    browser.submit(None, email=f"another-{browser.language}@portal.test")
    return browser.get(link_in_mail("confirm_email"))


def scanned(browser: PageClient, cast: Cast, after: timedelta, who: str = "guest", *, back: str = "") -> Page:
    """What somebody sees who scans the code so long after the session began; ``back`` is a path to open afterwards."""
    hall = Hall(cast, many(12))
    person = hall.people[0] if who == "guest" else cast.learner
    commit()
    with clock.frozen(hall.session.starts_at + after):
        page = browser.sign_in(person).get(f"/check-in/{attendance.wall_code(hall.session.id, clock.now()).token}")
        if not back:
            return page
        browser.submit()
        return browser.get(back.format(hall.session.id))


@scene
def a_check_in(browser: PageClient, cast: Cast) -> Page:
    return scanned(browser, cast, timedelta(minutes=5))


@scene
def a_check_in_done(browser: PageClient, cast: Cast) -> Page:
    return scanned(browser, cast, timedelta(minutes=5), back="/check-in/sessions/{}")


@scene
def a_check_in_too_early(browser: PageClient, cast: Cast) -> Page:
    return scanned(browser, cast, timedelta(minutes=-50))


@scene
def a_check_in_too_late(browser: PageClient, cast: Cast) -> Page:
    return scanned(browser, cast, timedelta(hours=9))


@scene
def a_check_in_without_a_place(browser: PageClient, cast: Cast) -> Page:
    return scanned(browser, cast, timedelta(minutes=5), who="stranger")


@scene
def heads_counted(browser: PageClient, cast: Cast) -> Page:
    hall = Hall(cast, many(12))
    commit()
    with clock.frozen(hall.session.starts_at):
        for person in hall.people[:8]:
            session = attendance.get_taught_session(hall.session.id, taught_by=None)
            journeys.check_in(session, person.id, at=clock.now())
        browser.sign_in(cast.trainer).get(hall.path)
        browser.submit("/head-count", people="6")
        return browser.follow()


@scene
def heads_counted_wrongly(browser: PageClient, cast: Cast) -> Page:
    heads_counted(browser, cast)
    return browser.submit("/head-count", people="many")


@pytest.mark.parametrize(("language", "width"), [("ka", 320), ("en", 1280)])
@pytest.mark.parametrize("empty_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scene", SCENES, ids=lambda one: one.__name__)
def test_a_rare_page_is_for_everybody(app, cast, show, scene, language, width):
    assert show(scene(PageClient(app, language), cast), width) == []


@pytest.mark.parametrize("empty_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("error", [ZeroDivisionError(), OperationalError("", {}, Exception())], ids=["500", "503"])
def test_a_fault_of_ours_is_for_everybody(app, show, monkeypatch, caplog, error):
    def break_down():
        raise error

    monkeypatch.setitem(app.view_functions, "people.privacy", public(break_down))
    for language, width in (("ka", 320), ("en", 1280)):
        assert show(PageClient(app, language).get("/privacy"), width) == []


@pytest.fixture
def show(open_page):
    """Show an answer in the browser, with the styles of the running portal, and say what is wrong with it."""

    def shown(answer: Page, width: int) -> list[str]:
        assert answer.tree is not None
        page = open_page("/ka/verify", width=width)
        page.route("**/shown", lambda route: route.fulfill(body=answer.response.get_data(as_text=True), content_type="text/html"))
        page.goto("/shown")
        return faults(page)

    return shown
