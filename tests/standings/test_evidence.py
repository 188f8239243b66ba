"""What people did, gathered as evidence."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from portal import certificates, journeys, standings
from portal.certificates.models import StateReason
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.people.models import Person
from tests import factories
from tests.certificates.scenes import issue_all
from tests.standings.scenes import completed, days_ago, staff
from tests.statements import counting


@pytest.fixture
def who(app):
    return factories.person_with_account()


def issue(enrolment, by):
    with writing():
        certificates.ask_to_issue(enrolment.run_id, by=by.id)
    issue_all()
    return certificates.certificates_of_person(enrolment.person_id)[0]


def test_a_completed_course_counts_from_the_last_day_of_its_run_with_the_hours_attended(who):
    version = factories.course()
    place = completed(who, version, 30, hours=6)
    (one,) = standings.evidence_of(who.id)
    assert (one.source, one.on, one.until) == (f"enrolment:{place.id}", days_ago(30), None)
    assert (one.course, one.topic, one.hours) == (version.course_id, version.course.topic_id, Decimal(6))


def test_whoever_did_not_complete_it_or_has_a_place_in_a_run_to_come_has_no_evidence(who):
    factories.enrolment(factories.run(), who)
    factories.enrolment(factories.run(state="completed"), who, "not_completed")
    assert standings.evidence_of(who.id) == []


def test_it_counts_to_the_last_day_of_the_certificate(who):
    by = staff()
    with writing():
        place = completed(who, factories.course(validity_months=24), 30)
    held = issue(place, by)
    (one,) = standings.evidence_of(who.id)
    assert one.until == held.facts.valid_until


@pytest.mark.parametrize("done", [certificates.suspend, journeys.revoke_certificate])
def test_what_was_suspended_or_revoked_does_not_count(who, done):
    by = staff()
    with writing():
        place = completed(who, factories.course(), 30)
    held = issue(place, by)
    done(held.id, "შემოწმება", by=by.id)
    assert standings.evidence_of(who.id) == []


def test_of_a_corrected_certificate_its_successor_counts(who):
    by = staff()
    with writing():
        place = completed(who, factories.course(validity_months=24), 30)
    held = issue(place, by)
    with writing():
        db.session.get_one(Person, who.id).given_name_ka = "ნინა"
        certificates.ask_to_correct(held.id, StateReason.NAME_CORRECTED, "სახელი", by=by.id)
    issue_all()
    (one,) = standings.evidence_of(who.id)
    assert one.until is not None


def test_evidence_follows_a_merge_and_comes_back(who):
    by, other = staff(), factories.official()
    completed(other, factories.course(), 30)
    merge = journeys.merge_people(who.id, other.id, "ერთი პირია", by=by.id)
    assert len(standings.evidence_of(who.id)) == 1
    assert standings.evidence_of(other.id) == []
    journeys.undo_merge(merge, by=by.id)
    assert standings.evidence_of(who.id) == []
    assert len(standings.evidence_of(other.id)) == 1


def test_evidence_of_many_is_that_of_each_in_as_many_statements(who):
    people = [who, *(factories.official() for _ in range(5))]
    versions = [factories.course(), factories.course()]
    for number, person in enumerate(people):
        for version in versions:
            completed(person, version, 10 + number)
    with counting() as statements:
        together = standings.evidence_of_people([person.id for person in people])
    assert len(statements) == 6
    assert together == {person.id: standings.evidence_of(person.id) for person in people}
    assert all(one.on <= clock.today() - timedelta(days=10) for each in together.values() for one in each)
