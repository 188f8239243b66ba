"""Servers to measure, as production would run them, and the processor time that they take."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable

PROJECT = Path(__file__).resolve().parents[2]
HELLO = "tests.benchmarks.hello:app"
PORTAL = "wsgi:app"
COME_UP_WITHIN = 60


class Server:
    """A WSGI application under granian, with one worker if nothing else is said, on a port of its own; its errors go to ``log``, if named."""

    def __init__(self, application: str, port: int, environ: dict[str, str], workers: int = 1, log: Path | None = None) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--workers", str(workers), "--blocking-threads", "4", "--log-level", "error", application]
        self.port = port
        with log.open("a") if log else nullcontext() as errors:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | environ, stderr=errors)
        self._wait()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def _wait(self) -> None:
        deadline = time.monotonic() + COME_UP_WITHIN
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"the server on port {self.port} did not come up")

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, bytes, http.client.HTTPMessage]:
        """One request over a connection that stays open."""
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def processor_seconds(self, database: Iterable[psutil.Process] = ()) -> float:
        """Processor time of the server's processes so far, with that of the ``database`` processes, exact to the nanosecond."""
        processes = [*psutil.Process(self.process.pid).children(recursive=True), *database]
        return sum(_scheduled_nanoseconds(process.pid) for process in processes) / 1e9

    def stop(self) -> None:
        """End it."""
        self.connection.close()
        self.process.terminate()
        self.process.wait(10)


def _scheduled_nanoseconds(pid: int) -> int:
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(task.read_text().split()[0])
        except (OSError, IndexError):
            continue
    return total


def postgresql_processes() -> list[psutil.Process]:
    """The processes of the PostgreSQL servers on this machine."""
    return [process for process in psutil.process_iter(["name"]) if (process.info["name"] or "").startswith("postgres")]
