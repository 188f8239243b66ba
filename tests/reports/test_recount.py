"""Every figure of every report against a slow recount from plain rows: the demo ten times over, with contradictions in the ledger, on both databases."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import flask_migrate
import pytest
import sqlalchemy as sa

from portal import demo
from portal.attendance.models import AttendanceFact
from portal.courses.models import CourseRun
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.municipalities.models import Municipality
from portal.reports import Scope, runs_held
from portal.web.reports.forms import Choices
from portal.web.reports.kinds import KINDS, OF_TABLE
from portal.web.reports.tables import Names
from tests import databases
from tests.conftest import portal_on
from tests.reports.recount import Books, Recount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

SCALE, DISPUTED = 10, 400
pytestmark = pytest.mark.timeout(900)  # most of it is the seeding


@pytest.fixture(scope="module", params=databases.ENGINES)
def busy_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The demo ten times over, and facts that replace, know of, and contradict each other."""
    database = databases.Database(request.param)
    try:
        app = portal_on(database)
        with app.app_context():
            flask_migrate.upgrade()
            with writing():
                demo.seed(SCALE)
                _dispute(random.Random(7))
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    finally:
        database.drop()


def _dispute(chance: random.Random) -> None:
    """Add facts from other hands and other devices to some that are there."""
    columns = (AttendanceFact.id, AttendanceFact.session_id, AttendanceFact.enrolment_id, AttendanceFact.recorded_by)
    known = db.session.execute(sa.select(*columns).order_by(AttendanceFact.id)).all()
    for fact in chance.sample(known, DISPUTED):
        for _time in range(chance.randint(1, 3)):
            present = chance.random() < 0.8
            db.session.add(
                AttendanceFact(
                    session_id=fact.session_id,
                    enrolment_id=fact.enrolment_id,
                    mark="present" if present else "absent",
                    from_minute=chance.choice((0, 0, 15, 40)) if present else None,
                    to_minute=chance.choice((60, 200, 480, 600)) if present else None,
                    recorded_by=fact.recorded_by,
                    recorded_at=clock.now(),
                    seen_id=chance.choice((None, 0, fact.id - 1, fact.id)),
                    device=chance.choice((None, "one", "two")),
                    sequence=chance.randint(0, 5),
                )
            )
            db.session.flush()


def scopes(today: date) -> Iterator[Scope]:
    """All time, this year, a quarter; each filter by itself, some together; and what a coordinator of one or two municipalities may see."""
    ever = {"first": date(2000, 1, 1), "last": date(2100, 12, 31)}
    yield Scope(**ever)
    yield Scope(first=date(today.year, 1, 1), last=date(today.year, 12, 31))
    yield Scope(first=today - timedelta(days=90), last=today)
    yield Scope(first=date(1999, 1, 1), last=date(1999, 12, 31))
    busiest = sa.select(Enrolment.municipality_id).group_by(Enrolment.municipality_id).order_by(sa.func.count().desc())
    one, two = [place for place in db.session.scalars(busiest.limit(3)) if place is not None][:2]
    region = db.session.get(Municipality, one).region_id
    run = db.session.scalars(sa.select(CourseRun).where(CourseRun.funding_project_id.is_not(None)).order_by(CourseRun.starts_at)).first()
    topic = run.course.topic_id
    for part in (
        {"municipality_id": one},
        {"region_id": region},
        {"topic_id": topic},
        {"project_id": run.funding_project_id},
        {"region_id": region, "topic_id": topic},
        {"within": frozenset({one})},
        {"within": frozenset({one, two}), "project_id": run.funding_project_id},
        {"within": frozenset({one}), "municipality_id": two},
        {"within": frozenset()},
    ):
        yield Scope(**ever, **part)


def test_every_figure_of_every_report_is_that_of_the_recount(busy_app):
    now, figures = clock.now(), 0
    with busy_app.test_request_context("/en/staff/reports"), clock.frozen(now):
        books, choices = Books(now), Choices.load()
        for scope in scopes(clock.today()):
            recount = Recount(books, scope)
            expected = recount.everything()
            told = [table for kind in KINDS.values() for table in kind.tables(kind.count(scope), Names(choices, "en"))]
            assert {table.code for table in told} == expected.keys() == OF_TABLE.keys()
            for table in told:
                rows, total = expected[table.code]
                assert len(table.rows) == len(rows)
                assert {row.key: row.values for row in table.rows} == rows, (table.code, scope)
                assert (table.total.values if table.total else None) == total, (table.code, scope)
                figures += sum(len(row.values) for row in table.lines)
            held = {place["run"] for place in recount.places}
            capacity = sum(books.by_id["course_run"][run]["capacity"] for run in held)
            assert runs_held(scope) == (type(runs_held(scope)))(len(held), capacity)
        db.session.remove()
    assert figures > 10_000, "there was something to recount"
