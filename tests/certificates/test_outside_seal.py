"""A seal made outside comes back in the file: only as one more good signature over the file as it stands."""

from __future__ import annotations

import hashlib
import io

import pytest
from pyhanko.pdf_utils.generic import StreamObject

from portal import certificates, signing, worker
from portal.certificates.models import Certificate, CertificateAddition
from portal.foundation.errors import RefusedError
from tests.certificates import scenes
from tests.certificates.test_issuing import all_of
from tests.signing import judging
from tests.signing.outside import sealed_outside


@pytest.fixture
def number(app, cast, signing_dir) -> str:
    """A certificate that was issued open to seals."""
    signing.use(signing_dir, development=True, timestamp_url="own", open_to_seals=True)
    scenes.issued_run(cast.staff, 1)
    return all_of(Certificate)[0].number


def bring(page, number: str, data: bytes):
    page.get(f"/en/staff/certificates/{number}/seal")
    return page.submit(file=(io.BytesIO(data), "sealed.pdf"))


def scribble(writer) -> None:
    writer.add_stream_to_page(0, writer.add_object(StreamObject(stream_data=b"0 0 50 50 re f")))


def test_staff_bring_back_the_sealed_file_and_both_signatures_hold(page, cast, number, tmp_path):
    before = certificates.get_file(number).pdf
    whole = sealed_outside(page.sign_in(cast.staff).get(f"/staff/certificates/{number}.pdf").response.data, tmp_path)
    assert bring(page, number, whole).status == 303
    assert "The seal is part of the certificate now." in page.follow().text
    [addition] = all_of(CertificateAddition)
    assert (addition.kind, addition.added_by, before + addition.tail) == ("seal", cast.staff.id, whole)
    assert addition.file_sha256 == hashlib.sha256(whole).hexdigest()
    assert certificates.get_file(number).pdf == whole
    own, outside = judging.seals(whole)
    assert own.bottom_line
    assert (outside.intact, outside.valid, outside.coverage.name) == (True, True, "ENTIRE_FILE")
    assert judging.pdfsig(whole, tmp_path).count("Signature is Valid") == 2


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda pdf, _put: pdf, "nothing was added to it"),
        (lambda pdf, _put: pdf[:0], "not the file of this certificate"),
        (lambda pdf, _put: pdf[:9] + b"another file", "not the file of this certificate"),
        (lambda pdf, put: put(pdf[:20] + b"x" + pdf[21:]), "not the file of this certificate"),
        (lambda pdf, _put: pdf + b"\n% something\n", "one more signature"),
        (lambda pdf, put: put(pdf) + b"\n% something\n", "one more signature"),
        (lambda pdf, put: put(put(pdf), name="Second"), "one more signature"),
        (lambda pdf, put: put(pdf, change=scribble), "one more signature"),
        (lambda pdf, put: put(pdf, box=(100, 100, 400, 300)), "one more signature"),
        (lambda pdf, put: put(pdf)[:-300] + b"0" * 300, "one more signature"),
        (lambda pdf, put: put(pdf) + b" " * 300_000, "More was added"),
    ],
    ids=["as it was", "empty", "another", "changed", "no signature", "longer", "twice", "scribbled", "visible", "broken", "long"],
)
def test_whatever_else_comes_back_is_refused_with_the_reason(page, cast, number, tmp_path, spoil, words):
    pdf = certificates.get_file(number).pdf
    page.sign_in(cast.staff)
    refused = bring(page, number, spoil(pdf, lambda pdf, **how: sealed_outside(pdf, tmp_path, **how)))
    assert refused.status == 422
    assert words in refused.text
    assert all_of(CertificateAddition) == []


def test_a_certificate_that_was_issued_closed_takes_none_and_the_page_says_so(page, cast, app, tmp_path):
    scenes.issued_run(cast.staff, 1)
    number = all_of(Certificate)[0].number
    seen = page.sign_in(cast.staff).get(f"/en/staff/certificates/{number}/seal")
    assert "This certificate is closed" in seen.text
    assert not seen.all("input[type=file]")
    with pytest.raises(RefusedError, match="issued closed"):
        certificates.add_seal(number, certificates.get_file(number).pdf + b" ", by=cast.staff.id)


def test_a_timestamp_and_a_seal_follow_each_other(page, cast, number, tmp_path, signing_dir):
    assert worker.stamp_certificates() == 1
    whole = sealed_outside(certificates.get_file(number).pdf, tmp_path)
    page.sign_in(cast.staff)
    assert bring(page, number, whole).status == 303
    assert [addition.kind for addition in all_of(CertificateAddition)] == ["timestamp", "seal"]
    assert all(seal.intact and seal.docmdp_ok for seal in judging.seals(certificates.get_file(number).pdf))


def test_only_who_issues_certificates_may_bring_one(page, cast, number):
    for person in (cast.learner, cast.coordinator, cast.trainer):
        assert page.sign_in(person).get(f"/staff/certificates/{number}/seal").status == 403
