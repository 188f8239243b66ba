"""The seal on a file: two programs that are not ours find it good, and see whatever is changed afterwards."""

from __future__ import annotations

import io
import random
import subprocess
from datetime import UTC, datetime

import pytest
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from pyhanko.sign.validation.settings import KeyUsageConstraints
from reportlab.pdfgen.canvas import Canvas

from portal import signing
from portal.signing.awaiting import awaited
from tests.signing import judging

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def plain() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawString(60, 700, "This certifies that")
    canvas.save()
    return buffer.getvalue()


@pytest.fixture(scope="module")
def sealed(plain, signing_dir) -> bytes:
    return signing.seal_pdf(plain, at=AT)


def test_pyhanko_finds_the_seal_good_trusted_and_over_the_whole_file(sealed):
    [seal] = judging.seals(sealed)
    assert seal.bottom_line
    assert (seal.intact, seal.valid, seal.trusted, seal.docmdp_ok) == (True,) * 4
    assert seal.coverage.name == "ENTIRE_FILE"
    assert KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}).validate(seal.signing_cert) is None
    assert seal.signing_cert.subject.native["organization_name"] == "National Association of Local Authorities of Georgia"


def test_pdfsig_finds_it_valid(sealed, tmp_path):
    said = judging.pdfsig(sealed, tmp_path)
    for words in ("Signature is Valid", "Total document signed", "Seal", "ETSI.CAdES.detached", "SHA-256", "Mar 02 2026 09:30:00"):
        assert words in said


def test_it_is_of_the_kind_that_pades_asks_for(sealed):
    """B-B: its own certificate named in what is signed, the time in the dictionary only; it certifies, and nothing may be changed."""
    [seal] = PdfFileReader(io.BytesIO(sealed)).embedded_regular_signatures
    attributes = {attribute["type"].native for attribute in seal.signer_info["signed_attrs"]}
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= attributes
    assert "signing_time" not in attributes
    assert not seal.other_embedded_certs  # nobody takes a root from the file
    assert seal.docmdp_level == MDPPerm.NO_CHANGES
    assert seal.sig_field["/TU"] == "ელექტრონული შტამპი (electronic seal)"


def test_a_field_that_was_prepared_for_it_is_used(plain):
    writer = IncrementalPdfFileWriter(io.BytesIO(plain))
    append_signature_field(writer, SigFieldSpec("Seal", box=(10, 10, 60, 60), readable_field_name="Prepared"))
    output = io.BytesIO()
    writer.write(output)
    sealed = signing.seal_pdf(output.getvalue(), at=AT)
    [seal] = PdfFileReader(io.BytesIO(sealed)).embedded_regular_signatures
    assert (seal.field_name, seal.sig_field["/TU"]) == ("Seal", "Prepared")
    assert judging.holds(sealed)


def test_what_was_drawn_is_kept_to_the_byte_and_its_metadata_with_it(plain, sealed, tmp_path):
    assert sealed.startswith(plain)
    assert len(sealed) - len(plain) < 4_500
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    subprocess.run(["qpdf", "--check", tmp_path / "sealed.pdf"], check=True, capture_output=True)
    before, after = (PdfFileReader(io.BytesIO(pdf)).trailer["/Info"] for pdf in (plain, sealed))
    assert dict(before) == dict(after)


def flipped(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 0x01]) + pdf[place + 1 :]


def signed_parts(pdf: bytes) -> tuple[bytes, ...]:
    [seal] = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    info = seal.signer_info
    return info["signature"].native, info["signed_attrs"].dump(), seal.signer_cert.dump()


def test_each_flipped_byte_of_the_file_is_seen(sealed):
    start = sealed.index(b"/Contents <")
    end = sealed.index(b">", start)
    outside = [*range(start), *range(end + 1, len(sealed))]
    for place in random.Random(7).sample(outside, 100):
        assert not judging.holds(flipped(sealed, place)), place


def test_each_flipped_byte_of_the_signature_is_seen(sealed):
    """But for its wrapping, a few numbers of versions and the zeros behind it: that belongs to nothing signed, and the register's digest has it."""
    start = sealed.index(b"/Contents <") + len(b"/Contents <")
    whole, seen = signed_parts(sealed), 0
    for place in random.Random(7).sample(range(start, sealed.index(b">", start)), 100):
        changed = flipped(sealed, place)
        if judging.holds(changed):
            assert signed_parts(changed) == whole, place
        else:
            seen += 1
    assert seen > 80


def test_pdfsig_sees_a_changed_byte_too(sealed, tmp_path):
    changed = sealed.replace(b"/MediaBox [ 0 0 595", b"/MediaBox [ 0 0 295")
    assert changed != sealed
    assert "Signature is Valid" not in judging.pdfsig(changed, tmp_path)


def test_what_is_appended_is_seen(sealed, tmp_path):
    assert judging.holds(sealed)
    assert not judging.holds(sealed + b"\n% more\n")
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    writer.add_stream_to_page(0, writer.add_object(StreamObject(stream_data=b"0 0 50 50 re f")))
    output = io.BytesIO()
    writer.write(output)
    [seal] = judging.seals(output.getvalue())
    assert not seal.bottom_line
    assert not seal.docmdp_ok
    assert "Not total document signed" in judging.pdfsig(output.getvalue(), tmp_path)


def test_it_does_not_seal_before_or_after_the_time_of_its_certificate(plain):
    for year in (2009, 2100):
        with pytest.raises(signing.SigningUnavailableError, match="certificate"):
            signing.seal_pdf(plain, at=AT.replace(year=year))


def test_without_keys_there_is_no_sealed_file(plain):
    signing.use(None, development=False)
    with pytest.raises(signing.SigningUnavailableError):
        signing.seal_pdf(plain, at=AT)


def test_who_asks_may_stand_in_a_loop_of_their_own(plain, signing_dir):
    async def ask() -> bytes:
        return signing.seal_pdf(plain, at=AT)

    assert awaited(ask()).startswith(plain)
