"""``make bench``: what the pages cost, each beside a hello-world Flask page on the same server, in turns, in one run.

The unit h is the processor time of the hello-world page. Application and database are counted together. Options: ``--scale N`` (may be given
more than once; 1 and 100 if not), ``--postgresql`` (the server of ``PORTAL_TEST_POSTGRESQL`` or one of its own; else SQLite).
"""

from __future__ import annotations

import argparse
import atexit
import itertools
import json
import statistics
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask_migrate
import lxml.html
import sqlalchemy as sa

from config import Settings
from portal import create_app, demo, signing
from portal.certificates.models import Certificate
from portal.courses.models import Course, CourseRun, CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from tests.benchmarks import certificates, credentials, issuing, register
from tests.benchmarks.crowd import hot_run
from tests.benchmarks.queries import statements_of
from tests.benchmarks.servers import HELLO, PORTAL, Server, postgresql_processes
from tests.benchmarks.visitors import NOT_CACHED, STRANGER, Visitor, signed_in
from tests.databases import Database, start_postgresql, stop_postgresql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from psutil import Process

ROUNDS, HELLOS = 5, 150
HELLO_PORT, PORTAL_PORT = 8921, 8922


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: what is asked, how often a round, and what is allowed (in h). What ``prepare`` does before each request is taken off."""

    name: str
    ask: Callable[[], object]
    target: float
    per_round: int = 60
    path: str = ""
    visitor: Visitor = STRANGER
    prepare: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Result:
    """What a page cost: its ratio to hello (median of the rounds), wall times in milliseconds, requests per second of one client."""

    ratio: float
    p50: float
    p95: float
    per_second: float


def measure(page: Measured, hello: Server, portal: Server, database: Callable[[], list[Process]]) -> Result:
    """Let the page and the hello-world page take turns."""
    ratios, walls = [], []
    page.prepare()
    page.ask()
    processes = database()

    def asked() -> None:
        page.prepare()
        started = time.perf_counter()
        page.ask()
        walls.append(time.perf_counter() - started)

    for _round in range(ROUNDS):
        unit = cost(hello, HELLOS, partial(hello.ask, "GET", "/", {}))
        preparing = cost(portal, page.per_round, page.prepare, processes)
        ratios.append((cost(portal, page.per_round, asked, processes) - preparing) / unit)
    walls.sort()
    return Result(statistics.median(ratios), walls[len(walls) // 2] * 1e3, walls[int(len(walls) * 0.95)] * 1e3, len(walls) / sum(walls))


def cost(server: Server, times: int, ask: Callable[[], object], database: Iterable[Process] = ()) -> float:
    """Processor seconds that ``server`` and its ``database`` take for one ``ask``, on the average of so many without a pause."""
    before = server.processor_seconds(database)
    for _request in range(times):
        ask()
    return (server.processor_seconds(database) - before) / times


def pages_of(app, portal: Server, engine: str) -> Iterator[Measured]:
    """What is measured, in the order of the table."""
    with app.app_context():
        run = db.session.scalars(sa.select(CourseRun).where(CourseRun.code == "DEMO-OPEN")).one()
        slug = db.session.get(Course, run.course_id).slug
        now = db.session.scalars(sa.select(CourseRun.id).where(CourseRun.code == "DEMO-NOW")).one()
        today = sa.select(CourseSession.id).where(CourseSession.run_id == now, CourseSession.starts_at < clock.now())
        session = db.session.scalars(today.order_by(CourseSession.starts_at.desc())).first()
        secret = db.session.scalars(sa.select(Certificate.secret).order_by(Certificate.id)).first()
        db.session.remove()
    public = {
        "catalogue": "/ka/courses",
        "course": f"/ka/courses/{slug}",
        "run": "/ka/runs/DEMO-OPEN",
        "verify": f"/ka/verify/{secret}",
    }
    for name, path in public.items():
        yield Measured(f"{name}, visitor, warm", partial(STRANGER.get, portal, path), 2, 150, path)
        yield Measured(f"{name}, visitor, cold", partial(NOT_CACHED.get, portal, path), 16, 60, path, NOT_CACHED)
    roles = signed_in(app, [f"{name}@portal.example" for name in ("learner", "trainer", "coordinator", "staff")])
    learner, trainer, coordinator, staff = roles
    for name, path, visitor, target in (
        ("my", "/ka/my", learner, 22),
        ("run, signed in", "/ka/runs/DEMO-OPEN", learner, 22),
        ("teaching", "/ka/teaching", trainer, 22),
        ("roll call of 30", f"/ka/teaching/sessions/{session}", trainer, 22),
        ("municipality", "/ka/municipality", coordinator, 22),
        ("staff: runs", "/ka/staff/runs", staff, 44),
        ("staff: register", "/ka/staff/certificates", staff, 44),
        ("staff: history", "/ka/staff/history", staff, 44),
        ("staff: outbox", "/ka/staff/outbox", staff, 44),
    ):
        yield Measured(name, partial(visitor.get, portal, path), target, 40, path, visitor)
    yield enrolling(app, portal, engine)
    yield marking(portal, trainer, session)
    yield signing_in(portal)


def enrolling(app, portal: Server, engine: str) -> Measured:
    """Enrol POST: each request another learner, into the run that is open to everyone; the forms are filled beforehand."""
    learners = signed_in(app, [f"learner{number:03}@portal.example" for number in range(1, 156)])
    forms = [(learner, learner.filled(learner.get(portal, "/ka/runs/DEMO-RACE"), "/enrol")) for learner in learners]
    queue = iter(forms)

    def enrol() -> None:
        learner, body = next(queue)
        status = learner.post(portal, "/ka/runs/DEMO-RACE/enrol", body)
        if status != 303:
            raise RuntimeError(f"enrolling answered {status}")

    return Measured("enrol POST", enrol, 33 if engine == "postgresql" else 22, 30)


def marking(portal: Server, trainer: Visitor, session: int) -> Measured:
    """Roll call POST of 30: everyone present, then everyone absent, so that each request writes 30 facts.

    Few requests: each reads the facts of all before it, and a session is hardly marked more than twice or thrice.
    """
    path = f"/ka/teaching/sessions/{session}"
    marks = itertools.cycle(["present", "absent"])
    filled = b""

    def fill() -> None:
        nonlocal filled
        page = trainer.get(portal, path)
        filled = trainer.filled(page, path, **dict.fromkeys(_names(page, "mark-"), next(marks)))

    def mark() -> None:
        status = trainer.post(portal, path, filled)
        if status != 303:
            raise RuntimeError(f"the roll call answered {status}")

    return Measured("roll call POST of 30", mark, 33, 3, prepare=fill)


def _names(page: bytes, prefix: str) -> list[str]:
    return [field.get("name") for field in lxml.html.fromstring(page.decode()).cssselect(f"input[name^='{prefix}']")]


def signing_in(portal: Server) -> Measured:
    """Sign-in POST, argon2 included."""
    _status, body, headers = portal.ask("GET", "/ka/sign-in", {})
    cookie = (headers.get("Set-Cookie") or "").split(";")[0]
    form = next(form for form in lxml.html.fromstring(body.decode()).forms if (form.get("method") or "").lower() == "post")
    data = dict(form.form_values()) | {"email": "learner@portal.example", "password": demo.PASSWORD}
    visitor = Visitor({"Cookie": cookie}, "")

    def sign_in() -> None:
        answered = visitor.post(portal, "/ka/sign-in", urlencode(data).encode())
        if answered != 303:
            raise RuntimeError(f"signing in answered {answered}")

    return Measured("sign-in POST (argon2 included)", sign_in, float("inf"), 8)


def measured_at(scale: int, engine: str) -> dict[str, Result]:
    """Make a portal with demo data of ``scale`` and measure it; prints a row a page."""
    database = Database(engine)
    environ = {
        "PORTAL_ENV": "development",
        "PORTAL_DATABASE_URL": database.url,
        "PORTAL_DATA_DIR": str(database.folder),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{PORTAL_PORT}",
    }
    app = create_app(Settings.from_environment(environ))
    results: dict[str, Result] = {}
    try:
        with app.app_context():
            flask_migrate.upgrade()
            signing.use_settings(app.config["SETTINGS"])
            started = time.monotonic()
            with writing():
                demo.seed(scale)
            print(f"\n## {engine}, demo data at scale {scale} (loaded in {time.monotonic() - started:.0f} s)\n", flush=True)
        hello, portal = Server(HELLO, HELLO_PORT, {}), Server(PORTAL, PORTAL_PORT, environ)
        try:
            processes = postgresql_processes if engine == "postgresql" else list
            print(
                "| what | h | allowed | p50 ms | p95 ms | requests/s | SQL | bytes |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
            )
            for page in pages_of(app, portal, engine):
                result = results[page.name] = measure(page, hello, portal, processes)
                statements, size = statements_of(app, page.path, page.visitor) if page.path else ("", "")
                print(
                    f"| {page.name} | {result.ratio:.1f} | {page.target:g} | {result.p50:.1f} | {result.p95:.1f} "
                    f"| {result.per_second:.0f} | {statements} | {size} |",
                    flush=True,
                )
            print(f"\n40 clients on one run: {json.dumps(hot_run(app, portal))}", flush=True)
        finally:
            hello.stop()
            portal.stop()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    finally:
        database.drop()
    return results


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, action="append")
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    engine = "postgresql" if options.postgresql else "sqlite"
    if options.postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
    measured = {scale: measured_at(scale, engine) for scale in options.scale or [1, 100]}
    if len(measured) > 1:
        small, large = measured[min(measured)], measured[max(measured)]
        print(f"\n## Scale {max(measured)} against scale {min(measured)} (allowed: 1.3)\n\n| what | times |\n| --- | ---: |")
        for name in small:
            print(f"| {name} | {large[name].ratio / small[name].ratio:.2f} |")
    print("\n## Certificates\n", flush=True)
    certificates.main()
    print("\n## Credentials\n", flush=True)
    credentials.main()
    print("\n## Register\n", flush=True)
    register.main(engine)
    print("\n## Issuing in bulk\n", flush=True)
    issuing.measured_on(engine)
    return 0


if __name__ == "__main__":
    sys.exit(main())
