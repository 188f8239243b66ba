"""Appeals: a learner disputes what is recorded, trainers answer, staff decide; each step is a row, each tells whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from portal import attendance, courses, journeys
from portal.attendance import queries_appeals
from portal.attendance.models import AppealStep, AttendanceAppeal, AttendanceFact, Mark, Source
from portal.attendance.rules_appeals import (
    AnsweredError,
    AppealEndedError,
    ChangedMeanwhileError,
    DecidedAppealError,
    OpenAppealError,
    OwnAppealError,
    SameMarkError,
    SessionNotOverError,
    TooLateToAppealError,
)
from portal.attendance.services import NoPlaceError
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow, append_recorded
from tests.attendance.hall import Hall
from tests.enrolment.mailbox import kinds_to, mails_to

WORDS = "დილიდან ვესწრებოდი, ხელიც მოვაწერე"


@pytest.fixture
def hall(cast):
    """A run whose first day was two days ago and whose second day was yesterday; somebody was marked absent on the first."""
    hall = Hall(cast, day=-2)
    mark(hall, cast, Mark.ABSENT)
    return hall


def mark(hall, cast, kind, index=0, **values):
    wish = attendance.MarkWish(hall.keys[index], kind, **values)
    journeys.record_marks(hall.run.id, hall.session.id, [wish], by=cast.trainer.id, seen=10**9, reason="გადამოწმდა")


def newest(hall, index=0):
    """The newest fact about a person, as a page shows it."""
    return max(fact.id for fact in hall.facts() if fact.enrolment_id == hall.keys[index])


def appeal(hall, index=0, words=WORDS):
    return attendance.make_appeal(hall.session.id, hall.enrolments[index], words, by=hall.people[index].id)


def uphold(hall, cast, appeal_id, kind=Mark.PRESENT, *, seen=None, by=None, words="ფურცელზე ხელმოწერაა", index=0, **values):
    wish = attendance.MarkWish(hall.keys[index], kind, reason=words, **values)
    journeys.uphold_appeal(appeal_id, wish, seen=newest(hall, index) if seen is None else seen, by=by or cast.staff.id)


def steps(hall, index=0):
    return [step.step for step in queries_appeals.steps_of(hall.session.id, hall.keys[index])]


def summary(hall, index=0):
    return attendance.summaries_of_run(hall.run.id)[hall.keys[index]]


def test_an_appeal_goes_from_the_learner_over_the_trainer_to_the_staff(hall, cast):
    disputed = newest(hall)
    key = appeal(hall)
    attendance.answer_appeal(key, "სია მოგვიანებით შევავსე", by=cast.trainer.id)
    uphold(hall, cast, key, late=30)
    assert steps(hall) == ["appealed", "answered", "upheld"]
    found = queries_appeals.steps_of(hall.session.id, hall.keys[0])
    assert [step.fact_id for step in found] == [disputed, disputed, newest(hall)]
    assert [step.by for step in found] == [hall.people[0].id, cast.trainer.id, cast.staff.id]


def test_upholding_records_a_new_fact_and_the_old_one_stays(hall, cast):
    uphold(hall, cast, appeal(hall), late=30)
    assert hall.marks() == [(hall.keys[0], "absent"), (hall.keys[0], "present")]
    fact = hall.facts()[-1]
    assert (fact.source, fact.reason, fact.recorded_by) == (Source.APPEAL, "ფურცელზე ხელმოწერაა", cast.staff.id)
    assert summary(hall).attended_minutes == 450
    (correction,) = attendance.corrections_of(hall.session.id)
    assert correction.after.reason == "ფურცელზე ხელმოწერაა"


def test_dismissing_records_nothing(hall, cast):
    attendance.dismiss_appeal(appeal(hall), "ხელმოწერა არ არის", by=cast.staff.id)
    assert (steps(hall), len(hall.facts())) == (["appealed", "dismissed"], 1)


def test_what_is_not_marked_can_be_disputed_too(hall, cast):
    key = appeal(hall, 1)
    uphold(hall, cast, key, Mark.EXCUSED, seen=0, index=1)
    assert hall.marks()[-1] == (hall.keys[1], "excused")
    assert hall.facts()[-1].reason == "ფურცელზე ხელმოწერაა"


def test_outcomes_of_a_completed_run_follow_the_decision(hall, cast):
    hall.run.state = "completed"
    hall.run.version.attendance_percent = 50
    db.session.flush()
    mark(hall, cast, Mark.ABSENT, 1)
    key = appeal(hall)
    assert hall.enrolments[0].state == "not_completed"
    uphold(hall, cast, key)
    db.session.flush()
    assert [one.state for one in hall.enrolments[:2]] == ["completed", "not_completed"]


def test_those_concerned_are_told_and_no_others(hall, cast):
    key = appeal(hall)
    assert [kinds_to(one) for one in (cast.trainer, cast.other_trainer, hall.people[0])] == [["appeal_made"], [], []]
    attendance.answer_appeal(key, "ვნახე სხვა დღეს", by=cast.trainer.id)
    uphold(hall, cast, key, late=30)
    assert kinds_to(hall.people[0]) == ["appeal_answered", "appeal_decided"]
    assert kinds_to(cast.trainer) == ["appeal_made"]
    asked = mails_to(cast.trainer)[0]
    assert WORDS not in asked.body
    assert hall.people[0].family_name_ka not in asked.body
    assert "450 წუთი 480 წუთიდან" in mails_to(hall.people[0])[-1].body


def test_a_trainer_who_appeals_is_not_asked_for_an_answer(hall, cast):
    hall.enrolments[0].person_id = cast.trainer.id
    db.session.flush()
    key = attendance.make_appeal(hall.session.id, hall.enrolments[0], WORDS, by=cast.trainer.id)
    assert kinds_to(cast.trainer) == []
    with pytest.raises(OwnAppealError):
        attendance.answer_appeal(key, "ვიყავი", by=cast.trainer.id)


def test_nobody_decides_on_their_own_appeal(hall, cast):
    hall.enrolments[0].person_id = cast.staff.id
    db.session.flush()
    key = attendance.make_appeal(hall.session.id, hall.enrolments[0], WORDS, by=cast.staff.id)
    with pytest.raises(OwnAppealError):
        uphold(hall, cast, key)
    with pytest.raises(OwnAppealError):
        attendance.dismiss_appeal(key, "არა", by=cast.staff.id)
    uphold(hall, cast, key, by=cast.administrator.id)
    assert steps(hall)[-1] == "upheld"


def test_there_is_one_open_appeal_of_a_person_and_session(hall, cast):
    key = appeal(hall)
    assert appeal(hall) == key
    with pytest.raises(OpenAppealError):
        appeal(hall, words="სხვა სიტყვებით")
    assert appeal(hall, 1) != key
    assert steps(hall) == ["appealed"]


def test_what_was_taken_back_can_be_disputed_again(hall, cast):
    attendance.take_back_appeal(appeal(hall), by=hall.people[0].id)
    again = appeal(hall)
    assert steps(hall) == ["appealed", "taken_back", "appealed"]
    assert attendance.get_appeal(again).open


def test_what_was_decided_is_not_disputed_again_until_something_new_is_recorded(hall, cast):
    attendance.dismiss_appeal(appeal(hall), "არ დასტურდება", by=cast.staff.id)
    with pytest.raises(DecidedAppealError):
        appeal(hall)
    mark(hall, cast, Mark.PRESENT, late=400)
    appeal(hall)
    assert steps(hall) == ["appealed", "dismissed", "appealed"]


def test_an_upheld_appeal_is_not_disputed_again_either(hall, cast):
    uphold(hall, cast, appeal(hall), late=300)
    with pytest.raises(DecidedAppealError):
        appeal(hall)


def test_the_time_to_appeal_is_fourteen_days_with_the_last_one(hall):
    ended = hall.session.ends_at
    with clock.frozen(ended - timedelta(minutes=1)), pytest.raises(SessionNotOverError):
        appeal(hall, 1)
    with clock.frozen(ended + timedelta(days=15)), pytest.raises(TooLateToAppealError):
        appeal(hall, 1)
    with clock.frozen(ended + timedelta(days=14)):
        appeal(hall, 1)


def test_a_later_correction_gives_the_same_time_again(hall, cast):
    with clock.frozen(hall.session.ends_at + timedelta(days=30)):
        mark(hall, cast, Mark.PRESENT, late=10)
        mark(hall, cast, Mark.ABSENT)
    with clock.frozen(hall.session.ends_at + timedelta(days=44)):
        appeal(hall)


def test_a_session_of_another_run_and_a_lost_place_are_not_found(hall, cast):
    other = Hall(cast, [("ნინო", "დოლიძე")], day=-2)
    with pytest.raises(NotFoundError):
        attendance.make_appeal(other.session.id, hall.enrolments[0], WORDS, by=hall.people[0].id)
    hall.enrolments[1].state = "withdrawn"
    db.session.flush()
    with pytest.raises(NotFoundError):
        appeal(hall, 1)


def test_whoever_lost_the_place_meanwhile_is_not_marked(hall, cast):
    key = appeal(hall)
    hall.enrolments[0].state = "withdrawn"
    db.session.flush()
    with pytest.raises(NoPlaceError):
        uphold(hall, cast, key)
    attendance.dismiss_appeal(key, "ადგილი აღარ არის", by=cast.staff.id)
    assert len(hall.facts()) == 1


def test_a_trainer_answers_once_and_two_trainers_once_each(hall, cast):
    key = appeal(hall)
    attendance.answer_appeal(key, "არ მინახავს", by=cast.trainer.id)
    attendance.answer_appeal(key, "არ მინახავს", by=cast.trainer.id)
    with pytest.raises(AnsweredError):
        attendance.answer_appeal(key, "თუმცა", by=cast.trainer.id)
    attendance.answer_appeal(key, "მე ვნახე", by=cast.other_trainer.id)
    assert steps(hall) == ["appealed", "answered", "answered"]


def test_after_the_decision_nothing_more_happens(hall, cast):
    key = appeal(hall)
    uphold(hall, cast, key)
    for late in (
        lambda: attendance.answer_appeal(key, "გვიან", by=cast.trainer.id),
        lambda: attendance.take_back_appeal(key, by=hall.people[0].id),
        lambda: attendance.dismiss_appeal(key, "არა", by=cast.administrator.id),
        lambda: uphold(hall, cast, key, Mark.EXCUSED, by=cast.administrator.id),
    ):
        with pytest.raises(AppealEndedError):
            late()
    assert (steps(hall), len(hall.facts())) == (["appealed", "upheld"], 2)


def test_a_step_of_an_older_appeal_does_not_end_the_newer_one(hall, cast):
    old = appeal(hall)
    attendance.take_back_appeal(old, by=hall.people[0].id)
    appeal(hall)
    with pytest.raises(AppealEndedError):
        attendance.dismiss_appeal(old, "არა", by=cast.staff.id)
    assert steps(hall) == ["appealed", "taken_back", "appealed"]


def test_the_same_decision_sent_twice_counts_once(hall, cast):
    key = appeal(hall)
    seen = newest(hall)
    uphold(hall, cast, key, seen=seen)
    uphold(hall, cast, key, seen=seen)
    assert (steps(hall), len(hall.facts()), len(mails_to(hall.people[0]))) == (["appealed", "upheld"], 2, 1)


def test_another_mark_with_the_same_reason_is_another_decision_and_comes_too_late(hall, cast):
    key = appeal(hall)
    seen = newest(hall)
    uphold(hall, cast, key, seen=seen)
    with pytest.raises(AppealEndedError):
        uphold(hall, cast, key, Mark.EXCUSED, seen=seen)
    assert len(hall.facts()) == 2


def test_a_decision_on_what_changed_meanwhile_is_refused(hall, cast):
    key, seen = appeal(hall), newest(hall)
    mark(hall, cast, Mark.PRESENT, late=60)
    with pytest.raises(ChangedMeanwhileError):
        uphold(hall, cast, key, seen=seen)
    assert attendance.get_appeal(key).open


def test_others_marked_meanwhile_do_not_disturb_the_decision(hall, cast):
    key, seen = appeal(hall), newest(hall)
    mark(hall, cast, Mark.PRESENT, 1)
    uphold(hall, cast, key, seen=seen)
    assert steps(hall)[-1] == "upheld"


def test_upholding_with_what_stands_already_is_refused(hall, cast):
    key = appeal(hall)
    with pytest.raises(SameMarkError):
        uphold(hall, cast, key, Mark.ABSENT)
    with pytest.raises(RefusedError, match="480 minutes"):
        uphold(hall, cast, key, late=500)
    assert attendance.get_appeal(key).open


def test_upholding_settles_what_two_phones_said_against_each_other(hall, cast):
    operations = [
        attendance.Operation(
            client_id=device,
            device=device,
            sequence=1,
            wish=attendance.MarkWish(hall.keys[1], kind),
            done_at=hall.session.starts_at,
        )
        for device, kind in (("a", Mark.PRESENT), ("b", Mark.ABSENT))
    ]
    attendance.receive_marks(hall.session.id, operations, by=cast.trainer.id)
    assert summary(hall, 1).disputed_sessions == 1
    uphold(hall, cast, appeal(hall, 1), Mark.ABSENT, index=1)
    assert summary(hall, 1).disputed_sessions == 0


def test_a_phone_that_comes_late_does_not_override_a_decision_in_silence(hall, cast):
    uphold(hall, cast, appeal(hall))
    late = attendance.Operation(
        client_id="x",
        device="x",
        sequence=1,
        wish=attendance.MarkWish(hall.keys[0], Mark.ABSENT),
        done_at=hall.session.starts_at,
    )
    attendance.receive_marks(hall.session.id, [late], by=cast.trainer.id)
    assert summary(hall).disputed_sessions == 1
    appeal(hall)


def test_the_history_says_what_was_done_and_never_the_words(hall, cast):
    db.session.flush()
    key = appeal(hall)
    attendance.answer_appeal(key, "პასუხის სიტყვები", by=cast.trainer.id)
    attendance.dismiss_appeal(key, "უარის სიტყვები", by=cast.staff.id)
    append_recorded(db.session())
    rows = list(db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action.startswith("appeal:")).order_by(HistoryRow.id)))
    assert [row.action for row in rows] == ["appeal:make", "appeal:answer", "appeal:dismiss"]
    assert {(row.subject_kind, row.subject_id, row.person_id) for row in rows} == {
        ("course_session", str(hall.session.id), hall.people[0].id)
    }
    assert all("სიტყვები" not in str((row.change, row.personal)) and WORDS not in str(row.change) for row in rows)


@pytest.mark.parametrize("statement", [sa.update(AttendanceAppeal).values(words="სხვა"), sa.delete(AttendanceAppeal)])
def test_the_database_refuses_to_change_or_delete_a_step(hall, statement):
    appeal(hall)
    with pytest.raises(DatabaseError, match=r"append-only|attendance_appeal"):
        db.session.execute(statement)


def test_the_queue_is_oldest_first_and_a_trainer_sees_their_own_runs(hall, cast):
    other = Hall(cast, [("ნინო", "დოლიძე")], day=-2, trainers=(cast.other_trainer,))
    first, second = appeal(hall, 1), appeal(other)
    third = appeal(hall)
    assert [one.id for one in attendance.open_appeals(taught_by=None, limit=9)] == [first, second, third]
    assert [one.id for one in attendance.open_appeals(taught_by=None, limit=9, after=first)] == [second, third]
    assert [one.id for one in attendance.open_appeals(taught_by=cast.trainer.id, limit=9)] == [first, third]
    attendance.take_back_appeal(first, by=hall.people[1].id)
    attendance.dismiss_appeal(third, "არა", by=cast.staff.id)
    assert [one.id for one in attendance.open_appeals(taught_by=None, limit=9)] == [second]
    ended = attendance.decided_appeals(taught_by=None, since=clock.now() - timedelta(days=1), limit=9)
    assert [(one.id, one.steps[-1].step) for one in ended] == [(third, "dismissed"), (first, "taken_back")]
    with pytest.raises(NotFoundError):
        attendance.get_appeal(second, taught_by=cast.trainer.id)


def test_two_appeals_of_one_session_are_two_things(hall):
    first = appeal(hall)
    attendance.take_back_appeal(first, by=hall.people[0].id)
    second = appeal(hall)
    assert [one.step for one in attendance.get_appeal(first).steps] == [AppealStep.APPEALED, AppealStep.TAKEN_BACK]
    assert attendance.get_appeal(second).open
    assert not attendance.get_appeal(first).open
    assert [one.id for one in attendance.open_appeals(taught_by=None, limit=9)] == [second]


def test_ones_own_days_say_what_stands_what_was_corrected_and_until_when(hall, cast):
    mark(hall, cast, Mark.PRESENT, late=60)
    first, second = attendance.own_days(hall.keys[0])
    assert (first.standing.fact.mark, [(was.mark, now.mark) for was, now in first.corrections]) == ("present", [("absent", "present")])
    assert (first.refusal, second.standing, second.over) == (None, None, True)
    assert first.until == clock.today() + timedelta(days=14)
    appeal(hall)
    assert attendance.own_days(hall.keys[0])[0].open
    assert db.session.scalar(sa.select(sa.func.count(AttendanceFact.id))) == 2
    assert courses.trainers_of(hall.run.id)[0].id == cast.trainer.id
