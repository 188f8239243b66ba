"""A web server as docs/operations.md starts it, on one database, and clients who enrol and withdraw while it is killed or stopped.

As a program: ``python -m tests.operations.web_server --times 20 [--postgresql]`` starts it, loads it, kills a process, stops it under load, and
prints a line each time.
"""

from __future__ import annotations

import argparse
import atexit
import http.client
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import flask_migrate
import psutil

from config import PROJECT_DIR, Settings
from portal import create_app, enrolment, serving
from portal.foundation.database import db
from portal.foundation.transaction import commit, reading
from tests import factories
from tests.benchmarks.visitors import FORM, Visitor, signed_in
from tests.databases import Database, free_port, start_postgresql, stop_postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

CLIENTS = 12
STOPS_WITHIN_SECONDS = 8
BACK_WITHIN_SECONDS = 5
PATIENCE_SECONDS = 30
READY_WITHIN_SECONDS = 60


class WebServer:
    """A web server with ``settings``, on a port of its own."""

    def __init__(self, settings: Settings, **options: object) -> None:
        environ = os.environ | {
            "PORTAL_ENV": settings.env,
            "PORTAL_DATABASE_URL": settings.database_url,
            "PORTAL_DATA_DIR": str(settings.data_dir),
            "PORTAL_BASE_URL": settings.base_url,
        }
        self.port = free_port()
        command = serving.web_command(self.port, **options)
        self.process = subprocess.Popen(command, cwd=PROJECT_DIR, env=environ, start_new_session=True)

    def answers(self) -> bool:
        """True when it answers a request over a new connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def wait(self) -> float:
        """Wait until it answers; returns the seconds that it took."""
        started = time.monotonic()
        while not self.answers():
            assert self.process.poll() is None, "the web server has ended"
            assert time.monotonic() - started < READY_WITHIN_SECONDS, "the web server does not come up"
            time.sleep(0.02)
        return time.monotonic() - started

    def workers(self) -> list[psutil.Process]:
        """The processes that answer."""
        return psutil.Process(self.process.pid).children()

    def stop(self) -> float:
        """Tell it to stop; returns the seconds until it has. Raises ``TimeoutExpired`` when it does not."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(STOPS_WITHIN_SECONDS) == 0
        return time.monotonic() - started

    def kill(self) -> None:
        """Leave nothing behind."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def web_server(settings: Settings, **options: object) -> Iterator[WebServer]:
    """A web server that is gone afterwards."""
    server = WebServer(settings, **options)
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Load:
    """Clients who enrol and withdraw, each its own person, one request after the other on one connection, until nobody listens any more."""

    port: int
    code: str
    visitors: dict[int, Visitor]
    told: dict[int, str] = field(default_factory=dict)
    unsure: dict[int, str] = field(default_factory=dict)
    answers: Counter[object] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.threads = [threading.Thread(target=self._client, args=item) for item in self.visitors.items()]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def wait_for_answers(self, count: int) -> None:
        """Return when so many more requests were answered."""
        enough = self.answers[303] + count
        while self.answers[303] < enough:
            assert any(thread.is_alive() for thread in self.threads), self.answers
            time.sleep(0.01)

    def _client(self, person: int, visitor: Visitor) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        for number, verb in enumerate(itertools.cycle(("enrol", "withdraw"))):
            body = f"csrf_token={visitor.csrf_token}&form_key={person}-{number}"
            try:
                connection.request("POST", f"/ka/runs/{self.code}/{verb}", body, visitor.headers | FORM)
                answer = connection.getresponse()
                answer.read()
            except ConnectionRefusedError:
                break
            except (OSError, http.client.HTTPException) as cut:
                self.answers[type(cut).__name__] += 1
                self.unsure[person] = verb
                break
            self.answers[answer.status] += 1
            self.told[person] = verb
            if self.over.is_set():
                break
        connection.close()

    def lost(self, app: Flask) -> list[str]:
        """Who was told something that is not so."""
        with app.app_context(), reading():
            live = {one.person_id for one in enrolment.live_enrolments_of_run(enrolment.get_run_id(self.code))}
        sure = {person: verb for person, verb in self.told.items() if person not in self.unsure}
        return [f"person {person} was told {verb}" for person, verb in sure.items() if (person in live) != (verb == "enrol")]


def load_for(app: Flask, port: int) -> Load:
    """Clients for the web server at ``port``: people who are signed in, and a run with room for all of them."""
    run = factories.run(capacity=CLIENTS)
    emails = [f"{run.code}-{number}@portal.test".lower() for number in range(CLIENTS)]
    people = [factories.person_with_account(email=email).id for email in emails]
    code = run.code
    commit()
    return Load(port, code, dict(zip(people, signed_in(app, emails), strict=True)))


def back_after_kill(server: WebServer) -> float:
    """Kill one process that answers, as the kernel would; returns the seconds until as many answer as before."""
    before = server.workers()
    before[0].kill()
    started = time.monotonic()
    while server.workers() == before or len(server.workers()) < len(before) or not server.answers():
        time.sleep(0.02)
    return time.monotonic() - started


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    if options.postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
    database = Database("postgresql" if options.postgresql else "sqlite")
    environ = {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database.url, "PORTAL_DATA_DIR": str(database.folder)}
    failed = False
    try:
        settings = Settings.from_environment(environ)
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
        for number in range(options.times):
            with app.app_context(), web_server(settings, workers=1) as server:
                up, back = server.wait(), back_after_kill(server)
                with load_for(app, server.port) as load:
                    load.wait_for_answers(100)
                    stopped = server.stop()
                lost = load.lost(app)
                db.session.remove()
            failed = failed or bool(lost) or back > BACK_WITHIN_SECONDS
            times = f"up in {up:.1f} s, back {back:.1f} s after a kill, stopped under load in {stopped:.1f} s"
            print(f"{number + 1}: {times}; answers {dict(load.answers)}; {lost or 'nothing lost'}", flush=True)  # noqa: T201
        with app.app_context():
            db.engine.dispose()
    finally:
        database.drop()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
