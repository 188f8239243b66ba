"""A holder shows a certificate to whom they want: the page of it, the links, what a link shows and what it never shows, the way to LinkedIn."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from portal import certificates
from portal.certificates import Shown, Signatory, Texts
from portal.certificates.models import Certificate, CertificateFile, CertificateShare, CertificateStatus
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests import factories
from tests.certificates import scenes
from tests.page_client import PageClient

BASE = "https://portal.test"
PLAIN = re.compile(r'/static/[^"]*|name="csrf_token"[^>]*value="[^"]*"')
PDF = b"%PDF-1.7 as issued"


@pytest.fixture
def held(cast):
    """A certificate of which every fact says something that stands nowhere else."""
    scenes.issued_run(cast.staff, [cast.learner])
    first = db.session.scalars(sa.select(Certificate)).one()
    facts = dataclasses.replace(
        certificates.get_entry(first.number).facts,
        number="NALAG-2031-000777",
        municipality_ka="ყვარლის მუნიციპალიტეტი",
        municipality_en="Qvareli Municipality",
        post_ka="უფროსი სპეციალისტი",
        post_en="Senior specialist",
        course_title_ka="ფრინველთა აღრიცხვა",
        course_title_en="Counting of birds",
        first_day=date(2029, 2, 3),
        last_day=date(2029, 2, 5),
        place_ka="მესტია",
        place_en="Mestia",
        form="hybrid",
        contact_hours=Decimal("71.25"),
        independent_hours=Decimal("13.75"),
        credits=Decimal("4.25"),
        trainers=(("ლევან მაისურაძე", "Levan Maisuradze"),),
        projects=(("ფრთოსნები", "Feathered friends"),),
        attendance_percent=97,
        score_percent=83,
        issued_on=date(2031, 6, 7),
        valid_until=date(2043, 8, 9),
        signatories=(Signatory("ზურაბ გელაშვილი", "Zurab Gelashvili", "დირექტორი", "Director"),),
        texts=Texts(statement=("კომისიის დასკვნით", "As the board found"), note=("დანართით", "With an annex")),
    )
    record = certificates.canonical_json(facts.to_record())
    kept = {
        name: getattr(first, name) for name in ("enrolment_id", "run_id", "person_id", "rule", "surname_keys", "issued_by", "issued_at")
    }
    new = factories.add(
        Certificate(
            number=facts.number,
            year=2031,
            sequence=777,
            secret="the-secret-of-the-qr-777",
            record=record,
            record_sha256=hashlib.sha256(record).hexdigest(),
            expires_at=scenes.tbilisi(2043, 8, 10),
            supersedes_id=first.id,
            **kept,
        )
    )
    factories.add(CertificateStatus(certificate_id=new.id, state="issued", by_id=cast.staff.id, at=clock.now()))
    factories.add(CertificateFile(certificate_id=new.id, pdf=PDF, pdf_sha256=hashlib.sha256(PDF).hexdigest()))
    commit()
    return certificates.get_held(facts.number, cast.learner.id)


SAID = {
    Shown.NAME: ["ნინო", "აბაშიძე", "Nino", "Abashidze"],
    Shown.TRAINING: ["ფრინველ", "birds", "2029", "მესტია", "Mestia", "ჰიბრიდ", "Hybrid", "მაისურაძე", "Maisuradze", "ფრთოსნ", "Feathered"],
    Shown.HOURS: ["71,25", "71.25", "13,75", "13.75", "4,25", "4.25"],
    Shown.POST: ["ყვარლ", "Qvareli", "უფროსი", "Senior"],
    Shown.RESULTS: ["97", "83"],
    Shown.ISSUE: ["2031", "2043", "გელაშვილი", "Gelashvili", "დირექტორი", "Director"],
    Shown.NUMBER: ["NALAG-", "000777"],
    Shown.FILE: ["certificate.pdf"],
}
NEVER = ["the-secret-of-the-qr", "კომისიის", "board found", "დანართ", "annex", "პირადი ჩანაწერი"]


def share(held, *shows, lasts=timedelta(days=30), note="პირადი ჩანაწერი"):
    made = certificates.share(held.id, shows, clock.now() + lasts, by=held.person_id, note=note)
    commit()
    return made.token


def bytes_of(page):
    """The answer and its headers, but for the names of static files and the token of the form."""
    headers = "\n".join(f"{name}: {value}" for name, value in page.response.headers if name not in {"Set-Cookie", "Content-Length"})
    return PLAIN.sub("", page.response.get_data(as_text=True)) + headers


def opened(app, token, language="ka"):
    visitor = PageClient(app, language)
    visitor.get(f"/shared/{token}")
    return visitor.submit()


def uses():
    return db.session.scalars(sa.select(CertificateShare.uses).order_by(CertificateShare.id)).all()


# -- what a link shows --


@pytest.mark.parametrize("group", list(Shown))
@pytest.mark.parametrize("language", ["ka", "en"])
def test_facts_that_were_not_chosen_are_in_no_byte_of_the_answer(app, held, group, language):
    token = share(held, group)
    sent = bytes_of(opened(app, token, language)).replace(token, "")
    if group == Shown.NUMBER:
        sent = sent.replace("NALAG-2031-", "NALAG-")
    for other, words in SAID.items():
        found = [word for word in words if word in sent]
        assert bool(found) == (other == group), (other, found)
    assert [word for word in NEVER if word in sent] == []


def test_everything_that_was_chosen_is_shown(app, held):
    text = opened(app, share(held, *Shown), "en").text
    for row in ("Nino Abashidze", "Counting of birds", "71.25", "Senior specialist", "97%", "7 June 2031", "NALAG-2031-000777"):
        assert row in text


def test_a_get_shows_and_counts_nothing_so_a_preview_is_no_use(app, held):
    token = share(held, *Shown)
    for language in ("ka", "en"):
        closed = PageClient(app, language).get(f"/shared/{token}")
        assert closed.status == 200
        sent = bytes_of(closed).replace(token, "")
        assert [word for words in (*SAID.values(), NEVER) for word in words if word in sent] == []
        assert not closed.all("meta[property^=og]")
    assert uses() == [0]
    opened(app, token)
    assert uses() == [1]


def test_the_address_without_a_language_leads_to_the_visitors(app, held):
    answer = app.test_client().get(f"/shared/{share(held, 'name')}", base_url=BASE, headers={"Accept-Language": "en"})
    assert answer.headers["Location"].startswith("/en/shared/")


def test_nobody_keeps_or_indexes_what_a_link_shows_and_no_request_of_its_pages_names_it(app, held):
    token = share(held, *Shown)
    visitor = PageClient(app)
    for answer in (visitor.get(f"/shared/{token}"), visitor.submit(), visitor.submit("/certificate.pdf"), visitor.get("/shared/none")):
        assert answer.response.headers["Cache-Control"] == "no-store"
        assert answer.response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.response.headers.getlist("Referrer-Policy") == ["strict-origin"]


@pytest.mark.parametrize("verb", [certificates.suspend, certificates.revoke])
def test_a_link_to_a_certificate_that_was_taken_back_says_so_and_gives_no_file(app, cast, held, verb):
    token = share(held, *Shown)
    verb(held.id, "შიდა მიზეზი", by=cast.staff.id)
    commit()
    shown = opened(app, token)
    assert not shown.all(".tone-good")
    assert not shown.all("form[action$='certificate.pdf']")
    assert "შიდა მიზეზი" not in shown.text
    visitor = PageClient(app)
    visitor.get(f"/shared/{token}")
    assert visitor.post(f"/shared/{token}/certificate.pdf").status == 404


def test_the_file_is_exactly_what_was_issued_and_only_where_it_is_shared(app, held):
    with_file, without = share(held, "name", "file"), share(held, "name", "number")
    visitor = PageClient(app)
    visitor.get(f"/shared/{with_file}")
    visitor.submit()
    assert visitor.submit("/certificate.pdf").response.data == PDF
    assert visitor.post(f"/shared/{without}/certificate.pdf").status == 404
    assert uses() == [2, 0]


def gone(app, held):
    """Tokens that open nothing, each for another reason."""
    with clock.frozen(clock.now() - timedelta(days=2)):
        expired = share(held, *Shown, lasts=timedelta(days=1))
    ended = share(held, *Shown)
    certificates.end_share(db.session.scalars(sa.select(CertificateShare.id).where(CertificateShare.token == ended)).one(), held.id, by=1)
    commit()
    return [ended, expired, "A" * 32, "short"]


def test_links_that_ended_expired_or_never_were_are_answered_alike(app, held):
    told = set()
    for token in gone(app, held):
        visitor = PageClient(app)
        visitor.get("/verify")
        for answer in (visitor.get(f"/shared/{token}"), visitor.post(f"/shared/{token}"), visitor.post(f"/shared/{token}/certificate.pdf")):
            assert answer.status == 404
            told.add(re.sub(f"{token}(/certificate.pdf)?", "", bytes_of(answer)))
    assert len(told) == 1
    assert uses() == [0, 0]


def test_guessing_links_is_limited_together_with_guessing_certificates(page, held):
    statuses = [page.get(f"/shared/{'x' * number}").status for number in range(1, 12)]
    statuses += [page.get(f"/ka/verify/{'x' * number}").status for number in range(1, 11)]
    assert statuses == [404] * 20 + [429]
    assert page.post("/shared/abc").status == 429


def test_opening_again_and_again_is_limited_far_from_what_an_office_does(app, held):
    token, visitor = share(held, "name"), PageClient(app)
    visitor.get(f"/shared/{token}")
    statuses = [visitor.post(f"/shared/{token}").status for _time in range(61)]
    assert statuses == [200] * 60 + [429]


# -- the holder's pages --


def test_my_training_leads_to_the_page_of_the_certificate_and_that_to_all_that_can_be_done(page, cast, held):
    mine = page.sign_in(cast.learner).get("/my")
    assert f"/ka/my/certificates/{held.number}" in {link.get("href") for link in mine.all("a")}
    shown = page.get(f"/my/certificates/{held.number}")
    links = {link.get("href") for link in shown.all("main a")}
    path = f"/ka/my/certificates/{held.number}"
    assert {f"{path}.pdf", f"{path}/share", f"{path}/linkedin", f"/ka/verify/{held.secret}"} <= links
    for word in ("ნინო აბაშიძე", "ფრინველთა აღრიცხვა", "71,25", "კომისიის დასკვნით"):
        assert word in shown.text


@pytest.mark.parametrize("path", ["", ".pdf", "/share", "/linkedin"])
def test_a_certificate_of_somebody_else_is_not_found(page, cast, held, path):
    page.sign_in(cast.colleague)
    assert page.get(f"/my/certificates/{held.number}{path}").status == 404
    assert page.get(f"/my/certificates/NALAG-1999-000001{path}").status == 404
    assert page.sign_in(cast.learner).get(f"/my/certificates/{held.number}{path}").status == 200


def make(page, held, **values):
    page.get(f"/my/certificates/{held.number}/share")
    return page.submit(**values)


def test_a_link_is_made_as_wished_and_stands_on_the_page(page, cast, held):
    answer = make(page.sign_in(cast.learner), held, shows=["name", "hours"], lasts="week", note="კადრების განყოფილება")
    assert (answer.status, answer.location) == (303, f"/ka/my/certificates/{held.number}#links")
    made = db.session.scalars(sa.select(CertificateShare)).one()
    assert (made.shows, made.label) == (["name", "hours"], "კადრების განყოფილება")
    assert abs(made.expires_at - clock.now() - timedelta(days=7)) < timedelta(minutes=1)
    shown = page.follow()
    assert shown.all(f"input[readonly][value='{BASE}/shared/{made.token}']")
    assert "კადრების განყოფილება" in shown.text


def test_a_day_of_ones_own_is_over_at_its_end_in_georgia(page, cast, held):
    day = clock.today() + timedelta(days=100)
    make(page.sign_in(cast.learner), held, lasts="until", until=f"{day:%d.%m.%Y}")
    made = db.session.scalars(sa.select(CertificateShare)).one()
    assert made.expires_at == scenes.tbilisi(day.year, day.month, day.day) + timedelta(days=1)


@pytest.mark.parametrize(
    "wish",
    [
        {"shows": None},
        {"shows": ["secret"]},
        {"lasts": "ever"},
        {"lasts": "until"},
        {"lasts": "until", "until": "01.01.2001"},
        {"lasts": "until", "until": "01.01.2099"},
        {"lasts": "until", "until": "gestern"},
        {"note": "ა" * 101},
    ],
)
def test_a_wish_out_of_bounds_is_told_and_what_was_typed_is_kept(page, cast, held, wish):
    refused = make(page.sign_in(cast.learner), held, **wish)
    assert refused.status == 422
    assert refused.all("[data-error-summary]")
    for name in ("until", "note"):
        assert refused.form().fields[name] == wish.get(name, "")
    assert uses() == []


def test_a_form_that_is_sent_twice_makes_one_link(page, cast, held):
    page.sign_in(cast.learner).get(f"/my/certificates/{held.number}/share")
    form = page.page
    for _time in range(2):
        page.page = form
        assert page.submit(lasts="day").status == 303
    assert uses() == [0]


def test_the_holder_sees_how_often_a_link_was_used_and_ends_it(app, page, cast, held):
    token = share(held, "name", note="HR")
    for _time in range(3):
        opened(app, token)
    page.language = "en"
    shown = page.sign_in(cast.learner).get(f"/my/certificates/{held.number}")
    (used,) = [term.getnext().text for term in shown.all("dt") if term.text == "Times used"]
    assert used == "3"
    assert page.submit("/end").status == 303
    shown = page.follow()
    assert token not in shown.response.get_data(as_text=True)
    assert not shown.all("form[action$='/end']")
    assert opened_status(app, token) == 404


def opened_status(app, token):
    return PageClient(app).get(f"/shared/{token}").status


def test_nobody_else_ends_a_link(page, cast, held):
    share(held, "name")
    made = db.session.scalars(sa.select(CertificateShare)).one()
    for number in (held.number, "NALAG-1999-000001"):
        assert page.sign_in(cast.colleague).post(f"/my/certificates/{number}/shares/{made.id}/end").status == 404
    assert page.sign_in(cast.learner).post(f"/my/certificates/{held.number}/shares/{made.id + 1}/end").status == 404


def test_what_was_taken_back_is_not_shared_anew_but_its_links_can_be_ended(page, cast, held):
    share(held, "name")
    certificates.revoke(held.id, "შეცდომით გაიცა", by=cast.staff.id)
    shown = page.sign_in(cast.learner).get(f"/my/certificates/{held.number}")
    assert "შეცდომით გაიცა" in shown.text
    assert not shown.all("a[href$='/share'], a[href$='/linkedin'], a[href*='linkedin.com'], a[href$='.pdf']")
    assert page.get(f"/my/certificates/{held.number}/share").status == 404
    page.get(f"/my/certificates/{held.number}")
    assert page.submit("/end").status == 303


def test_neither_staff_nor_the_history_reads_the_note(page, cast, held):
    share(held, "name")
    page.sign_in(cast.administrator)
    for path in (f"/staff/certificates/{held.number}", "/staff/history"):
        assert "პირადი ჩანაწერი" not in page.get(path).text


# -- LinkedIn --


def linkedin(page, cast, held, **values):
    page.sign_in(cast.learner).get(f"/my/certificates/{held.number}/linkedin")
    page.submit(**values)
    shown = page.follow()
    (link,) = shown.all("a[href^='https://www.linkedin.com/']")
    return link, {name: value[0] for name, value in parse_qs(urlsplit(link.get("href")).query).items()}


def test_linkedin_is_given_what_its_documented_address_takes_and_a_link_made_for_it(page, cast, held):
    link, given = linkedin(page, cast, held, lasts="five_years")
    made = db.session.scalars(sa.select(CertificateShare)).one()
    assert link.get("href").startswith("https://www.linkedin.com/profile/add?")
    assert given == {
        "startTask": "CERTIFICATION_NAME",
        "name": "ფრინველთა აღრიცხვა",
        "organizationName": certificates.ISSUER[0],
        "issueYear": "2031",
        "issueMonth": "6",
        "expirationYear": "2043",
        "expirationMonth": "8",
        "certUrl": f"{BASE}/shared/{made.token}",
    }
    assert {"noopener", "noreferrer"} <= set(link.get("rel").split())
    assert made.shows == ["name", "training", "hours", "issue"]
    assert made.expires_at - clock.now() > timedelta(days=5 * 365 - 1)


def test_linkedin_is_given_the_number_only_when_the_holder_says_so_and_the_secret_of_the_qr_never(page, cast, held):
    link, given = linkedin(page, cast, held, number="y")
    assert given["certId"] == held.number
    assert held.secret not in link.get("href")


def test_what_linkedins_visitors_will_see_is_said_before_and_the_page_asks_nothing_of_linkedin(page, cast, held):
    page.language = "en"
    shown = page.sign_in(cast.learner).get(f"/my/certificates/{held.number}/linkedin")
    assert [line for line in shown.texts("main ul li") if line.startswith(("Name", "Training", "Contact hours", "Dates"))]
    assert not shown.all("main [src], main a[href*=linkedin], main form[action*=linkedin]")
