"""A thousand requests for twenty places with quotas: who gets one, what the others are told, and how long that takes beside the catalogue.

Run it as `python -m tests.benchmarks.rush [--postgresql] [--clients 16]`. Two processes serve a new database; everybody is signed in beforehand.
"""

from __future__ import annotations

import argparse
import atexit
import http.client
import re
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import flask_migrate
import sqlalchemy as sa

from config import Settings
from portal import create_app, enrolment
from portal.courses.models import CourseRun
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.municipalities.models import Municipality
from portal.worker import keep_places
from tests import factories
from tests.benchmarks.servers import PORTAL, Server
from tests.benchmarks.visitors import FORM, NOT_CACHED, STRANGER, Visitor, signed_in
from tests.databases import Database, free_port, start_postgresql, stop_postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    Ask = Callable[[http.client.HTTPConnection, Visitor], bytes]

PEOPLE, PLACES, CODE = 1_000, 20, "RUSH"
QUOTAS = dict.fromkeys(("telavi", "kutaisi", "batumi", "gori", "zugdidi"), 3)
LONELY = "zugdidi"
"""Of this municipality one person comes, so that two places stay kept until the quotas end."""
POSITION = re.compile("Your position in the waiting list: ([0-9]+)")


def prepare() -> list[str]:
    """The run, and people of all municipalities in turn; returns their addresses."""
    codes = db.session.scalars(sa.select(Municipality.code).where(Municipality.active).order_by(Municipality.code)).all()
    others = [code for code in codes if code != LONELY]
    run = factories.run(code=CODE, capacity=PLACES)
    factories.place_rules(run, QUOTAS)
    with factories.together():
        homes = [LONELY, *(others[number % len(others)] for number in range(PEOPLE - 1))]
        some = [factories.person_with_account(municipality=code) for code in homes]
    return [one.email or "" for one in some]


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], body: bytes | None, expected: int
) -> bytes:
    """One request; returns the page. Raises when the answer is another than ``expected``."""
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    page = answer.read()
    if answer.status != expected:
        raise RuntimeError(f"{path} answered {answer.status}")
    return page


def enrol(connection: http.client.HTTPConnection, visitor: Visitor) -> bytes:
    body = f"csrf_token={visitor.csrf_token}&form_key=rush".encode()
    return ask(connection, "POST", f"/en/runs/{CODE}/enrol", visitor.headers | FORM, body, 303)


def confirmation(connection: http.client.HTTPConnection, visitor: Visitor) -> bytes:
    return ask(connection, "GET", f"/en/runs/{CODE}/enrolment", visitor.headers, None, 200)


def catalogue(connection: http.client.HTTPConnection, visitor: Visitor) -> bytes:
    return ask(connection, "GET", "/en/courses", visitor.headers, None, 200)


def rush(name: str, port: int, clients: int, task: Ask, visitors: list[Visitor]) -> tuple[float, list[bytes]]:
    """Let the clients do ``task`` for all visitors at once; prints a row, returns the p95 in milliseconds and what was answered."""
    walls: list[float] = []
    pages: list[bytes] = []
    start = threading.Barrier(clients)

    def client(mine: list[Visitor]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        start.wait()
        for visitor in mine:
            began = time.perf_counter()
            pages.append(task(connection, visitor))
            walls.append((time.perf_counter() - began) * 1e3)
        connection.close()

    threads = [threading.Thread(target=client, args=(visitors[number::clients],)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if len(walls) != len(visitors):
        raise RuntimeError(f"{name}: {len(visitors) - len(walls)} of {len(visitors)} were not answered")
    walls.sort()
    p95 = walls[int(len(walls) * 0.95)]
    print(f"| {name} | {len(walls)} | {walls[len(walls) // 2]:.1f} | {p95:.1f} | {len(walls) / took:.0f} |", flush=True)
    return p95, pages


def release(app: Flask) -> int:
    """Let the quotas end now, and the worker do what is due; returns how many places were given by then."""
    with app.app_context():
        with writing():
            end = sa.update(CourseRun).where(CourseRun.code == CODE).values(quotas_end_at=clock.now() - timedelta(seconds=1))
            db.session.execute(end)
        keep_places()
        return given(app)


def given(app: Flask) -> int:
    """How many places are given."""
    with app.app_context():
        run_id = enrolment.get_run_id(CODE)
        return enrolment.places_of([run_id])[run_id].taken


def check(app: Flask, pages: list[bytes]) -> bool:
    """Twenty have a place, the log says the same, and everybody else is told another place in line, from 1 on without a gap."""
    positions = sorted(int(found[1]) for page in pages if (found := POSITION.search(page.decode())))
    with app.app_context():
        run_id = enrolment.get_run_id(CODE)
        states = Counter(enrolment.states_in(run_id).values())
        played = enrolment.replay_of(run_id)
        sound = not played.disagreements and played.states == enrolment.states_in(run_id)
    in_line = positions == list(range(1, PEOPLE - PLACES + 1))
    print(f"\n{states}; places in line told: {'1 … ' + str(len(positions)) if in_line else positions}; log replays: {sound}")
    return in_line and sound and states == {"confirmed": PLACES, "waiting": PEOPLE - PLACES}


def measure(app: Flask, port: int, clients: int) -> bool:
    """Print the table; returns whether all is as it must be."""
    with app.app_context(), writing():
        emails = prepare()
    visitors = signed_in(app, emails)
    print(
        f"{PEOPLE} people, {PLACES} places, {clients} clients at once\n\n| what | number | p50 ms | p95 ms | a second |\n| --- | ---: | ---: | ---: | ---: |"
    )
    cached, _pages = rush("catalogue, cached", port, clients, catalogue, [STRANGER] * PEOPLE)
    cold, _pages = rush("catalogue, cold", port, clients, catalogue, [NOT_CACHED] * PEOPLE)
    enrolled, _pages = rush("enrol POST", port, clients, enrol, visitors)
    before, after = given(app), release(app)
    told, pages = rush("confirmation page", port, clients, confirmation, visitors)
    print(f"\nenrol POST: {enrolled / cold:.1f} times the p95 of the cold catalogue, {enrolled / cached:.1f} times that of the cached one")
    print(f"confirmation page: {told / cold:.1f} times that of the cold catalogue")
    print(f"places given: {before} while quotas kept the others, {after} once the quotas had ended")
    return check(app, pages)


def main() -> int:
    """Measure on one engine; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    if options.postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
    database, port = Database("postgresql" if options.postgresql else "sqlite"), free_port()
    environ = {
        "PORTAL_ENV": "development",
        "PORTAL_DATABASE_URL": database.url,
        "PORTAL_DATA_DIR": str(database.folder),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
    }
    app = create_app(Settings.from_environment(environ))
    try:
        with app.app_context():
            flask_migrate.upgrade()
        portal = Server(PORTAL, port, environ, workers=2)
        try:
            return 0 if measure(app, port, options.clients) else 1
        finally:
            portal.stop()
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        database.drop()


if __name__ == "__main__":
    sys.exit(main())
