"""The history of the demo: the rows that the services would have left, in the order of time, chained as the portal chains them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.foundation import history
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime

    from portal.demo.rows import Rows
    from portal.foundation.database import Base


class Past:
    """Collects what was done, and writes it in the order of time."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._done: list[tuple[datetime, tuple[Any, ...]]] = []

    def note(
        self,
        at: datetime,
        action: str,
        model: type[Base],
        subject_id: int,
        *,
        by: int | None,
        person: int | None = None,
        change: dict[str, Any] | None = None,
        public: bool = False,
    ) -> None:
        """Note that ``by`` did ``action`` to the row ``subject_id`` of ``model`` at a moment; as ``history.record``."""
        self._done.append((at, (action, model.__tablename__, str(subject_id), by, person, change or {}, public)))

    def write(self) -> None:
        """Chain what was noted so far to the last row of the history."""
        if db.session().get_bind().dialect.name == "postgresql":
            db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(history.CHAIN_LOCK)))
        last = sa.select(history.HistoryRow.digest).order_by(history.HistoryRow.id.desc()).limit(1)
        previous = db.session.scalar(last) or history.FIRST_LINK
        for at, (action, kind, subject_id, by, person, change, public) in sorted(self._done, key=lambda done: done[0]):
            values = {
                "at": at.astimezone(UTC),
                "actor_id": by,
                "action": action,
                "subject_kind": kind,
                "subject_id": subject_id,
                "person_id": person,
                "change": change,
                "personal": None,
                "public": public,
                "previous": previous,
            }
            previous = history.link(values)
            self._rows.add(history.HistoryRow, **values, digest=previous)
        self._done.clear()
        self._rows.write()
