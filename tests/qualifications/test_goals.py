"""Goals: who should hold a qualification and who does, on any day; the line, the pace, and who is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal import qualifications
from portal.foundation import clock
from portal.foundation.transaction import commit
from portal.qualifications import (
    Aim,
    Audience,
    Count,
    GoalStanding,
    HeldSpan,
    PostSpan,
    count_on,
    days_to_count,
    ending_before,
    forecast,
    goal_standing,
    last_day_of,
    line_on,
    progress_of,
)
from portal.qualifications.models import QualificationAward, QualificationAwardEnd
from tests import factories
from tests.qualifications.timelines import course, day, edition

SERVANTS = Audience(frozenset({"civil_servant"}))
RULE = [edition(course(1), audience=SERVANTS)]


def post(person, municipality=1, category="civil_servant", begins="2020-01-01", ends=None):
    return PostSpan(person, municipality, category, None, day(begins), day(ends) if ends else None)


def by_person(*spans):
    found = {}
    for span in spans:
        found.setdefault(span.person_id, []).append(span)
    return found


def held(person, begins, ends=None):
    return HeldSpan(person, day(begins), day(ends) if ends else None)


# -- counting --


def test_those_count_whose_posts_call_for_it_on_the_day_and_of_them_who_hold_it():
    posts = [post(1), post(2), post(3, category="other"), post(4, ends="2023-12-31"), post(5, begins="2024-06-02")]
    spans = by_person(held(1, "2023-01-01"), held(2, "2023-01-01", "2024-05-31"), held(3, "2023-01-01"), held(4, "2023-01-01"))
    assert count_on(day("2024-06-01"), RULE, posts, spans) == Count(2, 1)
    assert count_on(day("2024-05-31"), RULE, posts, spans) == Count(2, 2)
    assert count_on(day("2023-12-31"), RULE, posts, spans) == Count(3, 3)


def test_somebody_with_two_posts_counts_once():
    assert count_on(day("2024-06-01"), RULE, [post(1, 1), post(1, 2)], by_person(held(1, "2023-01-01"))) == Count(1, 1)


def test_who_moved_counts_where_they_are_and_keeps_what_they_hold():
    posts, spans = [post(1, 1, ends="2024-03-31"), post(1, 2, begins="2024-04-01")], by_person(held(1, "2023-01-01"))
    for municipality, on, count in ((1, "2024-03-31", Count(1, 1)), (1, "2024-04-01", Count(0, 0)), (2, "2024-04-01", Count(1, 1))):
        assert count_on(day(on), RULE, [one for one in posts if one.municipality_id == municipality], spans) == count


def test_before_the_first_rule_nobody_is_called():
    assert count_on(day("2019-12-31"), RULE, [post(1)], {}) == Count(0, 0)


def test_a_share_is_reached_exactly_not_by_rounding():
    assert not Count(3, 2).reaches(67)
    assert Count(3, 2).reaches(66)
    assert not Count(0, 0).reaches(1)
    assert [Count(3, 2).missing_to(percent) for percent in (66, 67, 100)] == [0, 1, 1]


# -- the line and the pace --


def test_progress_is_counted_each_month_and_on_the_last_day():
    assert days_to_count(day("2024-01-31"), day("2024-04-10")) == [
        day(on) for on in ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-10")
    ]
    assert days_to_count(day("2024-01-31"), day("2024-01-31")) == [day("2024-01-31")]


def test_the_line_leads_from_the_first_share_to_the_goal():
    line = [
        line_on(20, 80, day("2024-01-01"), day("2024-12-31"), day(on)) for on in ("2024-01-01", "2024-07-01", "2024-12-31", "2025-06-01")
    ]
    assert line == [20, pytest.approx(49.9, abs=0.1), 80, 80]
    assert line_on(90, 80, day("2024-01-01"), day("2024-12-31"), day("2024-03-01")) == 80


def test_the_forecast_goes_on_at_the_pace_of_the_last_six_months():
    counts = [(day("2023-01-01"), 0.0), (day("2024-01-01"), 40.0), (day("2024-07-01"), 50.0)]
    assert forecast(counts, day("2024-12-30")) == pytest.approx(60, abs=0.1)
    assert forecast(counts, day("2034-01-01")) == 100
    assert forecast([*counts[:2], (day("2024-07-01"), 10.0)], day("2026-01-01")) == 0
    assert forecast(counts[:1], day("2024-12-30")) is None


@pytest.mark.parametrize(
    ("holders", "on", "standing"),
    [
        (8, "2024-06-01", GoalStanding.REACHED),
        (5, "2024-06-01", GoalStanding.ON_LINE),
        (4, "2024-06-01", GoalStanding.BEHIND),
        (7, "2025-01-01", GoalStanding.MISSED),
        (8, "2025-01-01", GoalStanding.REACHED),
    ],
)
def test_a_goal_is_reached_on_its_line_behind_or_missed(holders, on, standing):
    assert goal_standing(Count(10, holders), 80, 50.0, day("2024-12-31"), day(on)) == standing


def test_what_ends_before_the_day_unless_it_is_renewed_is_told():
    spans = by_person(
        held(1, "2023-01-01", "2024-09-01"),
        held(2, "2023-01-01", "2024-09-01"),
        held(2, "2024-05-01", "2025-09-01"),
        held(3, "2023-01-01"),
    )
    assert ending_before(spans, [1, 2, 3, 4], day("2024-06-01"), day("2024-12-31")) == 1
    assert ending_before(spans, [1, 2, 3, 4], day("2024-10-01"), day("2024-12-31")) == 0


def test_an_award_that_ended_early_is_held_to_the_day_before():
    assert last_day_of(day("2025-01-01"), None) == day("2025-01-01")
    assert last_day_of(day("2025-01-01"), day("2024-03-01")) == day("2024-02-29")
    assert last_day_of(None, day("2024-03-01")) == day("2024-02-29")
    assert last_day_of(None, None) is None


def test_the_progress_of_a_goal_says_all_of_it():
    posts = [post(number) for number in range(1, 11)]
    spans = by_person(held(1, "2023-01-01"), held(2, "2024-02-15"), held(3, "2024-03-15", "2024-10-01"))
    found = progress_of(Aim(80, day("2024-01-01"), day("2024-12-31")), day("2024-04-01"), RULE, posts, spans)
    assert [round(share) for _day, share in found.shares] == [10, 10, 20, 30]
    assert (found.count, found.needed, found.ending, found.standing) == (Count(10, 3), 5, 1, GoalStanding.ON_LINE)
    assert found.expected == pytest.approx(10 + 70 * 91 / 365, abs=0.01)
    later = progress_of(Aim(80, day("2024-01-01"), day("2024-12-31")), day("2025-04-01"), RULE, posts, spans)
    assert (later.shares[-1][0], later.standing) == (day("2024-12-31"), GoalStanding.MISSED)


# -- from the database --


@pytest.fixture
def rule(cast):
    qualification = qualifications.create_qualification(
        qualifications.QualificationValues(name_ka="შესყიდვები", name_en="Procurement"), by=cast.staff.id
    )
    values = qualifications.RuleValues(effective_on=date(2020, 1, 1), requirement=course(1), categories=("civil_servant",))
    version = qualifications.publish_rule(qualification.id, values, by=cast.staff.id)
    commit()
    return version


def award(rule, person, on, until=None, ended_on=None):
    row = factories.add(
        QualificationAward(
            person_id=person.id, qualification_id=rule.qualification_id, version_id=rule.id, awarded_on=on, expires_on=until,
            renews=False, since=date.min, sources=[], recorded_at=clock.now(),
        )
    )  # fmt: skip
    if ended_on:
        factories.add(QualificationAwardEnd(award_id=row.id, ended_on=ended_on, reason="rule_changed", recorded_at=clock.now()))


def names(page):
    return [one.post.person.given_name_ka for one in page.rows]


def test_the_count_of_the_database_is_that_of_its_posts_and_awards(cast, rule):
    today = clock.today()
    award(rule, cast.learner, today - timedelta(days=10))
    spans = qualifications.held_by([rule.qualification_id])[rule.qualification_id]
    posts = qualifications.posts_in(["civil_servant"], today)
    mine = [one for one in posts if one.person_id == cast.learner.id]
    assert {one: [span.begins_on for span in of] for one, of in spans.items()} == {cast.learner.id: [today - timedelta(days=10)]}
    assert len(mine) == 1
    versions = qualifications.rules_of([rule.qualification_id])[rule.qualification_id]
    assert count_on(today, versions, mine, spans) == Count(1, 1)
    assert qualifications.posts_in(["civil_servant"], today, [-1]) == []


def test_an_award_that_was_never_due_is_no_time_of_holding(cast, rule):
    award(rule, cast.learner, day("2024-01-01"), ended_on=day("2024-01-01"))
    assert qualifications.held_by([rule.qualification_id]) == {}


def test_who_is_missing_is_named_with_the_day_until_which_they_held_it(cast, rule):
    today = clock.today()
    home = factories.municipality("telavi").id
    page = qualifications.missing_page(rule.qualification_id, SERVANTS, today, municipality_ids=[home])
    assert "ნინო" in names(page)
    award(rule, cast.learner, today - timedelta(days=400), today - timedelta(days=35))
    page = qualifications.missing_page(rule.qualification_id, SERVANTS, today, municipality_ids=[home])
    assert {one.post.person_id: one.held_until for one in page.rows}[cast.learner.id] == today - timedelta(days=35)
    award(rule, cast.learner, today)
    assert "ნინო" not in names(qualifications.missing_page(rule.qualification_id, SERVANTS, today, municipality_ids=[home]))


def test_an_award_that_was_ended_is_missing_from_that_day_on(cast, rule):
    today = clock.today()
    award(rule, cast.learner, today - timedelta(days=100), ended_on=today)
    missing = [qualifications.missing_page(rule.qualification_id, SERVANTS, on) for on in (today - timedelta(days=1), today)]
    assert ["ნინო" in names(page) for page in missing] == [False, True]


def test_the_pages_of_the_missing_show_everybody_once_in_their_order(cast, rule):
    with factories.together():
        for letter in "აბგდე":
            factories.official("გიორგი", f"ბერიძე{letter}")
        busy = factories.official("ანი", "აბაშიძე")
    factories.post(busy, "kutaisi")
    found, after = [], None
    while True:
        page = qualifications.missing_page(rule.qualification_id, SERVANTS, clock.today(), after=after, length=3)
        found += [one.post.person_id for one in page.rows]
        after = page.following
        if after is None:
            break
    whole = qualifications.missing_page(rule.qualification_id, SERVANTS, clock.today(), length=None)
    assert found == [one.post.person_id for one in whole.rows]
    assert len(found) == len(set(found)) >= 6
