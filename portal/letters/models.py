"""Tables: the letters that confirm for an employer who takes or took part in what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.enrolment.models import Enrolment
from portal.foundation.database import Base, BigId, Key


class LetterKind(StrEnum):
    """What a letter confirms: the place, before and during the training; the hours attended, after it."""

    PARTICIPATION = "participation"
    ATTENDANCE = "attendance"


class IssuedLetter(Base):
    """A letter as issued: its number, the secret of its QR, the canonical JSON of its facts, and the exact file. Append-only.

    The same facts asked for again are the same letter: one for each enrolment, kind, language and digest.
    """

    __tablename__ = "letter"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "kind", "language", "facts_sha256"),)

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    language: Mapped[str]
    secret: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    facts: Mapped[bytes]
    facts_sha256: Mapped[str]
    pdf: Mapped[bytes] = mapped_column(deferred=True)
    pdf_sha256: Mapped[str] = mapped_column(index=True)
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))

    enrolment: Mapped[Enrolment] = relationship()
