"""What is shown: from five on, five at a time, and never so that a smaller group could be computed."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import evaluation
from portal.evaluation import Round
from portal.evaluation.models import EvaluationText
from portal.evaluation.results import Count, Distribution, cells_of, distributions, grouped, within
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.transaction import writing
from tests import factories
from tests.evaluation.scenes import LATER, answer, answer_all, closed, over, shown


def test_nothing_is_shown_of_four_and_all_of_five(cast):
    run, places = over(cast.staff, 5)
    answer_all(places[:4], content=4)
    assert shown(run) == {}
    answer(places[4], content=5)
    assert shown(run) == {"content": {4: 4, 5: 1}}


def test_while_the_round_is_open_answers_are_added_five_at_a_time(cast):
    run, places = over(cast.staff, 11)
    answer_all(places[:5], content=4)
    for number in (6, 7, 8, 9):
        answer(places[number - 1], content=1)
        assert shown(run) == {"content": {4: 5}}, number
    answer(places[9], content=1)
    assert shown(run) == {"content": {4: 5, 1: 5}}


def test_the_rest_is_added_when_the_round_is_closed(cast):
    run, places = over(cast.staff, 7)
    answer_all(places[:5], content=4)
    answer_all(places[5:], content=1)
    with closed(run):
        assert shown(run) == {"content": {4: 5, 1: 2}}


def test_each_question_has_its_own_floor(cast):
    run, places = over(cast.staff, 6)
    answer_all(places[:4], content=4, useful=5)
    answer_all(places[4:], content=4)
    with closed(run):
        assert shown(run) == {"content": {4: 6}}


def test_a_run_under_the_floor_is_not_in_the_total_of_its_course(cast):
    """Else the total less the other run would be it."""
    version = factories.course()
    large, places = over(cast.staff, 6, version=version)
    small, few = over(cast.staff, 3, version=version)
    answer_all(places, content=4)
    answer_all(few, content=1)
    with closed(small):
        assert shown(small) == {}
        assert shown(large, alone=False) == {"content": {4: 6}}


def test_small_runs_of_a_course_are_counted_together_once_they_are_five(cast):
    version = factories.course()
    runs = []
    for number in (3, 2):
        run, places = over(cast.staff, number, version=version)
        answer_all(places, content=number)
        runs.append(run)
    with closed(runs[0]):
        assert shown(runs[0]) == shown(runs[1]) == {}
        assert shown(runs[0], alone=False) == {"content": {3: 3, 2: 2}}


def test_a_small_run_waits_for_the_end_of_its_round(cast):
    """It could grow to five by itself, and what it was counted with would then stand alone."""
    version = factories.course()
    for number in (3, 2):
        run, places = over(cast.staff, number, version=version)
        answer_all(places, content=4)
    assert shown(run, alone=False) == {}


def test_each_round_stands_by_itself(cast):
    run, places = over(cast.staff, 5)
    answer_all(places, content=4)
    with clock.frozen(run.ends_at + LATER):
        for place in places:
            answer(place, Round.LATER, used=1)
        assert shown(run) == {"content": {4: 5}, "used": {1: 5}}
        (found,) = evaluation.evaluated_runs(run_id=run.id)
        assert [(found.asked(one), found.answers(one)) for one in Round] == [(5, 5), (5, 5)]


def test_how_many_were_asked_and_answered_is_told_always(cast):
    run, places = over(cast.staff, 4)
    factories.enrolment(run, cast.learner, "not_completed")  # never came
    answer_all(places[:2], content=1)
    (found,) = evaluation.evaluated_runs(run_id=run.id)
    assert (found.asked(Round.AFTER), found.answers(Round.AFTER)) == (4, 2)
    assert (found.asked(Round.LATER), found.answers(Round.LATER)) == (0, 0)


def texts_of(run):
    return sorted(text.words for text, cell in evaluation.texts_of_course(run.course_id) if cell == {run.id})


def test_texts_are_shown_from_five_on_and_in_no_order_of_time(cast):
    run, places = over(cast.staff, 9)
    for number, place in enumerate(places[:8]):
        answer(place, texts={"best": f"{number}"})
        assert texts_of(run) == ([] if number < 4 else list("01234"))
    ids = [text.id for text, _cell in evaluation.texts_of_course(run.course_id)]
    assert ids == sorted(ids)
    with closed(run):
        assert texts_of(run) == list("01234567")


def test_a_text_that_was_taken_off_is_not_shown_and_says_why(cast):
    run, places = over(cast.staff, 5)
    for number, place in enumerate(places):
        answer(place, texts={"best": f"{number}"})
    text = next(text for text, _cell in evaluation.texts_of_course(run.course_id) if text.words == "3")
    for _time in range(2):
        with writing():
            evaluation.redact(text, "სახელს ახსენებს", by=cast.staff.id)
    found = evaluation.get_text(text.id)
    assert (found.words, found.reason) == (None, "სახელს ახსენებს")


def test_a_text_that_may_not_be_shown_cannot_be_asked_for(cast):
    _run, places = over(cast.staff, 5)
    answer(places[0], texts={"best": "მხოლოდ ერთი"})
    text_id = db.session.scalars(sa.select(EvaluationText.id)).one()
    with pytest.raises(NotFoundError):
        evaluation.get_text(text_id)


def counts_of(answers):
    """Counts as the database gives them: the runs of a course by their ends."""
    return [
        Count(run, course, Round.AFTER, "content", None, value, number)
        for (course, run), values in sorted(answers.items())
        for value, number in sorted(values.items())
    ]


def test_figures_equal_a_slow_count_over_whole_cells():
    chance = random.Random(7)
    answers = {(run % 4, run): Counter(chance.choices(range(1, 6), k=chance.choice((0, 1, 2, 3, 4, 6, 9)))) for run in range(40)}
    cells = cells_of(counts_of(answers))
    for choice in (set(range(40)), set(range(10, 30)), {1, 5, 9}, set()):
        whole = [cell for cell in cells if all(run in choice for run in cell.run_ids)]
        slow = Counter()
        for (_course, run), values in answers.items():
            if any(run in cell.run_ids for cell in whole):
                slow += values
        found = distributions(within(cells, choice)).get((Round.AFTER, "content"), Distribution({}))
        assert Counter(found.values) == slow
        if slow:
            assert found.number == sum(slow.values())
            assert abs(float(found.mean) - sum(value * number for value, number in slow.items()) / found.number) <= 0.0501


def test_a_cell_that_reaches_into_two_groups_is_in_neither():
    cells = cells_of(counts_of({(1, 1): {4: 3}, (1, 2): {4: 3}, (1, 3): {5: 7}}))
    assert [cell.run_ids for cell in cells] == [{1, 2}, {3}]
    assert {key: len(those) for key, those in grouped(cells, {1: "a", 2: "b", 3: "b"}).items()} == {"b": 1}
    assert {key: len(those) for key, those in grouped(cells, {1: "a", 2: "a", 3: "b"}).items()} == {"a": 1, "b": 1}


def test_a_run_of_another_course_never_helps(cast):
    (one, few), (_other, fewer) = over(cast.staff, 3), over(cast.staff, 2)
    answer_all([*few, *fewer], content=4)
    with clock.frozen(clock.now() + timedelta(days=60)):
        assert shown(one, alone=False) == {}
