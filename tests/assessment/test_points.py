"""Points, percent and learning gain, against a second reckoning that is written another way."""

from __future__ import annotations

import statistics
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import assessment
from portal.assessment.models import QuestionKind
from portal.assessment.rules_points import Asked, draw, find_number, find_points, percent_of, reached

SINGLE = Asked(QuestionKind.SINGLE, 3, frozenset({1}))
MULTIPLE = Asked(QuestionKind.MULTIPLE, 4, frozenset({0, 2}))
NUMERIC = Asked(QuestionKind.NUMERIC, 2, answer=Decimal("12.5"), tolerance=Decimal("0.25"))
TEXT = Asked(QuestionKind.TEXT, 5)


@pytest.mark.parametrize(("given_", "points"), [(1, 3), (0, 0), (2, 0), (None, 0)])
def test_one_option_is_all_or_nothing(given_, points):
    assert find_points(SINGLE, given_) == points


@pytest.mark.parametrize(
    ("given_", "points"), [([0, 2], 4), ([0], 2), ([0, 1], 0), ([0, 1, 2], 2), ([1], 0), ([1, 3], 0), ([], 0), (None, 0)]
)
def test_of_several_options_wrong_ones_count_against_right_ones(given_, points):
    assert find_points(MULTIPLE, given_) == points


@pytest.mark.parametrize(
    ("text", "points"),
    [("12,5", 2), ("12.5", 2), (" 12,75 ", 2), ("12,25", 2), ("12,76", 0), ("12,24", 0), ("-12,5", 0), ("+12,5", 2), ("ათი", 0), ("", 0)],
)
def test_a_number_is_right_within_its_tolerance(text, points):
    assert find_points(NUMERIC, text) == points


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,5", "1234.5"),
        ("1\u00a0234.5", "1234.5"),
        ("−7", "-7"),
        ("0,125", "0.125"),
        ("²", None),
        ("٣", None),
        ("1,2,3", None),
        ("1e5", None),
        ("9" * 16, None),
        ("", None),
        ("NaN", None),
    ],
)
def test_what_is_a_number(text, number):
    assert find_number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("given_", "marked", "points"), [("პასუხი", None, None), ("პასუხი", Decimal("2.5"), Fraction(5, 2)), ("", None, 0)]
)
def test_words_wait_for_a_person_and_no_words_get_nothing(given_, marked, points):
    assert find_points(TEXT, given_, marked) == points


@pytest.mark.parametrize(
    ("earned", "most", "percent"), [(Fraction(33, 40), 1, 83), (Fraction(1, 3), 1, 33), (Fraction(2, 3), 1, 67), (0, 0, 0), (5, 5, 100)]
)
def test_percent_is_rounded_half_up(earned, most, percent):
    assert percent_of(Fraction(earned), most) == percent


right = st.frozensets(st.integers(0, 5), min_size=1)


@given(right, st.sets(st.integers(0, 5)), st.integers(1, 100))
def test_points_of_several_options_lie_between_nothing_and_all(right_, chosen, points):
    asked = Asked(QuestionKind.MULTIPLE, points, right_)
    got = find_points(asked, sorted(chosen))
    slow = sum(1 if place in right_ else -1 for place in chosen)
    assert got == max(Fraction(0), Fraction(slow) / len(right_) * points)
    assert 0 <= got <= points
    assert (got == points) == (chosen == right_)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20), st.booleans()), min_size=1, max_size=8))
def test_what_waits_counts_nothing_and_marking_never_takes_points_away(marks):
    questions = {key: Asked(QuestionKind.TEXT, points) for key, (points, _given, _marked) in enumerate(marks)}
    answers = dict.fromkeys(questions, "პასუხი")
    markings = {key: Decimal(min(given_, points)) for key, (points, given_, marked) in enumerate(marks) if marked}
    result = reached(questions, answers, markings)
    assert result.waits == len(marks) - len(markings)
    assert result.earned == sum(markings.values())
    most = sum(points for points, _given, _marked in marks)
    by_decimal = (sum(markings.values(), Decimal(0)) * 100 / most).quantize(Decimal(1), ROUND_HALF_UP)
    assert result.percent == by_decimal
    for key, asked in questions.items():
        if key not in markings:
            assert reached(questions, answers, markings | {key: Decimal(asked.points)}).percent >= result.percent


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=30), st.integers(1, 40), st.integers(0, 2**31))
def test_the_same_seed_draws_the_same_questions_and_none_twice(pool, number, seed):
    drawn = draw(pool, number, seed)
    assert drawn == draw(pool, number, seed)
    assert len(set(drawn)) == len(drawn) == min(number, len(pool))
    assert set(drawn) <= set(pool)
    assert draw(pool, None, seed) == pool


def test_nobody_who_took_both_has_no_gain():
    assert assessment.find_gain([]) is None


def test_whoever_knew_everything_before_is_left_out_of_the_part_learned():
    gain = assessment.find_gain([(100, 90), (50, 75)])
    assert (gain.people, gain.before, gain.after, gain.improvable, gain.normalised) == (2, 75, Fraction(165, 2), 1, Fraction(1, 2))
    assert assessment.find_gain([(100, 100)]).normalised is None


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=40))
def test_the_gain_equals_a_second_reckoning(pairs):
    gain = assessment.find_gain(pairs)
    assert float(gain.before) == pytest.approx(statistics.fmean(before for before, _after in pairs))
    assert float(gain.after) == pytest.approx(statistics.fmean(after for _before, after in pairs))
    parts = [(after - before) / (100 - before) for before, after in pairs if before != 100]
    assert gain.improvable == len(parts)
    assert (gain.normalised is None) == (not parts)
    if parts:
        assert float(gain.normalised) == pytest.approx(statistics.fmean(parts))
