"""Final scores: one small field for each person, saved with Enter; only what was changed is recorded."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.assessment.models import FinalScore
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests import factories
from tests.attendance.hall import Hall, many
from tests.statements import counting


class Exam(Hall):
    """A hall whose course asks for a score."""

    def __init__(self, cast, **values):
        super().__init__(cast, version=factories.course(score_percent=60), **values)
        self.path = f"/teaching/runs/{self.run.code}/scores"

    def scores(self) -> list[tuple[int, int]]:
        rows = db.session.execute(sa.select(FinalScore.enrolment_id, FinalScore.percent).order_by(FinalScore.id))
        return [tuple(row) for row in rows]


@pytest.fixture
def exam(cast):
    return Exam(cast)


@pytest.fixture
def trainer(page, cast):
    return page.sign_in(cast.trainer)


def test_scores_are_saved_and_shown_again(trainer, exam):
    trainer.get(exam.path)
    first, second, _third = exam.keys
    assert trainer.submit(**{f"score-{first}": "85", f"score-{second}": " 40 % "}).status == 303
    shown = trainer.follow()
    assert exam.scores() == [(first, 85), (second, 40)]
    assert [field.get("value") for field in shown.all("input[name^=score-]")] == ["85", "40", ""]


def test_saving_again_without_a_change_records_nothing(trainer, exam):
    trainer.get(exam.path)
    trainer.submit(**{f"score-{exam.keys[0]}": "85"})
    trainer.follow()
    trainer.submit()
    assert len(exam.scores()) == 1


def test_a_changed_score_is_a_new_row_and_the_newest_counts(trainer, exam):
    trainer.get(exam.path)
    trainer.submit(**{f"score-{exam.keys[0]}": "85"})
    trainer.follow()
    trainer.submit(**{f"score-{exam.keys[0]}": "58"})
    assert exam.scores() == [(exam.keys[0], 85), (exam.keys[0], 58)]
    assert trainer.follow().all("input[name^=score-]")[0].get("value") == "58"


@pytest.mark.parametrize("value", ["101", "-1", "85,5", "²", "٣", "9" * 40, "ოთხმოცი"])
def test_what_is_no_score_is_refused_and_all_that_was_typed_is_kept(trainer, exam, value):
    first, second, _third = exam.keys
    trainer.get(exam.path)
    answer = trainer.submit(**{f"score-{first}": value, f"score-{second}": "77"})
    assert answer.status == 422
    assert answer.all(f".summary a[href='#score-{first}']")
    assert [field.get("value") for field in answer.all("input[name^=score-]")] == [value, "77", ""]
    assert exam.scores() == []


def test_a_recorded_score_is_not_removed(trainer, exam):
    trainer.get(exam.path)
    trainer.submit(**{f"score-{exam.keys[0]}": "85"})
    trainer.follow()
    assert trainer.submit(**{f"score-{exam.keys[0]}": ""}).status == 422


def test_what_somebody_else_recorded_meanwhile_is_shown_first(trainer, app, cast, exam):
    trainer.get(exam.path)
    staff = type(trainer)(app).sign_in(cast.staff)
    staff.get(exam.path)
    assert staff.submit(**{f"score-{exam.keys[0]}": "70", f"score-{exam.keys[1]}": "50"}).status == 303
    answer = trainer.submit(**{f"score-{exam.keys[0]}": "85"})
    assert answer.status == 422
    assert "70" in answer.texts(".roll-name .wrong")[0]
    assert [field.get("value") for field in answer.all("input[name^=score-]")] == ["85", "50", ""]
    assert trainer.submit().status == 303
    assert exam.scores()[2:] == [(exam.keys[0], 85)]


def test_whose_score_was_left_out_because_they_withdrew_meanwhile_is_said(trainer, exam):
    first, second, third = exam.keys
    trainer.get(exam.path)
    trainer.submit(**{f"score-{third}": "60"})
    trainer.get(exam.path)
    for enrolment in (exam.enrolments[0], exam.enrolments[2]):
        enrolment.state = "withdrawn"
    commit()
    assert trainer.submit(**{f"score-{first}": "80", f"score-{second}": "70"}).status == 303
    (_saved, left_out) = trainer.follow().texts(".flash")
    assert "აბულაძე ნანა" in left_out
    assert "ბაქრაძე" not in left_out  # their score stood there already, and nobody changed it
    assert exam.scores() == [(third, 60), (second, 70)]


def test_a_person_of_another_run_gets_no_score_here(trainer, cast, exam):
    elsewhere = factories.enrolment(factories.run(), cast.colleague)
    assert trainer.post(exam.path, {f"score-{elsewhere.id}": "90"}).status == 303
    assert exam.scores() == []
    assert len(trainer.follow().texts(".flash")) == 1  # and nobody's name from there


def test_a_run_whose_course_asks_for_no_score_has_no_such_page(trainer, cast):
    assert trainer.get(f"/teaching/runs/{Hall(cast).run.code}/scores").status == 404


def test_teaching_and_roll_call_lead_to_the_scores(trainer, exam):
    assert trainer.get("/teaching").all(f"a[href$='{exam.path}']")
    assert trainer.get(f"/teaching/sessions/{exam.session.id}").all(f"a[href$='{exam.path}']")


@pytest.mark.parametrize(("who", "status"), [("other_trainer", 404), ("learner", 403), ("coordinator", 403), ("staff", 200)])
def test_scores_are_for_the_trainer_of_the_run_and_staff(page, cast, exam, who, status):
    page.sign_in(getattr(cast, who))
    assert page.get(exam.path).status == status
    assert page.post(exam.path, {f"score-{exam.keys[0]}": "90"}).status == {200: 303}.get(status, status)


def test_a_run_of_nobody_says_so(trainer, cast):
    assert trainer.get(Exam(cast, names=[]).path).all(".empty")


def test_many_people_take_no_more_statements(trainer, cast):
    # sign-in, run, sessions, people with their facts, scores, where they come from
    counted = []
    for names in (many(3), many(40)):
        exam = Exam(cast, names=names)
        trainer.get(exam.path)
        with counting() as statements:
            trainer.get(exam.path)
        counted.append(len(statements))
    assert counted == [6, 6], statements
