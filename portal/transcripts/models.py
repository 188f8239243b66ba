"""Tables: the transcripts that were issued."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId, Key


class Transcript(Base):
    """A transcript as issued: its number, the secret of its QR, the canonical JSON of its facts, and the exact file. Append-only.

    The same facts asked for again are the same transcript: one for each person, language and digest.
    """

    __tablename__ = "transcript"
    __table_args__ = (sa.UniqueConstraint("person_id", "language", "facts_sha256"),)

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    secret: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    facts: Mapped[bytes]
    facts_sha256: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(deferred=True)
    pdf_sha256: Mapped[str] = mapped_column(index=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
