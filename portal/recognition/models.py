"""Tables: requests to recognise training taken elsewhere, their proofs and steps, and the kinds of outside certificates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.courses.models import Topic
from portal.foundation.database import Base, BigId, Hours, Key
from portal.municipalities.models import Municipality
from portal.people.models import Person, post_line


class RecognitionState(StrEnum):
    """Where a request stands, which is what was done last."""

    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    RECOGNISED = "recognised"
    REFUSED = "refused"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class OutsideCertificate(Base):
    """A kind of certificate of somebody else that rules may name by its ``code``. An archived one is not offered any more."""

    __tablename__ = "outside_certificate"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name_ka: Mapped[str]
    name_en: Mapped[str]
    archived: Mapped[bool] = mapped_column(default=False)

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en


class RecognitionRequest(Base):
    """What somebody claims to have learned elsewhere, with the post as on the day it was last sent.

    ``employer_confirms`` says that its coordinator is asked before the staff; not without a municipality, or when nobody else in it could.
    ``earlier_id`` is the refused request that this one follows. ``merged_from_id`` is the record of the same person that it came with.
    """

    __tablename__ = "recognition_request"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        sa.CheckConstraint("contact_hours > 0", name="contact_hours"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_from_id: Mapped[int | None] = mapped_column(BigId)
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("recognition_request.id"), index=True)
    title: Mapped[str]
    organiser: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    contact_hours: Mapped[Decimal] = mapped_column(Hours)
    credits: Mapped[Decimal | None] = mapped_column(Hours)
    certificate_number: Mapped[str] = mapped_column(default="")
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    employer_confirms: Mapped[bool] = mapped_column(default=False)
    post_title_ka: Mapped[str] = mapped_column(default="")
    post_title_en: Mapped[str] = mapped_column(default="")
    post_unit: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship()
    municipality: Mapped[Municipality | None] = relationship()

    def post(self, language: str) -> str:
        """The post in one line, as written in ``language``."""
        return post_line((self.post_title_en if language != "ka" else "") or self.post_title_ka, self.post_unit)


class RecognitionProof(Base):
    """A file that proves a claim. ``sealed`` are the sealed bytes; the newest is the one that counts."""

    __tablename__ = "recognition_proof"
    __table_args__ = (sa.Index("ix_recognition_proof_request", "request_id", "id"),)

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(ForeignKey("recognition_request.id"))
    media_type: Mapped[str]
    sha256: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(deferred=True)
    added_at: Mapped[datetime]


class RecognitionStep(Base):
    """What was done with a request, by whom and why. Append-only: the newest step says where the request stands.

    Only a step "recognised" says what is recognised: hours, credits, and the topic, course or kind of outside certificate that it is equal to.
    """

    __tablename__ = "recognition_step"
    __table_args__ = (
        sa.Index("ix_recognition_step_request", "request_id", "id"),
        sa.Index("ix_recognition_step_step", "step", "id"),
        sa.CheckConstraint(
            "(step = 'recognised') = (contact_hours IS NOT NULL AND independent_hours IS NOT NULL)", name="hours_when_recognised"
        ),
    )

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(ForeignKey("recognition_request.id"))
    step: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    contact_hours: Mapped[Decimal | None] = mapped_column(Hours)
    independent_hours: Mapped[Decimal | None] = mapped_column(Hours)
    credits: Mapped[Decimal | None] = mapped_column(Hours)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    outside_id: Mapped[int | None] = mapped_column(ForeignKey("outside_certificate.id"), index=True)
    valid_until: Mapped[date | None]
    by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    author: Mapped[Person] = relationship()
    topic: Mapped[Topic | None] = relationship()
    outside: Mapped[OutsideCertificate | None] = relationship()
