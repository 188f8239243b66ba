"""Who holds what, asked of one person and of everybody, as of any day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal import qualifications, standings
from portal.foundation import clock
from portal.people.models import Post
from portal.qualifications import Group, Holding, HoursDemand
from tests import factories
from tests.standings.scenes import completed, course_of, days_ago, qualification, standing_of
from tests.statements import counting

FOR_SERVANTS = {"categories": ("civil_servant",)}


@pytest.fixture
def who(app):
    return factories.person_with_account()


def test_what_a_post_calls_for_is_named_with_the_day_until_when_it_should_be_held(who):
    version = factories.course()
    asked = qualification(course_of(version), since=days_ago(200), grace_months=12, lead_days=400, **FOR_SERVANTS)
    one = standing_of(who.id, asked.id)
    assert (one.qualification, one.standing.holding) == (asked, Holding.NEVER)
    assert one.called_since == days_ago(200)
    assert one.due_on == one.called_since.replace(year=one.called_since.year + 1)
    assert one.is_due
    assert list(one.due_courses()) == [version.course_id]


def test_what_no_post_calls_for_is_named_only_to_those_who_hold_or_held_it(who):
    version = factories.course()
    asked = qualification(course_of(version), validity_months=1, categories=("sakrebulo_member",))
    assert standing_of(who.id, asked.id) is None
    completed(who, version, 100)
    one = standing_of(who.id, asked.id)
    assert (one.standing.holding, one.called_since, one.due_on, one.is_due) == (Holding.LAPSED, None, None, False)


def test_as_of_a_day_it_says_what_was_held_then(who):
    version = factories.course()
    asked = qualification(course_of(version), validity_months=6, window_months=2, **FOR_SERVANTS)
    completed(who, version, 300)
    seen = [standing_of(who.id, asked.id, days_ago(number)).standing.holding for number in (301, 300, 140, 50)]
    assert seen == [Holding.NEVER, Holding.HELD, Holding.RENEWABLE, Holding.LAPSED]


def test_a_transfer_between_municipalities_changes_nothing_of_what_is_held_and_gives_no_new_time(who):
    version, other = factories.course(), factories.course()
    held = qualification(course_of(version), "Held", **FOR_SERVANTS)
    missing = qualification(course_of(other), "Missing", **FOR_SERVANTS)
    completed(who, version, 100)
    before = {one.qualification_id: one for one in standings.standings_of(who.id, clock.today())}
    post = factories.db.session.query(Post).filter_by(person_id=who.id).one()
    post.ends_on = days_ago(31)
    factories.add(
        Post(
            person=who,
            person_sort_key=who.sort_key,
            municipality_id=factories.municipality("kutaisi").id,
            title_ka="სპეციალისტი",
            category="civil_servant",
            starts_on=days_ago(30),
        )
    )
    after = {one.qualification_id: one for one in standings.standings_of(who.id, clock.today())}
    assert after == before
    assert after[held.id].standing.held
    assert after[missing.id].called_since == date(2024, 1, 1)


def test_after_a_break_between_posts_the_time_begins_anew(who):
    asked = qualification(course_of(factories.course()), **FOR_SERVANTS)
    post = factories.db.session.query(Post).filter_by(person_id=who.id).one()
    post.ends_on = days_ago(60)
    factories.add(
        Post(
            person=who,
            person_sort_key=who.sort_key,
            municipality_id=post.municipality_id,
            title_ka="სპეციალისტი",
            category="civil_servant",
            starts_on=days_ago(30),
        )
    )
    assert standing_of(who.id, asked.id).called_since == days_ago(30)
    assert standing_of(who.id, asked.id, days_ago(45)) is None


def test_one_person_takes_few_statements_however_much_there_is(who):
    versions = [factories.course() for _ in range(4)]
    for version in versions:
        completed(who, version, 100)
        qualification(course_of(version), f"For {version.id}", **FOR_SERVANTS)
    with counting() as statements:
        assert len(standings.standings_of(who.id, clock.today())) == 4
    assert len(statements) <= 9


def naive(person_id, day):
    """The same, slowly: each rule asked anew of each person, nothing left out, nothing kept."""
    book, evidence = standings.read_rulebook(), standings.evidence_of(person_id)
    posts = factories.db.session.query(Post).filter_by(person_id=person_id).all()
    found = {}
    for qualification_id, versions in book.rules.items():
        standing = qualifications.standing_on(versions, evidence, day)
        calls = [
            qualifications.called_since(versions, post.category, post.sakrebulo_role, post.starts_on, day)
            for post in posts
            if post.held_on(day)
        ]
        since = min((one for one in calls if one), default=None)
        if since or standing.holding != Holding.NEVER:
            found[qualification_id] = (standing, since)
    return found


def test_as_of_a_day_everybody_is_as_an_evaluation_one_by_one_says(app):
    versions = [factories.course() for _ in range(3)]
    topic = versions[0].course.topic_id
    qualification(Group(2, tuple(map(course_of, versions))), "Two of three", validity_months=6, window_months=2, **FOR_SERVANTS)
    qualification(HoursDemand(Decimal(8), topic, 6), "Hours", **FOR_SERVANTS)
    qualification(HoursDemand(Decimal(12)), "Any hours", categories=("sakrebulo_member",))
    people = []
    chosen = itertools.cycle([(), (0,), (1, 2), (0, 1, 2), (2,), (0, 2)])
    for number in range(12):
        category = ("civil_servant", "sakrebulo_member", "other")[number % 3]
        person = factories.person_with_account(category=category)
        for each in next(chosen):
            completed(person, versions[each], 40 * number + 10 * each + 5, hours=4 + each)
        people.append(person.id)
    for day in (clock.today(), days_ago(100), days_ago(333), clock.today() + timedelta(days=200)):
        everyone = dict(standings.everyone_on(day))
        for person_id in people:
            seen = {one.qualification_id: (one.standing, one.called_since) for one in everyone[person_id]}
            assert seen == naive(person_id, day)
    assert any(everyone.values())
