"""Many certificates issued as the worker issues them: signed, stored, noted and announced, one a transaction, in units of the naive one.

Run it as `python -m tests.benchmarks.issuing`, with `--postgresql` for the other engine. Processor seconds of this process and of the
database are counted, and the time on the wall beside them: the second core belongs to whoever uses the portal meanwhile.
"""

from __future__ import annotations

import argparse
import atexit
import sys
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

import flask_migrate

from config import Settings
from portal import certificates, create_app, demo, signing, worker
from portal.certificates.models import BundleKind
from portal.foundation import typeface
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.people.models import Role
from tests import factories
from tests.benchmarks.certificates import logo_png, milliseconds, naive, person
from tests.certificates import scenes
from tests.databases import Database, start_postgresql, stop_postgresql
from tests.statements import counting

if TYPE_CHECKING:
    from flask import Flask

MANY: Final = 500
TARGET: Final = 700
"""Units that so many certificates may cost on the wall, on two cores."""
ROUNDS: Final = 15


def unit() -> float:
    """Seconds of one naive certificate."""
    typeface.register()
    logo = logo_png()
    return median(milliseconds(partial(naive, *person(number), logo))[0] for number in range(ROUNDS)) / 1000


def portal_on(database: Database) -> Flask:
    """A portal with its regions, municipalities and signing keys, and nobody in it."""
    environ = {
        "PORTAL_ENV": "development",
        "PORTAL_DATABASE_URL": database.url,
        "PORTAL_DATA_DIR": str(database.folder),
        "PORTAL_BASE_URL": "http://127.0.0.1:8923",
    }
    settings = Settings.from_environment(environ)
    app = create_app(settings)
    signing.use_settings(settings)
    with app.app_context():
        flask_migrate.upgrade()
        with writing():
            demo.seed(1)
    return app


def asked_for(many: int) -> tuple[int, int]:
    """Ask for the certificates of a run with so many people; returns the ids of the run and of the batch."""
    with writing():
        staff = factories.person_with_account("მარიამ", "წერეთელი", municipality=None)
        factories.grant(staff, Role.STAFF)
        run = scenes.past_run(staff, many, state="completed", capacity=many)
        batch = certificates.ask_to_issue(run.id, by=staff.id)
    return run.id, batch.id


def main() -> int:
    """Print the figures; the answer is 0 when the target is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    if options.postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
    return measured_on("postgresql" if options.postgresql else "sqlite")


def measured_on(engine: str) -> int:
    """Issue on one engine and print; returns 0 when the target is reached."""
    database = Database(engine)
    try:
        app = portal_on(database)
        with app.app_context():
            worker.publish_keys()
            worker.issue_certificates()
            run_id, batch_id = asked_for(MANY)
            with counting() as statements, writing():
                certificates.issue_next()
            wall, processor = time.perf_counter(), time.process_time()
            served = worker.issue_certificates() + 1
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            bundling = time.perf_counter()
            worker.make_bundles()
            bundling = time.perf_counter() - bundling
            sizes = [len(certificates.find_made(run_id, batch_id, kind) or b"") for kind in BundleKind]
            db.session.remove()
            db.engine.dispose()
        one = unit()
        units = wall / one
        print(
            f"{served} certificates on {engine}: {wall:.1f} s, {processor:.1f} s of this process's processor, {units:.0f} units of {one * 1000:.0f} ms"
            f" (target: at most {TARGET}), {len(statements)} statements each"
        )
        print(f"both bundles of them: {bundling:.1f} s, ZIP {sizes[0] / 1e6:.1f} MB, PDF {sizes[1] / 1e6:.1f} MB")
        return 0 if served == MANY and units <= TARGET else 1
    finally:
        database.drop()


if __name__ == "__main__":
    sys.exit(main())
