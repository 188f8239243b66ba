"""One number that changes whenever something that visitors see has changed: the id of the last public history row.

Asked at every cached page, so it must cost next to nothing. SQLite tells by a pragma whether anything at all was committed since one's own
connection last looked; only then is the number read again. PostgreSQL is asked each time, over a connection kept for it.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    import sqlalchemy as sa

_LAST_PUBLIC = "SELECT max(id) FROM history WHERE public"


class Freshness:
    """Reads the number for one database. Safe for threads: each has its own connection."""

    def __init__(self, engine: sa.Engine) -> None:
        self._url = engine.url
        self._mine = threading.local()
        self._read = self._of_sqlite if engine.dialect.name == "sqlite" else self._of_postgresql

    def stamp(self) -> int | None:
        """The number now; None when the database does not answer, and nothing may be taken for fresh."""
        try:
            return self._read()
        except (sqlite3.Error, psycopg.Error):
            self._mine.__dict__.clear()
            return None

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._mine, "connection"):
            self._mine.connection.close()
        self._mine.__dict__.clear()

    def _of_sqlite(self) -> int:
        mine = self._mine
        if not hasattr(mine, "connection"):
            mine.connection = sqlite3.connect(f"file:{self._url.database}?mode=ro", uri=True, isolation_level=None)
            mine.version = None
        version = mine.connection.execute("PRAGMA data_version").fetchone()[0]
        if version != mine.version:
            mine.stamp = mine.connection.execute(_LAST_PUBLIC).fetchone()[0] or 0
            mine.version = version
        stamp: int = mine.stamp
        return stamp

    def _of_postgresql(self) -> int:
        mine = self._mine
        if not hasattr(mine, "connection"):
            address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
            mine.connection = psycopg.connect(address, autocommit=True)
            mine.cursor = mine.connection.cursor(binary=True)
        row = mine.cursor.execute(_LAST_PUBLIC, prepare=True).fetchone()
        return (row[0] if row else 0) or 0
