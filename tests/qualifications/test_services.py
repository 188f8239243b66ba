"""Editions of rules: when one may be published, what stays, and two published at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest
import sqlalchemy as sa

from portal import qualifications
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit, writing
from portal.qualifications import ExpiryBase, HoursDemand, QualificationValues, RuleValues
from portal.qualifications.models import QualificationVersion

ENOUGH_TO_REACH_THE_LOCK = 0.5


def in_days(number):
    return clock.today() + timedelta(days=number)


def rule(hours=8, **values):
    return RuleValues(requirement=HoursDemand(Decimal(hours)), **{"effective_on": clock.today()} | values)


@pytest.fixture
def ethics(app):
    return qualifications.create_qualification(QualificationValues(name_ka="ეთიკა", name_en="Ethics"), by=None)


def actions():
    commit()
    return db.session.scalars(sa.select(HistoryRow.action).order_by(HistoryRow.id)).all()


def test_the_first_edition_may_begin_in_the_past(ethics):
    assert qualifications.publish_rule(ethics.id, rule(effective_on=in_days(-400)), by=None).number == 1


@pytest.mark.parametrize("day", [-1, -400])
def test_a_change_never_begins_in_the_past(ethics, day):
    qualifications.publish_rule(ethics.id, rule(effective_on=in_days(-500)), by=None)
    with pytest.raises(RefusedError, match="today or later"):
        qualifications.publish_rule(ethics.id, rule(9, effective_on=in_days(day)), by=None)


@pytest.mark.parametrize("day", [5, 4])
def test_a_change_begins_after_the_one_before(ethics, day):
    qualifications.publish_rule(ethics.id, rule(effective_on=in_days(5)), by=None)
    with pytest.raises(RefusedError, match="Choose a later day"):
        qualifications.publish_rule(ethics.id, rule(9, effective_on=in_days(day)), by=None)
    assert qualifications.publish_rule(ethics.id, rule(9, effective_on=in_days(6)), by=None).number == 2


def test_what_could_not_be_published_is_refused_before(ethics):
    qualifications.publish_rule(ethics.id, rule(), by=None)
    with pytest.raises(RefusedError, match="Choose a later day"):
        qualifications.check_rule(ethics.id, rule())
    with pytest.raises(RefusedError, match="Edition 1 was published meanwhile"):
        qualifications.check_rule(ethics.id, rule(effective_on=in_days(1)), seen=0)
    qualifications.check_rule(ethics.id, rule(effective_on=in_days(1)), seen=1)


def test_an_edition_keeps_what_was_said(ethics):
    said = rule(
        renewal=HoursDemand(Decimal(4), within=12),
        categories=("civil_servant",),
        sakrebulo_roles=("chair",),
        validity_months=24,
        window_months=3,
        base=ExpiryBase.FIXED,
        fixed_day=(12, 31),
        asks_holders=True,
        grace_months=6,
        lead_days=90,
        words="კანონი",
    )
    row = qualifications.publish_rule(ethics.id, said, by=None)
    kept = qualifications.as_version(row)
    assert kept == said.as_version().__class__(**{name: getattr(said.as_version(), name) for name in kept.__slots__} | {"id": row.id})
    assert row.words == "კანონი"


def test_an_edition_is_never_changed_nor_deleted(ethics):
    row = qualifications.publish_rule(ethics.id, rule(), by=None)
    commit()
    for statement in (sa.update(QualificationVersion).values(words="x"), sa.delete(QualificationVersion)):
        with pytest.raises(sa.exc.DatabaseError), db.session.begin_nested():
            db.session.execute(statement)
    assert row.words == ""


def test_the_same_sent_twice_is_one_edition_and_one_row_of_history(ethics, cast):
    first, second = (qualifications.publish_rule(ethics.id, rule(), by=cast.staff.id, seen=0) for _click in range(2))
    assert first is second
    assert actions().count("qualification:publish_rule") == 1


def test_what_somebody_else_published_is_not_taken_for_ones_own(ethics, cast):
    qualifications.publish_rule(ethics.id, rule(), by=cast.administrator.id, seen=0)
    with pytest.raises(RefusedError, match="Edition 1 was published meanwhile"):
        qualifications.publish_rule(ethics.id, rule(), by=cast.staff.id, seen=0)


@pytest.mark.parametrize("seen", [0, None])
def test_of_two_who_publish_at_once_the_second_is_told(ethics, cast, app, seen):
    published = Event()
    row_id, first, second = ethics.id, cast.staff.id, cast.administrator.id
    commit()

    def begin():
        with app.app_context(), writing():
            qualifications.publish_rule(row_id, rule(8), by=first, seen=seen)
            published.set()
            time.sleep(ENOUGH_TO_REACH_THE_LOCK)

    def follow():
        published.wait(10)
        with app.app_context(), writing():
            qualifications.publish_rule(row_id, rule(16), by=second, seen=seen)

    with ThreadPoolExecutor(2) as pool:
        came_of_it = [pool.submit(begin), pool.submit(follow)]
    assert came_of_it[0].exception(30) is None
    assert isinstance(came_of_it[1].exception(30), RefusedError)
    db.session.remove()
    (edition,) = qualifications.versions_of(row_id)
    assert edition.requirement["hours"] == "8"


def test_archived_and_brought_back_stand_in_the_history_once_each(ethics):
    for archived in (True, True, False):
        qualifications.archive_qualification(ethics, archived=archived, by=None)
    assert actions() == ["qualification:create", "qualification:archive", "qualification:restore"]


def test_the_edition_in_force_is_the_latest_that_has_begun(ethics):
    qualifications.publish_rule(ethics.id, rule(8, effective_on=in_days(-9)), by=None)
    qualifications.publish_rule(ethics.id, rule(16, effective_on=in_days(9)), by=None)
    qualifications.create_qualification(QualificationValues(name_ka="უწესო", name_en="Without rule"), by=None)
    assert [row.number for row in qualifications.versions_in_force(in_days(8))] == [1]
    assert [row.number for row in qualifications.versions_in_force(in_days(9))] == [2]
    assert qualifications.versions_in_force(in_days(-10)) == []
    qualifications.archive_qualification(ethics, archived=True, by=None)
    assert qualifications.versions_in_force(in_days(8)) == []
