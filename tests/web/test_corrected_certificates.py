"""Staff issue a corrected certificate: they see what would change, say why, and the worker does the rest."""

from __future__ import annotations

import pytest

from portal import certificates, people
from portal.certificates import Signing
from portal.foundation.transaction import writing
from tests.certificates import designs, scenes

WORDS = "ახალი გვარი პირადობის მოწმობაში"


@pytest.fixture
def held(cast):
    """Nino's certificate, from before she was called otherwise."""
    scenes.issued_run(cast.staff, [cast.learner])
    rename(cast.learner, "ბერიძე", "Beridze")
    return certificates.certificates_of_person(cast.learner.id)[0]


def rename(person, family_ka, family_latin):
    with writing():
        found = people.get_person(person.id)
        found.family_name_ka, found.family_name_latin = family_ka, family_latin


def rows(shown):
    return [[" ".join(cell.text_content().split()) for cell in row] for row in shown.all("#changes-caption ~ tbody tr")]


def test_staff_see_what_would_change_and_the_new_one_takes_the_place_of_the_old(page, cast, held):
    shown = page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}")
    shown = page.get(next(link.get("href") for link in shown.all("main a") if link.get("href").endswith("/correct")))
    assert [row[1:] for row in rows(shown)] == [["ნინო აბაშიძე", "ნინო ბერიძე"], ["Nino Abashidze", "Nino Beridze"]]
    form = shown
    for _click in range(2):
        page.page = form
        answer = page.submit(code="name_corrected", reason=WORDS)
        assert "/certificates/batches/" in answer.location
    scenes.issue_all()
    assert WORDS in page.get(f"/staff/certificates/{held.number}").text
    successor = certificates.kin_of(held.id).replaced_by
    assert f"№ {successor}" in page.page.text
    assert f"№ {held.number}" in page.get(f"/staff/certificates/{successor}").text
    assert page.get(f"/staff/certificates/{held.number}/correct").status == 303
    page.page = form
    assert page.submit(code="name_corrected", reason=WORDS).location.endswith(held.number)
    assert len(certificates.certificates_of_person(cast.learner.id)) == 2


def test_what_the_design_of_the_day_changes_is_seen_beside_the_name(page, cast, held):
    designs.save("all", cast.staff, heading=("მადლობა", "Thanks"), signatories=(Signing(designs.LELA),))
    shown = page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/correct")
    assert [row[2].split(" · ")[0] for row in rows(shown)] == [
        "ნინო ბერიძე",
        "Nino Beridze",
        "მადლობა",
        "ლელა ნიმუშაძე, პროექტის ხელმძღვანელი",
    ]
    rename(cast.learner, "აბაშიძე", "Abashidze")
    assert rows(page.get(f"/staff/certificates/{held.number}/correct")) == []


def test_what_is_missing_is_told_and_what_was_typed_is_kept(page, cast, held):
    page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/correct")
    refused = page.submit(reason=WORDS)
    assert refused.status == 422
    assert len(refused.all("[data-error-summary] a")) == 1
    assert refused.form().fields["reason"].strip() == WORDS
    assert page.submit(code="misconduct", reason=WORDS).status == 422


def test_where_nothing_would_change_there_is_no_form(page, cast, held):
    rename(cast.learner, "აბაშიძე", "Abashidze")
    shown = page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/correct")
    assert shown.all("main form") == []
    assert "არაფერი შეიცვლება" in shown.text
    assert page.post(f"/staff/certificates/{held.number}/correct", {"code": "name_corrected", "reason": WORDS}).status == 422


def test_what_cannot_be_printed_is_told(page, cast, held):
    rename(cast.learner, "აბაშიძე漢", "Abashidze")
    assert page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/correct").status == 200


def test_one_that_is_revoked_is_not_corrected(page, cast, held):
    with writing():
        certificates.revoke(held.id, "x", by=cast.staff.id)
    assert page.sign_in(cast.staff).get(f"/staff/certificates/{held.number}/correct").status == 303
    assert "მოქმედი სერტიფიკატისთვის" in page.follow().text
    assert not [link for link in page.page.all("main a") if link.get("href").endswith("/correct")]


def test_staff_who_look_at_a_person_are_pointed_to_certificates_with_an_earlier_name(page, cast, held):
    shown = page.sign_in(cast.staff).get(f"/staff/people/{cast.learner.id}")
    assert f"/ka/staff/certificates/{held.number}/correct" in [link.get("href") for link in shown.all("main a")]
    rename(cast.learner, "აბაშიძე", "Abashidze")
    shown = page.get(f"/staff/people/{cast.learner.id}")
    assert not [link for link in shown.all("main a") if link.get("href").endswith("/correct")]


def test_whoever_corrects_a_name_is_led_to_them(page, cast, held):
    path = f"/admin/people/{cast.learner.id}/names"
    page.sign_in(cast.administrator).get(path)
    assert page.submit(family_name_ka="გელაშვილი").location.endswith(f"/staff/people/{cast.learner.id}")
    page.get(path)
    answer = page.submit(family_name_ka="აბაშიძე", family_name_latin="Abashidze")
    assert answer.location.endswith(f"/admin/people/{cast.learner.id}")


@pytest.mark.parametrize("who", ["learner", "coordinator", "trainer"])
def test_it_is_for_staff(page, cast, held, who):
    assert page.sign_in(getattr(cast, who)).get(f"/staff/certificates/{held.number}/correct").status == 403
