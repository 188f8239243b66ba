"""Tables: the ledger of attendance, what belongs to its sessions, and the appeals against it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.database import Base, BigId, Key


class Mark(StrEnum):
    """What was seen of a person in a session."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


class Source(StrEnum):
    """By which way a fact came."""

    ROLL = "roll"
    PHONE = "phone"
    CODE = "code"
    PAPER = "paper"
    ONLINE = "online"
    APPEAL = "appeal"


class AttendanceFact(Base):
    """Somebody saw a person present, absent or excused in a session. Append-only: the database refuses UPDATE and DELETE.

    ``from_minute`` and ``to_minute`` count from the start of the session and are empty unless present. ``client_id`` makes a mark that is
    sent twice one fact. A fact takes the place of those that whoever recorded it knew: all before it, or, when ``seen_id`` is given, those
    up to that one. Of one ``device`` those with a smaller ``sequence`` as well. What is not replaced stands; two facts that stand and say
    different things contradict each other. ``done_at`` is when the mark was made, ``recorded_at`` when it arrived.
    """

    __tablename__ = "attendance_fact"
    __table_args__ = (
        sa.Index("ix_attendance_fact_session", "session_id", "enrolment_id", "id"),
        sa.Index("ix_attendance_fact_enrolment", "enrolment_id", "id"),
        sa.CheckConstraint("(mark = 'present') = (from_minute IS NOT NULL AND to_minute IS NOT NULL)", name="minutes_when_present"),
        sa.CheckConstraint("from_minute >= 0 AND to_minute > from_minute", name="minutes_in_order"),
    )

    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    mark: Mapped[str]
    from_minute: Mapped[int | None]
    to_minute: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    client_id: Mapped[str | None] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(default=Source.ROLL)
    seen_id: Mapped[int | None] = mapped_column(BigId)
    device: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]


class HeadCount(Base):
    """How many people somebody counted in the room. Append-only; the newest counts."""

    __tablename__ = "head_count"
    __table_args__ = (sa.Index("ix_head_count_session", "session_id", "id"), sa.CheckConstraint("people >= 0", name="people"))

    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    people: Mapped[int]
    counted_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    counted_at: Mapped[datetime]


class DocumentKind(StrEnum):
    """What a document of a session is: the signed sign-in sheet, or the proof for an excused absence."""

    SHEET = "sheet"
    EXCUSE = "excuse"


class AttendanceDocument(Base):
    """A file kept with a session: its signed sheet, or of one ``enrolment_id`` the proof of an excuse. ``sealed`` are the sealed bytes."""

    __tablename__ = "attendance_document"
    __table_args__ = (
        sa.Index("ix_attendance_document_session", "session_id", "id"),
        sa.CheckConstraint("(kind = 'excuse') = (enrolment_id IS NOT NULL)", name="of_one_person"),
    )

    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(deferred=True)
    added_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    added_at: Mapped[datetime]


class AppealStep(StrEnum):
    """What happened in an appeal: the learner disputes a mark, the trainer answers, staff decide, or the learner takes it back."""

    APPEALED = "appealed"
    ANSWERED = "answered"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    TAKEN_BACK = "taken_back"


class AttendanceAppeal(Base):
    """One step of an appeal against what the ledger says of a person in a session. Append-only: the newest step says where it stands.

    ``fact_id`` is the newest fact of the person and session at that time: the disputed one, or of an upheld appeal the one that corrects it.
    """

    __tablename__ = "attendance_appeal"
    __table_args__ = (sa.Index("ix_attendance_appeal_of", "session_id", "enrolment_id", "id"),)

    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(ForeignKey("course_session.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    step: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    fact_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("attendance_fact.id"))
    by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]
