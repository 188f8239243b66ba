"""A worker in a process of its own, for the test that kills it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from portal import certificates, create_app
from portal.foundation.transaction import writing
from tests.conftest import settings_for

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

PAUSE_SECONDS = 0.02


def serve(url: str, folder: Path, pipe: Connection) -> None:
    """Once told to, serve items until none waits, slowly enough to be caught in the act."""
    app = create_app(settings_for(url, folder))
    pipe.send("ready")
    pipe.recv()
    with app.app_context():
        more = True
        while more:
            with writing():
                more = certificates.issue_next()
                time.sleep(PAUSE_SECONDS)
