"""Tables: the register of certificates, their files and states, and the batches in which they are issued."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.courses.models import CourseRun
from portal.enrolment.models import Enrolment
from portal.foundation.database import Base, BigId, Key, SortKey


class CertificateState(StrEnum):
    """What a certificate is worth today: the newest of its status rows."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Refusal(StrEnum):
    """Why an item of a batch gave no certificate."""

    NOT_QUALIFIED = "not_qualified"
    NOT_PRINTABLE = "not_printable"
    FAILED = "failed"


class Certificate(Base):
    """A certificate as issued: its number, the secret of its QR, and the canonical JSON of every printed fact. Append-only.

    ``surname_keys`` are the search keys of the family name, parted by spaces, the Georgian one first: they open the public check together
    with the number, and are what staff search by. ``rule`` names the rule of this code that was applied; what it asked for and the evidence
    stand in the record. ``person_id`` is the record for which it was issued; whose it is today says the enrolment, which follows a merge.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        sa.UniqueConstraint("year", "sequence"),
        sa.Index(
            "uq_certificate_first",
            "enrolment_id",
            unique=True,
            sqlite_where=sa.text("supersedes_id IS NULL"),
            postgresql_where=sa.text("supersedes_id IS NULL"),
        ),
        # Of those that replace another only: to SQLite's statistics an index full of NULL looks useless, and it would read the whole register.
        sa.Index(
            "uq_certificate_successor",
            "supersedes_id",
            unique=True,
            sqlite_where=sa.text("supersedes_id IS NOT NULL"),
            postgresql_where=sa.text("supersedes_id IS NOT NULL"),
        ),
        sa.Index("ix_certificate_enrolment", "enrolment_id"),
        sa.Index("ix_certificate_person", "person_id", "id"),
        sa.Index("ix_certificate_run", "run_id", "id"),
        sa.Index("ix_certificate_surname", "surname_keys"),
        sa.Index("ix_certificate_expiry", "expires_at"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    year: Mapped[int]
    sequence: Mapped[int]
    secret: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    record: Mapped[bytes]
    record_sha256: Mapped[str]
    rule: Mapped[str]
    surname_keys: Mapped[str] = mapped_column(SortKey)
    issued_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))

    run: Mapped[CourseRun] = relationship()
    enrolment: Mapped[Enrolment] = relationship()


class CertificateFile(Base):
    """The exact bytes of a certificate's PDF and their SHA-256. Append-only, and apart from the register, which is read far more often."""

    __tablename__ = "certificate_file"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    pdf: Mapped[bytes]
    pdf_sha256: Mapped[str] = mapped_column(index=True)


class CertificateStatus(Base):
    """A change in what a certificate is worth, with its reason. Append-only; the newest counts."""

    __tablename__ = "certificate_status"
    __table_args__ = (
        sa.Index("ix_certificate_status_certificate", "certificate_id", "id"),
        sa.Index("ix_certificate_status_state", "state", "certificate_id"),
    )

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]


class CertificateCounter(Base):
    """The last number given in a year. Raised in the transaction that issues, so the numbers have no gap."""

    __tablename__ = "certificate_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class IssueBatch(Base):
    """A wish of staff to issue certificates for a run. The worker serves its items one by one; the rows tell how far it is."""

    __tablename__ = "issue_batch"

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"), index=True)
    asked_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    run: Mapped[CourseRun] = relationship()


class IssueItem(Base):
    """One certificate of a batch still to be issued, issued, or refused with the reason. An enrolment waits in one batch at a time.

    ``attempts`` counts those that failed; ``next_attempt_at`` is when the next one is due, None for at once.
    """

    __tablename__ = "issue_item"
    __table_args__ = (
        sa.Index("ix_issue_item_batch", "batch_id", "done_at", "id"),
        sa.Index("ix_issue_item_due", "id", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")),
        sa.Index(
            "uq_issue_item_waiting",
            "enrolment_id",
            unique=True,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("issue_batch.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    refusal: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    enrolment: Mapped[Enrolment] = relationship()


class CaseDecision(StrEnum):
    """What staff decided about a certificate of which the evidence has changed."""

    KEPT = "kept"
    REVOKED = "revoked"


class CertificateCase(Base):
    """Attendance was corrected after a certificate was issued: staff decide what becomes of it, the certificate itself never changes by it.

    ``attended_before`` and ``attended_after`` are minutes: as the certificate says, and as of the newest correction. One case is open at a time.
    """

    __tablename__ = "certificate_case"
    __table_args__ = (
        sa.Index(
            "uq_certificate_case_open",
            "certificate_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    attended_before: Mapped[int]
    attended_after: Mapped[int]
    opened_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="")

    certificate: Mapped[Certificate] = relationship()
