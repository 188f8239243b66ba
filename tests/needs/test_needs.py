"""Needs: what is sound, where one stands as its run goes, what the history and the mails say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from portal import courses, journeys, needs
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from portal.needs.models import NeedRun, NeedState, TrainingNeed
from portal.needs.rules import first_day, form_of_run, shares
from tests import factories
from tests.enrolment.mailbox import kinds_to
from tests.needs.scenes import need, quarter, values


def state_of(one):
    return needs.get_need(one.id).state


def make(cast, wanted, version, **changes):
    asked = {"form": "in_person", "venue_id": factories.venue().id, "capacity": 20, "by": cast.staff.id} | changes
    return journeys.make_run_of_needs([one.id for one in wanted], version.course, **asked)


@pytest.fixture
def version(cast):
    return factories.course()


@pytest.fixture
def pair(cast, version):
    """Telavi asks for five places, Kutaisi for three."""
    return [need(cast.coordinator, course_id=version.course_id), need(cast.neighbour, "kutaisi", course_id=version.course_id, people=3)]


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_each_day_is_in_its_quarter_and_quarters_follow_each_other(day):
    found = needs.Quarter.of(day)
    assert found.first <= day <= found.last
    assert found.following.first == found.last + timedelta(days=1)
    assert needs.find_quarter(found.first, found.last) == found
    assert needs.find_quarter(found.first, found.last - timedelta(days=1)) is None


@given(st.dictionaries(st.integers(1, 20), st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 100))
def test_places_are_shared_by_what_was_asked(asked, capacity):
    given_out = shares(asked, capacity)
    assert sum(given_out.values()) == min(capacity, sum(asked.values()))
    assert all(0 < places <= asked[one] for one, places in given_out.items())
    if sum(asked.values()) > capacity:
        assert all(abs(given_out.get(one, 0) - asked[one] * capacity / sum(asked.values())) < 1 for one in asked)


def test_a_run_takes_the_form_that_somebody_asks_for_and_begins_when_all_can():
    assert form_of_run(["any", "online"]) == "online"
    assert form_of_run(["any", "any"]) == "in_person"
    assert first_day([date(2027, 1, 1), date(2027, 2, 1)], date(2026, 11, 1)) == date(2027, 2, 1)
    assert first_day([date(2026, 11, 1)], date(2026, 11, 10)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"topic_id": 1, "course_id": 1, "subject": "x"}, "course_id"),
        ({"topic_id": None, "course_id": None}, "course_id"),
        ({"topic_id": 1, "course_id": None}, "subject"),
        ({"subject": "and more"}, "subject"),
        ({"form": "by post"}, "form"),
        ({"people": 0}, "people"),
        ({"people": 501}, "people"),
        ({"categories": ("king",)}, "categories"),
        ({"cost": Decimal(10_000_001)}, "cost"),
        ({"starts_on": date(2091, 2, 1), "ends_on": date(2091, 1, 1)}, "ends_on"),
        ({"starts_on": date(2021, 2, 1), "ends_on": date(2021, 3, 1)}, "ends_on"),
        ({"starts_on": date(2091, 1, 1), "ends_on": date(2092, 1, 2)}, "ends_on"),
    ],
)
def test_what_is_not_sound_is_refused_beside_its_field(cast, changes, field):
    with pytest.raises(courses.WrongValuesError) as refused:
        needs.post_need(factories.municipality("telavi").id, values(**changes), by=cast.coordinator.id)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_the_same_sent_twice_is_one_need(cast, version):
    telavi = factories.municipality("telavi").id
    first, again = (
        needs.post_need(telavi, values(course_id=version.course_id, categories=("other",)), by=cast.coordinator.id) for _ in "12"
    )
    other = needs.post_need(telavi, values(course_id=version.course_id), by=cast.coordinator.id)
    assert (first.id == again.id, first.id == other.id) == (True, False)


def test_the_draft_run_is_what_was_asked_for(cast, version, pair):
    run = make(cast, pair, version)
    rules = courses.place_rules_of(run)
    telavi, kutaisi = (one.municipality_id for one in pair)
    assert (run.state, run.version_id, run.capacity, run.form) == ("draft", version.id, 20, "in_person")
    assert (rules.invited_only, set(rules.invited_ids)) == (True, {telavi, kutaisi})
    assert {quota.municipality_id: quota.places for quota in rules.quotas} == {telavi: 5, kutaisi: 3}
    begins = max(quarter().first, clock.today() + timedelta(days=21))
    closes = run.enrolment_closes_at.astimezone(clock.TBILISI)
    assert (closes.date(), closes.hour) == (begins - timedelta(days=3), 18)
    assert rules.quotas_end_at < run.enrolment_closes_at < run.cancel_until
    assert {one.run_id for one in db.session.scalars(sa.select(NeedRun))} == {run.id}


def test_too_few_places_are_shared(cast, version, pair):
    rules = courses.place_rules_of(make(cast, pair, version, capacity=4))
    assert [quota.places for quota in sorted(rules.quotas, key=lambda one: -one.places)] == [3, 1]


def test_where_a_need_stands_is_told_by_its_run(cast, version, pair):
    assert state_of(pair[0]) == NeedState.OPEN
    run = make(cast, pair, version)
    assert [state_of(one) for one in pair] == [NeedState.PLANNED] * 2
    journeys.cancel_run(run, "ლექტორი ავად არის", by=cast.staff.id)
    assert [state_of(one) for one in pair] == [NeedState.OPEN] * 2
    again = make(cast, pair[:1], version)
    assert [state_of(one) for one in pair] == [NeedState.PLANNED, NeedState.OPEN]
    assert needs.get_need(pair[0].id).run.id == again.id
    with clock.frozen(clock.now() - timedelta(days=9)):
        day = clock.now() + timedelta(days=1)
        courses.add_session(again, courses.SessionValues(starts_at=day, ends_at=day + timedelta(hours=4)), by=None)
    again.state = "running"
    db.session.flush()
    journeys.complete_run(again, by=cast.staff.id)
    assert [state_of(one) for one in pair] == [NeedState.DONE, NeedState.OPEN]


def test_the_same_form_sent_twice_is_one_run_and_somebody_elses_is_refused(cast, version, pair):
    run = make(cast, pair, version)
    assert make(cast, pair, version).id == run.id
    with pytest.raises(needs.NeedTakenError):
        make(cast, pair, version, by=cast.administrator.id)
    with pytest.raises(needs.NeedTakenError):
        make(cast, [*pair, need(cast.coordinator, course_id=version.course_id, people=9)], version)


def test_a_need_for_another_course_is_refused_and_one_in_own_words_goes_with_any(cast, version, pair):
    words = need(cast.coordinator, topic_id=version.course.topic_id, subject="საქმისწარმოება")
    with pytest.raises(RefusedError, match="another course"):
        make(cast, [need(cast.coordinator), *pair], version)
    assert state_of(words) == NeedState.OPEN
    make(cast, [words, *pair], version)
    assert state_of(words) == NeedState.PLANNED


def test_the_coordinators_are_told_once_when_it_is_planned(cast, version, pair):
    run = make(cast, pair, version)
    make(cast, pair, version)
    assert kinds_to(cast.coordinator) == kinds_to(cast.neighbour) == ["need_planned"]
    assert kinds_to(cast.learner) == []
    journeys.cancel_run(run, "გადაიდო", by=cast.staff.id)
    make(cast, pair[:1], version)
    assert kinds_to(cast.coordinator) == ["need_planned"] * 2


def test_a_declined_need_keeps_the_words_and_tells_them(cast, pair):
    needs.decline_need(pair[0], "ტრენერი არ გვყავს", by=cast.staff.id)
    told = needs.get_need(pair[0].id)
    assert (told.state, told.need.words) == (NeedState.DECLINED, "ტრენერი არ გვყავს")
    assert kinds_to(cast.coordinator) == ["need_declined"]
    for act in (needs.withdraw_need, lambda one, by: needs.decline_need(one, "ისევ", by=by)):
        with pytest.raises(needs.NeedTakenError):
            act(pair[0], by=cast.staff.id)


def test_a_withdrawn_need_stays_and_is_withdrawn_once(cast, version, pair):
    for _time in range(2):
        needs.withdraw_need(pair[0], by=cast.coordinator.id)
    assert state_of(pair[0]) == NeedState.WITHDRAWN
    commit()
    assert db.session.scalar(sa.select(sa.func.count()).where(HistoryRow.action == "need:withdraw")) == 1
    with pytest.raises(needs.NeedTakenError):
        make(cast, pair, version)


def test_what_was_planned_is_changed_and_withdrawn_by_nobody(cast, version, pair):
    make(cast, pair, version)
    with pytest.raises(needs.NeedTakenError):
        needs.change_need(pair[0], values(course_id=version.course_id, people=9), by=cast.coordinator.id)
    with pytest.raises(needs.NeedTakenError):
        needs.withdraw_need(pair[0], by=cast.coordinator.id)


def test_the_history_keeps_what_was_typed_freely_under_a_key(cast, version):
    posted = need(cast.coordinator, course_id=version.course_id, note="ნინოს სჭირდება", cost=Decimal("1500.5"))
    needs.change_need(posted, values(course_id=version.course_id, people=7, note="აღარ"), by=cast.coordinator.id)
    commit()
    rows = db.session.scalars(
        sa.select(HistoryRow).where(HistoryRow.subject_kind == TrainingNeed.__tablename__).order_by(HistoryRow.id)
    ).all()
    assert [row.action for row in rows] == ["need:post", "need:change"]
    assert rows[0].change["cost"] == "1500.5"
    assert rows[1].change == {"people": [5, 7], "cost": ["1500.5", None]}
    assert history.personal_values(rows[0])["note"] == "ნინოს სჭირდება"
    assert "ნინო" not in str([row.change for row in rows])
