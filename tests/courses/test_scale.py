"""Lists stay as fast with thousands of runs: a fixed number of statements, along an index, with nothing sorted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import courses, enrolment
from portal.courses.models import CourseRun, CourseSession, RunForm
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.municipalities.models import Region
from tests import factories

RUNS = 3000


@pytest.fixture
def many(app):
    """3,000 runs, every second one over; ten places and a hundred courses."""
    versions = [factories.course() for _ in range(100)]
    venues = [
        factories.venue(code)
        for code in ("telavi", "kutaisi", "gori", "zugdidi", "batumi", "poti", "mestia", "rustavi", "ozurgeti", "ambrolauri")
    ]
    now = clock.now()
    runs, sessions = [], []
    for number in range(RUNS):
        over = number % 2
        start = now + timedelta(hours=number + 1) * (-1 if over else 1)
        version = versions[number % 100]
        runs.append(
            {
                "id": number + 1, "code": f"M-{number}", "course_id": version.course_id, "version_id": version.id, "form": RunForm.IN_PERSON,
                "venue_id": venues[number % 10].id, "language": "ka", "capacity": 20, "state": "completed" if over else "open",
                "enrolment_opens_at": now - timedelta(days=90), "enrolment_closes_at": start, "cancel_until": start, "starts_at": start,
                "ends_at": start + timedelta(hours=8), "calendar_sequence": 0,
            }
        )  # fmt: skip
        sessions.append({"run_id": number + 1, "uid": f"s{number}", "starts_at": start, "ends_at": start + timedelta(hours=8)})
    db.session.execute(sa.insert(CourseRun), runs)
    db.session.execute(sa.insert(CourseSession), sessions)
    commit()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE course, course_version, course_run, course_session, venue")


@pytest.fixture
def statements(app):
    """What is sent to the database while the test runs: (statement, parameters)."""
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", note)


def plan_of(statement, parameters):
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))


LATER = courses.RunFilter(after=courses.Position(clock.now() + timedelta(days=20), 1))
EARLIER = courses.RunFilter(before=courses.Position(clock.now() + timedelta(days=20), 1))


def test_lists_read_along_an_index_and_sort_nothing(many, statements):
    kakheti = db.session.scalars(sa.select(Region).where(Region.iso == "GE-KA")).one()
    free = [enrolment.has_free_place(), courses.takes_enrolments()]
    for wanted in (courses.RunFilter(), LATER, EARLIER, courses.RunFilter(form="in_person"), courses.RunFilter(region_id=kakheti.id)):
        assert len(courses.list_public_runs(wanted, at=clock.now(), only=free).runs) == 20
        assert_reads_along("ix_course_run_", statements)
    assert len(courses.list_public_runs(LATER, at=clock.now()).runs) == 20
    assert_reads_along("ix_course_run_listed", statements)
    for wanted in (courses.RunFilter(), LATER, EARLIER):
        assert len(courses.list_staff_runs(wanted).runs) == 50
        assert_reads_along("ix_course_run_start", statements)
    assert len(courses.list_staff_runs(courses.RunFilter(current=True), newest_first=False).runs) == 50
    assert_reads_along("ix_course_run_current", statements)
    assert len(courses.list_staff_runs(courses.RunFilter(state="completed")).runs) == 50
    assert_reads_along("ix_course_run_", statements)


def assert_reads_along(index, statements):
    plan = plan_of(*next((sql, values) for sql, values in reversed(statements) if "ORDER BY course_run.starts_at" in sql))
    assert index in plan, plan
    assert "Seq Scan on course_run" not in plan, plan
    if db.engine.dialect.name == "sqlite":  # PostgreSQL sorts where it expects a handful of rows
        assert "TEMP B-TREE" not in plan, plan


def test_pages_take_the_same_few_statements_for_thousands_of_runs(many, page, statements):
    courses.index_runs(range(1, 301))
    for path, most in {
        # what one can narrow it to, the page, its places
        "/courses": 3,
        f"/courses?topic=topic-1&month={clock.today():%Y-%m}&region=GE-KA&form=online&free=1": 3,
        # besides: which words occur
        "/courses?q=construction": 4,
        # besides: which words are alike
        "/courses?q=konstuction": 5,
        # the page, its places, topics
        "/ka/": 3,
        # the course with its newest version and topic, its runs to come, their places, what it counts towards, whether one can enrol in any
        f"/courses/{courses.get_run('M-0').course.slug}": 5,
    }.items():
        page.get(path)  # what a process asks once
        statements.clear()
        assert page.get(path + ("&" if "?" in path else "?") + "fresh=1").status == 200
        sent = [sql for sql, _values in statements if sql.startswith("SELECT") and "history" not in sql]
        assert len(sent) <= most, f"{path}: " + "\n\n".join(sent)
