"""``python -m portal.serving``: the portal for trying out and developing: database, demo data, web server and worker in one go."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.request import urlopen

import flask_migrate

from config import PROJECT_DIR, BadSettingError, Settings
from portal import create_app, demo, signing
from portal.foundation.transaction import writing

HOST = "127.0.0.1"
READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 10
LIVES_AT_LEAST_SECONDS = 5
"""What ends sooner than this after its start would only end again."""
WORKER = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def say(text: str) -> None:
    """One line of progress."""
    print(f"· {text}", flush=True)  # noqa: T201  (this program speaks to a person)


def prepare(settings: Settings) -> None:
    """Bring the database up to date, and fill it with demo data when it is empty."""
    app = create_app(settings)
    with app.app_context():
        say(f"bringing the database up to date ({app.config['SQLALCHEMY_DATABASE_URI'].split('@')[-1]})")
        flask_migrate.upgrade()
        if not settings.production:
            signing.use_settings(settings)
            with writing():
                if demo.seed(1):
                    say("loaded the demo data")


def check_port(port: str) -> None:
    """Raise ``RuntimeError`` when nothing can listen at ``port``. Granian would share it with whoever does: half of the requests go astray."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, int(port)))
    except (OSError, ValueError, OverflowError):
        raise RuntimeError(f"Port {port} is taken or is none. PORT=… chooses another.") from None


def web_command(port: int | str, *, workers: int | str = 2, program: str = "portal.web_server") -> list[str]:
    """The web server as docs/operations.md starts it: a process that dies is replaced, one that does not end when told to is killed."""
    place = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--log-level", "warning"]
    processes = ["--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers"]
    return [sys.executable, "-m", program, *place, *processes, "--workers-kill-timeout", str(STOP_WITHIN_SECONDS - 2), "wsgi:app"]


@dataclass(slots=True)
class Child:
    """A program that runs beside this one, and its start."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] = field(init=False)
    started_at: float = field(init=False)

    def start(self) -> None:
        """Start it as the leader of a group, to which its own processes belong too."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=PROJECT_DIR, start_new_session=True)

    def start_again(self) -> None:
        """Start it anew when it has ended. Raises ``RuntimeError`` when it had only just begun."""
        if self.process.poll() is None:
            return
        self.kill()
        if time.monotonic() - self.started_at < LIVES_AT_LEAST_SECONDS:
            raise RuntimeError(f"The {self.name} ends as soon as it is started.")
        say(f"the {self.name} has ended; starting it again")
        self.start()

    def kill(self) -> None:
        """End what is left of its group."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def serve(port: str) -> int:
    """Run web server and worker until someone presses Ctrl-C; whichever dies is started again. Returns the exit status."""
    say("starting the web server and the worker")
    children: list[Child] = []
    try:
        for child in (Child("web server", web_command(port, workers=os.environ.get("WEB_WORKERS", "2"))), Child("worker", WORKER)):
            child.start()
            children.append(child)
        wait_until_ready(port, children[0].process)
        print(GREETING.format(url=f"http://{HOST}:{port}", password=demo.PASSWORD), flush=True)  # noqa: T201
        while True:
            for child in children:
                child.start_again()
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(children)


def wait_until_ready(port: str, web: subprocess.Popen[bytes]) -> None:
    """Return when the portal answers; raises ``RuntimeError`` when it does not come up."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and web.poll() is None:
        with suppress(URLError, ConnectionError), urlopen(f"http://{HOST}:{port}/readyz", timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError("The web server did not come up.")


def stop(children: list[Child]) -> None:
    """Ask the children to stop, and see to it that they do; a second Ctrl-C does not disturb that."""
    for number in STOPPED_BY:
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0, deadline - time.monotonic()))
        child.kill()


GREETING = """
  The portal is ready:  {url}

  Demo accounts (password {password}):
    learner@portal.example       official, learner
    coordinator@portal.example   coordinator of Telavi      coordinator2@portal.example  of Kutaisi
    trainer@portal.example       trainer
    staff@portal.example         association staff
    admin@portal.example         administrator

  Mail stays in the outbox, under Staff › Mail.  Ctrl-C stops everything.
"""


def main() -> int:
    """Prepare and serve; returns the exit status."""
    for number in STOPPED_BY:  # by name: a shell that starts this with & has SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    try:
        port = os.environ.get("PORT", "8000")
        check_port(port)
        prepare(Settings.from_environment())
        return serve(port)
    except (BadSettingError, RuntimeError) as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:  # before anything was started
        return 0


if __name__ == "__main__":
    sys.exit(main())
