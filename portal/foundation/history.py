"""History: who did what to which thing, when, and what changed. Every write of the portal leaves a row here.

Rows are hash-chained: each carries the digest of the row before, so a row that is changed or taken out by hand shows. Since a row is appended
just before its commit and under one lock, ids grow in the order of commits: the highest id says whether anything changed.

Personal values never stand in ``change``: they go to ``personal``, which is sealed under the person's own key. Destroying that key
erases them, and the chain still verifies because it covers the sealed bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation import clock
from portal.foundation.crypto import Keyring, keyring
from portal.foundation.database import Base, BigId, Key, db

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from portal.foundation.history_queries import Noted

_RECORDED = "recorded_history"
KEYS_AT_ONCE = 1_000
CHAIN_LOCK = 0x4E414C4147  # "NALAG": the advisory lock under which PostgreSQL appends
FIRST_LINK = "0" * 64


class HistoryRow(Base):
    """One thing that was done. Append-only: the database refuses UPDATE and DELETE."""

    __tablename__ = "history"
    __table_args__ = (
        sa.Index("ix_history_public", "id", sqlite_where=sa.text("public"), postgresql_where=sa.text("public")),
        sa.Index("ix_history_subject", "subject_kind", "subject_id", "id"),
        sa.Index("ix_history_actor", "actor_id", "id"),
        sa.Index("ix_history_person", "person_id", "id"),
        sa.Index("ix_history_action", "action", "id"),
        sa.Index("ix_history_at", "at", "id"),
    )

    id: Mapped[Key]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(BigId)
    change: Mapped[dict[str, Any]]
    personal: Mapped[str | None]
    public: Mapped[bool]
    previous: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)


class HistoryKey(Base):
    """The key under which one person's values in the history are sealed; destroyed when the person is erased."""

    __tablename__ = "history_key"

    person_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    sealed_key: Mapped[bytes]


def record(
    action: str,
    subject: Base,
    *,
    by: int | None,
    person: int | None = None,
    change: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
    public: bool = False,
) -> None:
    """Note that ``by`` (a person's id; None is the portal itself) did ``action`` ("enrolment:confirmed") to ``subject``.

    ``person`` is the id of the person concerned; ``change`` holds plain values without personal data, best as {"field": [before,
    after]}; ``personal`` holds personal ones. ``public`` says that what visitors see may have changed. The row is written at commit.
    Raises ``ValueError`` for personal values of nobody: no key could seal them.
    """
    if personal and person is None:
        raise ValueError("personal values need the person under whose key they are sealed")
    db.session().info.setdefault(_RECORDED, []).append((action, subject, by, person, change or {}, personal, public, clock.now()))


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of the transaction that is undone alone when it raises: what was recorded in it goes with it."""
    recorded = db.session().info.setdefault(_RECORDED, [])
    before = len(recorded)
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        del recorded[before:]
        raise


# Built once: every transaction that writes sends them.
_TAKE_TURN = sa.select(sa.func.pg_advisory_xact_lock(CHAIN_LOCK))
_LAST_DIGEST = sa.select(HistoryRow.digest).order_by(HistoryRow.id.desc()).limit(1)
_APPEND = sa.insert(HistoryRow.metadata.tables[HistoryRow.__tablename__])


def append_recorded(session: Session) -> None:
    """Write the rows recorded in this transaction, chained to the last one. Called by the commit, after the flush."""
    recorded = session.info.pop(_RECORDED, [])
    if not recorded:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TAKE_TURN)
    rings = _rings_of(session, {person for _action, _subject, _by, person, _change, personal, *_rest in recorded if personal})
    previous = session.scalar(_LAST_DIGEST) or FIRST_LINK
    rows = []
    for action, subject, by, person, change, personal, public, at in recorded:
        values = {
            "at": at,
            "actor_id": by,
            "action": action,
            "subject_kind": subject.__tablename__,
            "subject_id": "/".join(str(part) for part in sa.inspect(subject).identity or ()),
            "person_id": person,
            "change": change,
            "personal": _sealed(rings[person], personal) if personal else None,
            "public": public,
            "previous": previous,
        }
        previous = values["digest"] = link(values)
        rows.append(values)
    session.execute(_APPEND, rows)


def forget_recorded(session: Session) -> None:
    """Drop what was recorded in a transaction that is being undone."""
    session.info.pop(_RECORDED, None)


def link(values: dict[str, Any]) -> str:
    """The digest of one row: over the digest before it and every column but the id."""
    covered = {name: value for name, value in values.items() if name not in {"id", "digest"}}
    covered["at"] = values["at"].isoformat()
    return hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def broken_links(rows: Iterable[Any]) -> Iterator[int]:
    """The ids of rows (``HistoryRow``, or their columns), in order from the first, that do not follow from the row before or were changed."""
    previous, names = FIRST_LINK, [column.key for column in HistoryRow.__table__.columns]
    for row in rows:
        values = {name: getattr(row, name) for name in names}
        if row.previous != previous or link(values) != row.digest:
            yield row.id
        previous = row.digest


def _sealed(ring: Keyring, personal: dict[str, Any]) -> str:
    return base64.b64encode(ring.seal(json.dumps(personal, ensure_ascii=False), "history")).decode()


def _rings_of(session: Session, persons: set[int]) -> dict[int, Keyring]:
    """The keys of ``persons``; who has none yet gets one. Asked for all at once: an import concerns thousands."""
    rows: list[HistoryKey] = []
    for first in range(0, len(persons), KEYS_AT_ONCE):
        piece = sorted(persons)[first : first + KEYS_AT_ONCE]
        rows += session.scalars(sa.select(HistoryKey).where(HistoryKey.person_id.in_(piece)).order_by(HistoryKey.person_id))
    missing = persons - {row.person_id for row in rows}
    new = [HistoryKey(person_id=person, sealed_key=keyring.seal(secrets.token_hex(32), "history_key")) for person in sorted(missing)]
    if new:
        session.add_all(new)
        session.flush()
    return {row.person_id: Keyring((bytes.fromhex(keyring.unseal(row.sealed_key, "history_key")),)) for row in (*rows, *new)}


def personal_values(row: HistoryRow | Noted) -> dict[str, Any] | None:
    """The personal values of ``row``, or None when it has none or the person was erased."""
    key = None if row.person_id is None else db.session.get(HistoryKey, row.person_id)
    if row.personal is None or key is None:
        return None
    ring = Keyring((bytes.fromhex(keyring.unseal(key.sealed_key, "history_key")),))
    opened: dict[str, Any] = json.loads(ring.unseal(base64.b64decode(row.personal), "history"))
    return opened
