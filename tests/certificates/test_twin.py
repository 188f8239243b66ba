"""The credential of an issued certificate: what it says, where it is, and that verifiers which are not ours accept it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from decimal import Decimal

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from portal import certificates, credentials, people
from portal.certificates.models import Certificate, CertificateCredential
from portal.foundation.database import db
from portal.foundation.formats import format_percent
from portal.foundation.transaction import writing
from tests import factories
from tests.certificates import scenes
from tests.credentials import oracles
from tests.credentials.oracles import DigitalBazaar, Published, openbadgeslib_refuses, tampered

PERSONAL_NUMBER = "01001012345"
ISSUED = sa.select(*Certificate.__table__.c, CertificateCredential.document, CertificateCredential.jwt).join(
    CertificateCredential, CertificateCredential.certificate_id == Certificate.id
)


@pytest.fixture
def course(app):
    return factories.course(
        title_ka="სამშენებლო ნებართვები",
        title_en="Construction permits",
        summary_ka="ვინ გასცემს ნებართვას",
        summary_en="Who gives a permit",
        learning_outcomes_ka="კითხულობს გეგმას\nგასცემს ნებართვას",
        learning_outcomes_en="Reads a plan\nGives a permit",
        assessment=[{"name_ka": "ტესტი", "name_en": "test", "minimum": 0, "maximum": 100}],
        attendance_percent=80,
        contact_hours=Decimal(16),
        independent_hours=Decimal("2.5"),
        credits=Decimal("0.5"),
        validity_months=24,
    )


@pytest.fixture
def issued(cast, course):
    """The certificate of the learner with its credential."""
    scenes.issued_run(cast.staff, [cast.learner], version=course)
    return db.session.execute(ISSUED).one()


@pytest.fixture
def document(issued):
    return json.loads(issued.document)


def published() -> Published:
    """What the portal serves now: the lists as the worker builds them."""
    with writing():
        certificates.build_status_lists()
    served = credentials.get_status_list(1)
    return Published.with_revoked().with_list(served.document, served.jwt)


def change(certificate, how, staff):
    with writing():
        how(certificate.id, "მიზეზი", by=staff.id)


def test_it_names_what_the_certificate_names(issued, document):
    record, subject = json.loads(issued.record), document["credentialSubject"]
    assert document["id"] == f"https://portal.test/verify/{issued.secret}.json"
    assert subject["licenseNumber"] == issued.number
    assert subject["identifier"][0]["identityHash"] == f"{record['name']['ka']} / {record['name']['latin']}"
    assert subject["achievement"]["name"] == "სამშენებლო ნებართვები / Construction permits"
    assert subject["achievement"]["description"] == "ვინ გასცემს ნებართვას\n\nWho gives a permit"
    assert document["issuer"]["name"] == f"{record['issuer']['ka']} / {record['issuer']['en']}"
    assert subject["creditsEarned"] == 0.5
    assert document["validUntil"] == issued.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_it_says_what_was_asked_for_and_how_much_work_it_was(document):
    in_georgian, in_english = document["credentialSubject"]["achievement"]["criteria"]["narrative"].split("\n\n")
    assert in_georgian.splitlines() == [
        f"დასწრება: საკონტაქტო საათების სულ მცირე {format_percent(80, 'ka')}",
        "საკონტაქტო საათი: 16",
        "დამოუკიდებელი მუშაობის საათი: 2,5",
        "ფორმა: ადგილზე",
        "მონაწილის შეფასება: ტესტი",
        "სწავლის შედეგები:",
        "- კითხულობს გეგმას",
        "- გასცემს ნებართვას",
    ]
    assert in_english.splitlines() == [
        f"Attendance: at least {format_percent(80, 'en')} of the contact hours",
        "Contact hours: 16",
        "Independent study hours: 2.5",
        "Form: in person",
        "Assessment: test",
        "Learning outcomes:",
        "- Reads a plan",
        "- Gives a permit",
    ]


def test_the_record_holds_the_elements_of_a_micro_credential(issued):
    record = json.loads(issued.record)
    assert record["programme"] == {
        "country": "GE",
        "learning_outcomes": {"ka": ["კითხულობს გეგმას", "გასცემს ნებართვას"], "en": ["Reads a plan", "Gives a permit"]},
        "level": None,
        "assessment": [{"name": {"ka": "ტესტი", "en": "test"}}],
        "quality_assurance": None,
    }
    assert {"name", "course_title", "issuer", "issued_on", "contact_hours", "independent_hours", "credits", "form"} <= record.keys()


def test_what_a_course_does_not_have_is_null(cast):
    scenes.issued_run(cast.staff, [cast.learner], version=factories.course(learning_outcomes_ka="", learning_outcomes_en="", assessment=[]))
    programme = json.loads(db.session.scalars(sa.select(Certificate.record)).one())["programme"]
    assert (programme["learning_outcomes"], programme["assessment"]) == (None, None)


def test_neither_personal_number_nor_mail_is_in_it(cast):
    with writing():
        people.set_personal_number(cast.learner, PERSONAL_NUMBER, by=cast.staff.id)
    scenes.issued_run(cast.staff, [cast.learner])
    issued = db.session.execute(ISSUED).one()
    claims = oracles.claims_of(issued.jwt)
    for said in (issued.document.decode(), json.dumps(claims, ensure_ascii=False), issued.record.decode()):
        assert "ნინო აბაშიძე" in said
        assert PERSONAL_NUMBER not in said
        assert "nino@portal.test" not in said


def test_it_stands_in_the_pdf_as_it_was_signed(issued):
    [[attached]] = PdfReader(io.BytesIO(certificates.pdf_of(issued.id))).attachments.values()
    assert attached == issued.document


@pytest.mark.skipif(not os.environ.get("CI") and shutil.which("pdfdetach") is None, reason="no pdfdetach on this machine")
def test_what_another_program_takes_out_of_the_pdf_verifies(issued, tmp_path):
    (tmp_path / "certificate.pdf").write_bytes(certificates.pdf_of(issued.id))
    subprocess.run(["pdfdetach", "-saveall", "certificate.pdf"], cwd=tmp_path, check=True, timeout=30)
    taken_out = (tmp_path / "credential.json").read_bytes()
    assert openbadgeslib_refuses(taken_out, published()) == ""
    assert openbadgeslib_refuses(tampered(taken_out, old="ნინო", new="ნანა"), published())


def test_openbadgeslib_accepts_both_forms_until_it_is_revoked(issued, cast):
    forms = (issued.document, issued.jwt)
    assert [openbadgeslib_refuses(form, published()) for form in forms] == ["", ""]
    change(issued, certificates.revoke, cast.staff)
    assert all("status 'revocation' is set" in openbadgeslib_refuses(form, published()) for form in forms)


@oracles.needs_node
def test_digital_bazaar_accepts_it_until_it_is_revoked(issued, cast):
    verifier = DigitalBazaar()
    document = issued.document
    assert verifier.verify(document, published()) == {"verified": True, "revoked": False, "errors": []}
    assert not verifier.verify(tampered(document, old="ნინო", new="ნანა"), published())["verified"]
    change(issued, certificates.revoke, cast.staff)
    assert verifier.verify(document, published())["revoked"]
    verifier.close()


def test_a_person_has_one_name_in_all_credentials(cast):
    for who in ([cast.learner], [cast.learner, cast.colleague]):
        scenes.issued_run(cast.staff, who)
    documents = db.session.scalars(sa.select(CertificateCredential.document).order_by(CertificateCredential.certificate_id))
    holders = [json.loads(document)["credentialSubject"]["id"] for document in documents]
    assert len(holders) == 3
    assert len(set(holders)) == 2
