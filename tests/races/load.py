"""The portal under load from outside, on all paths at once: pages, coordinators' lists, spreadsheets, staff, the worker; then the books are checked.

Clients click twice and give up. As a program: ``python -m tests.races.load --seeds 20 --operations 700 [--postgresql]`` prints a line a seed.
"""

from __future__ import annotations

import argparse
import atexit
import re
import sys
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from config import Settings
from portal import certificates, create_app
from portal.courses.models import CourseRun
from portal.enrolment.models import Enrolment, EnrolmentState
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.worker import keep_places
from tests.benchmarks.servers import PORTAL, Server
from tests.databases import Database, free_port, start_postgresql, stop_postgresql
from tests.races.actors import Coordinator, Learner, Staff
from tests.races.books import books, snapshot
from tests.races.browsers import Told
from tests.races.stage import QUOTAS, prepared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from tests.races.browsers import Client
    from tests.races.stage import Stage

LEARNING_CLIENTS = 8
CLIENTS = LEARNING_CLIENTS + 4
PREPARING_SECONDS, SECONDS_AN_OPERATION = 3, 0.02
"""The quotas and the first offers end in the middle of the work; how long it takes is known from trying."""


def watch(app: Flask, told: Told, over: threading.Event) -> None:
    """Look at the books again and again while the clients are at work."""
    while not over.wait(0.1):
        with app.app_context():
            told.broken += snapshot()
            db.session.remove()


def issue(app: Flask) -> None:
    """A worker that issues the certificates of the completed run while the clients are at work; another does the same."""
    with app.app_context():
        more = True
        while more:
            with writing():
                more = certificates.issue_next()


def keep(app: Flask, told: Told, operations: int, over: threading.Event) -> None:
    """A worker that does what is due with places: quotas end, offers too. Of those made under load the oldest ends with each turn.

    The time of the quotas has come when half of the operations are done.
    """
    open_offers = sa.select(sa.func.min(Enrolment.id)).where(Enrolment.state == EnrolmentState.OFFERED).scalar_subquery()
    while not over.wait(0.5):
        with app.app_context():
            with writing():
                db.session.execute(
                    sa.update(Enrolment)
                    .where(Enrolment.id == open_offers, Enrolment.offer_ends_at > clock.now() + timedelta(minutes=10))
                    .values(offer_ends_at=clock.now() + timedelta(seconds=1))
                )
                if told.statuses.total() >= operations / 2:
                    db.session.execute(sa.update(CourseRun).where(CourseRun.code == QUOTAS).values(quotas_end_at=clock.now()))
            keep_places()


def run(engine: str, seed: int, operations: int, application: str = PORTAL) -> tuple[Told, list[str]]:
    """Let the clients do ``operations`` together on a new portal; returns what was said and what is wrong."""
    database, port = Database(engine), free_port()
    environ = {
        "PORTAL_ENV": "development",
        "PORTAL_DATABASE_URL": database.url,
        "PORTAL_DATA_DIR": str(database.folder),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
    }
    app = create_app(Settings.from_environment(environ))
    try:
        stage = prepared(app, PREPARING_SECONDS + operations * SECONDS_AN_OPERATION)
        portal = Server(application, port, environ, workers=2, log=database.folder / "errors")
        try:
            told = let_them_loose(stage, portal.port, operations, seed)
        finally:
            portal.stop()
        told.broken += failures_in(database.folder / "errors")
        with app.app_context():
            keep_places()
            return told, books(told, stage)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        database.drop()


def failures_in(log: Path) -> list[str]:
    """What failed, of requests too that were given up: the last line of each trace, in which the exception stands."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]


def clients_of(stage: Stage, port: int, told: Told, seed: int) -> list[Client]:
    """The clients, each with people of its own."""
    seeds = iter(range(seed * 100, seed * 100 + CLIENTS))
    people = stage.learners
    learners = [Learner(port, stage, told, next(seeds), people[place::LEARNING_CLIENTS]) for place in range(LEARNING_CLIENTS)]
    coordinators = [Coordinator(port, stage, told, next(seeds), group) for group in stage.coordinators]
    return [*learners, *coordinators, *(Staff(port, stage, told, next(seeds), group) for group in stage.staff)]


def let_them_loose(stage: Stage, port: int, operations: int, seed: int) -> Told:
    """Start clients, workers and the watcher together; returns what was said when all are done."""
    told, over, app = Told(), threading.Event(), stage.app

    def thread(task: Callable[..., None], *arguments: object) -> threading.Thread:
        def work() -> None:
            try:
                task(*arguments)
            except Exception as error:  # noqa: BLE001  (whatever it is, it is told)
                told.broken.append(f"{getattr(task, '__qualname__', task)} failed: {error!r}")

        made = threading.Thread(target=work)
        made.start()
        return made

    beside = [thread(watch, app, told, over), thread(keep, app, told, operations, over)]
    working = [thread(issue, app), thread(issue, app)]
    working += [thread(one.work, operations // CLIENTS) for one in clients_of(stage, port, told, seed)]
    for one in working:
        one.join()
    over.set()
    for one in beside:
        one.join()
    time.sleep(0.5)  # what was given up on may still be on its way
    return told


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--operations", type=int, default=700)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    if options.postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
    failed = False
    for seed in range(options.seeds):
        told, wrong = run("postgresql" if options.postgresql else "sqlite", seed, options.operations)
        failures = {status: count for status, count in told.statuses.items() if status >= 500}
        failed = failed or bool(wrong or failures)
        print(  # noqa: T201
            f"seed {seed}: {dict(told.statuses)}, slowest {told.slowest:.2f} s, done {dict(told.done)}, {wrong or 'all in order'}",
            flush=True,
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
