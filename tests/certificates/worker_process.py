"""A worker in a process of its own, for the tests that kill it or let several work at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from portal import certificates, create_app, signing
from portal.foundation.transaction import writing
from tests.conftest import settings_for

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

PAUSE_SECONDS = 0.02


def serve(url: str, folder: Path, pipe: Connection, stop_at: int | None = None) -> None:
    """Once told to, serve items until none waits, slowly enough to be caught in the act; tell how many.

    With the item ``stop_at`` in hand, served but not committed, tell so and wait to be killed.
    """
    app = create_app(settings_for(url, folder))
    signing.use_settings(app.config["SETTINGS"])
    pipe.send("ready")
    pipe.recv()
    with app.app_context():
        served = 0
        while True:
            with writing():
                more = certificates.issue_next()
                if served + 1 == stop_at:
                    pipe.send(stop_at)
                    pipe.recv()
                time.sleep(PAUSE_SECONDS)
            if not more:
                break
            served += 1
    pipe.send(served)
