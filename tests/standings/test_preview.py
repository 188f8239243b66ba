"""What a change would do, said before it is made, is what then happens."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import certificates, journeys, people, qualifications, standings
from portal.attendance import MarkWish
from portal.attendance.models import Mark
from portal.certificates.models import CertificateCase
from portal.courses.models import CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import writing
from portal.people import PersonDetails
from portal.people.models import Person
from portal.qualifications import CourseDemand, EndReason, Evidence, Group, HoursDemand, Version
from tests import factories
from tests.certificates.scenes import issue_all
from tests.qualifications.timelines import day
from tests.standings.scenes import completed, course_of, qualification, rule, settle, staff, standing_of
from tests.standings.test_awards import Rows

TODAY = day("2026-06-01")
DAYS = st.integers(0, 900).map(lambda number: TODAY - timedelta(days=number))
DEMANDS = st.builds(CourseDemand, st.frozensets(st.integers(1, 3), min_size=1, max_size=2), st.sampled_from([None, 6, 24])) | st.builds(
    HoursDemand, st.sampled_from([Decimal(8), Decimal(20)]), st.sampled_from([None, 1]), st.sampled_from([None, 12])
)
RULES = DEMANDS | st.lists(DEMANDS, min_size=2, max_size=3).flatmap(
    lambda parts: st.builds(Group, st.integers(1, len(parts)), st.just(tuple(parts)))
)
TERMS = {
    "requirement": RULES,
    "renewal": st.none() | RULES,
    "validity_months": st.sampled_from([None, 3, 12, 24]),
    "window_months": st.sampled_from([0, 2]),
    "asks_holders": st.booleans(),
}
OLD = st.builds(Version, id=st.just(1), effective_on=st.just(day("2024-01-01")), **TERMS)
NEW = st.builds(Version, id=st.just(2), effective_on=st.just(TODAY), **TERMS)
EVIDENCE = st.lists(
    st.builds(
        Evidence,
        source=st.integers(1, 10**6).map("enrolment:{}".format),
        on=DAYS,
        until=st.none() | st.just(TODAY + timedelta(days=10)) | st.just(TODAY - timedelta(days=10)),
        course=st.integers(1, 4),
        topic=st.integers(1, 2),
        hours=st.sampled_from([Decimal(4), Decimal(8), Decimal(16)]),
    ),
    max_size=6,
    unique_by=lambda one: one.source,
)


def held(rows: Rows) -> bool:
    return any(one.award.held_on(TODAY) for one in rows.rows.values() if one.reason != EndReason.EVIDENCE_CHANGED)


@settings(max_examples=400)
@given(OLD, NEW, EVIDENCE, EVIDENCE)
def test_what_the_rows_say_after_a_change_is_what_was_said_before_it(old, new, evidence, later):
    """A rule is published and evidence corrected: the awards as recorded before and after differ by exactly what was previewed."""
    books = standings.Rulebook({1: [old]}), standings.Rulebook({1: [old, new]})
    rows = Rows()
    rows.take(qualifications.reconcile(standings.awards_due(books[0], evidence, TODAY).get(1, []), rows.rows.values()))
    before = held(rows)
    said = list(standings.differences(7, (books[0], evidence), (books[1], later), TODAY))
    rows.take(qualifications.reconcile(standings.awards_due(books[1], later, TODAY).get(1, []), rows.rows.values()))
    after = held(rows)
    assert [(one.person_id, one.loses) for one in said] == ([(7, before)] if before != after else [])


@given(OLD, EVIDENCE, EVIDENCE)
def test_evidence_that_a_rule_does_not_ask_for_changes_nothing(old, evidence, others):
    strange = [Evidence(source=f"test:{number}", on=one.on, test=number) for number, one in enumerate(others)]
    assert qualifications.awards_of([old], evidence, TODAY) == qualifications.awards_of([old], [*evidence, *strange], TODAY)


@pytest.fixture
def by(app):
    return staff()


def holders(qualification_id: int, people_ids: list[int]) -> set[int]:
    found = {one: standing_of(one, qualification_id) for one in people_ids}
    return {one for one, standing in found.items() if standing is not None and standing.standing.held}


def test_a_rule_is_previewed_as_it_is_then_published(by):
    versions = [factories.course() for _ in range(3)]
    asked = qualification(course_of(versions[0]), validity_months=24)
    crowd = [factories.official().id for _ in range(8)]
    for number, person_id in enumerate(crowd):
        for index, version in enumerate(versions):
            if number >> index & 1:
                completed(db.session.get_one(Person, person_id), version, 20 + number, by=by)
    settle()
    before = holders(asked.id, crowd)
    values = rule(Group(2, tuple(map(course_of, versions[:3]))), clock.today(), asks_holders=True, validity_months=12)
    said = standings.preview_rule(asked.id, values)
    assert holders(asked.id, crowd) == before, "looking changes nothing"
    qualifications.publish_rule(asked.id, values, by=by.id)
    settle()
    after = holders(asked.id, crowd)
    assert ({one.person_id for one in said.lose}, {one.person_id for one in said.gain}) == (before - after, after - before)
    assert before - after
    assert after - before
    assert all(list(one.after.progress.gaps()) for one in said.lose)


def marked(place, mark):
    session_id = db.session.scalars(sa.select(CourseSession.id).where(CourseSession.run_id == place.run_id)).one()
    return place.run_id, session_id, [MarkWish(place.id, mark, reason="შეცდომა იყო")]


def number_of_rows() -> tuple[int, int]:
    return tuple(db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (HistoryRow, CertificateCase))


def test_marks_are_previewed_as_they_are_then_recorded(by):
    version, who, other = factories.course(), factories.official(), factories.official()
    asked = qualification(HoursDemand(Decimal(6)))
    with writing():
        place = completed(who, version, 30, by=by)
        certificates.ask_to_issue(place.run_id, by=by.id)
    issue_all()
    without = completed(other, version, 20, by=by)
    settle()
    for one, numbers in ((place, [certificates.certificates_of_person(who.id)[0].number]), (without, [])):
        rows, before = number_of_rows(), holders(asked.id, [one.person_id])
        said = journeys.preview_marks(*marked(one, Mark.ABSENT), by=by.id, seen=10**9, reason="შეცდომა იყო")
        assert (number_of_rows(), holders(asked.id, [one.person_id])) == (rows, before), "looking changes nothing"
        assert [loss.person_id for loss in said.lose] == [one.person_id]
        assert said.to_review == numbers
        journeys.record_marks(*marked(one, Mark.ABSENT), by=by.id, seen=10**9, reason="შეცდომა იყო")
        settle()
        assert holders(asked.id, [one.person_id]) == set()
        assert sorted(certificates.numbers_with_case(one.run_id)) == numbers


def test_a_score_is_previewed_as_it_is_then_recorded(by):
    version, who = factories.course(score_percent=60, attendance_percent=None), factories.official()
    asked = qualification(course_of(version))
    place = completed(who, version, 30, by=by)
    said = journeys.preview_scores(place.run_id, {place.id: 10}, by=by.id)
    assert [loss.person_id for loss in said.lose] == [who.id]
    assert holders(asked.id, [who.id]) == {who.id}
    journeys.record_scores(place.run_id, {place.id: 10}, by=by.id)
    assert holders(asked.id, [who.id]) == set()


def test_a_name_is_previewed_as_it_is_then_changed(by):
    with writing():
        who = factories.person_with_account()
        place = completed(who, factories.course(), 30, by=by)
        certificates.ask_to_issue(place.run_id, by=by.id)
    issue_all()
    who = people.get_person(who.id)
    details = PersonDetails(given_name_ka="ნინა", family_name_ka=who.family_name_ka, email=who.email)
    said = journeys.preview_name(who, details, by=by.id)
    assert who.given_name_ka == "ნინო"
    assert certificates.certificates_with_other_name(who) == []
    journeys.change_person(who, details, by=by.id)
    assert said.to_review == [held.number for held in certificates.certificates_with_other_name(who)] != []
    assert not journeys.preview_name(who, details, by=by.id)
