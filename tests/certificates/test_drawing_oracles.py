"""What programs that are not ours make of a certificate: whole, embedded, read aloud in order, and with all that the facts say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import zxingcpp

from portal.certificates.drawing import Attachment, Design, draw_certificate, merge
from portal.certificates.drawing.wording import word
from portal.certificates.facts import Texts
from tests.certificates.oracles import ask, needs_tools, read_aloud, saved
from tests.certificates.pages import picture_of
from tests.certificates.samples import FACTS, FULLEST_DESIGN, FULLEST_FACTS, LONG_TEXTS, VERIFY_URL, WORST_FACTS

pytestmark = needs_tools
CREDENTIAL = Attachment("credential.json", "application/ld+json", '{"name": "თამარ ბერიძე"}'.encode() * 150, "სერტიფიკატი მანქანისთვის")
CASES = {
    "everyday": (FACTS, Design()),
    "worst": (WORST_FACTS, Design()),
    "all of it": (FULLEST_FACTS, FULLEST_DESIGN),
    "other letters": (replace(FACTS, name_latin="Łukasz Żółć"), Design(frame="line")),
}


@pytest.fixture(params=CASES, name="case", scope="module")
def _case(request):
    facts, design = CASES[request.param]
    return facts, draw_certificate(facts, VERIFY_URL, design, CREDENTIAL)


def squeezed(text):
    """Without the spaces and line breaks that programs put where they think best."""
    return re.sub(r"\s", "", text)


def test_qpdf_finds_nothing_to_complain_of(case):
    assert "No syntax or stream encoding errors found" in ask(case[1], "qpdf", "--check")


def test_poppler_sees_a_tagged_file_with_a_form_and_no_script(case):
    said = ask(case[1], "pdfinfo")
    for line in (r"Tagged: +yes", r"Suspects: +no", r"Form: +AcroForm", r"JavaScript: +no", r"Encrypted: +no", r"Metadata Stream: +yes"):
        assert re.search(line, said)
    assert "pdfaid:conformance>A<" in ask(case[1], "pdfinfo", "-meta")


def test_all_fonts_are_embedded_and_known_letter_by_letter(case):
    fonts = ask(case[1], "pdffonts").splitlines()[2:]
    assert len(fonts) == 2
    assert all(re.search(r"yes yes yes +\d+ +0$", line) for line in fonts)


def test_the_text_is_what_the_facts_say_and_nothing_else(case):
    facts, pdf = case
    said = sorted(squeezed("".join(word(facts, VERIFY_URL).texts())))
    both = word(facts, VERIFY_URL)
    # Between two facts in one line stand dots, between name and post of a signatory a comma.
    joints = both.when_and_where.en and "·"
    commas = "," * sum(bool(signature.name.en and signature.post.en) for signature in both.signatures)
    assert sorted(squeezed(ask(pdf, "pdftotext", "-raw", output="-"))) == sorted([*said, *joints, *commas])


def test_it_is_read_aloud_in_order_each_language_by_itself(case):
    facts, pdf = case
    both, heard = word(facts, VERIFY_URL), read_aloud(pdf)
    texts = [text.strip() for kind, text in heard if kind in {"P", "H1"}]
    expected = [
        *both.issuer,
        *both.heading,
        *both.name,
        *both.employer,
        both.sentence.ka,
        both.title.ka,
        f"{both.sentence.en} {both.title.en}",
        *both.statement,
        both.when_and_where.ka,
        both.workload.ka,
        f"{both.when_and_where.en} · {both.workload.en}",
        *both.trainers,
        *both.projects,
        *both.note,
    ]
    for signature in both.signatures:
        expected += [signature.name.ka, signature.post.ka, ", ".join(filter(None, (signature.name.en, signature.post.en)))]
    expected += [both.number, *both.issued, *both.valid_until, both.check.ka.strip(), both.check.en]
    # On paper a space that does not break is a space.
    assert texts == [text.replace("\u00a0", " ") for text in expected if text]
    assert [kind for kind, _ in heard][:1] == ["Document"]
    assert [text for kind, text in heard if kind == "H1"] == [both.heading.ka]
    assert [kind for kind, _ in heard][-2:] == ["Figure", "Form"]


def test_the_attachment_is_listed_and_saved_byte_for_byte(case):
    assert "1: credential.json" in ask(case[1], "pdfdetach", "-list")
    assert saved(case[1], "credential.json") == CREDENTIAL.data


def test_the_code_leads_to_the_certificate_at_150_dots_an_inch(case):
    (code,) = zxingcpp.read_barcodes(picture_of(case[1], dots=150))
    assert code.text == VERIFY_URL


def test_merged_files_are_whole_and_leave_signature_field_and_attachment_behind():
    files = [draw_certificate(replace(FACTS, name_latin=f"Tamar {number}"), VERIFY_URL, Design(), CREDENTIAL) for number in range(5)]
    files.append(draw_certificate(replace(FACTS, texts=LONG_TEXTS), VERIFY_URL, FULLEST_DESIGN, CREDENTIAL))
    merged = merge(files)
    assert "No syntax or stream encoding errors found" in ask(merged, "qpdf", "--check")
    assert "Form:            none" in ask(merged, "pdfinfo")
    assert "0 embedded files" in ask(merged, "pdfdetach", "-list")
    assert ask(merged, "pdffonts").count("FiraGO") == 4


def test_the_markup_of_the_metadata_cannot_be_broken_by_a_name():
    facts = replace(FACTS, name_ka="<dc:title> & თამარ ]]>", texts=Texts(note=("&amp; <x>", "")))
    pdf = draw_certificate(facts, VERIFY_URL, Design())
    assert "<dc:title> & თამარ ]]> · სერტიფიკატი" in ask(pdf, "pdfinfo")


def test_a_program_without_pdf_finds_number_and_address_but_no_secret():
    pdf = draw_certificate(FACTS, VERIFY_URL, Design(), CREDENTIAL)
    assert f"<dc:identifier>{FACTS.number}</dc:identifier>".encode() in pdf
    assert b"<rdf:li>https://portal.example/verify</rdf:li>" in pdf
    assert VERIFY_URL.rpartition("/")[2].encode() not in pdf
