"""What every test may ask for: the application on each database, empty but for the municipalities; the cast; a client that checks each page."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, ClassVar

import flask_migrate
import pytest
from jinja2 import BytecodeCache

from config import PROJECT_DIR, Settings
from portal import create_app, demo, signing, tables
from portal.foundation import transaction
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.foundation.transaction import writing
from portal.web.limits import limiter
from tests import databases
from tests.cast import Cast
from tests.page_client import PageClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from jinja2.bccache import Bucket

BASE_URL = "https://portal.test"
REFERENCE_TABLES = {"region", "municipality", "alembic_version"}


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL server for all test processes."""
    if not hasattr(config, "workerinput"):
        databases.start_postgresql()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no server behind."""
    if not hasattr(config, "workerinput"):
        databases.stop_postgresql()


def settings_for(url: str, folder: Path, **changes: object) -> Settings:
    """Settings of a test portal on the database ``url`` with its files in ``folder``."""
    environ = {
        "PORTAL_ENV": "test",
        "PORTAL_DATABASE_URL": url,
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_BASE_URL": BASE_URL,
    }
    return dataclasses.replace(Settings.from_environment(environ), **changes)


class CompiledOnce(BytecodeCache):
    """The compiled templates of this test process: its applications share them, each language by itself."""

    kept: ClassVar[dict[tuple[str, str, str], Any]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.environment.lang, bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.environment.lang, bucket.key, bucket.checksum] = bucket.code


def portal_on(database: databases.Database) -> Flask:
    """The portal on ``database``."""
    app = create_app(settings_for(database.url, database.folder))
    app.jinja_env.bytecode_cache = CompiledOnce()
    return app


@pytest.fixture(scope="session", params=databases.ENGINES)
def empty_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on a migrated database of its own, for this test process."""
    database = databases.Database(request.param)
    try:
        app = portal_on(database)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        with app.app_context():
            flask_migrate.upgrade()
            if request.param == "sqlite":
                db.engine.dispose()
                shutil.copy(database.folder / "portal.sqlite3", database.folder / "portal.sqlite3.fresh")
        yield app
        with app.app_context():
            db.engine.dispose()
    finally:
        database.drop()


@pytest.fixture(scope="session", params=databases.ENGINES)
def demo_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with demo data."""
    database = databases.Database(request.param)
    try:
        app = portal_on(database)
        with app.app_context():
            flask_migrate.upgrade()
            with writing():
                demo.seed(1)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    finally:
        database.drop()


@pytest.fixture(scope="session", autouse=True)
def signing_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The signing keys of this test process, made when the first test needs them."""
    folder = tmp_path_factory.mktemp("signing")
    signing.use(folder, development=True)
    return folder


@pytest.fixture(autouse=True)
def as_at_start(signing_dir: Path):
    """What one process keeps for all requests: nobody has tried anything yet, and the portal stands where these tests expect it."""
    addresses.use(BASE_URL, "portal@portal.example")
    if limiter.initialized:
        limiter.reset()
    yield
    signing.use(signing_dir, development=True)  # at the end, for what is made once for a module is made before this


@pytest.fixture
def untouched(monkeypatch):
    """Requests of this test change nothing: what would be committed is undone."""
    monkeypatch.setattr(transaction, "commit", transaction.abandon)


@pytest.fixture
def app(empty_app: Flask) -> Iterator[Flask]:
    """The application, its database as after installation. Commits are real; what a test leaves is wiped."""
    with empty_app.app_context():
        yield empty_app
        transaction.abandon()
        db.session.remove()
    with empty_app.app_context():
        _wipe()


def _wipe() -> None:
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(f"{url.database}.fresh")) as fresh, closing(sqlite3.connect(str(url.database))) as target:
            fresh.backup(target)
        return
    names = [table.name for table in reversed(tables.metadata.sorted_tables) if table.name not in REFERENCE_TABLES]
    with db.engine.begin() as connection:
        # as a replica no trigger fires: the append-only tables of a throw-away database are wiped like the rest
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("; ".join(f'DELETE FROM "{name}"' for name in names))


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The named people of the tests; see ``tests/cast.py``."""
    return Cast.assemble()


@pytest.fixture
def page(app: Flask) -> PageClient:
    """A visitor's browser that checks every page it gets."""
    return PageClient(app)


@pytest.fixture(scope="session")
def nursery() -> multiprocessing.context.BaseContext:
    """Processes that part from one in which everything is loaded, which holds neither threads nor connections."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.races.clients", "tests.conftest"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(PROJECT_DIR)  # the process that loads everything must find it
    context.Process(target=print).start()
    os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
    return context
