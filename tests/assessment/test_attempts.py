"""Attempts at tests are facts: begun once, taken in once, ended by the clock, marked by people; the best one makes the final score."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import assessment, certificates, journeys
from portal.assessment.models import (
    Attempt,
    AttemptAnswer,
    AttemptMarking,
    AttemptResult,
    FinalScore,
    Occasion,
    QuestionKind,
)
from portal.assessment.rules_tests import GRACE
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.assessment import bank
from tests.assessment.bank import ALL_RIGHT, Examined

WITHOUT_TEXT = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.NUMERIC)


@pytest.fixture
def exam(cast):
    return Examined(cast, kinds=WITHOUT_TEXT)


def test_right_answers_make_the_final_score_at_once(exam):
    attempt = exam.take(**ALL_RIGHT)
    assert exam.percent(attempt) == 100
    assert assessment.scores_of_run(exam.run.id) == {exam.keys[0]: 100}
    assert assessment.sources_of_run(exam.run.id) == {exam.keys[0]: True}
    score = db.session.scalars(sa.select(FinalScore)).one()
    assert (score.attempt_id, score.recorded_by) == (attempt.id, exam.people[0].id)


def test_begin_twice_is_one_attempt(exam):
    assert exam.begin() is exam.begin()
    assert exam.rows(Attempt) == 1


def test_when_all_attempts_are_used_none_begins(exam):
    exam.take(single=1)
    with pytest.raises(assessment.NoAttemptLeftError):
        exam.begin()


def test_the_best_of_several_attempts_counts(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, attempts=3)
    for single in (1, 0, 1):
        exam.take(single=single, multiple=[0, 2])
    assert assessment.scores_of_run(exam.run.id) == {exam.keys[0]: 67}
    assert exam.rows(FinalScore) == 2


def test_a_post_test_opens_with_the_last_day_and_closes_days_after_the_end(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, hall={"day": 3}, days_after=2)
    for moment, opens in (
        (exam.run.starts_at - timedelta(minutes=1), False),
        (exam.run.starts_at, True),
        (exam.run.ends_at + timedelta(days=2, minutes=-1), True),
        (exam.run.ends_at + timedelta(days=2), False),
    ):
        with clock.frozen(moment):
            (own,) = assessment.own_tests([exam.keys[0]])[exam.keys[0]]
            assert own.can_be_taken(clock.now()) is opens
    with clock.frozen(exam.run.starts_at - timedelta(minutes=1)), pytest.raises(assessment.NotOpenError):
        exam.begin()


def test_a_pre_test_closes_when_the_first_day_ends(cast):
    exam = Examined(cast, Occasion.PRE, kinds=WITHOUT_TEXT, hall={"day": 3, "days": 2})
    exam.begin(0)
    with clock.frozen(exam.sessions[0].ends_at - timedelta(minutes=1)):
        assert exam.begin(1).ends_at == exam.sessions[0].ends_at
    with clock.frozen(exam.sessions[0].ends_at), pytest.raises(assessment.NotOpenError):
        exam.begin(2)


def test_a_pre_test_makes_no_final_score(cast):
    exam = Examined(cast, Occasion.PRE, kinds=WITHOUT_TEXT, hall={"day": 3})
    assert exam.percent(exam.take(**ALL_RIGHT)) == 100
    assert exam.rows(FinalScore) == 0


def test_a_course_that_asks_for_no_score_gets_none(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, hall={"version": factories.course(score_percent=None)})
    exam.take(**ALL_RIGHT)
    assert exam.rows(FinalScore) == 0


def test_what_was_saved_in_time_counts_and_what_came_late_does_not(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, minutes=30)
    attempt = exam.begin()
    journeys.save_answers(exam.run.id, attempt, exam.answers(single=0), hand_in=False, by=exam.people[0].id)
    with clock.frozen(attempt.ends_at + GRACE + timedelta(seconds=1)):
        taken_in = exam.hand_in(attempt, **ALL_RIGHT)
    assert (taken_in.late, taken_in.over) == (True, True)
    assert exam.percent(attempt) == 33
    (paper,) = assessment.papers_of([attempt])
    assert (paper.late, paper.answers) == (True, exam.answers(single=0))


def test_the_network_has_a_minute_of_grace(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, minutes=30)
    attempt = exam.begin()
    with clock.frozen(attempt.ends_at + GRACE):
        assert exam.hand_in(attempt, **ALL_RIGHT).late is False
    assert exam.percent(attempt) == 100
    assert assessment.find_result(attempt.id).finished_at == attempt.ends_at


def test_an_attempt_that_nobody_hands_in_is_ended_by_the_worker_once(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, minutes=30)
    attempt = exam.begin()
    journeys.save_answers(exam.run.id, attempt, exam.answers(**ALL_RIGHT), hand_in=False, by=exam.people[0].id)
    assert assessment.attempts_that_ran_out(attempt.ends_at + GRACE) == []
    later = attempt.ends_at + GRACE + timedelta(seconds=1)
    assert assessment.attempts_that_ran_out(later) == [(exam.run.id, attempt.id)]
    with clock.frozen(later):
        journeys.end_attempt(exam.run.id, attempt.id)
        journeys.end_attempt(exam.run.id, attempt.id)
    assert (exam.percent(attempt), exam.rows(AttemptResult)) == (100, 1)
    assert assessment.scores_of_run(exam.run.id) == {exam.keys[0]: 100}
    assert assessment.attempts_that_ran_out(later) == []


def test_one_form_sent_twice_is_one_answer(exam):
    attempt = exam.begin()
    for _time in range(2):
        journeys.save_answers(exam.run.id, attempt, exam.answers(single=0), hand_in=False, by=exam.people[0].id, form_key="k" * 16)
    assert exam.rows(AttemptAnswer) == 1


def test_after_handing_in_nothing_more_is_taken_in(exam):
    attempt = exam.take(single=1)
    assert exam.hand_in(attempt, **ALL_RIGHT) == assessment.TakenIn(over=True)
    assert (exam.percent(attempt), exam.rows(AttemptAnswer)) == (0, 1)


def test_answers_in_words_wait_until_they_are_marked(cast):
    exam = Examined(cast)
    attempt = exam.take(**ALL_RIGHT, text="ჩემი პასუხი")
    assert exam.percent(attempt) is None
    assert assessment.number_to_mark(exam.run.id) == 1
    assert exam.rows(FinalScore) == 0
    text = exam.bank[-1].id
    assert journeys.mark_answers(exam.run.id, {(attempt.id, text): Decimal("1.5")}, by=cast.trainer.id) == 1
    assert (exam.percent(attempt), assessment.number_to_mark(exam.run.id)) == (94, 0)  # 7.5 of 8 is 93.75
    assert assessment.scores_of_run(exam.run.id) == {exam.keys[0]: 94}
    assert db.session.scalars(sa.select(FinalScore)).one().recorded_by == cast.trainer.id
    assert journeys.mark_answers(exam.run.id, {(attempt.id, text): Decimal("1.5")}, by=cast.trainer.id) == 0
    assert journeys.mark_answers(exam.run.id, {(attempt.id, text): Decimal(0)}, by=cast.trainer.id) == 1
    assert assessment.scores_of_run(exam.run.id) == {exam.keys[0]: 75}
    assert exam.rows(AttemptMarking) == 2


@pytest.mark.parametrize("points", [Decimal(-1), Decimal("2.01")])
def test_no_more_points_than_the_question_has(cast, points):
    exam = Examined(cast)
    attempt = exam.take(text="ჩემი პასუხი")
    with pytest.raises(RefusedError):
        journeys.mark_answers(exam.run.id, {(attempt.id, exam.bank[-1].id): points}, by=cast.trainer.id)


def test_only_answers_in_words_of_the_own_run_are_marked(cast):
    exam, other = Examined(cast), Examined(cast)
    attempt = exam.take(**ALL_RIGHT, text="ჩემი პასუხი")
    for run, key in ((other.run, exam.bank[-1].id), (exam.run, exam.bank[0].id)):
        with pytest.raises(NotFoundError):
            journeys.mark_answers(run.id, {(attempt.id, key): Decimal(1)}, by=cast.trainer.id)


def test_an_attempt_keeps_the_edition_that_it_was_asked(exam, cast):
    attempt = exam.take(**ALL_RIGHT)
    first = exam.bank[0]
    other_way = (assessment.OptionValues("კი", "Yes"), assessment.OptionValues("არა", "No", right=True))
    changed = assessment.change_question(
        first.question_id,
        bank.question_values(QuestionKind.SINGLE, course_id=exam.run.course_id, options=other_way, text_ka="სხვა?"),
        by=cast.staff.id,
    )
    commit()
    assert (changed.number, attempt.versions[0]) == (2, first.id)
    (paper,) = assessment.papers_of([attempt])
    assert (paper.reached.percent, paper.questions[first.id].text_ka) == (100, first.text_ka)
    assert exam.begin(1).versions[0] == changed.id


def test_a_test_that_changes_changes_no_attempt(exam):
    attempt = exam.begin()
    exam.give(pass_percent=100, minutes=1)
    assert attempt.pass_percent == 60
    exam.hand_in(attempt, single=0, multiple=[0, 2])
    assert assessment.find_result(attempt.id).passed


def test_questions_are_drawn_for_each_attempt(cast):
    exam = Examined(cast, kinds=(QuestionKind.SINGLE,) * 6, draw=2, attempts=20)
    drawn = {tuple(exam.take().versions) for _time in range(20)}
    assert {len(versions) for versions in drawn} == {2}
    assert len(drawn) > 1
    assert {key for versions in drawn for key in versions} <= {version.id for version in exam.bank}


def test_a_score_from_outside_stands_until_a_later_attempt_is_over(cast):
    exam = Examined(cast, attempts=3)
    waiting = exam.take(**ALL_RIGHT, text="ჩემი პასუხი")
    assessment.record_scores(exam.run.id, {exam.keys[0]: 40}, by=cast.trainer.id)
    journeys.mark_answers(exam.run.id, {(waiting.id, exam.bank[-1].id): Decimal(2)}, by=cast.trainer.id)
    assert (assessment.scores_of_run(exam.run.id), assessment.sources_of_run(exam.run.id)) == ({exam.keys[0]: 40}, {exam.keys[0]: False})
    exam.take(single=0)
    assert (assessment.scores_of_run(exam.run.id), assessment.sources_of_run(exam.run.id)) == ({exam.keys[0]: 25}, {exam.keys[0]: True})


def test_a_late_mark_decides_who_completed_a_completed_run(cast):
    exam = Examined(cast, hall={"version": factories.course(score_percent=80, attendance_percent=None), "state": "completed"})
    exam.enrolments[0].state = "not_completed"
    attempt = exam.take(**ALL_RIGHT, text="ჩემი პასუხი")
    assert exam.enrolments[0].state == "not_completed"
    journeys.mark_answers(exam.run.id, {(attempt.id, exam.bank[-1].id): Decimal(2)}, by=cast.trainer.id)
    assert exam.enrolments[0].state == "completed"
    journeys.mark_answers(exam.run.id, {(attempt.id, exam.bank[-1].id): Decimal(0)}, by=cast.trainer.id)
    assert exam.enrolments[0].state == "not_completed"


def test_a_late_mark_goes_the_way_of_every_corrected_outcome(cast, monkeypatch):
    exam = Examined(cast, hall={"state": "completed"})
    reviewed = []
    monkeypatch.setattr(certificates, "review_attendance", lambda run, *, by: reviewed.append((run.id, by)))
    attempt = exam.take(**ALL_RIGHT, text="ჩემი პასუხი")
    assert reviewed == []
    journeys.mark_answers(exam.run.id, {(attempt.id, exam.bank[-1].id): Decimal(2)}, by=cast.trainer.id)
    assert reviewed == [(exam.run.id, cast.trainer.id)]


def test_nobody_begins_without_a_place(exam):
    exam.enrolments[0].state = "withdrawn"
    with pytest.raises(NotFoundError):
        exam.begin()


def test_a_test_that_is_not_given_is_not_there(exam):
    exam.give(active=False)
    with pytest.raises(NotFoundError):
        exam.begin()


def test_merged_records_bring_their_attempts(exam, cast):
    attempt = exam.take(**ALL_RIGHT)
    double, stays = exam.people[0], factories.official("ნანა", "აბულაძე")
    people_before = assessment.passes_of([double.id])
    assert [one.person_id for one in people_before] == [double.id]
    journeys.merge_people(stays.id, double.id, "ერთი პირი", by=cast.staff.id)
    assert [(one.person_id, one.percent) for one in assessment.passes_of([stays.id, double.id])] == [(stays.id, 100)]
    assert assessment.find_result(attempt.id).percent == 100


def test_every_attempt_that_passed_is_named_with_its_day(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT, attempts=4)
    start = clock.now()
    for days, given in ((0, {"single": 0}), (1, {"single": 0, "multiple": [0, 2]}), (2, {"single": 0, "multiple": [0, 2]})):
        with clock.frozen(start + timedelta(days=days)):
            exam.take(**given)
    days = [(start + timedelta(days=number)).astimezone(clock.TBILISI).date() for number in (1, 2)]
    assert assessment.passes_of([exam.people[0].id, exam.people[1].id]) == [
        assessment.PassedTest(exam.people[0].id, exam.test.id, 67, day) for day in days
    ]
    assert assessment.passes_of([]) == []


def test_the_tests_that_people_passed_are_one_statement_in_the_order_of_people(cast):
    from tests.statements import counting  # noqa: PLC0415

    exam = Examined(cast, kinds=WITHOUT_TEXT)
    for which in (2, 0, 1):
        exam.take(which, **ALL_RIGHT)
    with counting() as statements:
        found = assessment.passes_of([person.id for person in exam.people])
    assert len(statements) == 1
    assert [one.person_id for one in found] == sorted(person.id for person in exam.people)


def test_history_names_what_was_done_and_not_what_was_answered(cast):
    exam = Examined(cast)
    attempt = exam.take(**ALL_RIGHT, text="ჩემი პასუხი")
    journeys.mark_answers(exam.run.id, {(attempt.id, exam.bank[-1].id): Decimal(2)}, by=cast.trainer.id)
    commit()
    rows = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action.startswith("attempt:")).order_by(HistoryRow.id)).all()
    assert [(row.action, row.actor_id, row.person_id, row.change) for row in rows] == [
        ("attempt:start", exam.people[0].id, exam.people[0].id, {"number": 1}),
        ("attempt:finish", exam.people[0].id, exam.people[0].id, {"number": 1}),
        ("attempt:mark", cast.trainer.id, exam.people[0].id, {"answers": 1}),
    ]


@pytest.mark.parametrize("table", ["attempt", "attempt_answer", "attempt_marking", "attempt_result", "question_version"])
def test_the_database_refuses_to_change_or_delete_what_was_done(cast, table):
    exam = Examined(cast)
    attempt = exam.take(text="ჩემი პასუხი")
    journeys.mark_answers(exam.run.id, {(attempt.id, exam.bank[-1].id): Decimal(2)}, by=cast.trainer.id)
    commit()
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"):
            db.session.execute(sa.text(statement))
        db.session.rollback()


def test_tests_are_named_by_their_course(cast):
    exam = Examined(cast, kinds=WITHOUT_TEXT)
    (named,) = assessment.tests_in_order()
    assert (named.test_id, named.occasion, named.title("ka")) == (exam.test.id, "post", exam.run.version.title_ka)
