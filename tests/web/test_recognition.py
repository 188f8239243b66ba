"""Pages of recognition: one's own requests, the coordinator's queue and answer, the staff's queue and decision, the kinds of certificates."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest

from portal import recognition
from portal.foundation import clock
from portal.foundation.transaction import commit
from tests import factories
from tests.attendance.samples import a_pdf, a_picture
from tests.page_client import PageClient
from tests.recognition.samples import TITLE, a_proof, an_award, sent, state_of
from tests.statements import counting

OWN = "/my/recognition"
TYPED = {
    "title": TITLE,
    "organiser": "საჯარო სამსახურის ბიურო",
    "starts_on": "07.04.2025",
    "ends_on": "08.04.2025",
    "contact_hours": "16",
    "credits": "0,5",
    "certificate_number": "CSB-7",
}


def browser(app, person):
    return PageClient(app, "en").sign_in(person)


def file(data, name="proof.pdf"):
    return {"proof": (io.BytesIO(data), name)}


@pytest.fixture
def mine(app, cast):
    return browser(app, cast.learner)


@pytest.fixture
def desk(app, cast):
    return browser(app, cast.coordinator)


@pytest.fixture
def office(app, cast):
    return browser(app, cast.staff)


def submitted(cast, **claim):
    request_id = sent(cast.learner, **claim)
    commit()
    return request_id


def confirmed(cast, **claim):
    request_id = submitted(cast, **claim)
    recognition.confirm_request(request_id, by=cast.coordinator.id)
    commit()
    return request_id


def recognised(cast):
    request_id = confirmed(cast)
    recognition.recognise(request_id, an_award(), by=cast.staff.id)
    commit()
    return request_id


def test_my_training_leads_to_my_requests_and_the_form(mine):
    assert mine.get("/my").all(f"main a[href='/en{OWN}']")
    assert [link.get("href") for link in mine.get(OWN).all("main .empty a")] == [f"/en{OWN}/new"]


def test_a_request_is_sent_and_stands_there_with_its_state_and_proof(mine, cast):
    mine.get(f"{OWN}/new")
    assert mine.post(f"{OWN}/new", TYPED | file(a_picture("JPEG"), "photo.jpg")).status == 303
    shown = mine.follow()
    assert shown.texts(".panel h2") == [TITLE]
    assert shown.texts(".panel > p .tag") == ["Sent"]
    assert "CSB-7" in shown.text
    (link,) = shown.all("main a[download]")
    answer = mine.get(link.get("href")).response
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    (seen,) = recognition.requests_of(cast.learner.id)
    assert (seen.request.contact_hours, seen.request.credits) == (Decimal(16), Decimal("0.5"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90", "Upload a PDF, JPEG or PNG file that can be opened."),
        (b"%PDF-1.7 nothing", "Upload a PDF, JPEG or PNG file that can be opened."),
        (a_pdf(password="x"), "The PDF is locked with a password. Save it without one."),
        (b"", "“Proof” is required."),
    ],
)
def test_a_bad_file_is_refused_beside_its_field_and_what_was_typed_stays(mine, cast, data, words):
    mine.get(f"{OWN}/new")
    shown = mine.post(f"{OWN}/new", TYPED | (file(data) if data else {}))
    assert shown.status == 422
    assert words in shown.texts("#proof-error")[0]
    assert words in shown.texts("[data-error-summary] a")[0]
    assert shown.all("#title")[0].get("value") == TITLE
    assert shown.all("#credits")[0].get("value") == "0,5"
    assert recognition.requests_of(cast.learner.id) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"ends_on": "06.04.2025"}, "ends_on"),
        ({"starts_on": "32.13.2025"}, "starts_on"),
        ({"contact_hours": "0"}, "contact_hours"),
        ({"contact_hours": "2001"}, "contact_hours"),
        ({"credits": "-1"}, "credits"),
        ({"certificate_number": "9" * 61}, "certificate_number"),
    ],
)
def test_a_wrong_field_is_refused_beside_it(mine, typed, field):
    mine.get(f"{OWN}/new")
    shown = mine.post(f"{OWN}/new", TYPED | typed | file(a_pdf()))
    assert shown.status == 422
    assert shown.all(f"#{field}-error")


def test_what_was_returned_is_corrected_without_a_new_file_and_says_what_was_missing(mine, desk, cast):
    request_id = submitted(cast)
    desk.get(f"/municipality/recognition/{request_id}")
    assert desk.submit(verdict="returned", words="საათები არ წერია").status == 303
    assert "საათები არ წერია" in mine.get(OWN).text
    shown = mine.get(f"{OWN}/{request_id}/correct")
    assert "საათები არ წერია" in shown.text
    assert mine.submit(contact_hours="12").status == 303
    assert recognition.get_request(request_id).request.contact_hours == Decimal(12)
    assert state_of(request_id) == "submitted"
    assert mine.get(f"{OWN}/{request_id}/correct").status == 303


def test_a_refused_request_is_asked_again_with_a_new_proof(mine, cast):
    request_id = confirmed(cast)
    assert mine.get(f"{OWN}/{request_id}/again").status == 303
    recognition.refuse_request(request_id, "ბეჭედი აკლია", by=cast.staff.id)
    commit()
    shown = mine.get(f"{OWN}/{request_id}/again")
    assert "ბეჭედი აკლია" in shown.text
    assert shown.all("#title")[0].get("value") == TITLE
    assert mine.submit().status == 422
    assert mine.post(f"{OWN}/{request_id}/again", TYPED | file(a_pdf(title="new"))).status == 303
    assert [seen.request.earlier_id for seen in recognition.requests_of(cast.learner.id)] == [request_id, None]
    assert not mine.get(OWN).all(f"a[href$='/{request_id}/again']")


def test_it_is_withdrawn_after_a_question_and_too_late_is_said(mine, cast):
    request_id = submitted(cast)
    mine.get(f"{OWN}/{request_id}/withdraw")
    assert mine.submit().status == 303
    assert state_of(request_id) == "withdrawn"
    other = recognised(cast)
    assert mine.get(f"{OWN}/{other}/withdraw").status == 303
    mine.post(f"{OWN}/{other}/withdraw", {})
    assert mine.follow().all(".flash.tone-warn")
    assert state_of(other) == "recognised"


def test_the_coordinator_finds_own_people_sees_the_proof_and_confirms(desk, cast):
    request_id = submitted(cast)
    assert "Trainings elsewhere to confirm: 1" in desk.get("/municipality").text
    (link,) = desk.get("/municipality/recognition").all("#requests-caption ~ tbody a, tbody a")
    shown = desk.get(link.get("href"))
    assert desk.get(shown.all("a[download]")[0].get("href")).response.get_data() == a_proof().data
    desk.get(link.get("href"))
    assert desk.submit(verdict="confirmed").status == 303
    assert state_of(request_id) == "confirmed"
    assert desk.get("/municipality/recognition").all(".empty")
    assert desk.get("/municipality/recognition?state=confirmed").all("tbody tr")


def test_the_neighbour_and_other_people_find_nothing(app, cast):
    request_id = submitted(cast)
    (proof,) = recognition.get_request(request_id).proofs
    neighbour, colleague = browser(app, cast.neighbour), browser(app, cast.colleague)
    assert not neighbour.get("/municipality/recognition?state=submitted").all("tbody tr")
    for path in (f"/municipality/recognition/{request_id}", f"/municipality/recognition/{request_id}/proofs/{proof.id}"):
        assert neighbour.get(path).status == 404
    for page in ("correct", "again", "withdraw", f"proofs/{proof.id}"):
        assert colleague.get(f"{OWN}/{request_id}/{page}").status == 404
    assert colleague.get(f"/staff/recognition/{request_id}").status == 403
    assert neighbour.post(f"/municipality/recognition/{request_id}", {"verdict": "confirmed"}).status == 404
    assert state_of(request_id) == "submitted"


def test_who_returns_says_why(desk, cast):
    request_id = submitted(cast)
    desk.get(f"/municipality/recognition/{request_id}")
    shown = desk.submit(verdict="returned")
    assert shown.status == 422
    assert shown.texts("#words-error")[0].endswith("“Explanation” is required.")
    assert desk.submit().status == 422


def test_the_staff_recognise_what_is_equal_to_a_course_of_theirs(office, mine, cast):
    request_id = confirmed(cast)
    version = factories.course(title_en="Procurement")
    kind = recognition.create_outside_certificate("SPA", "შესყიდვები", "Procurement specialist", by=cast.staff.id)
    commit()
    assert "Recognition: 1" in office.get("/staff/runs").text
    office.get("/staff/recognition")
    shown = office.get(f"/staff/recognition/{request_id}")
    assert shown.all("#contact_hours")[0].get("value") == "16"
    typed = {"independent_hours": "4,5", "course_id": str(version.course_id), "outside_id": str(kind.id), "valid_until": "01.01.2030"}
    assert office.submit(verdict="recognised", **typed).status == 303
    (found,) = recognition.recognised_of([cast.learner.id])
    assert (found.independent_hours, found.course_id, found.outside_code) == (Decimal("4.5"), version.course_id, "SPA")
    shown = mine.get(OWN).text
    assert "Procurement specialist" in shown
    assert "4.5" in shown


def test_a_decision_that_is_not_simply_yes_is_explained_and_kept_as_typed(office, cast):
    request_id = confirmed(cast)
    office.get(f"/staff/recognition/{request_id}")
    shown = office.submit(verdict="recognised", contact_hours="8")
    assert shown.status == 422
    assert shown.all("#words-error")
    assert shown.all("#contact_hours")[0].get("value") == "8"
    shown = office.submit(verdict="refused")
    assert shown.status == 422
    assert office.submit(verdict="refused", words="სხვისი სახელია").status == 303
    assert state_of(request_id) == "refused"


def test_a_decision_is_changed_and_revoked_later(office, cast):
    request_id = recognised(cast)
    shown = office.get(f"/staff/recognition/{request_id}")
    assert not shown.all("[name=verdict]")
    assert office.submit(contact_hours="20", words="დღეები დაგვავიწყდა").status == 303
    shown = office.get(f"/staff/recognition/{request_id}")
    assert len(shown.all(".said > li")) == 4
    office.get(shown.all("a[href$='/revoke']")[0].get("href"))
    assert office.submit(reason="").status == 422
    assert office.submit(reason="ყალბია").status == 303
    assert state_of(request_id) == "revoked"
    assert office.get(f"/staff/recognition/{request_id}/revoke").status == 303


def test_somebody_was_first_and_the_other_is_told(app, office, cast):
    request_id = confirmed(cast)
    other = browser(app, cast.administrator)
    for one in (office, other):
        one.get(f"/staff/recognition/{request_id}")
    assert office.submit(verdict="recognised").status == 303
    shown = other.submit(verdict="refused", words="არა")
    assert shown.status == 422
    assert "meanwhile" in shown.texts("[data-error-summary]")[0]
    assert state_of(request_id) == "recognised"


def test_staff_wait_for_the_municipality_and_never_decide_on_their_own(office, app, cast):
    request_id = submitted(cast)
    assert not office.get("/staff/recognition").all("tbody tr")
    shown = office.get(f"/staff/recognition/{request_id}")
    assert not shown.all("main form[method=post]")
    assert "The municipality has until" in shown.text
    own = sent(cast.staff)
    recognition.confirm_request(own, by=cast.coordinator.id)
    commit()
    shown = office.get(f"/staff/recognition/{own}")
    assert "This is your own request" in shown.text
    assert not shown.all("main form[method=post]")


def test_the_queue_is_filtered_by_state_and_name_and_paged(office, cast, monkeypatch):
    monkeypatch.setattr("portal.web.recognition.desks.ON_A_PAGE", 2)
    for number in range(3):
        confirmed(cast, title=f"ტრენინგი {number}")
    first = office.get("/staff/recognition")
    assert len(first.all("tbody tr")) == 2
    assert len(office.get(first.all("a[rel=next]")[0].get("href")).all("tbody tr")) == 1
    assert len(office.get("/staff/recognition?q=აბაშიძე").all("tbody tr")) == 2
    assert office.get("/staff/recognition?q=ლომიძე").all(".empty")
    assert office.get("/staff/recognition?state=refused").all(".empty")
    assert office.get("/staff/recognition?state=nonsense&after=x").all("tbody tr")


def test_many_requests_cost_as_many_statements_as_few(office, desk, mine, cast):
    def statements_of(client, path):
        with counting() as statements:
            client.get(path)
        return len(statements)

    pages = ((office, "/staff/recognition?state=submitted"), (desk, "/municipality/recognition"), (mine, OWN))
    submitted(cast)
    few = [statements_of(*page) for page in pages]
    for number in range(12):
        submitted(cast, title=f"ტრენინგი {number}")
    assert [statements_of(*page) for page in pages] == few
    assert max(few) <= 6


def test_staff_keep_the_list_of_kinds(office, cast):
    office.get("/staff/recognition/certificates/new")
    assert office.submit(code="icdl", name_ka="ა", name_en="a").status == 422
    assert office.submit(code="ICDL", name_ka="კომპიუტერი", name_en="Computer").status == 303
    (link,) = office.follow().all("tbody a")
    office.get(link.get("href"))
    assert office.submit(name_ka="კომპიუტერი", name_en="Digital literacy").status == 303
    assert "Digital literacy" in office.follow().text
    (kind,) = recognition.outside_certificates()
    for archived in ([], [kind.id]):
        assert office.post(f"/staff/recognition/certificates/{kind.id}/archive", {}).status == 303
        assert [one.id for one in recognition.outside_certificates()] == archived
    assert office.get("/staff/recognition/certificates/99999").status == 404


def test_after_ten_days_the_staff_decide_without_the_municipality(office, cast):
    with clock.frozen(clock.now() - timedelta(days=11)):
        request_id = submitted(cast)
    assert office.get("/staff/recognition").all("tbody tr")
    office.get(f"/staff/recognition/{request_id}")
    assert office.submit(verdict="recognised").status == 303
    assert state_of(request_id) == "recognised"


def test_a_person_without_a_post_goes_to_the_staff_at_once(app, office):
    person = factories.person_with_account("თეა", "ნოზაძე", municipality=None)
    commit()
    free = browser(app, person)
    free.get(f"{OWN}/new")
    assert free.post(f"{OWN}/new", TYPED | file(a_pdf())).status == 303
    assert "The association decides what is recognised." in free.follow().text
    assert len(office.get("/staff/recognition").all("tbody tr")) == 1


def test_the_same_form_twice_is_one_request(mine, cast):
    for _twice in range(2):
        mine.get(f"{OWN}/new")
        assert mine.post(f"{OWN}/new", TYPED | file(a_pdf())).status == 303
    assert len(recognition.requests_of(cast.learner.id)) == 1
