"""How Alembic reaches the portal's database: through the application, under a lock, so that several starting processes migrate once."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from portal import tables
from portal.foundation.database import Hours, Moment, db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

MIGRATION_LOCK = 0x4D494752


@contextmanager
def _alone() -> Iterator[Connection]:
    """A connection while no other process migrates; the others wait here and then find nothing to do.

    On SQLite the lock is taken before connecting: processes that switch a new file to its journal mode together fail now and then.
    """
    if db.engine.dialect.name == "sqlite":
        with Path(f"{db.engine.url.database}-migrating").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with db.engine.connect() as connection:
                yield connection
        return
    with db.engine.connect() as connection, db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        try:
            yield connection
        finally:
            guard.execute(sa.text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})


def _plain_type(kind: str, item: Any, _context: object) -> str | bool:
    """Write the portal's own column types as what they are in the database, so that a migration never depends on today's code."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Hours):
        return "sa.Integer()"
    if kind == "type" and type(item) is sa.JSON:
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _migrate() -> None:
    with _alone() as connection:
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_plain_type,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


assert current_app  # noqa: S101  (the commands of Flask-Migrate run inside the application)
_migrate()
