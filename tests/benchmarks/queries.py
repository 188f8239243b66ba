"""How many SQL statements a page takes, and how many bytes it is: asked within this process, since a server does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event

from portal.foundation.database import db

if TYPE_CHECKING:
    from flask import Flask

    from tests.benchmarks.visitors import Visitor


def statements_of(app: Flask, path: str, visitor: Visitor) -> tuple[int, int]:
    """Statements and bytes of the page ``path`` for ``visitor``; a page from the cache takes none."""
    counted = []

    def count(_connection, _cursor, statement, *_rest) -> None:
        counted.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        client = app.test_client(use_cookies=False)
        client.get(path, headers=visitor.headers)
        counted.clear()
        answer = client.get(path, headers=visitor.headers)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len([statement for statement in counted if not statement.startswith("BEGIN")]), len(answer.data)
