"""Attendance corrected after a certificate was issued: a case for staff, and never a silent change."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import certificates, journeys
from portal.certificates.models import Certificate, CertificateCase, CertificateFile
from portal.certificates.services_cases import CaseClosedError
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.transaction import commit
from tests.certificates import scenes


@pytest.fixture
def certificate(cast):
    run = scenes.issued_run(cast.staff, 2)
    return db.session.scalars(sa.select(Certificate).where(Certificate.run_id == run.id).order_by(Certificate.id)).first()


def cases():
    rows = sa.select(CertificateCase.certificate_id, CertificateCase.attended_before, CertificateCase.attended_after)
    return [tuple(row) for row in db.session.execute(rows.order_by(CertificateCase.id))]


CASES = sa.select(CertificateCase).order_by(CertificateCase.id)


def frozen():
    files = sa.select(Certificate.number, Certificate.record_sha256, CertificateFile.pdf_sha256)
    return db.session.execute(files.join(CertificateFile, CertificateFile.certificate_id == Certificate.id).order_by(Certificate.id)).all()


def test_a_correction_opens_a_case_of_that_certificate_and_changes_none(certificate, cast):
    before = frozen()
    scenes.correct(certificate, by=cast.trainer)
    commit()
    assert cases() == [(certificate.id, 960, 900)]
    assert frozen() == before
    assert certificates.number_of_open_cases() == 1


def test_a_second_correction_is_of_the_same_case_and_one_back_closes_it(certificate, cast):
    scenes.correct(certificate, by=cast.trainer)
    scenes.correct(certificate, by=cast.trainer, minutes_left=120)
    assert cases() == [(certificate.id, 960, 840)]
    scenes.correct(certificate, by=cast.trainer, minutes_left=0)
    assert certificates.open_cases() == []
    assert [(case.decision, case.closed_by) for case in db.session.scalars(CASES)] == [("kept", cast.trainer.id)]


def test_what_staff_kept_is_not_asked_again_until_it_is_corrected_once_more(certificate, cast):
    scenes.correct(certificate, by=cast.trainer)
    (case,) = certificates.open_cases()
    certificates.keep_certificate(case.id, by=cast.staff.id, words="ზღვარი დაცულია", shown=900)
    other = next(one for one in certificates.candidates_of_run(certificate.run) if one.enrolment.id != certificate.enrolment_id)
    certificates.review_attendance(certificate.run, by=cast.staff.id)
    assert certificates.open_cases() == []
    scenes.correct(certificate, by=cast.trainer, minutes_left=120)
    assert cases()[1:] == [(certificate.id, 900, 840)]
    assert other.number


def test_a_case_needs_a_reason_and_is_closed_once(certificate, cast):
    scenes.correct(certificate, by=cast.trainer)
    (case,) = certificates.open_cases()
    with pytest.raises(RefusedError):
        certificates.keep_certificate(case.id, by=cast.staff.id, words="", shown=900)
    certificates.keep_certificate(case.id, by=cast.staff.id, words="სწორია", shown=900)
    with pytest.raises(CaseClosedError):
        certificates.keep_certificate(case.id, by=cast.administrator.id, words="სწორია", shown=900)


def test_revoking_closes_the_case_and_no_other_is_opened(certificate, cast):
    scenes.correct(certificate, by=cast.trainer)
    journeys.revoke_certificate(certificate.id, "დასწრება არ იყო საკმარისი", by=cast.staff.id)
    scenes.correct(certificate, by=cast.trainer, minutes_left=120)
    assert [case.decision for case in db.session.scalars(CASES)] == ["revoked"]


def test_nobody_decides_on_hours_that_they_were_not_shown(page, certificate, cast):
    scenes.correct(certificate, by=cast.trainer)
    commit()
    staff, path = page.sign_in(cast.staff), f"/staff/certificates/{certificate.number}/case"
    staff.get(path)
    scenes.correct(certificate, by=cast.trainer, minutes_left=240)
    commit()
    refused = staff.submit(None, reason="ზღვარი დაცულია")
    assert refused.status == 422
    assert any(fact.startswith("12 ") for fact in refused.texts("dd"))
    assert len(certificates.open_cases()) == 1
    assert staff.submit(None, reason="ზღვარი დაცულია").status == 303
    assert certificates.open_cases() == []


def test_staff_keep_a_certificate_on_its_page_and_are_told_in_the_register(page, certificate, cast):
    scenes.correct(certificate, by=cast.trainer)
    commit()
    staff = page.sign_in(cast.staff)
    assert staff.get("/staff/certificates").all("a[href$='/staff/certificates/cases']")
    path = f"/staff/certificates/{certificate.number}/case"
    assert staff.get("/staff/certificates/cases").all(f"a[href$='{path}']")
    assert staff.get(path).status == 200
    assert staff.submit(None, reason="").status == 422
    assert staff.submit(None, reason="ზღვარი დაცულია").status == 303
    assert staff.get(path).status == 303
    assert not staff.get("/staff/certificates").all("a[href$='/staff/certificates/cases']")


def test_the_list_of_the_run_says_which_certificate_is_to_be_decided_on(page, certificate, cast):
    page.language = "en"
    address = f"/staff/runs/{certificate.run.code}/certificates"
    assert page.sign_in(cast.staff).get(address).texts("a.tag") == []
    scenes.correct(certificate, by=cast.trainer)
    commit()
    (tag,) = page.get(address).all("a.tag")
    assert tag.text_content().startswith("Attendance corrected: to be decided")
    assert tag.get("href").endswith(f"/staff/certificates/{certificate.number}/case")


def test_the_case_says_whose_it_is_who_corrected_what_and_whether_it_is_still_enough(page, certificate, cast):
    scenes.correct(certificate, by=cast.trainer)
    commit()
    page.language = "en"
    staff = page.sign_in(cast.staff)
    _number, *told = staff.get("/staff/certificates/cases").texts("tbody tr:first-child > *")
    person = certificate.enrolment.person
    assert (told[0], told[2:4]) == (person.name_latin, ["16 h, 100%", "15 h, 93%"])
    shown = staff.get(f"/staff/certificates/{certificate.number}/case")
    assert shown.texts("dd")[1:3] == ["16 h, 100%", "15 h, 93%"]
    assert "still reached" in shown.text
    assert shown.texts("tbody td")[:4] == ["Present", "Present, left early: 60 min", "ფურცლის მიხედვით", cast.trainer.name_by_family("en")]
    assert shown.all(f"a[href$='/staff/runs/{certificate.run.code}/attendance']")
    assert len(shown.all("main .actions .button-quiet")) == 2
    scenes.correct(certificate, by=cast.trainer, minutes_left=240)
    commit()
    assert "no longer reached" in staff.get(f"/staff/certificates/{certificate.number}/case").text


@pytest.mark.parametrize(("who", "told"), [("staff", True), ("trainer", False)])
def test_whoever_saves_marks_that_open_a_case_is_told_when_they_may_see_it(page, cast, who, told):
    run = scenes.issued_run(cast.staff, 2, trainers=(cast.trainer,))
    certificate = db.session.scalars(sa.select(Certificate).where(Certificate.run_id == run.id)).first()
    page.language = "en"
    path = f"/teaching/sessions/{scenes.sessions(certificate.run)[0].id}"
    client = page.sign_in(getattr(cast, who))
    client.get(path)
    kept = {f"mark-{certificate.enrolment_id}": "other", f"left-{certificate.enrolment_id}": "60", "reason": "ფურცლის მიხედვით"}
    assert client.submit(path, **kept).status == 303
    said = f"certificate {certificate.number} must be decided on."
    assert (said in client.follow().text) == told
    assert certificates.number_of_open_cases() == 1
