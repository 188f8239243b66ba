"""Cold starts: several machines at once, as docs/operations.md installs them, on one empty database: each migrates, then serves with several processes.

As a program: ``python -m tests.races.cold_starts --times 20 [--postgresql]`` prints a line each time.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from config import PROJECT_DIR
from portal.serving import web_command
from tests.databases import Database, free_port, start_postgresql, stop_postgresql

MACHINES, WORKERS = 2, 2
COME_UP_WITHIN_SECONDS = 120


def start_at_once(engine: str, machines: int = MACHINES, workers: int = WORKERS) -> list[str]:
    """Start ``machines`` on one empty database and stop them when they answer; returns what went wrong."""
    database = Database(engine)
    log = (database.folder / "log").open("w")
    environ = os.environ | {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database.url, "PORTAL_DATA_DIR": str(database.folder)}
    ports = [free_port() for _ in range(machines)]
    migrate = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    commands = [f"{shlex.join(migrate)} && exec {shlex.join(web_command(port, workers=workers))}" for port in ports]
    started = [
        subprocess.Popen(["sh", "-c", command], cwd=PROJECT_DIR, env=environ, stdout=log, stderr=log, start_new_session=True)
        for command in commands
    ]
    try:
        wrong = [f"port {port} does not answer" for port, process in zip(ports, started, strict=True) if not comes_up(port, process)]
        wrong += incomplete(database.url)
        for process in started:
            process.send_signal(signal.SIGTERM)
        wrong += [f"ended with {status}" for process in started if (status := process.wait(20)) != 0]
        lines = Path(log.name).read_text(encoding="utf-8").splitlines()
        return wrong + [line for line in lines if "rror" in line or "locked" in line]
    finally:
        for process in started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()
        database.drop()


def comes_up(port: int, process: subprocess.Popen[bytes]) -> bool:
    """True when the machine at ``port`` answers in time."""
    deadline = time.monotonic() + COME_UP_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(URLError, ConnectionError, TimeoutError), urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
        time.sleep(0.1)
    return False


def incomplete(url: str) -> list[str]:
    """What is missing in the database: it must stand at the last step, with each municipality once."""
    newest = ScriptDirectory(str(PROJECT_DIR / "migrations")).get_current_head()
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            steps = list(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))
            rows, codes = connection.execute(sa.text("SELECT count(*), count(DISTINCT code) FROM municipality")).one()
    finally:
        engine.dispose()
    return (
        [] if steps == [newest] and 0 < rows == codes else [f"the database stands at {steps}, with {rows} municipalities ({codes} codes)"]
    )


def main() -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    if options.postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
    failed = False
    for number in range(options.times):
        started = time.monotonic()
        wrong = start_at_once("postgresql" if options.postgresql else "sqlite")
        failed = failed or bool(wrong)
        print(f"{number + 1}: {time.monotonic() - started:.1f} s, {wrong or 'all came up'}", flush=True)  # noqa: T201
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
