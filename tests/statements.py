"""Counting the SQL statements that something takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event

from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Iterator

TURNS = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


@contextmanager
def counting() -> Iterator[list[str]]:
    """Within the block, the list gathers what is sent to the database, without begin, savepoint and commit."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(TURNS):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
