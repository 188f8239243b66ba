"""Deadlines: one mail a day for a coordinator, each run once, and only to those whose municipality has nominated nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal import notices
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.formats import TBILISI
from portal.foundation.transaction import commit
from portal.people.models import Role
from tests import factories
from tests.enrolment.mailbox import mails_to
from tests.notices.workers import work
from tests.statements import counting

LONG_AGO = datetime(2026, 11, 1, 12, tzinfo=TBILISI)


def at(day, hour=10, minute=0):
    return datetime(2026, 12, day, hour, minute, tzinfo=TBILISI)


def run_closing(code, closes_at, **values):
    with clock.frozen(LONG_AGO):
        return factories.run(code=code, starts_at=closes_at + timedelta(days=6), enrolment_closes_at=closes_at, **values)


def codes_to(person):
    """The codes of the runs that each mail about deadlines names, mail by mail."""
    mails = mails_to(person, "deadline_near")
    return [[line.rpartition("/")[2] for line in mail.body.splitlines() if "/nominate/" in line] for mail in mails]


def test_one_mail_gathers_all_runs_whose_registration_closes_soon(app, cast):
    run_closing("ONE", at(14, 18))
    run_closing("TWO", at(14, 12))
    run_closing("LATER", at(16, 18))
    work(at(11, 9, 59))
    assert codes_to(cast.coordinator) == []
    assert work(at(11)) == 2
    assert codes_to(cast.coordinator) == codes_to(cast.neighbour) == [["TWO", "ONE"]]
    (mail,) = mails_to(cast.coordinator)
    assert mail.subject == "რეგისტრაცია მალე სრულდება: წარადგინეთ კანდიდატები"
    assert "14 დეკემბერი, 18:00" in mail.body


def test_each_run_is_told_of_once(app, cast):
    run_closing("ONE", at(14, 18))
    run_closing("NEXT", at(15, 18))
    for day in range(8, 18):
        for hour in (9, 10, 15):
            work(at(day, hour))
    assert codes_to(cast.coordinator) == [["ONE"], ["NEXT"]]


def test_a_longer_registration_is_not_told_of_again(app, cast):
    run = run_closing("ONE", at(14, 18))
    work(at(11))
    run = db.session.merge(run)
    run.enrolment_closes_at = at(18, 18)
    for day in range(12, 19):
        work(at(day))
    assert codes_to(cast.coordinator) == [["ONE"]]


def test_never_two_mails_a_day(app, cast):
    run_closing("ONE", at(14, 18))
    work(at(11))
    run_closing("PUBLISHED", at(13, 18))
    work(at(11, 15))
    assert codes_to(cast.coordinator) == [["ONE"]]
    work(at(12))
    assert codes_to(cast.coordinator) == [["ONE"], ["PUBLISHED"]]


def test_a_municipality_that_has_nominated_hears_nothing(app, cast):
    run = run_closing("ONE", at(14, 18))
    factories.enrolment(run, cast.learner, "withdrawn", enrolled_by=cast.coordinator.id)
    work(at(11))
    assert codes_to(cast.coordinator) == []
    assert codes_to(cast.neighbour) == [["ONE"]]


@pytest.mark.parametrize("sender", ["learner", "staff", "neighbour"])
def test_who_enrols_alone_or_is_sent_by_others_was_not_nominated_by_the_municipality(app, cast, sender):
    run = run_closing("ONE", at(14, 18))
    factories.enrolment(run, cast.learner, enrolled_by=getattr(cast, sender).id)
    work(at(11))
    assert codes_to(cast.coordinator) == [["ONE"]]


def test_a_coordinator_of_two_municipalities_gets_one_mail(app, cast):
    run = run_closing("ONE", at(14, 18))
    factories.grant(cast.coordinator, Role.COORDINATOR, municipality="gurjaani")
    work(at(11))
    assert codes_to(cast.coordinator) == [["ONE"]]
    assert run.code == "ONE"


def test_whoever_no_longer_coordinates_or_signs_in_hears_nothing(app, cast):
    run_closing("ONE", at(14, 18))
    former = factories.person_with_account("ია", "ლომიძე")
    factories.grant(former, Role.COORDINATOR, municipality="telavi").ends_on = at(1).date()
    locked_out = factories.person("ეთერ", "ლომიძე", email="eter@portal.test")
    factories.account(locked_out, active=False)
    factories.grant(locked_out, Role.COORDINATOR, municipality="telavi")
    work(at(11))
    assert (codes_to(former), codes_to(locked_out), codes_to(cast.learner)) == ([], [], [])


@pytest.mark.parametrize(
    "values",
    [{"state": "draft"}, {"state": "closed"}, {"state": "cancelled"}, {"capacity": 0}, {"enrolment_opens_at": at(12)}],
    ids=lambda values: next(iter(values)),
)
def test_a_run_that_takes_nobody_now_is_not_told_of(app, cast, values):
    run_closing("ONE", at(14, 18), **values)
    work(at(11))
    assert codes_to(cast.coordinator) == []


def test_a_worker_that_was_down_tells_while_registration_is_open(app, cast):
    run_closing("ONE", at(14, 18))
    run_closing("GONE", at(13, 9))
    work(at(13, 15))
    assert codes_to(cast.coordinator) == [["ONE"]]


def test_with_nobody_to_tell_nothing_is_written(app, cast):
    run = run_closing("ONE", at(14, 18))
    for sender, who in ((cast.coordinator, cast.learner), (cast.neighbour, cast.colleague)):
        factories.enrolment(run, who, enrolled_by=sender.id)
    assert work(at(11)) == 1
    assert codes_to(cast.coordinator) == codes_to(cast.neighbour) == []


def test_only_municipalities_that_the_run_invites_hear_of_it(app, cast):
    factories.place_rules(run_closing("ONE", at(14, 18)), invited=("kutaisi",))
    work(at(11))
    assert (codes_to(cast.coordinator), codes_to(cast.neighbour)) == ([], [["ONE"]])


def test_whoever_coordinates_one_municipality_that_is_invited_hears_of_it(app, cast):
    factories.place_rules(run_closing("ONE", at(14, 18)), invited=("gurjaani",))
    factories.grant(cast.coordinator, Role.COORDINATOR, municipality="gurjaani")
    work(at(11))
    assert (codes_to(cast.coordinator), codes_to(cast.neighbour)) == ([["ONE"]], [])


def test_where_the_quota_is_used_up_there_is_nobody_left_to_nominate(app, cast):
    run = run_closing("ONE", at(14, 18))
    factories.place_rules(run, {"telavi": 1, "kutaisi": 1})
    factories.enrolment(run, cast.learner)
    work(at(11))
    assert (codes_to(cast.coordinator), codes_to(cast.neighbour)) == ([], [["ONE"]])


def test_once_the_quotas_are_released_all_hear_of_it(app, cast):
    run = run_closing("ONE", at(14, 18))
    factories.place_rules(run, {"telavi": 1, "kutaisi": 1})
    factories.enrolment(run, cast.learner)
    run.quotas_released_at = at(10)
    work(at(11))
    assert codes_to(cast.coordinator) == codes_to(cast.neighbour) == [["ONE"]]


def test_many_municipalities_take_as_many_statements_as_few(app, cast):
    def asked(*codes):
        for number, code in enumerate(codes):
            factories.grant(factories.person_with_account("ია", f"ლომიძე{number}{code}"), Role.COORDINATOR, municipality=code)
        factories.place_rules(run_closing(f"RUN-{codes[0]}", at(14, 18)), {"telavi": 1}, invited=("telavi",))
        commit()
        with clock.frozen(at(11)), counting() as statements:
            assert notices.notices_to_come(at(12))
        return len(statements)

    assert asked("ambrolauri") == asked("gori", "batumi", "poti")
