"""Tracks on golden timelines: newly elected members on election day, terms, late steps, and what was done before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.qualifications import Audience
from portal.standings import HeldPost, StepAsked, TrackAsked, begun_on, steps_on
from tests.qualifications.timelines import course, day, done

ELECTED = day("2025-11-12")
INDUCTION = TrackAsked(Audience(frozenset({"sakrebulo_member"})), ELECTED, None)
STEPS = [StepAsked(course(1), 90), StepAsked(course(2, 3), 180), StepAsked(course(4), None)]


def member(begins=ELECTED, ends=None, category="sakrebulo_member", role=None):
    return HeldPost(category, role, begins, ends)


def states(evidence, on):
    return [step.state for step in steps_on(STEPS, evidence, ELECTED, on)]


def test_a_newly_elected_member_is_on_the_track_from_election_day():
    assert begun_on(INDUCTION, [member()], ELECTED - timedelta(days=1)) is None
    assert begun_on(INDUCTION, [member()], ELECTED) == ELECTED
    steps = steps_on(STEPS, [], ELECTED, ELECTED)
    assert [step.state for step in steps] == ["next", "to_come", "to_come"]
    assert [step.due_on for step in steps] == [day("2026-02-10"), day("2026-05-11"), None]


@pytest.mark.parametrize(
    "post",
    [member(begins=ELECTED - timedelta(days=1)), member(category="civil_servant"), member(ends=ELECTED + timedelta(days=3))],
    ids=["re-elected before", "another category", "left"],
)
def test_the_track_is_for_nobody_else(post):
    assert begun_on(INDUCTION, [post], day("2026-01-01")) is None


def test_a_track_for_chairs_is_for_chairs():
    chairs = TrackAsked(Audience(frozenset({"sakrebulo_member"}), frozenset({"chair"})), None, None)
    assert begun_on(chairs, [member(role="member")], ELECTED) is None
    assert begun_on(chairs, [member(role="chair")], ELECTED) == ELECTED


def test_an_end_of_the_period_leaves_out_who_began_later():
    until = TrackAsked(INDUCTION.audience, None, ELECTED)
    assert begun_on(until, [member()], ELECTED) == ELECTED
    assert begun_on(until, [member(begins=ELECTED + timedelta(days=1))], day("2026-01-01")) is None


def test_the_last_day_of_the_term_is_in_time_and_the_next_is_late():
    assert states([], day("2026-02-10"))[0] == "next"
    assert states([], day("2026-02-11")) == ["late", "to_come", "to_come"]
    assert states([], day("2026-05-12")) == ["late", "late", "to_come"]


def test_what_is_done_makes_the_following_step_the_next_one_an_equivalent_course_too():
    evidence = [done("2025-12-01", course=1)]
    assert states(evidence, day("2025-11-30")) == ["next", "to_come", "to_come"]
    assert states(evidence, day("2025-12-01")) == ["done", "next", "to_come"]
    assert states([*evidence, done("2026-01-10", course=3)], day("2026-01-10")) == ["done", "done", "next"]


def test_a_step_keeps_the_day_on_which_it_was_done():
    evidence = [done("2025-12-01", course=1), done("2026-01-01", course=1)]
    assert steps_on(STEPS, evidence, ELECTED, day("2026-06-01"))[0].done_on == day("2025-12-01")


def test_done_late_is_done():
    assert states([done("2026-04-01", course=1)], day("2026-04-01"))[0] == "done"
