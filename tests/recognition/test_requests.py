"""Requests for recognition: sending, correcting, withdrawing, asking again; what the coordinator and the staff can do; what others are told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import courses, people, recognition
from portal.foundation import clock, transaction
from portal.foundation.crypto import SealBrokenError, keyring
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow, personal_values
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from portal.people.models import RoleGrant
from portal.recognition import rules
from portal.recognition.models import RecognitionProof, RecognitionRequest, RecognitionStep
from tests import factories
from tests.enrolment.mailbox import mails_to
from tests.recognition.samples import TITLE, a_claim, a_proof, an_award, sent, state_of


def problems(call):
    with pytest.raises(courses.WrongValuesError) as told:
        call()
    return {problem.field for problem in told.value.problems}


def confirmed(cast, **claim):
    request_id = sent(cast.learner, **claim)
    recognition.confirm_request(request_id, by=cast.coordinator.id)
    return request_id


def recognised(cast, **award):
    request_id = confirmed(cast)
    recognition.recognise(request_id, an_award(**award), by=cast.staff.id)
    return request_id


def test_a_request_goes_from_the_person_over_the_coordinator_to_the_staff(cast):
    request_id = sent(cast.learner)
    assert state_of(request_id) == "submitted"
    recognition.confirm_request(request_id, "ერთად ვიყავით", by=cast.coordinator.id)
    recognition.recognise(request_id, an_award(independent_hours=Decimal(4)), by=cast.staff.id)
    seen = recognition.get_request(request_id)
    assert [(step.step, step.by) for step in seen.steps] == [
        ("submitted", cast.learner.id),
        ("confirmed", cast.coordinator.id),
        ("recognised", cast.staff.id),
    ]
    assert seen.request.post("ka") == "მთავარი სპეციალისტი"


def test_somebody_without_a_post_goes_straight_to_the_staff(cast):
    request_id = sent(factories.person_with_account(municipality=None))
    assert [line.request.id for line in recognition.queue(clock.now(), limit=9)] == [request_id]
    recognition.recognise(request_id, an_award(), by=cast.staff.id)
    assert state_of(request_id) == "recognised"


def test_so_does_the_only_coordinator_of_a_municipality_and_one_that_has_none(cast):
    for person in (cast.coordinator, factories.person_with_account("ია", "გელაშვილი", municipality="gori")):
        request = recognition.get_request(sent(person)).request
        assert (request.employer_confirms, request.municipality_id) == (False, people.find_current_post(person.id).municipality_id)


def test_the_staff_wait_for_the_coordinator_for_ten_days_and_no_longer(cast):
    request_id = sent(cast.learner)
    with pytest.raises(rules.EmployersTurnError):
        recognition.refuse_request(request_id, "არა", by=cast.staff.id)
    assert recognition.number_waiting(clock.now(), 9) == 0
    with clock.frozen(clock.now() + timedelta(days=10)):
        assert recognition.number_waiting(clock.now(), 9) == 1
        assert [line.request.id for line in recognition.queue(clock.now(), limit=9)] == [request_id]
        recognition.refuse_request(request_id, "სხვისი სახელია", by=cast.staff.id)
    assert state_of(request_id) == "refused"


def test_what_the_coordinator_returned_is_corrected_and_sent_again_with_another_proof(cast):
    request_id = sent(cast.learner)
    recognition.return_request(request_id, "მეორე გვერდი აკლია", by=cast.coordinator.id)
    recognition.correct_request(request_id, a_claim(contact_hours=Decimal(12)), a_proof("two pages"), by=cast.learner.id)
    seen = recognition.get_request(request_id)
    assert (state_of(request_id), seen.request.contact_hours, len(seen.proofs)) == ("submitted", Decimal(12), 2)
    recognition.confirm_request(request_id, by=cast.coordinator.id)
    with pytest.raises(rules.MovedOnError):
        recognition.correct_request(request_id, a_claim(), None, by=cast.learner.id)


def test_the_same_form_sent_twice_changes_nothing_the_second_time(cast):
    first, second = sent(cast.learner), sent(cast.learner)
    assert first == second
    for _twice in range(2):
        recognition.return_request(first, "აკლია", by=cast.coordinator.id)
    for _twice in range(2):
        recognition.correct_request(first, a_claim(organiser="სხვა"), a_proof(), by=cast.learner.id)
    for _twice in range(2):
        recognition.confirm_request(first, by=cast.coordinator.id)
    for _twice in range(2):
        recognition.recognise(first, an_award(), by=cast.staff.id)
    seen = recognition.get_request(first)
    assert [step.step for step in seen.steps] == ["submitted", "returned", "submitted", "confirmed", "recognised"]
    assert len(seen.proofs) == 1


def test_it_is_withdrawn_until_it_is_decided_and_no_longer(cast):
    for prepare in (lambda _one: None, lambda one: recognition.confirm_request(one, by=cast.coordinator.id)):
        request_id = sent(cast.learner)
        prepare(request_id)
        recognition.withdraw_request(request_id, by=cast.learner.id)
        assert state_of(request_id) == "withdrawn"
    with pytest.raises(rules.MovedOnError):
        recognition.withdraw_request(recognised(cast), by=cast.learner.id)


def test_a_refused_one_is_asked_again_once_and_its_decision_stays(cast):
    request_id = confirmed(cast)
    with pytest.raises(rules.MovedOnError):
        recognition.submit_request(a_claim(), a_proof("new"), by=cast.learner.id, earlier_id=request_id)
    recognition.refuse_request(request_id, "ბეჭედი არ ჩანს", by=cast.staff.id)
    again = recognition.submit_request(a_claim(), a_proof("new"), by=cast.learner.id, earlier_id=request_id)
    assert recognition.get_request(request_id).later_id == again
    with pytest.raises(rules.AskedAgainError):
        recognition.recognise(request_id, an_award(), "მაინც", by=cast.staff.id)
    with pytest.raises(rules.MovedOnError):
        recognition.submit_request(a_claim(), a_proof("newer"), by=cast.learner.id, earlier_id=request_id)
    recognition.withdraw_request(again, by=cast.learner.id)
    recognition.recognise(request_id, an_award(), "მაინც", by=cast.staff.id)


def test_a_decision_is_changed_by_a_new_step_and_the_old_one_stays(cast):
    request_id = recognised(cast)
    assert problems(lambda: recognition.recognise(request_id, an_award(contact_hours=Decimal(20)), by=cast.staff.id)) == {"words"}
    recognition.recognise(request_id, an_award(contact_hours=Decimal(20)), "დღეები დაგვავიწყდა", by=cast.staff.id)
    assert [step.contact_hours for step in recognition.get_request(request_id).steps[2:]] == [Decimal(16), Decimal(20)]
    assert [one.contact_hours for one in recognition.recognised_of([cast.learner.id])] == [Decimal(20)]


def test_a_recognition_is_revoked_and_can_be_given_again(cast):
    request_id = recognised(cast)
    recognition.revoke_recognition(request_id, "მოწმობა ყალბია", by=cast.staff.id)
    assert recognition.recognised_of([cast.learner.id]) == []
    recognition.recognise(request_id, an_award(), "დადასტურდა", by=cast.administrator.id)
    assert len(recognition.recognised_of([cast.learner.id])) == 1


@pytest.mark.parametrize("service", [recognition.return_request, recognition.refuse_request])
def test_what_is_not_simply_yes_says_why(cast, service):
    request_id = sent(cast.learner)
    with clock.frozen(clock.now() + timedelta(days=11)):
        assert problems(lambda: service(request_id, "", by=cast.staff.id)) == {"words"}


def test_less_than_was_asked_for_says_why(cast):
    request_id = confirmed(cast, credits=Decimal(1))
    assert problems(lambda: recognition.recognise(request_id, an_award(), by=cast.staff.id)) == {"words"}
    assert problems(lambda: recognition.recognise(request_id, an_award(contact_hours=Decimal(0)), "რადგან", by=cast.staff.id)) == {
        "contact_hours"
    }
    early = an_award(credits=Decimal(1), valid_until=date(2025, 4, 7))
    assert problems(lambda: recognition.recognise(request_id, early, by=cast.staff.id)) == {"valid_until"}
    recognition.recognise(request_id, an_award(credits=Decimal(1), valid_until=date(2025, 4, 8)), by=cast.staff.id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_on": date(2025, 4, 6)}, "ends_on"),
        ({"ends_on": clock.today() + timedelta(days=1)}, "ends_on"),
        ({"contact_hours": Decimal(0)}, "contact_hours"),
        ({"credits": Decimal(0)}, "credits"),
    ],
)
def test_a_claim_that_cannot_be_is_refused(cast, values, field):
    assert problems(lambda: sent(cast.learner, **values)) == {field}


def test_nobody_decides_on_their_own(cast):
    factories.grant(cast.learner, people.Role.COORDINATOR, municipality="telavi")
    request_id = sent(cast.learner)
    with pytest.raises(rules.OwnRequestError):
        recognition.confirm_request(request_id, by=cast.learner.id)
    recognition.confirm_request(request_id, by=cast.coordinator.id)
    with pytest.raises(rules.OwnRequestError):
        recognition.recognise(request_id, an_award(), by=cast.learner.id)


def test_nobody_answers_what_they_have_not_seen(cast):
    request_id = sent(cast.learner)
    shown = recognition.get_request(request_id).newest.id
    recognition.return_request(request_id, "აკლია", by=cast.coordinator.id)
    recognition.correct_request(request_id, a_claim(contact_hours=Decimal(400)), None, by=cast.learner.id)
    with pytest.raises(rules.MovedOnError):
        recognition.confirm_request(request_id, by=cast.coordinator.id, seen=shown)


def test_a_request_is_of_one_person_and_one_municipality(cast):
    request_id = sent(cast.learner)
    telavi, kutaisi = factories.municipality("telavi").id, factories.municipality("kutaisi").id
    assert recognition.get_request(request_id, municipality_ids=[telavi]).request.id == request_id
    for scope in ({"person_id": cast.colleague.id}, {"municipality_ids": [kutaisi]}, {"municipality_ids": []}):
        with pytest.raises(NotFoundError):
            recognition.get_request(request_id, **scope)
    assert recognition.queue(clock.now(), limit=9, municipality_ids=[kutaisi]) == []
    assert recognition.number_waiting(clock.now(), 9, municipality_ids=[kutaisi]) == 0
    assert recognition.number_waiting(clock.now(), 9, municipality_ids=[telavi]) == 1
    for service in (
        lambda: recognition.withdraw_request(request_id, by=cast.colleague.id),
        lambda: recognition.correct_request(request_id, a_claim(), None, by=cast.colleague.id),
        lambda: recognition.submit_request(a_claim(), a_proof("x"), by=cast.colleague.id, earlier_id=request_id),
    ):
        with pytest.raises(NotFoundError):
            service()


def test_a_proof_is_sealed_and_opens_as_that_of_its_request_only(cast):
    request_id, other = sent(cast.learner), sent(cast.colleague)
    kept = db.session.scalars(sa.select(RecognitionProof).where(RecognitionProof.request_id == request_id)).one()
    assert b"PDF" not in kept.sealed
    assert recognition.get_proof(kept.id, request_id=request_id) == a_proof()
    with pytest.raises(NotFoundError):
        recognition.get_proof(kept.id, request_id=other)
    with pytest.raises(SealBrokenError):
        keyring.unseal_bytes(kept.sealed, f"recognition_proof {other}")


def test_twenty_undecided_requests_are_enough(cast):
    for number in range(20):
        sent(cast.learner, title=f"ტრენინგი {number}")
    with pytest.raises(rules.TooManyError):
        sent(cast.learner, title="კიდევ ერთი")
    sent(cast.colleague)


def test_the_person_is_told_once_of_each_answer_and_by_its_title_only(cast):
    request_id = sent(cast.learner, certificate_number="ICDL-77", organiser="კერძო აკადემია")
    recognition.return_request(request_id, "ნომერი აკლია", by=cast.coordinator.id)
    recognition.correct_request(request_id, a_claim(), None, by=cast.learner.id)
    recognition.confirm_request(request_id, by=cast.coordinator.id)
    recognition.refuse_request(request_id, "ბეჭედი აკლია", by=cast.staff.id)
    recognition.recognise(request_id, an_award(), "დადასტურდა", by=cast.staff.id)
    recognition.revoke_recognition(request_id, "შეცდომა იყო", by=cast.staff.id)
    commit()
    mails = mails_to(cast.learner)
    assert [mail.kind for mail in mails] == [
        "recognition_returned",
        "recognition_refused",
        "recognition_recognised",
        "recognition_revoked",
    ]
    for mail in mails:
        assert TITLE in mail.subject
        assert not [word for word in ("ნომერი აკლია", "ბეჭედი", "დადასტურდა", "შეცდომა", "ICDL", "აკადემია", "16") if word in mail.body]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == len(mails)


def test_the_history_says_each_step_and_seals_what_was_claimed(cast):
    recognised(cast)
    commit()
    rows = db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)).all()
    assert [row.action for row in rows] == ["recognition:submit", "recognition:confirm", "recognition:recognise"]
    assert {row.person_id for row in rows} == {cast.learner.id}
    assert personal_values(rows[0])["title"] == TITLE
    assert personal_values(rows[2])["contact_hours"] == "16"
    assert not any(row.change for row in rows)


def test_steps_stay_as_they_are(cast):
    recognised(cast)
    commit()
    for statement in (sa.update(RecognitionStep).values(words="სხვა"), sa.delete(RecognitionStep)):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"):
            db.session.execute(statement)
        transaction.abandon()


def test_a_coordinator_whose_time_is_over_confirms_nothing_for_new_requests(cast):
    grant = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == cast.coordinator.id)).one()
    grant.ends_on = clock.today() - timedelta(days=1)
    db.session.flush()
    assert db.session.get_one(RecognitionRequest, sent(cast.learner)).employer_confirms is False
