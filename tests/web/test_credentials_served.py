"""What machines read is served: credentials to whom they belong and to who has the secret; keys and status lists to everybody."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from portal import certificates, credentials, signing
from portal.certificates.models import Certificate, CertificateCredential
from portal.foundation.database import db
from portal.foundation.transaction import writing
from tests.certificates import scenes
from tests.credentials.oracles import openbadgeslib_refuses
from tests.page_client import PageClient

JSON, JWT = "application/vc", "application/vc+jwt"


@pytest.fixture
def issued(cast):
    """The certificate and the credential of the learner, with keys and lists made known."""
    scenes.issued_run(cast.staff, [cast.learner])
    with writing():
        signing.publish_keys()
        certificates.build_status_lists()
    columns = (Certificate.number, Certificate.secret, CertificateCredential.document, CertificateCredential.jwt)
    return db.session.execute(sa.select(*columns).join(Certificate, Certificate.id == CertificateCredential.certificate_id)).one()


@pytest.fixture
def number(issued):
    return issued.number


@pytest.fixture
def forms(issued):
    """Ending, media type and bytes of each form."""
    return [("json", JSON, issued.document), ("jwt", JWT, issued.jwt.encode())]


@pytest.fixture
def secret(issued):
    return issued.secret


def data_of(page):
    return page.response.get_data()


@pytest.mark.parametrize(("who", "path"), [("learner", "/my/certificates"), ("staff", "/staff/certificates")])
def test_holder_and_staff_take_both_forms_along(page, cast, forms, number, who, path):
    page.sign_in(getattr(cast, who))
    for ending, kind, stored in forms:
        answer = page.get(f"{path}/{number}.{ending}")
        assert (answer.status, answer.response.mimetype, data_of(answer)) == (200, kind, stored)
        assert f'filename="{number}.{ending}"' in answer.response.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [("colleague", "/my/certificates", 404), ("learner", "/staff/certificates", 403), ("coordinator", "/staff/certificates", 403)],
)
def test_nobody_else_gets_it_by_its_number(page, cast, number, who, path, status):
    page.sign_in(getattr(cast, who))
    assert page.get(f"{path}/{number}.json").status == status


def test_whoever_has_the_secret_gets_both_forms(page, forms, secret):
    for ending, kind, stored in forms:
        answer = page.get(f"/verify/{secret}.{ending}")
        assert (answer.status, answer.response.mimetype, data_of(answer)) == (200, kind, stored)
        assert answer.response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_address_is_the_name_of_the_credential(page, issued, secret):
    named = json.loads(issued.document)["id"]
    assert data_of(page.get(named)) == issued.document


def test_a_wrong_secret_is_a_miss(page, issued):
    statuses = [page.get(f"/verify/{'x' * 24}.{ending}").status for ending in ("json", "jwt") * 11]
    assert statuses[:20] == [404] * 20
    assert statuses[-1] == 429


def test_a_certificate_without_a_credential_has_none_to_give(page, cast, number, secret, monkeypatch):
    nothing = sa.select(Certificate.number, Certificate.record, Certificate.rule).where(sa.false())
    monkeypatch.setattr("portal.certificates.queries_credentials._STORED", nothing)
    page.sign_in(cast.learner)
    for path in (f"/my/certificates/{number}.json", f"/my/certificates/{number}.jwt", f"/verify/{secret}.json"):
        assert page.get(path).status == 404


def test_everybody_gets_the_keys(page, issued):
    answer = page.get("/.well-known/did.json")
    assert (answer.status, answer.response.mimetype) == (200, "application/did+json")
    document = json.loads(data_of(answer))
    assert document["id"] == "did:web:portal.test"
    assert {method["type"] for method in document["verificationMethod"]} == {"Multikey", "JsonWebKey"}


def test_the_keys_need_no_private_one(page, issued):
    signing.use(None, development=False)
    assert page.get("/.well-known/did.json").status == 200
    assert page.get("/status/1").status == 200


def test_everybody_gets_the_lists_in_both_forms(page, issued):
    stored = credentials.get_status_list(1)
    for path, kind, data in (("/status/1", JSON, stored.document), ("/status/1.jwt", JWT, stored.jwt.encode())):
        answer = page.get(path)
        assert (answer.status, answer.response.mimetype, data_of(answer)) == (200, kind, data)


@pytest.mark.parametrize("path", ["/status/1", "/status/1.jwt", "/.well-known/did.json"])
def test_what_is_for_everybody_is_kept_for_minutes_and_read_from_other_sites(page, issued, path):
    headers = page.get(path).response.headers
    assert headers["Cache-Control"] == "public, max-age=300"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers.get_all("Cross-Origin-Resource-Policy") == ["cross-origin"]
    assert "Set-Cookie" not in headers
    again = page.get(path, headers={"If-None-Match": headers["ETag"]})
    assert (again.status, data_of(again)) == (304, b"")


@pytest.mark.parametrize("path", ["/status/2", "/status/0", "/status/2.jwt", "/status/99999999999999999999", "/status/x"])
def test_there_is_no_other_list(page, issued, path):
    assert page.get(path).status == 404


def test_what_is_served_is_enough_to_verify(app, issued, secret):
    class Served:
        """The portal, for a verifier that asks it for all it needs."""

        @staticmethod
        def download(address):
            return data_of(PageClient(app).get(address))

    for ending in ("json", "jwt"):
        credential = Served.download(f"/verify/{secret}.{ending}")
        assert openbadgeslib_refuses(credential if ending == "json" else credential.decode(), Served()) == ""


@pytest.mark.parametrize(("who", "path"), [("learner", "/my/certificates"), ("staff", "/staff/certificates")])
def test_the_page_of_a_certificate_leads_to_its_credential(page, cast, number, who, path):
    page.sign_in(getattr(cast, who))
    leading = [link.get("href") for link in page.get(f"{path}/{number}").all("a") if link.get("href").endswith(".json")]
    assert leading == [f"/ka{path}/{number}.json"]
