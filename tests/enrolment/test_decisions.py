"""Applications: who decides, what becomes of them, and how a decision is taken back."""

from datetime import timedelta

import pytest

from portal import courses, enrolment, journeys
from portal.enrolment import rules
from portal.enrolment.models import DecisionStage
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.worker import keep_places
from tests import factories
from tests.enrolment.mailbox import calendar_after, kinds_to, mails_to

EMPLOYER, STAFF = DecisionStage.EMPLOYER, DecisionStage.STAFF


def a_run(decided_by="staff", **values):
    run = factories.run(**values)
    factories.place_rules(run, decided_by=decided_by, decision_days=5)
    return run


def applied(run, person, **values):
    return enrolment.enrol(run.id, person.id, by=person.id, **values)


def agrees(run_id):
    commit()
    played = enrolment.replay_of(run_id)
    return (played.disagreements, played.states) == ([], enrolment.states_in(run_id))


def test_a_request_is_an_application_where_the_staff_decide(cast):
    run = a_run()
    place = applied(run, cast.learner)
    assert (place.state, place.stage) == ("applied", "staff")
    assert place.decide_by == pytest.approx(clock.now() + timedelta(days=5), abs=timedelta(minutes=1))
    assert kinds_to(cast.learner) == ["application_received"]
    assert enrolment.places_of([run.id])[run.id].taken == 0


def test_what_the_staff_approve_gets_a_place(cast):
    run = a_run()
    place = enrolment.decide(applied(run, cast.learner), STAFF, approve=True, by=cast.staff.id)
    assert (place.state, place.stage, place.decide_by) == ("confirmed", None, None)
    assert kinds_to(cast.learner) == ["application_received", "application_approved"]
    assert len(calendar_after(mails_to(cast.learner))) == 2
    assert agrees(run.id)


def test_what_is_approved_without_a_free_place_waits_as_of_the_time_of_asking(cast):
    run = a_run(capacity=0)
    first, second = applied(run, cast.learner), applied(run, cast.colleague)
    enrolment.decide(second, STAFF, approve=True, by=cast.staff.id)
    enrolment.decide(first, STAFF, approve=True, by=cast.staff.id)
    assert [one.id for one in enrolment.waiting_list(run.id)] == [first.id, second.id]
    assert agrees(run.id)


def test_the_reason_of_a_rejection_reaches_the_person(cast):
    run = a_run()
    place = enrolment.decide(applied(run, cast.learner), STAFF, approve=False, by=cast.staff.id, words="Another unit is meant.")
    assert (place.state, place.state_reason) == ("rejected", "not_approved")
    assert "Another unit is meant." in mails_to(cast.learner, "application_rejected")[0].body


def test_the_employer_decides_first_and_then_the_staff(cast):
    run = a_run("employer_then_staff")
    place = applied(run, cast.learner)
    assert place.stage == "employer"
    with pytest.raises(rules.NotWaitingForDecisionError):
        enrolment.decide(place, STAFF, approve=True, by=cast.staff.id)
    assert enrolment.decide(place, EMPLOYER, approve=True, by=cast.coordinator.id).stage == "staff"
    assert enrolment.decide(place, STAFF, approve=True, by=cast.staff.id).state == "confirmed"
    assert kinds_to(cast.learner) == ["application_received", "application_approved"]
    assert agrees(run.id)


def test_who_is_nominated_needs_no_decision_of_the_employer(cast):
    run = a_run("employer_then_staff")
    telavi = factories.municipality("telavi").id
    place = enrolment.enrol(run.id, cast.learner.id, by=cast.coordinator.id, municipality_id=telavi)
    assert (place.state, place.stage) == ("applied", "staff")


def test_without_another_coordinator_the_staff_decide_at_once(cast):
    run = a_run("employer_then_staff")
    assert applied(run, cast.coordinator).stage == "staff"
    assert applied(run, factories.person_with_account(municipality="batumi")).stage == "staff"


def test_an_employer_who_lets_the_time_pass_leaves_it_to_the_staff(cast):
    run = a_run("employer_then_staff")
    place = applied(run, cast.learner)
    commit()
    place_id, run_id = place.id, run.id
    with clock.frozen(clock.now() + timedelta(days=5, minutes=1)):
        assert keep_places() == 1
        assert keep_places() == 0
    place = enrolment.applications(STAFF, run_id=run_id)[0]
    assert (place.id, place.stage, place.state_reason) == (place_id, "staff", "employer_silent")
    assert agrees(run_id)


def test_nobody_decides_on_their_own_application(cast):
    run = a_run()
    place = applied(run, factories.person_with_account())
    with pytest.raises(rules.OwnApplicationError):
        enrolment.decide(place, STAFF, approve=True, by=place.person_id)


def test_what_staff_enter_is_decided_by_that(cast):
    run = a_run()
    assert enrolment.enrol(run.id, cast.learner.id, by=cast.staff.id, decided=True).state == "confirmed"


def test_an_approval_that_is_taken_back_frees_the_place_for_the_next(cast):
    run = a_run(capacity=1)
    first, second = applied(run, cast.learner), applied(run, cast.colleague)
    for place in (first, second):
        enrolment.decide(place, STAFF, approve=True, by=cast.staff.id)
    enrolment.undo_decision(first, STAFF, by=cast.staff.id, words="By mistake.")
    assert (first.state, first.stage, second.state) == ("applied", "staff", "confirmed")
    assert kinds_to(cast.learner) == ["application_received", "application_approved", "decision_undone"]
    assert {str(event["status"]) for event in calendar_after(mails_to(cast.learner)).values()} == {"CANCELLED"}
    assert agrees(run.id)


def test_after_it_was_taken_back_it_can_be_approved_again(cast):
    run = a_run()
    place = applied(run, cast.learner)
    for _ in range(2):
        enrolment.decide(place, STAFF, approve=True, by=cast.staff.id)
        enrolment.undo_decision(place, STAFF, by=cast.staff.id)
    assert enrolment.decide(place, STAFF, approve=True, by=cast.staff.id).state == "confirmed"
    assert {str(event["status"]) for event in calendar_after(mails_to(cast.learner)).values()} == {"CONFIRMED"}
    assert agrees(run.id)


def test_a_rejection_can_be_taken_back_unless_the_person_applied_anew(cast):
    run = a_run()
    place = enrolment.decide(applied(run, cast.learner), STAFF, approve=False, by=cast.staff.id)
    assert enrolment.undo_decision(place, STAFF, by=cast.staff.id).state == "applied"
    enrolment.decide(place, STAFF, approve=False, by=cast.staff.id)
    applied(run, cast.learner)
    with pytest.raises(rules.NothingToUndoError):
        enrolment.undo_decision(place, STAFF, by=cast.staff.id)


def test_the_employer_cannot_take_back_what_the_staff_decided_on(cast):
    run = a_run("employer_then_staff")
    place = applied(run, cast.learner)
    enrolment.decide(place, EMPLOYER, approve=True, by=cast.coordinator.id)
    enrolment.decide(place, STAFF, approve=True, by=cast.staff.id)
    with pytest.raises(rules.NothingToUndoError):
        enrolment.undo_decision(place, EMPLOYER, by=cast.coordinator.id)


def test_many_are_decided_in_the_order_in_which_they_asked(cast):
    run = a_run(capacity=1)
    first, second = applied(run, cast.learner), applied(run, cast.colleague)
    outcomes = enrolment.decide_many([second, first], STAFF, approve=True, by=cast.staff.id)
    assert [(one.enrolment.id, one.enrolment.state) for one in outcomes] == [(first.id, "confirmed"), (second.id, "waiting")]


def test_one_that_was_withdrawn_meanwhile_keeps_no_other_from_its_decision(cast):
    run = a_run()
    first, second = applied(run, cast.learner), applied(run, cast.colleague)
    enrolment.withdraw(run.id, cast.learner.id, by=cast.learner.id)
    outcomes = enrolment.decide_many([first, second], STAFF, approve=True, by=cast.staff.id)
    assert [one.refusal.code if one.refusal else None for one in outcomes] == ["not_to_decide", None]
    assert kinds_to(cast.learner) == ["application_received", "waiting_list_left"]


def test_who_has_applied_is_told_of_a_move_as_such(cast):
    run = a_run()
    applied(run, cast.learner)
    day = courses.sessions_of(run.id)[0]
    journeys.move_session(day, day.starts_at + timedelta(hours=1), day.ends_at + timedelta(hours=1), by=cast.staff.id)
    body = mails_to(cast.learner, "run_moved")[0].body
    assert "განაცხადი ძალაშია" in body
    assert "მოლოდინის სიაში" not in body
