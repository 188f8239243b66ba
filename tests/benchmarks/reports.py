"""How long reports take over two million attendance facts: every page of staff, cold, for this year and for all time.

Run it as `python -m tests.benchmarks.reports [--postgresql] [--scale 100]`. The demo is loaded, then its past runs are copied, each copy a month
earlier, with their places and facts, until the ledger is as long as that.
"""

from __future__ import annotations

import argparse
import atexit
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import flask_migrate
import sqlalchemy as sa

from config import Settings
from portal import create_app, demo, signing
from portal.attendance.models import AttendanceFact
from portal.courses.models import CourseRun, CourseSession, RunTrainer
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.web.reports.answers import PAGES
from tests.benchmarks.visitors import signed_in
from tests.databases import Database, start_postgresql, stop_postgresql

if TYPE_CHECKING:
    from flask import Flask

FACTS: Final = 2_000_000
ALLOWED: Final = 2.0
ROUNDS: Final = 3
MONTH: Final = timedelta(days=30)
PERIODS: Final = {"this year": "", "all time": "?from=2000-01-01&to=2100-12-31"}


def multiply(facts: int) -> int:
    """Copy the past until there are so many facts; returns how many there are."""
    now = clock.now()
    runs = [dict(row) for row in db.session.execute(sa.select(CourseRun.__table__).where(CourseRun.ends_at < now)).mappings()]
    past = [run["id"] for run in runs]
    days = [dict(row) for row in db.session.execute(sa.select(CourseSession.__table__).where(CourseSession.run_id.in_(past))).mappings()]
    taught = [day["id"] for day in days]
    had = _number(AttendanceFact.session_id.in_(taught))
    step = 10 ** len(str(max(_largest(table) for table in (CourseRun, CourseSession, Enrolment, AttendanceFact))))
    for number in range(1, -(-(facts - _number()) // had) + 1):
        earlier, further = number * MONTH, number * step
        moved = {"starts_at": -earlier, "ends_at": -earlier}
        _insert(CourseRun, [_copied(run, further, number, moved, "code") for run in runs])
        _insert(CourseSession, [_copied(day, further, number, moved, "uid") | {"run_id": day["run_id"] + further} for day in days])
        _copy_rows(RunTrainer, {"run_id": RunTrainer.run_id + further}, RunTrainer.run_id.in_(past))
        again = {"id": Enrolment.id + further, "run_id": Enrolment.run_id + further, "form_key": sa.null()}
        _copy_rows(Enrolment, again | {"reference": Enrolment.reference + f"-{number}"}, Enrolment.run_id.in_(past))
        seen = {name: getattr(AttendanceFact, name) + further for name in ("id", "session_id", "enrolment_id", "seen_id")}
        _copy_rows(AttendanceFact, seen | {"client_id": sa.null()}, AttendanceFact.session_id.in_(taught))
    db.session.flush()
    db.session.execute(sa.text("ANALYZE"))
    return _number()


def _number(*conditions) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(AttendanceFact).where(*conditions)) or 0


def _largest(table) -> int:
    return db.session.scalar(sa.select(sa.func.max(table.id))) or 0


def _copied(row, further: int, number: int, moved, unique: str):
    changed = {name: row[name] + by for name, by in moved.items()}
    return row | changed | {"id": row["id"] + further, unique: f"{row[unique]}-{number}"}


def _insert(table, rows) -> None:
    db.session.execute(sa.insert(table.__table__), rows)


def _copy_rows(table, changed, condition) -> None:
    """Copy rows within the database; ``condition`` picks those of the demo."""
    columns = [column.name for column in table.__table__.columns]
    chosen = sa.select(*(changed.get(name, getattr(table, name)) for name in columns)).where(condition)
    db.session.execute(sa.insert(table.__table__).from_select(columns, chosen))


def slowest(app: Flask, path: str, headers) -> float:
    """The middle of some tries, in seconds."""
    took = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        answer = app.test_client(use_cookies=False).get(path, headers=headers)
        took.append(time.perf_counter() - started)
        assert answer.status_code == 200, (path, answer.status_code)
    return sorted(took)[ROUNDS // 2]


def measured(app: Flask) -> dict[str, dict[str, float]]:
    """Seconds of each report for each period."""
    [staff] = signed_in(app, ["staff@portal.example"])
    paths = {"participation": "/ka/staff/reports"} | {code: f"/ka/staff/reports/{code}" for code in PAGES.split(",")}
    return {code: {name: slowest(app, path + query, staff.headers) for name, query in PERIODS.items()} for code, path in paths.items()}


def main(engine: str = "sqlite", scale: int = 100) -> int:
    """Print what each report takes; the answer is 0 when none takes longer than is allowed."""
    database = Database(engine)
    environ = {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database.url, "PORTAL_DATA_DIR": str(database.folder)}
    app = create_app(Settings.from_environment(environ))
    try:
        with app.app_context():
            flask_migrate.upgrade()
            signing.use(database.folder / "signing", development=True)
            with writing():
                demo.seed(scale)
            with writing():
                facts = multiply(FACTS)
            db.session.remove()
        results = measured(app)
        with app.app_context():
            db.engine.dispose()
    finally:
        database.drop()
    return told(engine, facts, results)


def told(engine: str, facts: int, results: dict[str, dict[str, float]]) -> int:
    """Print the table."""
    print(f"{engine}, {facts} attendance facts")
    print(f"| report | {' | '.join(f'{name}, s' for name in PERIODS)} |")
    print("| --- |" + " ---: |" * len(PERIODS))
    for code, seconds in results.items():
        print(f"| {code} | {' | '.join(f'{seconds[name]:.2f}' for name in PERIODS)} |")
    return 0 if max(max(seconds.values()) for seconds in results.values()) <= ALLOWED else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--scale", type=int, default=100)
    asked = parser.parse_args()
    if asked.postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
    sys.exit(main("postgresql" if asked.postgresql else "sqlite", asked.scale))
