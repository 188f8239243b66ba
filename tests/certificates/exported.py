"""An export of a register, and what is asked of it with the portal gone."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from config import PROJECT_DIR
from portal import certificates
from portal.foundation.transaction import abandon, reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def export(folder: Path) -> Path:
    """The register as files in ``folder``."""
    abandon()
    with reading():
        certificates.export_register(folder, PROJECT_DIR / "static")
    return folder


def audit(folder: Path, *arguments: object, elsewhere: Path) -> tuple[int, str]:
    """What the program in the export says, run away from the project: its status and its lines."""
    command = [sys.executable, "-I", folder / "audit_register.py", folder, *arguments]
    done = subprocess.run(list(map(str, command)), cwd=elsewhere, env={}, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


class Quiet(http.server.SimpleHTTPRequestHandler):
    """As ``python -m http.server``, without its log."""

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a file server on ``folder``."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
