"""Rows on their way into the database: ids are given here, so that rows can refer to each other before any is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import sqlalchemy as sa

from portal.foundation.database import Base, db

BATCH = 5_000


class Rows:
    """Collects rows and writes them by the thousand, tables that others refer to first. ``counts`` says how many, by table."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._next_ids: dict[str, int] = {}
        self.counts: Counter[str] = Counter()

    def key(self, model: type[Base]) -> int:
        """An id for a row that will be added before the next ``write``."""
        name = model.__tablename__
        key = self._next_ids.get(name) or _last_id(model) + 1
        self._next_ids[name] = key + 1
        return key

    def add(self, model: type[Base], **values: Any) -> int:
        """Take a row of a table with an ``id``; returns it. All rows of a table name the same columns."""
        key: int = values.pop("id", None) or self.key(model)
        self._waiting[model.__tablename__].append({"id": key} | values)
        return key

    def link(self, model: type[Base], **values: Any) -> None:
        """Take a row of a table whose key is made of other rows."""
        self._waiting[model.__tablename__].append(values)

    def write(self) -> None:
        """Write what was taken so far; from here on the database may give ids too."""
        for table in Base.metadata.sorted_tables:
            rows = self._waiting.pop(table.name, [])
            for start in range(0, len(rows), BATCH):
                db.session.execute(sa.insert(table), rows[start : start + BATCH])
            if rows:
                self.counts[table.name] += len(rows)
        if db.session().get_bind().dialect.name == "postgresql":
            self._tell_sequences()
        self._next_ids.clear()

    def _tell_sequences(self) -> None:
        """PostgreSQL counts ids apart from its tables."""
        for name, following in self._next_ids.items():
            db.session.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, "id"), following - 1)))


def _last_id(model: type[Base]) -> int:
    return db.session.scalar(sa.select(sa.func.max(model.__table__.c.id))) or 0
