"""A report is counted once, and anew after each change that could be in it: it is never stale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.courses import sessions_of
from portal.foundation import clock, history
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from portal.reports import Dimension, Scope
from portal.web.reports.kept import MOST, KeptReports
from portal.web.reports.kinds import KINDS, OVERVIEW_CODE
from tests import factories
from tests.statements import counting

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
OVERVIEW = KINDS[OVERVIEW_CODE]
YEAR = Scope(first=date(2026, 1, 1), last=date(2026, 12, 31))


@pytest.fixture
def run(cast):
    with clock.frozen(NOW):
        made = factories.run(starts_at=NOW - timedelta(days=2), days=4, state="running")
        factories.enrolment(made, cast.learner, "confirmed")
        yield made


def people(kept: KeptReports) -> int:
    return sum(figures.people for figures in kept.of(OVERVIEW, YEAR).found.get(Dimension.SEX, {}).values())


def test_while_nothing_changes_it_is_counted_once(run):
    kept = KeptReports()
    first = kept.of(OVERVIEW, YEAR)
    with counting() as statements:
        assert kept.of(OVERVIEW, YEAR) is first
    assert len(statements) == 1


def test_each_scope_is_counted_by_itself(run):
    kept = KeptReports()
    assert people(kept) == 1
    assert kept.of(OVERVIEW, Scope(first=YEAR.first, last=YEAR.first)).found == {}
    assert people(kept) == 1


def test_whatever_is_done_counts_anew(run, cast):
    kept = KeptReports()
    assert people(kept) == 1
    place = factories.enrolment(run, cast.colleague, "confirmed")
    history.record("enrolment:confirmed", place, by=cast.staff.id, person=cast.colleague.id)
    commit()
    assert people(kept) == 2


def test_a_training_day_that_begins_counts_anew(run):
    kept = KeptReports()
    before = sum(figures.held_minutes for figures in kept.of(OVERVIEW, YEAR).found[Dimension.SEX].values())
    day = next(day for day in sessions_of(run.id) if day.starts_at > NOW)
    with clock.frozen(day.starts_at):
        after = sum(figures.held_minutes for figures in kept.of(OVERVIEW, YEAR).found[Dimension.SEX].values())
    assert after > before


def test_mail_that_leaves_changes_no_report(run, cast):
    kept = KeptReports()
    first = kept.of(OVERVIEW, YEAR)
    mail = {"event_key": "e", "kind": "confirm_account", "to_address": "a@portal.example", "language": "ka", "subject": "s", "body": "b"}
    message = factories.add(OutboxMessage(**mail, next_attempt_at=NOW, created_at=NOW))
    history.record("mail:sent", message, by=None)
    commit()
    assert kept.of(OVERVIEW, YEAR) is first


def test_each_report_is_counted_by_itself(run):
    kept = KeptReports()
    kept.of(OVERVIEW, YEAR)
    assert kept.of(KINDS["certificates"], YEAR) == {}


def test_only_so_many_are_kept(run):
    kept = KeptReports()
    for number in range(MOST + 5):
        kept.of(OVERVIEW, Scope(first=date(2026, 1, 1), last=date(2026, 1, 1) + timedelta(days=number)))
    assert len(kept._kept) == MOST
