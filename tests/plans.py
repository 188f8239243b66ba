"""How the database goes about a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Callable


def plan_of(ask: Callable[[], object], holding: str = "", *, sorting: bool = False) -> str:
    """The plan of the last statement that ``ask`` sends, of those that hold the words ``holding``.

    PostgreSQL is told that the tables are large, in effect: it would rather read a small one from end to end, and sort it. With ``sorting`` it
    may sort what it found.
    """
    sent = []

    def note(_connection, _cursor, statement, values, *_rest) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    statement, values = next(one for one in reversed(sent) if holding in one[0])
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))
    for setting in ("enable_seqscan", "enable_bitmapscan", *(() if sorting else ("enable_sort",))):
        connection.exec_driver_sql(f"SET LOCAL {setting} = off")
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values))
