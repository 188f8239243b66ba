"""Tables: the chain over the register, which shows what was changed by hand, and its signed heads."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId


class EntryKind(StrEnum):
    """Of what a link of the chain is: an issue, a state, an addition to a file, a case about attendance that was corrected after the issue."""

    CERTIFICATE = "certificate"
    STATE = "state"
    ADDITION = "addition"
    CASE = "case"


class RegisterEntry(Base):
    """One link: ``content`` is the digest of the row that it is about, ``digest`` covers it and the link before. Append-only.

    Numbered from 1 without a gap. ``row_id`` is the row of the table that ``kind`` names.
    """

    __tablename__ = "register_entry"
    __table_args__ = (sa.Index("ix_register_entry_row", "kind", "row_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    row_id: Mapped[int] = mapped_column(BigId)
    content: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)


class RegisterHead(Base):
    """The newest link at the end of a day, signed: ``statement`` is a JWS over day, entry and digest. Append-only."""

    __tablename__ = "register_head"

    day: Mapped[date] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigId)
    digest: Mapped[str]
    statement: Mapped[str]
    signed_at: Mapped[datetime]
