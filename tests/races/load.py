"""The portal under load from outside: clients who enrol, withdraw and issue over HTTP, click twice, and give up; then the books are checked.

As a program: ``python -m tests.races.load --seeds 20 --operations 700 [--postgresql]`` prints a line a seed.
"""

from __future__ import annotations

import argparse
import http.client
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import flask_migrate
import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config import Settings
from portal import certificates, create_app, demo
from portal.certificates.models import Certificate, CertificateCounter
from portal.courses.models import CourseRun
from portal.enrolment.models import HOLDS_PLACE, LIVE, Enrolment, EnrolmentState
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import writing
from portal.people.models import Account
from tests.benchmarks.servers import PORTAL, Server
from tests.benchmarks.visitors import FORM, Visitor, signed_in
from tests.databases import Database, free_port

if TYPE_CHECKING:
    from flask import Flask

CLIENTS = 12
RUNS = ("DEMO-RACE", "DEMO-OPEN", "DEMO-FULL")
PEOPLE = 60
PATIENCE_SECONDS = 30
IMPATIENCE_SECONDS = 0.02


@dataclass(slots=True)
class Told:
    """What the portal said: answers by status, the last acknowledged wish of each person and run, and snapshots that broke a rule.

    ``unsure`` are those of whom a request was given up: it may still wait for its turn when later ones are answered.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    wishes: dict[tuple[int, str], str] = field(default_factory=dict)
    unsure: set[tuple[int, str]] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0


def client(portal: Server, people: list[tuple[int, Visitor]], operations: int, seed: int, told: Told, guard: threading.Lock) -> None:
    """One client: its own people, its own chance, one connection that it drops when it gives up."""
    chance = random.Random(seed)
    for _operation in range(operations):
        number, visitor = chance.choice(people)
        code = chance.choice(RUNS)
        verb = chance.choice(["enrol", "enrol", "withdraw"])
        key = f"{seed}-{chance.random()}"
        body = f"csrf_token={visitor.csrf_token}&form_key={key}".encode()
        gives_up = chance.random() < 0.05
        for _click in range(2 if chance.random() < 0.2 else 1):
            status, took = ask(portal.port, f"/ka/runs/{code}/{verb}", visitor, body, IMPATIENCE_SECONDS if gives_up else PATIENCE_SECONDS)
            with guard:
                told.statuses[status] += 1
                told.slowest = max(told.slowest, took)
                if status == 303:
                    told.wishes[number, code] = verb
                elif status == 0:
                    told.unsure.add((number, code))


def ask(port: int, path: str, visitor: Visitor, body: bytes, patience: float) -> tuple[int, float]:
    """Post; returns the status (0 when the client gave up) and the seconds it took."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("POST", path, body, visitor.headers | FORM)
        answer = connection.getresponse()
        answer.read()
    except (TimeoutError, OSError, http.client.HTTPException):
        return 0, time.perf_counter() - started
    finally:
        connection.close()
    return answer.status, time.perf_counter() - started


def watch(app: Flask, told: Told, over: threading.Event) -> None:
    """Look at the books again and again while the clients are at work."""
    while not over.wait(0.1):
        with app.app_context():
            told.broken += overbooked()
            db.session.remove()


def overbooked() -> list[str]:
    """Runs with more people in place than places."""
    taken = (
        sa.select(CourseRun.code, CourseRun.capacity, sa.func.count())
        .join(Enrolment, Enrolment.run_id == CourseRun.id)
        .where(Enrolment.state.in_(HOLDS_PLACE))
        .group_by(CourseRun.id)
    )
    return [f"{code}: {count} of {capacity}" for code, capacity, count in db.session.execute(taken) if count > capacity]


def books(told: Told, numbers: dict[int, int]) -> list[str]:
    """What is wrong in the end."""
    wrong = told.broken + overbooked()
    twice = (
        sa.select(Enrolment.run_id, Enrolment.person_id).where(Enrolment.state.in_(LIVE)).group_by(Enrolment.run_id, Enrolment.person_id)
    ).having(sa.func.count() > 1)
    wrong += [f"two live enrolments: {row}" for row in db.session.execute(twice)]
    for code in RUNS:
        run = db.session.scalars(sa.select(CourseRun).where(CourseRun.code == code)).one()
        states = Counter(db.session.scalars(sa.select(Enrolment.state).where(Enrolment.run_id == run.id)))
        if states["waiting"] and states["confirmed"] < run.capacity:
            wrong.append(f"{code}: a free place while {states['waiting']} wait")
        wrong += [f"{code}: {passer} got a place before {passed}, who waited longer" for passer, passed in passed_over(run.id)]
        line = sa.select(Enrolment.state, Enrolment.person_id).where(Enrolment.run_id == run.id, Enrolment.state.in_(LIVE))
        live = {person for _state, person in db.session.execute(line)}
        for (number, wished), verb in told.wishes.items():
            if wished == code and (number, code) not in told.unsure and (numbers[number] in live) != (verb == "enrol"):
                wrong.append(f"{code}: person {number} was told {verb}, and it is not so")
    issued = list(db.session.scalars(sa.select(Certificate.sequence).order_by(Certificate.year, Certificate.sequence)))
    counted = sum(db.session.scalars(sa.select(CertificateCounter.last)))
    if len(issued) != counted:
        wrong.append(f"{len(issued)} certificates, but the counters say {counted}")
    repeated = sa.select(OutboxMessage.event_key).group_by(OutboxMessage.event_key).having(sa.func.count() > 1)
    return wrong + [f"mail twice: {key}" for key in db.session.scalars(repeated)]


def passed_over(run_id: int) -> list[tuple[str, str]]:
    """References of enrolments with a place that queued later than one that still waits. Nobody is admitted on the day here."""
    placed, waiting = aliased(Enrolment), aliased(Enrolment)
    later = sa.tuple_(placed.queued_at, placed.id) > sa.tuple_(waiting.queued_at, waiting.id)
    pairs = (
        sa.select(placed.reference, waiting.reference)
        .join(waiting, sa.and_(waiting.run_id == placed.run_id, later))
        .where(placed.run_id == run_id, placed.state.in_(HOLDS_PLACE), waiting.state == EnrolmentState.WAITING)
    )
    return [(passer, passed) for passer, passed in db.session.execute(pairs)]


def issuers(app: Flask) -> list[threading.Thread]:
    """Two workers that issue the certificates of the completed run at the same time, while the clients are at work."""

    def issue() -> None:
        with app.app_context():
            more = True
            while more:
                with writing():
                    more = certificates.issue_next()

    return [threading.Thread(target=issue) for _ in range(2)]


def ask_for_certificates(app: Flask, staff: int) -> None:
    """What staff do before the workers issue."""
    with app.app_context(), writing():
        run_id = db.session.scalars(sa.select(CourseRun.id).where(CourseRun.code == "DEMO-DONE")).one()
        chosen = db.session.scalars(sa.select(Enrolment.id).where(Enrolment.run_id == run_id, Enrolment.state == "completed")).all()
        certificates.ask_to_issue(run_id, list(chosen), by=staff)


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
    emails = [f"learner{number:03}@portal.example" for number in range(1, PEOPLE + 1)]
    try:
        with app.app_context():
            flask_migrate.upgrade()
            with writing():
                demo.seed(1)
            ids = dict(db.session.execute(sa.select(Account.email, Account.person_id)).all())
            db.session.remove()
        ask_for_certificates(app, ids["staff@portal.example"])
        visitors = list(enumerate(signed_in(app, emails)))
        portal = Server(application, port, environ, workers=2)
        try:
            told = let_them_loose(app, portal, visitors, operations, seed)
        finally:
            portal.stop()
        with app.app_context():
            return told, books(told, {number: ids[email] for number, email in enumerate(emails)})
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        database.drop()


def let_them_loose(app: Flask, portal: Server, visitors: list[tuple[int, Visitor]], operations: int, seed: int) -> Told:
    """Start clients, issuers and the watcher together; returns what was said when all are done."""
    told, guard, over = Told(), threading.Lock(), threading.Event()
    watcher = threading.Thread(target=watch, args=(app, told, over))
    share = operations // CLIENTS
    clients = [
        threading.Thread(target=client, args=(portal, visitors[place::CLIENTS], share, seed * 100 + place, told, guard))
        for place in range(CLIENTS)
    ]
    watcher.start()
    for thread in (everybody := clients + issuers(app)):
        thread.start()
    for thread in everybody:
        thread.join()
    over.set()
    watcher.join()
    time.sleep(0.5)  # what was given up on may still be on its way
    return told


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--operations", type=int, default=700)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    failed = False
    for seed in range(options.seeds):
        told, wrong = run("postgresql" if options.postgresql else "sqlite", seed, options.operations)
        failures = {status: count for status, count in told.statuses.items() if status >= 500}
        failed = failed or bool(wrong or failures)
        print(f"seed {seed}: {dict(told.statuses)}, slowest {told.slowest:.2f} s, {wrong or 'all in order'}", flush=True)  # noqa: T201
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
