"""Anyone checks a certificate: by the QR, or by number and surname. Nothing else can be learned here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from portal import certificates, letters
from portal.certificates.models import Certificate, CertificateAddition, CertificateStatus
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import format_date
from portal.foundation.transaction import commit, writing
from portal.letters.models import LetterKind
from portal.web.page_cache import PUBLIC_PAGE
from tests import factories
from tests.certificates import scenes
from tests.page_client import PageClient
from tests.statements import counting

BASE = "https://portal.test"


@pytest.fixture
def entry(cast):
    cast.learner.personal_number_sealed = b"sealed"
    scenes.issued_run(cast.staff, [cast.learner], trainers=(cast.trainer,), funding_project_id=factories.funding_project().id)
    [entry] = certificates.certificates_of_person(cast.learner.id)
    return entry


def ask(page, number, surname):
    page.get("/verify")
    return page.submit("/verify", number=number, surname=surname)


def test_number_and_surname_lead_to_the_answer_with_nothing_personal_in_the_address(page, entry):
    answer = ask(page, entry.number, "აბაშიძე")
    assert (answer.status, answer.location) == (303, f"/ka/verify/{entry.secret}")
    shown = page.follow()
    assert shown.all(".verdict.tone-good")
    assert entry.number in shown.text


@pytest.mark.parametrize("surname", ["აბაშიძე", "Abashidze", "ABASHIDZE", " abashidze ", "ᲐᲑᲐᲨᲘᲫᲔ"])
def test_the_surname_is_taken_in_georgian_and_in_latin_letters(page, entry, surname):
    assert ask(page, entry.number, surname).status == 303


def test_the_number_is_taken_as_people_type_it(page, entry):
    year, sequence = entry.number.split("-")[1:]
    for number in (f"№ {entry.number}", f"nalag {year} {sequence}", f"NALAG–{year}–{int(sequence)}"):
        assert ask(page, number, "აბაშიძე").status == 303, number


def test_the_address_printed_on_the_certificate_leads_to_the_page(page):
    assert page.client.get("/verify", base_url=BASE).headers["Location"] == "/ka/verify"


def test_the_qr_leads_to_the_page_in_the_visitors_language(page, entry):
    assert page.client.get(f"/verify/{entry.secret}", base_url=BASE).headers["Location"] == f"/ka/verify/{entry.secret}"
    english = page.client.get(f"/verify/{entry.secret}", base_url=BASE, headers={"Accept-Language": "en-GB"})
    assert english.headers["Location"] == f"/en/verify/{entry.secret}"


@pytest.mark.parametrize(("last", "asked", "led_to"), [("en", "ka", "en"), ("ka", "en", "ka"), ("xx", "en", "en"), ("", "", "ka")])
def test_the_qr_leads_to_the_language_last_chosen_on_the_device(page, entry, last, asked, led_to):
    page.client.set_cookie("lang", last, domain="portal.test")
    answer = page.client.get(f"/verify/{entry.secret}", base_url=BASE, headers={"Accept-Language": asked})
    assert answer.headers["Location"] == f"/{led_to}/verify/{entry.secret}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ka",
            ["ნინო აბაშიძე", "Nino Abashidze", "თელავის მუნიციპალიტეტი", "მთავარი სპეციალისტი", "სამშენებლო ნებართვები", "ლევან მაისურაძე"],
        ),
        ("en", ["ნინო აბაშიძე", "Nino Abashidze", "Telavi Municipality", "Chief specialist", "Construction permits", "Levan Maisuradze"]),
    ],
)
def test_the_answer_shows_every_printed_fact_in_both_languages(app, entry, language, said):
    shown = PageClient(app).get(f"/{language}/verify/{entry.secret}").text
    for text in (*said, entry.number, "100", "16"):
        assert text in shown


def test_no_personal_number_and_no_search_engine(page, entry):
    shown = page.get(f"/ka/verify/{entry.secret}")
    assert not re.search(r"[0-9]{11}", shown.text)
    assert "noindex" in shown.all("meta[name=robots]")[0].get("content")
    assert "noindex" in shown.response.headers["X-Robots-Tag"]
    assert "noindex" in page.get("/verify").response.headers["X-Robots-Tag"]


def test_unknown_and_wrong_look_the_same_byte_for_byte(page, entry):
    wrong = ask(page, "NALAG-2026-000001", "სხვა")
    assert wrong.status == 404
    assert wrong.all(".verdict.tone-bad")
    unknown = ask(page, "NALAG-2026-999999", "სხვა")
    unreadable = ask(page, "NALAG-2026-ABCDEF", "სხვა")

    def told(answer):
        """The page but for its token and the number that was typed."""
        return re.sub(r'name="csrf_token"[^>]*value="[^"]*"|NALAG-2026-[0-9A-F]{6}"', "", answer.response.get_data(as_text=True))

    assert certificates.get_entry("NALAG-2026-000001")
    assert told(wrong) == told(unknown) == told(unreadable)
    assert wrong.status == unknown.status == unreadable.status


def test_unknown_and_wrong_take_the_same_statements(app, entry):
    counts = []
    for number in (entry.number, "NALAG-2020-000001", "?"):
        with counting() as statements:
            certificates.find_by_number_and_surname(number, "სხვა")
        counts.append(len(statements))
    assert counts == [1, 1, 1]


def test_a_secret_that_is_not_ours_looks_like_any_other(page, entry):
    first, second = page.get("/ka/verify/preview"), page.get("/ka/verify/" + "A" * 24)
    assert (first.status, second.status) == (404, 404)
    assert first.h1 == second.h1


def test_empty_fields_are_told_and_what_was_typed_is_kept(page):
    refused = ask(page, "NALAG-2026-000001", "")
    assert refused.status == 422
    assert refused.all("[data-error-summary]")
    assert refused.form().fields["number"] == "NALAG-2026-000001"
    assert ask(page, "N" * 200, "ბერიძე").status == 422


def test_misses_are_limited_and_hits_are_not(page, entry):
    statuses = [page.get("/ka/verify/wrong").status for _miss in range(21)]
    assert statuses == [404] * 20 + [429]
    assert ask(page, entry.number, "სხვა").status == 429


def test_hits_count_for_nothing(page, entry):
    assert {page.get(f"/ka/verify/{entry.secret}").status for _hit in range(25)} == {200}


@pytest.mark.parametrize(("verb", "tone"), [(certificates.suspend, "warn"), (certificates.revoke, "bad")])
def test_suspended_and_revoked_are_shown_and_the_reason_is_not(page, cast, entry, verb, tone):
    staff_id = cast.staff.id
    with writing():
        verb(entry.id, "შიდა მიზეზი", by=staff_id)
    shown = page.get(f"/ka/verify/{entry.secret}")
    assert shown.status == 200
    assert shown.all(f".verdict.tone-{tone}")
    assert not shown.all(".verdict.tone-good")
    assert "შიდა მიზეზი" not in shown.text
    assert "ნინო აბაშიძე" in shown.text


def issue_after(cast, old_id, year, *, state="issued", **values):
    """Another certificate in place of the one with ``old_id``; returns its id."""
    old = db.session.get(Certificate, old_id)
    kept = {name: getattr(old, name) for name in ("enrolment_id", "run_id", "person_id", "record", "record_sha256", "rule", "surname_keys")}
    own = {"number": f"NALAG-{year}-000001", "year": year, "sequence": 1, "secret": f"successor-of-the-year-{year}"}
    new = factories.add(Certificate(**own, issued_by=cast.staff.id, issued_at=clock.now(), supersedes_id=old.id, **kept, **values))
    for certificate, its_state in ((new, state), (old, "superseded")):
        factories.add(CertificateStatus(certificate_id=certificate.id, state=its_state, reason="", by_id=cast.staff.id, at=clock.now()))
    commit()
    return new.id


def test_a_superseded_certificate_leads_to_its_successor(page, cast, entry):
    issue_after(cast, entry.id, 2030)
    shown = page.get(f"/ka/verify/{entry.secret}")
    assert shown.all(".verdict.tone-warn")
    assert shown.all(".verdict a")[0].get("href") == "/ka/verify/successor-of-the-year-2030"


def test_old_numbers_of_a_chain_lead_to_its_end_by_qr_and_by_number(page, cast, entry):
    middle = issue_after(cast, entry.id, 2030)
    issue_after(cast, middle, 2031)
    for number in (entry.number, "NALAG-2030-000001"):
        ask(page, number, "აბაშიძე")
        shown = page.follow()
        assert number in shown.text
        assert [link.get("href") for link in shown.all(".verdict a")] == ["/ka/verify/successor-of-the-year-2031"]
    assert not page.get("/ka/verify/successor-of-the-year-2031").all(".verdict a")


@pytest.mark.parametrize(
    ("state", "values", "said"),
    [
        ("issued", {}, "See the certificate that is valid"),
        ("revoked", {}, "See the certificate that replaced it"),
        ("issued", {"expires_at": clock.now() - timedelta(days=1)}, "See the certificate that replaced it"),
    ],
)
def test_what_replaced_a_certificate_is_called_valid_only_while_it_is(page, cast, entry, state, values, said):
    issue_after(cast, entry.id, 2030, state=state, **values)
    assert said in page.get(f"/en/verify/{entry.secret}").text


@pytest.mark.parametrize("verb", [certificates.suspend, certificates.revoke])
def test_the_day_from_which_a_state_holds_is_shown_and_not_that_of_the_note(page, cast, entry, verb):
    moment = scenes.tbilisi(2031, 5, 6)
    with clock.frozen(moment + timedelta(days=40)):
        verb(entry.id, "შიდა მიზეზი", by=cast.staff.id, effective_at=moment)
        commit()
    shown = page.get(f"/en/verify/{entry.secret}").text
    assert "6 May 2031" in shown
    assert "June" not in shown


def test_an_expired_certificate_is_authentic_and_says_until_when_it_was_valid(page, cast, entry):
    facts = replace(entry.facts, valid_until=entry.facts.issued_on)
    record = certificates.canonical_json(facts.to_record())
    old = db.session.get(Certificate, entry.id)
    kept = {name: getattr(old, name) for name in ("enrolment_id", "run_id", "person_id", "record_sha256", "rule", "surname_keys")}
    own = {"number": "NALAG-2030-000009", "year": 2030, "sequence": 9, "secret": "an-expired-certificate-9"}
    ended = {"expires_at": clock.now() - timedelta(hours=1), "issued_at": clock.now(), "issued_by": cast.staff.id}
    new = factories.add(Certificate(**own, **ended, record=record, supersedes_id=old.id, **kept))
    factories.add(CertificateStatus(certificate_id=new.id, state="issued", reason="", by_id=cast.staff.id, at=clock.now()))
    shown = page.get("/ka/verify/an-expired-certificate-9")
    assert shown.all(".verdict.tone-warn")
    assert format_date(entry.facts.issued_on, "ka") in shown.texts(".verdict")[0]


# -- by a file --


def send_digest(page, data, **values):
    page.get("/verify")
    return page.submit("/verify/file", sha256=hashlib.sha256(data).hexdigest(), **values)


def test_the_exact_file_leads_to_the_answer_and_is_called_genuine(page, entry):
    page.language = "en"
    answer = send_digest(page, certificates.pdf_of(entry.id))
    assert (answer.status, answer.location) == (303, f"/en/verify/{entry.secret}")
    shown = page.follow()
    assert "The file is genuine" in shown.texts(".flash")[0]
    assert "ნინო აბაშიძე" in shown.text
    assert "The file is genuine" not in page.get(f"/verify/{entry.secret}").text  # said once, of the file that was sent


def test_every_version_of_a_file_is_genuine(page, entry):
    whole = certificates.pdf_of(entry.id)
    for tail in (b"a timestamp", b"another"):
        whole += tail
        digest = hashlib.sha256(whole).hexdigest()
        factories.add(CertificateAddition(certificate_id=entry.id, kind="timestamp", tail=tail, file_sha256=digest, added_at=clock.now()))
        assert send_digest(page, whole).location.endswith(entry.secret)
    assert send_digest(page, certificates.pdf_of(entry.id)).location.endswith(entry.secret)


def test_a_flipped_byte_is_another_file(page, entry):
    data = bytearray(certificates.pdf_of(entry.id))
    data[len(data) // 2] ^= 1
    altered = send_digest(page, bytes(data), claim=entry.number)
    assert altered.status == 404
    assert altered.texts(".verdict h2, .verdict-title") == ["ეს ფაილი შეცვლილია"]
    assert altered.form("/verify").fields["number"] == entry.number
    assert "ნინო აბაშიძე" not in altered.text
    assert send_digest(page, bytes(data)).texts(".verdict-title") == ["ეს ფაილი ასოციაციას არ გაუცია"]


def test_a_genuine_file_of_a_revoked_certificate_says_both(page, cast, entry):
    certificates.revoke(entry.id, "შეცდომით გაიცა", by=cast.staff.id)
    commit()
    send_digest(page, certificates.pdf_of(entry.id))
    shown = page.follow()
    assert shown.all(".flash.tone-info")
    assert shown.all(".verdict.tone-bad")


def test_the_file_of_a_confirmation_leads_to_what_it_is_worth(page, cast, entry):
    place = db.session.get(Certificate, entry.id).enrolment
    letter = letters.issue(place, LetterKind.ATTENDANCE, "ka", by=cast.staff.id)
    commit()
    answer = send_digest(page, letter.pdf)
    assert answer.location == f"/ka/verify/{letter.secret}"
    assert letter.number in page.follow().text


def test_nothing_is_uploaded_and_a_visitor_without_scripts_is_told_of_the_other_ways(page):
    shown = page.get("/verify")
    (part,) = shown.all("[data-verify-file]")
    assert part.get("hidden") is not None
    assert [field.get("type") for field in part.cssselect("form input")] == ["hidden"] * 3
    assert part.cssselect("input[type=file]")[0].get("name") is None
    assert shown.all("noscript p")


def test_the_address_of_an_answer_about_a_file_leads_back(page):
    assert page.get("/ka/verify/file").location == "/ka/verify"


def test_the_other_language_of_a_miss_is_the_page_that_asks(page):
    for answer in (page.get("/ka/verify/nothing"), page.post("/ka/verify/file", {"sha256": "0" * 64})):
        assert answer.all("[data-language]")[0].get("href") == "/en/verify"


def test_the_answer_is_light(app, entry):
    """One statement, no script, and the same for everybody, so that it may be kept and sent again."""
    visitor = PageClient(app)
    with counting() as statements:
        shown = visitor.get(f"/ka/verify/{entry.secret}")
    assert len(statements) == 1, statements
    assert not shown.all("script")
    assert not shown.all("img")
    assert len(shown.response.data) < 16_000
    assert "Set-Cookie" not in shown.response.headers
    assert PUBLIC_PAGE.fullmatch(f"/ka/verify/{entry.secret}")


@pytest.mark.parametrize("number", ["\x00", "\ud800", "'; DROP TABLE certificate; --", "٢٠٢٦", "😀" * 20, "NALAG-99999999999-1"])
def test_bad_input_is_a_miss_or_a_told_error(page, number):
    page.get("/verify")
    status = page.post("/verify", {"number": number.encode("utf-8", "surrogatepass"), "surname": "x"}).status
    assert status in {400, 404, 422}
