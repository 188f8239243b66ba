"""A certificate with its seal on: the rules still hold, little was added, and printing leaves the seal behind."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from portal import signing
from portal.certificates.drawing import FIELD_NAME, Attachment, CertificateBatch, Design, merge
from tests.certificates.oracles import ask, needs_tools
from tests.certificates.pages import text_of
from tests.certificates.pdfa import breaches
from tests.certificates.samples import FACTS, VERIFY_URL
from tests.signing import judging

AT = datetime(2026, 12, 19, 9, 30, tzinfo=UTC)
CREDENTIAL = Attachment("credential.json", "application/ld+json", b"{}" * 2_000, "სერტიფიკატი მანქანისთვის")
MANY = 40


@pytest.fixture(scope="module", name="plain")
def _plain():
    return CertificateBatch(Design()).draw(FACTS, VERIFY_URL, CREDENTIAL)


@pytest.fixture(scope="module", name="sealed")
def _sealed(plain, signing_dir):
    return signing.seal_pdf(plain, at=AT)


def test_the_seal_is_put_into_the_field_that_was_prepared_and_holds(sealed):
    assert judging.holds(sealed)
    (field,) = PdfReader(io.BytesIO(sealed)).get_fields().values()
    assert field["/T"] == FIELD_NAME
    assert field["/TU"] == "ელექტრონული შტამპი"


def test_a_sealed_certificate_breaks_no_rule(sealed):
    assert breaches(sealed) == []


def test_a_stamped_certificate_breaks_no_rule_for_its_timestamp_lies_off_the_page(sealed, signing_dir):
    signing.use(signing_dir, development=True, timestamp_url="own")
    stamped = sealed + signing.stamp_pdf(sealed)
    assert breaches(stamped) == []
    on_the_page = re.sub(rb"-9999", b"    0", stamped)
    assert on_the_page != stamped
    assert breaches(on_the_page) == ["annotations: a field outside the structure"]


@needs_tools
def test_a_sealed_certificate_is_whole(sealed):
    assert "No syntax or stream encoding errors found" in ask(sealed, "qpdf", "--check")


def test_sealing_touches_the_catalogue_and_the_field_and_nothing_else(plain, sealed):
    assert sealed.startswith(plain)
    reader = PdfReader(io.BytesIO(plain))
    root = reader.trailer.raw_get("/Root").idnum
    (field,) = reader.trailer["/Root"]["/AcroForm"]["/Fields"]
    rewritten = {int(number) for number in re.findall(rb"^(\d+) 0 obj", sealed.removeprefix(plain), re.MULTILINE)}
    assert {number for number in rewritten if number < reader.trailer["/Size"]} == {root, field.idnum}


def test_sealed_certificates_are_merged_for_printing_and_share_their_fonts(signing_dir):
    batch = CertificateBatch(Design())
    files = [
        signing.seal_pdf(batch.draw(replace(FACTS, name_latin=f"Tamar {number}"), VERIFY_URL, CREDENTIAL), at=AT) for number in range(MANY)
    ]
    merged = merge(files)
    reader = PdfReader(io.BytesIO(merged))
    assert len(reader.pages) == MANY
    assert len({page["/Resources"]["/Font"].raw_get("/R").idnum for page in reader.pages}) == 1
    assert reader.trailer["/Root"]["/Lang"] == "ka"
    assert not {"/AcroForm", "/Perms", "/Names", "/AF", "/StructTreeRoot"} & set(reader.trailer["/Root"])
    assert not any({"/Annots", "/StructParents"} & set(page) for page in reader.pages)
    assert "Tamar 17" in text_of(merged, 17)
    assert len(merged) < 150 * 1024
