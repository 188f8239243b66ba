"""Issuing letters: the same facts are the same letter, others a new one, and nothing of one is ever changed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import certificates, courses, enrolment, letters
from portal.attendance.models import AttendanceFact
from portal.foundation import clock
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit, writing
from portal.letters import LetterFacts
from portal.letters.models import IssuedLetter
from tests import factories
from tests.certificates import scenes as past
from tests.certificates.pages import text_of
from tests.letters.scenes import coming, issue, over
from tests.statements import counting


@pytest.fixture
def place(cast):
    place = coming(cast.learner)
    commit()
    return place


def numbers():
    return list(db.session.scalars(sa.select(IssuedLetter.number).order_by(IssuedLetter.id)))


def test_a_letter_keeps_its_facts_and_its_file_with_their_digests(place):
    letter = issue(place, "participation")
    facts = LetterFacts.from_record(letter.facts)
    assert letter.number == f"{place.reference}-1"
    assert facts.name.ka == "ნინო აბაშიძე"
    assert facts.municipality.en == "Telavi Municipality"
    assert [day.starts_at for day in facts.days] == [day.starts_at for day in courses.sessions_of(place.run_id)]
    assert hashlib.sha256(letter.facts).hexdigest() == letter.facts_sha256
    stored = letters.get_letter(letter.number)
    assert hashlib.sha256(stored.pdf).hexdigest() == stored.pdf_sha256
    assert addresses.bare(f"/verify/{letter.secret}") in text_of(stored.pdf)
    assert len(letter.secret) >= 22


def test_no_personal_number_is_in_the_facts_or_the_file(place, cast):
    cast.learner.personal_number_sealed = b"sealed"
    letter = issue(place, "participation")
    assert b"personal" not in letter.facts
    assert "personal" not in text_of(letters.get_letter(letter.number).pdf)


def test_the_same_asked_for_again_is_the_same_letter(place, cast):
    first = issue(place, "participation")
    with clock.frozen(clock.now() + timedelta(days=1)):
        again = issue(place, "participation", by=cast.staff.id)
    assert (again.id, again.issued_at, again.issued_by) == (first.id, first.issued_at, cast.learner.id)
    assert issue(place, "participation", "en").number == f"{place.reference}-2"
    assert numbers() == [f"{place.reference}-1", f"{place.reference}-2"]


def test_a_training_that_was_moved_gives_a_new_letter_and_moved_back_the_old_one(place):
    first = issue(place, "participation")
    session = courses.sessions_of(place.run_id)[0]
    session.starts_at += timedelta(hours=1)
    commit()
    second = issue(place, "participation")
    assert second.number == f"{place.reference}-2"
    courses.sessions_of(place.run_id)[0].starts_at -= timedelta(hours=1)
    commit()
    assert issue(place, "participation").id == first.id


def test_attendance_that_was_corrected_gives_a_new_letter(cast):
    place = over(cast.learner, cast.staff)
    first = issue(place, "attendance")
    assert LetterFacts.from_record(first.facts).percent == 75
    past.attend(place.run, place, cast.staff, hours=8)
    second = issue(place, "attendance")
    assert LetterFacts.from_record(second.facts).percent == 100
    assert second.id != first.id


def test_a_day_that_nobody_marked_is_said_to_be_unmarked(cast):
    place = over(cast.learner, cast.staff, hours=None)
    first, _second = past.sessions(place.run)
    factories.add(
        AttendanceFact(session_id=first.id, enrolment_id=place.id, mark="absent", recorded_by=cast.staff.id, recorded_at=clock.now())
    )
    assert [day.attended for day in LetterFacts.from_record(issue(place, "attendance").facts).days] == [0, None]


def test_the_certificate_is_named_once_it_is_issued_and_no_longer_when_it_was_revoked(cast):
    run = past.issued_run(cast.staff, [cast.learner])
    [place] = enrolment.enrolments_in(run.id, cast.learner.id)
    [number] = past.numbers()
    assert LetterFacts.from_record(issue(place, "attendance").facts).certificate == number
    entry, staff_id = certificates.get_entry(number), cast.staff.id
    with writing():
        certificates.revoke(entry.id, "შეცდომა", by=staff_id)
    assert not LetterFacts.from_record(issue(place, "attendance").facts).certificate


@pytest.mark.parametrize(("kind", "words"), [("attendance", "not been recorded"), ("participation", "is over")])
def test_a_letter_that_cannot_be_is_refused_and_leaves_nothing(cast, kind, words):
    place = over(cast.learner, cast.staff, hours=None)
    with pytest.raises(RefusedError, match=words):
        issue(place, kind)
    assert numbers() == []


def test_a_place_given_back_is_not_confirmed(place):
    issue(place, "participation")
    enrolment.withdraw(place.run_id, place.person_id, by=place.person_id)
    commit()
    with pytest.raises(RefusedError, match="with a place"):
        issue(place, "participation")


def test_a_name_that_cannot_be_printed_is_refused(place, cast):
    cast.learner.given_name_latin = "李"
    with pytest.raises(RefusedError, match="cannot be printed"):
        issue(place, "participation")


def test_issuing_is_noted_once_without_anything_personal(place, cast):
    issue(place, "participation")
    issue(place, "participation")
    [row] = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "letter:issue"))
    assert (row.actor_id, row.person_id, row.public, row.personal) == (cast.learner.id, cast.learner.id, False, None)
    assert set(row.change) == {"number", "letter", "language"}


@pytest.mark.parametrize("change", ["UPDATE letter SET number = 'X'", "DELETE FROM letter"])
def test_the_database_refuses_to_change_or_delete_a_letter(place, change):
    issue(place, "participation")
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), db.engine.begin() as connection:
        connection.exec_driver_sql(change)


def test_a_letter_is_found_within_the_scope_that_is_asked_for_only(place, cast):
    number = issue(place, "participation").number
    telavi, kutaisi = (factories.municipality(code).id for code in ("telavi", "kutaisi"))
    for scope in ({}, {"person_id": cast.learner.id}, {"run_id": place.run_id}, {"municipality_ids": [telavi]}):
        assert letters.get_letter(number, **scope).number == number
    for scope in ({"person_id": cast.colleague.id}, {"run_id": 0}, {"municipality_ids": [kutaisi]}, {"municipality_ids": []}):
        with pytest.raises(NotFoundError):
            letters.get_letter(number, **scope)


def test_offers_take_two_statements_however_many_they_are(cast):
    places = [over(cast.learner, cast.staff, code=f"RUN-{number}") for number in range(4)]
    issue(places[0], "attendance")
    found = enrolment.enrolments_of_person(cast.learner.id)
    with counting() as statements:
        offers = letters.offers_of(found)
    assert len(statements) == 2, statements
    assert [(offer.kind, offer.refusal, len(offer.letters)) for offer in offers] == [("attendance", None, n) for n in (1, 0, 0, 0)]
