"""The weekly digest: on Mondays, to whoever has something to decide, once; numbers, and nobody's name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import notices
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import TBILISI
from portal.foundation.transaction import commit
from portal.notices.models import Notice
from portal.people.models import Role
from tests import factories
from tests.enrolment.mailbox import mails_to
from tests.notices.workers import work, work_twice
from tests.statements import counting

DAY = timedelta(days=1)


def at(day, hour=9, minute=0):
    """A moment of December 2026, of which the 7th and the 14th are Mondays."""
    return datetime(2026, 12, day, hour, minute, tzinfo=TBILISI)


@pytest.fixture
def run(app, cast):
    with clock.frozen(at(1)):
        return factories.run(factories.course(title_ka="ბიუჯეტი", title_en="Budget"), code="DECIDE", starts_at=at(28, 10))


def applied(run, who, stage="staff", since=None, due=None, **values):
    since = since or at(2)
    return factories.enrolment(run, who, "applied", stage=stage, queued_at=since, decide_by=due or since + 7 * DAY, **values)


def digests_to(person):
    return mails_to(person, "digest")


def test_it_says_how_many_wait_since_when_how_many_are_overdue_and_where(run, cast):
    applied(run, cast.learner, since=at(1), due=at(6))
    applied(run, factories.official("ია"), since=at(5))
    work(at(7, 8, 59))
    assert digests_to(cast.staff) == []
    assert work(at(7)) == 1
    (mail,) = digests_to(cast.staff)
    assert mail.subject == "განაცხადები თქვენს გადაწყვეტილებას ელოდება"
    for words in (": 2\n", "1 დეკემბერი, 2026", "ვადაგადაცილებული: 1", "ბიუჯეტი, 28 დეკემბერი, 2026: 2", "/ka/staff/applications"):
        assert words in mail.body


def test_no_applicant_is_named(run, cast):
    references = [
        applied(run, cast.learner).reference,
        applied(run, factories.official("ეკა", municipality="kutaisi"), "employer").reference,
    ]
    work(at(7))
    mails = [*digests_to(cast.staff), *digests_to(cast.neighbour)]
    assert len(mails) == 2
    for mail in mails:
        for secret in ("აბაშიძე", "Abashidze", "ლომიძე", "Lomidze", *references):
            assert secret not in mail.subject + mail.body


def test_where_nothing_waits_nobody_hears_and_nothing_is_noted(run, cast):
    factories.enrolment(run, cast.learner, "waiting")
    assert work(at(7)) == 0
    assert digests_to(cast.staff) == []
    assert db.session.scalars(sa.select(Notice)).all() == []


def test_each_coordinator_hears_of_their_own_municipalities(run, cast):
    applied(run, cast.learner, "employer")
    applied(run, factories.official("ია"), "employer")
    applied(run, cast.colleague, "employer")
    work(at(7))
    (telavi,), (kutaisi,) = digests_to(cast.coordinator), digests_to(cast.neighbour)
    assert ("გადასაწყვეტი განაცხადები: 2" in telavi.body, "გადასაწყვეტი განაცხადები: 1" in kutaisi.body) == (True, True)
    assert "/ka/municipality/applications" in telavi.body
    assert digests_to(cast.staff) == digests_to(cast.administrator) == []


def test_who_decides_at_both_stages_gets_one_mail(run, cast):
    factories.grant(cast.coordinator, Role.STAFF)
    applied(run, cast.learner, "employer")
    applied(run, cast.colleague, "staff")
    work(at(7))
    (mail,) = digests_to(cast.coordinator)
    assert mail.body.index("/staff/applications") < mail.body.index("/municipality/applications")


def test_administrators_are_not_asked_unless_they_are_staff(run, cast):
    applied(run, cast.learner)
    work(at(7))
    assert (len(digests_to(cast.staff)), digests_to(cast.administrator)) == (1, [])


@pytest.mark.parametrize(("first", "last", "hears"), [(1, 6, False), (1, 7, True), (7, 30, True), (8, 30, False)])
def test_a_deputy_hears_in_the_days_of_standing_in_and_the_coordinator_too(run, cast, first, last, hears):
    deputy = factories.person_with_account("ია", "ლომიძე")
    grant = factories.grant(deputy, Role.COORDINATOR, municipality="telavi")
    grant.starts_on, grant.ends_on, grant.deputy_for = at(first).date(), at(last).date(), cast.coordinator.id
    applied(run, cast.learner, "employer")
    work(at(7))
    assert (len(digests_to(deputy)), len(digests_to(cast.coordinator))) == (int(hears), 1)


def test_whoever_cannot_sign_in_hears_nothing(run, cast):
    locked_out = factories.person("ეთერ", "ლომიძე", email="eter@portal.test")
    factories.account(locked_out, active=False)
    factories.grant(locked_out, Role.STAFF)
    applied(run, cast.learner)
    work(at(7))
    assert digests_to(locked_out) == []


def test_their_own_application_is_not_theirs_to_decide(run, cast):
    factories.post(cast.staff)
    applied(run, cast.staff)
    work(at(7))
    assert digests_to(cast.staff) == []


@pytest.mark.parametrize("state", ["cancelled", "completed"])
def test_applications_for_a_run_that_is_over_wait_for_nobody(run, cast, state):
    run.state = state
    applied(run, cast.learner)
    work(at(7))
    assert digests_to(cast.staff) == []


def test_once_a_week_whatever_the_worker_does(run, cast):
    applied(run, cast.learner)
    for day in range(5, 20):
        for hour in (8, 9, 10, 23):
            work(at(day, hour))
    assert [mail.created_at for mail in digests_to(cast.staff)] == [at(7), at(14)]


@pytest.mark.parametrize(("moment", "goes"), [(at(7, 23), True), (at(8, 8, 59), True), (at(8), False), (at(13), False)])
def test_late_by_a_day_at_most(run, cast, moment, goes):
    applied(run, cast.learner)
    work(moment)
    assert bool(digests_to(cast.staff)) == goes


def test_late_it_says_what_waited_on_monday(run, cast):
    applied(run, cast.learner, since=at(7, 12))
    assert work(at(7, 15)) == 0
    assert digests_to(cast.staff) == []


def test_what_was_decided_before_it_went_is_not_said(run, cast):
    applied(run, cast.learner)
    commit()
    with clock.frozen(at(7)):
        ((kind, part),) = notices.due_notices()
        db.session.execute(sa.text("UPDATE enrolment SET state = 'withdrawn'"))
        assert notices.send_notices(kind, part) == 0
    assert digests_to(cast.staff) == []


def test_stopped_by_staff_it_does_not_go_that_week(run, cast):
    applied(run, cast.learner)
    with clock.frozen(at(6)):
        (planned,) = [one for one in notices.notices_to_come(at(8)) if one.kind == "digest"]
        notices.stop(planned, "Holiday", by=cast.staff.id)
    work(at(7))
    assert digests_to(cast.staff) == []
    work(at(14))
    assert len(digests_to(cast.staff)) == 1


def test_two_workers_at_once_send_it_once(app, run, cast):
    applied(run, cast.learner)
    assert work_twice(app, at(7)) == [0, 1]
    assert len(digests_to(cast.staff)) == 1


def test_many_applications_take_as_many_statements_as_one(run, cast):
    def asked(number):
        for _one in range(number):
            applied(factories.run(starts_at=at(28)), factories.official("ია"))
        commit()
        with clock.frozen(at(7)), counting() as statements:
            assert [one.people for one in notices.notices_to_come(at(8)) if one.kind == "digest"] == [1]
        return len(statements)

    assert asked(1) == asked(20)
