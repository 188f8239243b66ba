"""When is asked, and that nothing shown lets anybody compute what is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.evaluation.models import Kind, Round
from portal.evaluation.questions import STANDARD, Question, arranged
from portal.evaluation.rules import FLOOR, OPEN_FOR, cells, closes_at, find_open, opens_at
from portal.foundation.formats import TBILISI

ENDS = datetime(2026, 5, 14, 18, tzinfo=TBILISI)
SMALL = st.lists(st.integers(0, 9), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("ends", "later"),
    [
        (datetime(2026, 5, 14, 18, tzinfo=TBILISI), datetime(2026, 11, 14, 18, tzinfo=TBILISI)),
        (datetime(2026, 8, 31, 18, tzinfo=TBILISI), datetime(2027, 2, 28, 18, tzinfo=TBILISI)),
        (datetime(2027, 8, 31, 18, tzinfo=TBILISI), datetime(2028, 2, 29, 18, tzinfo=TBILISI)),
        (datetime(2026, 12, 31, 18, tzinfo=TBILISI), datetime(2027, 6, 30, 18, tzinfo=TBILISI)),
    ],
)
def test_the_second_round_begins_on_the_same_day_six_months_later(ends, later):
    assert opens_at(Round.LATER, ends) == later
    assert opens_at(Round.AFTER, ends) == ends


def test_each_round_is_open_for_thirty_days():
    second = timedelta(seconds=1)
    for round_ in Round:
        start = opens_at(round_, ENDS)
        assert closes_at(round_, ENDS) == start + OPEN_FOR
        assert [find_open(ENDS, start + moment) for moment in (-second, 0 * second, OPEN_FOR - second, OPEN_FOR)] == [
            None,
            round_,
            round_,
            None,
        ]


def rank(rows):
    """The number of independent rows, in fractions: no rounding hides a dependence."""
    rows, found = [list(map(Fraction, row)) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for number, row in enumerate(rows):
            if number != found and row[column]:
                factor = row[column] / pivot[column]
                rows[number] = [one - factor * other for one, other in zip(row, pivot, strict=True)]
        found += 1
    return found


def subsets(keys):
    return chain.from_iterable(combinations(keys, size) for size in range(len(keys) + 1))


@given(SMALL, st.integers(2, 6))
def test_whatever_is_shown_of_any_choices_no_smaller_group_can_be_computed(answers, floor):
    """Every choice of runs is asked for. What can be computed by adding and subtracting is the span of what was shown: no group with answers
    of fewer than ``floor`` people lies in it."""
    keys = range(len(answers))
    made = cells(list(enumerate(answers)), floor)
    totals = list({tuple(int(any(key in cell and set(cell) <= set(choice) for cell in made)) for key in keys) for choice in subsets(keys)})
    reach = rank(totals)
    for group in subsets([key for key in keys if answers[key]]):
        if group and sum(answers[key] for key in group) < floor:
            wanted = [int(key in group) for key in keys]
            assert rank([*totals, wanted]) == reach + 1, group


def test_the_proof_would_see_a_leak():
    """As it would be without cells: the total of all, and the runs that are large enough."""
    totals = [[1, 1, 1], [1, 0, 0], [0, 1, 0]]
    assert rank([*totals, [0, 0, 1]]) == rank(totals)


@given(SMALL)
def test_cells_take_each_group_once_at_most_and_are_large_enough(answers):
    made = cells(list(enumerate(answers)))
    taken = [key for cell in made for key in cell]
    assert len(taken) == len(set(taken))
    assert all(sum(answers[key] for key in cell) >= FLOOR for cell in made)
    assert {(key,) for key, number in enumerate(answers) if number >= FLOOR} <= set(made)
    assert sum(number for key, number in enumerate(answers) if key not in taken) < FLOOR


@given(SMALL, st.lists(st.integers(0, 9), max_size=3))
def test_runs_to_come_change_no_cell(answers, further):
    before = cells(list(enumerate(answers)))
    after = cells(list(enumerate([*answers, *further])))
    assert set(before) <= set(after)


def test_the_words_of_a_standard_question_are_never_changed():
    """Another wording is another question and needs another code; old results would change their meaning."""
    said = {one.code: (one.kind.value, *one.words, *chain.from_iterable(one.options)) for round_ in Round for one in STANDARD[round_]}
    assert said == WORDS


WORDS = {
    "content": ("scale", "ტრენინგის შინაარსი", "Content of the training"),
    "useful": ("scale", "სარგებლიანობა თქვენი სამსახურისთვის", "Usefulness for your work"),
    "trainer": (
        "scale",
        "ტრენერის მუშაობა: ახსნა და პასუხები კითხვებზე",
        "The trainer's work: explanations and answers to questions",
    ),
    "organisation": ("scale", "ორგანიზება", "Organisation"),
    "venue": ("scale", "სივრცე, ან ონლაინ შეხვედრის ხარისხი", "The venue, or the quality of the online meeting"),
    "materials": ("scale", "მასალები", "Materials"),
    "pace": ("choice", "ტემპი", "Pace", "ძალიან ნელი", "Too slow", "სწორი", "Right", "ძალიან სწრაფი", "Too fast"),
    "recommend": ("likely", "ურჩევდით თუ არა ამ ტრენინგს კოლეგას?", "Would you recommend this training to a colleague?"),
    "best": ("text", "რა იყო ყველაზე სასარგებლო?", "What was most useful?"),
    "improve": ("text", "რა უნდა გაუმჯობესდეს?", "What should be improved?"),
    "used": (
        "choice",
        "იყენებთ თუ არა სამსახურში იმას, რაც ტრენინგზე ისწავლეთ?",
        "Do you use at work what you learned in the training?",
        *("ხშირად", "Often", "ზოგჯერ", "Sometimes", "ჯერ არა", "Not yet", "ჩემს სამუშაოს არ ეხება", "It does not concern my work"),
    ),
    "obstacle": (
        "choice",
        "რა გიშლით ხელს ყველაზე მეტად?",
        "What hinders you most?",
        *("არაფერი", "Nothing", "დრო არ არის", "No time", "ხელმძღვანელობა ვერ მეხმარება", "No support from the management"),
        *("წესები ან რესურსები არ იძლევა საშუალებას", "Rules or resources do not allow it", "მეტი ცოდნა მჭირდება", "I need to know more"),
    ),
    "changed": ("text", "რა შეიცვალა თქვენს სამუშაოში ტრენინგის შემდეგ?", "What has changed in your work since the training?"),
}


def test_questions_go_into_an_edition_and_come_out_the_same():
    for round_ in Round:
        for one in STANDARD[round_]:
            assert Question.from_record(one.to_record()) == one


def test_what_comes_to_the_standard_set_later_stands_behind_an_edition():
    first, *others = STANDARD[Round.LATER]
    assert arranged(Round.LATER, others) == (*others, first)


def test_every_question_but_those_in_words_has_values():
    assert {kind: [len(one.values) for one in STANDARD[Round.AFTER] if one.kind == kind] for kind in Kind} == {
        Kind.SCALE: [5] * 6,
        Kind.LIKELY: [11],
        Kind.CHOICE: [3],
        Kind.TEXT: [0, 0],
    }
