"""Final scores: append-only, the newest counts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import assessment
from portal.assessment import rules
from portal.assessment.models import FinalScore
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests import factories
from tests.attendance.hall import Hall


@pytest.fixture
def hall(cast):
    return Hall(cast)


def test_only_what_differs_from_the_form_is_a_wish():
    assert rules.changed({1: 80, 2: 50, 3: 60}, {1: 80, 2: 40}, {1: 90, 2: 40}) == ({2: 50, 3: 60}, {})


def test_a_wish_against_a_newer_score_is_a_contradiction():
    assert rules.changed({1: 85, 2: 70}, {1: 80}, {1: 90, 2: 70}) == ({}, {1: 90})


@pytest.mark.parametrize(("percent", "allowed"), [(0, True), (100, True), (-1, False), (101, False)])
def test_a_score_is_a_percentage(percent, allowed):
    assert rules.is_score(percent) is allowed


def test_the_newest_score_counts(hall, cast):
    first, second, _third = hall.keys
    assert assessment.record_scores(hall.run.id, {first: 80, second: 40}, by=cast.trainer.id).new == 2
    assert assessment.record_scores(hall.run.id, {first: 80, second: 65}, by=cast.trainer.id).new == 1
    assert assessment.scores_of_run(hall.run.id) == {first: 80, second: 65}
    assert assessment.scores_of_person(hall.people[1].id) == {second: 65}


def test_scores_of_people_without_a_place_are_left_out(hall, cast):
    assessment.record_scores(hall.run.id, {hall.keys[0]: 80}, by=cast.trainer.id)
    hall.enrolments[0].state = "withdrawn"
    db.session.flush()
    assert assessment.scores_of_run(hall.run.id) == {}
    recorded = assessment.record_scores(hall.run.id, {hall.keys[0]: 90}, by=cast.trainer.id)
    assert (recorded.new, recorded.without_place) == (0, [hall.people[0]])


def test_a_score_beyond_the_scale_is_refused(hall, cast):
    with pytest.raises(RefusedError):
        assessment.record_scores(hall.run.id, {hall.keys[0]: 101}, by=cast.trainer.id)


def test_a_run_that_does_not_exist_is_not_found(cast):
    with pytest.raises(NotFoundError):
        assessment.record_scores(10**9, {}, by=cast.trainer.id)


def test_scores_leave_one_history_row_with_counts(hall, cast):
    assessment.record_scores(hall.run.id, {hall.keys[0]: 80, hall.keys[1]: 70}, by=cast.trainer.id)
    commit()
    (row,) = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "score:record"))
    assert (row.change, row.personal) == ({"first": 2, "corrected": 0}, None)


@pytest.mark.parametrize("statement", ["UPDATE final_score SET percent = 100", "DELETE FROM final_score"])
def test_the_database_refuses_to_change_or_delete_a_score(hall, cast, statement):
    assessment.record_scores(hall.run.id, {hall.keys[0]: 80}, by=cast.trainer.id)
    commit()
    with pytest.raises(sa.exc.IntegrityError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()


@pytest.mark.parametrize("percent", [-1, 101])
def test_the_database_refuses_a_score_beyond_the_scale(cast, percent):
    enrolment = factories.enrolment(factories.run(), cast.learner)
    with pytest.raises(sa.exc.IntegrityError):
        factories.add(FinalScore(enrolment_id=enrolment.id, percent=percent, recorded_by=cast.trainer.id, recorded_at=enrolment.changed_at))
    db.session.rollback()
