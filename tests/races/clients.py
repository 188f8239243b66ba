"""A process that enrols, withdraws and decides on its own application, as one of several on one database."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from config import Settings
from portal import create_app, enrolment
from portal.enrolment import queries
from portal.enrolment.models import DecisionStage
from portal.foundation import database, transaction
from portal.foundation.errors import RefusedError
from portal.web import blueprints as _every_page  # noqa: F401  (loaded before the processes part, each starts at once)

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Step = tuple[str, int, int, str | None]
PAUSE_SECONDS = 0.05
LOCKED, UNLOCKED = "locked", "unlocked"


def take_the_lock_out() -> None:
    """Count without the lock, and leave the others time to do the same. On SQLite nothing is begun, as by the driver's own default."""
    count = queries.get_applicant

    def count_slowly(run_id: int, person_id: int, **new: str | None) -> queries.Applicant:
        found = count(run_id, person_id, **new)
        time.sleep(PAUSE_SECONDS)
        return found

    queries.get_applicant = count_slowly
    for name in ("LOCKED_RUN", "LOCKED_RUN_BY_CODE"):
        unlocked = getattr(queries, name)._generate()
        unlocked._for_update_arg = None
        setattr(queries, name, unlocked)
    database._begin_sqlite = lambda _connection: None


def do(verb: str, run_id: int, person_id: int, form_key: str | None) -> str:
    """Do one step in a transaction of its own; returns the state after it, or the reason why not."""
    try:
        with transaction.writing():
            if verb == "enrol":
                return enrolment.enrol(run_id, person_id, by=person_id, form_key=form_key).state
            if verb in {"approve", "reject"}:  # the enrolment, and who decides
                return enrolment.decide(queries.get_enrolment(run_id), DecisionStage.STAFF, approve=verb == "approve", by=person_id).state
            return enrolment.withdraw(run_id, person_id, by=person_id).state
    except RefusedError as refusal:
        return type(refusal).__name__
    except DBAPIError as error:
        return f"{type(error.orig).__name__}: {error.orig}"


def serve(url: str, folder: str, way: str, steps: list[Step], pipe: Connection) -> None:
    """Say "ready", wait for the start, do the steps as fast as possible, and tell each outcome after its commit; None ends it."""
    logging.disable()
    environ = {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": url, "PORTAL_DATA_DIR": folder, "PORTAL_BASE_URL": "https://portal.test"}
    if way == UNLOCKED:
        take_the_lock_out()
    app = create_app(Settings.from_environment(environ))
    pipe.send("ready")
    start = Path(folder) / "start"
    while not start.exists():
        time.sleep(0.002)
    with app.app_context():
        for step in steps:
            pipe.send((step, do(*step)))
    pipe.send(None)
