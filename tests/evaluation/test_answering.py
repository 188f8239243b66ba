"""Answering: once, by those who were there, and so that nothing in the database leads from an answer to a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import evaluation, journeys
from portal.evaluation import Given, Round
from portal.evaluation.models import EvaluationCount, EvaluationReceipt, EvaluationText
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import writing
from tests import factories
from tests.certificates import scenes
from tests.evaluation.scenes import LATER, answer, answer_all, over, shown

COUNTS, TEXTS, RECEIPTS = (model.__table__ for model in (EvaluationCount, EvaluationText, EvaluationReceipt))


def number_of(table):
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


@pytest.fixture
def scene(cast):
    return over(cast.staff)


def test_an_answer_counts_once(scene):
    _run, (place, *_others) = scene
    for _time in range(2):
        answer(place, content=5, texts={"best": "ყველაფერი"})
    assert (number_of(RECEIPTS), number_of(TEXTS)) == (1, 1)
    assert db.session.scalar(sa.select(sa.func.sum(COUNTS.c.waiting))) == 1


def test_an_empty_answer_is_refused_and_leaves_no_receipt(scene):
    with pytest.raises(RefusedError, match="at least one question"):
        answer(scene[1][0])
    assert number_of(RECEIPTS) == 0


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("since_end", "is_open"), [(-MINUTE, False), (MINUTE, True), (timedelta(days=30) - MINUTE, True), (timedelta(days=30), False)]
)
def test_the_round_is_open_for_thirty_days(scene, since_end, is_open):
    run, (place, *_others) = scene
    with clock.frozen(run.ends_at + since_end):
        if is_open:
            answer(place, content=5)
        else:
            with pytest.raises(RefusedError, match="closed"):
                answer(place, content=5)


def test_half_a_year_later_there_is_another_round_for_whoever_answered_or_not(scene):
    _run, places = scene
    answer(places[0], content=5)
    with clock.frozen(scene[0].ends_at + LATER):
        for place in places[:2]:
            answer(place, Round.LATER, used=0)
    assert number_of(RECEIPTS) == 3


@pytest.mark.parametrize("state", ["withdrawn", "cancelled", "rejected"])
def test_whoever_has_no_place_is_not_asked(cast, scene, state):
    run, _places = scene
    place = factories.enrolment(run, cast.learner, state)
    scenes.attend(run, place, cast.staff)
    assert evaluation.find_asked(place.id) is None
    with pytest.raises(RefusedError):
        answer(place, content=5)


def test_whoever_never_came_is_not_asked(cast, scene):
    run, _places = scene
    absent, unmarked = (factories.enrolment(run, who, "not_completed") for who in (cast.learner, cast.colleague))
    scenes.attend(run, absent, cast.staff, hours=0)
    assert evaluation.find_asked(absent.id) is evaluation.find_asked(unmarked.id) is None


def test_nothing_is_asked_about_a_run_that_was_cancelled_or_is_not_over(cast):
    for state, days in (("cancelled", -9), ("open", -1)):
        run = factories.run(state=state, starts_at=clock.now() + timedelta(days=days))
        place = factories.enrolment(run, cast.learner)
        scenes.attend(run, place, cast.staff)
        assert evaluation.find_asked(place.id) is None


# -- nothing leads from an answer to a person --


def test_no_table_of_answers_names_a_participant_a_moment_or_a_form():
    assert {column.name for column in COUNTS.c} == {"id", "run_id", "round", "question", "trainer_id", "value", "waiting", "counted"}
    assert {column.name for column in TEXTS.c} == {"id", "run_id", "round", "question", "words", "counted"}
    assert {column.name for column in RECEIPTS.c} == {"enrolment_id", "round"}


def test_answering_leaves_no_row_in_the_history_and_no_mail(scene):
    before = number_of(HistoryRow.__table__)
    answer_all(scene[1], content=4, texts={"best": "x"})
    assert number_of(HistoryRow.__table__) == before


@pytest.mark.parametrize("empty_app", ["sqlite"], indirect=True)  # row numbers are a thing of SQLite
def test_neither_texts_nor_receipts_have_row_numbers(app):
    for table in (TEXTS, RECEIPTS):
        with pytest.raises(sa.exc.OperationalError, match="rowid"):
            db.session.execute(sa.text(f"SELECT rowid FROM {table.name}"))
        db.session.rollback()


def physical_order(table, *columns):
    """Rows in the order in which they lie in the file, as a dump writes them."""
    place = "ctid" if db.engine.dialect.name == "postgresql" else ", ".join(column.name for column in table.primary_key)
    names = ", ".join(column.name for column in columns)
    return [tuple(row) for row in db.session.execute(sa.text(f"SELECT {names} FROM {table.name} ORDER BY {place}"))]


def test_texts_lie_in_the_order_of_their_random_ids_not_of_their_coming(scene):
    said = [f"პასუხი {number}" for number in range(6)]
    orders = set()
    for place, words in zip(scene[1], said, strict=True):
        answer(place, texts={"best": words})
        rows = physical_order(TEXTS, TEXTS.c.id, TEXTS.c.words)
        assert [text_id for text_id, _words in rows] == sorted(text_id for text_id, _words in rows)
        orders.add(tuple(words for _id, words in rows))
    assert len({len(text_id) for (text_id,) in physical_order(TEXTS, TEXTS.c.id)}) == 1
    assert len(physical_order(TEXTS, TEXTS.c.id)[0][0]) == 32  # 128 bits


def test_the_rows_do_not_tell_what_came_with_the_last_receipt(scene):
    """PostgreSQL numbers the transactions, and each row knows the one that wrote it: all rows of a run are of the last one."""
    run, places = scene
    answer(places[0], content=1, texts={"best": "პირველი"})
    answer(places[1], useful=5)
    assert db.session.scalar(sa.select(sa.func.count()).where(COUNTS.c.run_id == run.id, COUNTS.c.waiting > 0)) == 2
    if db.engine.dialect.name == "postgresql":
        for table in (COUNTS, TEXTS):
            writers = db.session.scalars(sa.text(f"SELECT DISTINCT CAST(xmin AS text) FROM {table.name}")).all()
            newest = db.session.scalar(sa.text(f"SELECT CAST(xmin AS text) FROM {RECEIPTS.name} WHERE enrolment_id = {places[1].id}"))
            assert writers == [newest]


def test_every_answer_that_can_be_given_has_its_row_from_the_first_on(scene):
    _run, places = scene
    answer(places[0], content=5)
    rows = db.session.execute(sa.select(COUNTS.c.question, COUNTS.c.value).order_by(COUNTS.c.id)).all()
    answer(places[1], content=1, pace=2, recommend=0)
    assert db.session.execute(sa.select(COUNTS.c.question, COUNTS.c.value).order_by(COUNTS.c.id)).all() == rows
    assert len(rows) == 5 * 5 + 3 + 11  # this run has no trainers


def test_answers_of_one_person_are_nowhere_together(scene):
    _run, places = scene
    answer(places[0], content=1, useful=2, texts={"best": "ა", "improve": "ბ"})
    ids = set(db.session.scalars(sa.select(TEXTS.c.id)))
    assert len(ids) == 2  # two texts of one person have two ids


def test_two_records_of_one_person_that_are_merged_take_their_receipts_with_them(cast, scene):
    run, _places = scene
    double = factories.official("ნინო", "აბაშიძე")
    place = factories.enrolment(run, double, "completed")
    scenes.attend(run, place, cast.staff)
    answer(place, content=5)
    with writing():
        journeys.merge_people(cast.learner.id, double.id, "x", by=cast.staff.id)
    db.session.expunge_all()
    asked = evaluation.find_asked(place.id)
    assert (asked.person_id, asked.answered) == (cast.learner.id, {Round.AFTER})
    assert evaluation.open_rounds(cast.learner.id) == {}


def test_trainers_are_rated_apart_also_one_who_came_later(cast, scene):
    run, places = scene
    for trainer in (cast.trainer, cast.other_trainer):
        factories.add(factories.RunTrainer(run_id=run.id, person_id=trainer.id))
        answer(places.pop(), trainers={trainer.id: 4})
    rows = db.session.execute(
        sa.select(COUNTS.c.trainer_id, COUNTS.c.value).where(COUNTS.c.waiting > 0).order_by(COUNTS.c.trainer_id)
    ).all()
    assert [tuple(row) for row in rows] == sorted([(cast.trainer.id, 4), (cast.other_trainer.id, 4)])


def test_a_value_that_the_question_does_not_have_counts_nowhere(scene):
    run, places = scene
    with writing():
        evaluation.answer(
            places[0], Round.AFTER, Given(evaluation.questionnaire(Round.AFTER).asked, {("content", None): 9, ("x", None): 1})
        )
    assert db.session.scalar(sa.select(sa.func.sum(COUNTS.c.waiting))) == 0
    assert shown(run) == {}
