"""The database: one handle, the column types that both engines share, and how a transaction begins on each.

This is the only module below the pages that touches a Flask extension (Flask-SQLAlchemy); everything else sees ``db.session``.
"""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

from portal.foundation import write_turn

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import PoolProxiedConnection

SQLITE_BUSY_MILLISECONDS = 20_000
SQLITE_PRAGMAS = (
    f"busy_timeout={SQLITE_BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # else INSERT OR REPLACE takes a row of an append-only table out without asking its triggers
)
POSTGRESQL_OPTIONS = "-c timezone=utc -c jit=off -c default_transaction_read_only=on"
"""Of each connection. Compiling a statement takes longer than any of ours; a statement outside a transaction reads (``transactions_write``)."""


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC. A naive value is a mistake and is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Hours(sa.types.TypeDecorator[Decimal]):
    """A small decimal (hours, credits, points) with two places, kept as whole hundredths, so both engines calculate alike."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, _dialect: Dialect) -> int | None:
        """To whole hundredths."""
        return None if value is None else int(Decimal(value) * 100)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """From whole hundredths."""
        return None if value is None else Decimal(value) / 100


JSONColumn = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SortKey = sa.String().with_variant(sa.String(collation="C"), "postgresql")
"""Text compared code point by code point on both engines; holds ``georgian.collation_key``."""
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

Key = Annotated[int, mapped_column(BigId, primary_key=True)]


class Base(DeclarativeBase):
    """Base of every table. Relationships point down the floors only; no table deletes another's rows."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: Moment, dict[str, Any]: JSONColumn, list[Any]: JSONColumn},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})

_writes: ContextVar[bool | None] = ContextVar("transaction_writes", default=None)


def transactions_write(*, on: bool | None) -> None:
    """Say whether the transactions that this request or job begins from here on may write; None when it is over.

    On SQLite a transaction that may write takes the write lock when it begins: taken later, it would fail at once with "database is
    locked" or count places that another transaction is about to give away.

    On PostgreSQL a transaction that only reads is none: each statement sees what is committed when it begins, as within one, and the server
    refuses to write. The driver forgets its prepared statements at every ROLLBACK, and to plan them anew costs more than to run them.
    """
    _writes.set(on)


def locked(statement: sa.Select[Any], *, of: type[Base] | None = None) -> sa.Select[Any]:
    """``statement`` with a lock on the rows it reads, only those of the table ``of`` when given.

    SQLite needs no lock: there the whole transaction holds the one for writing.
    """
    return statement.with_for_update(key_share=True, of=of)


def take_turn(name: str) -> None:
    """Let whoever takes a turn by the same ``name`` wait until this transaction ends: for what has no row yet that could be locked."""
    if db.engine.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def prepare_engine(engine: sa.Engine) -> None:
    """Set up ``engine`` so that a transaction means the same on SQLite and PostgreSQL."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _prepare_postgresql_connection)
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "checkin", _end_postgresql)
        return
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "commit", write_turn.give_back)
    event.listen(engine, "rollback", write_turn.give_back)


def _prepare_sqlite_connection(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing on its own; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not _writes.get():
        connection.exec_driver_sql("BEGIN")
        return
    write_turn.take(connection)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        write_turn.give_back(connection)
        raise


def _prepare_postgresql_connection(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.read_only = False  # what begins with BEGIN may write, whatever POSTGRESQL_OPTIONS say of the rest


def _begin_postgresql(connection: Connection) -> None:
    if _writes.get() is False:
        _driver_of(connection.connection).autocommit = True


def _end_postgresql(connection: psycopg.Connection[Any] | None, _record: object) -> None:
    if connection is not None:
        connection.autocommit = False


def _driver_of(connection: PoolProxiedConnection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.dbapi_connection)
