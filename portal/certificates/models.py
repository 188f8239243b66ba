"""Tables: the register of certificates, their files and states, and the batches in which they are issued."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

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
    EMPTY_TEXT = "empty_text"
    NOT_PRINTABLE = "not_printable"
    TOO_LONG = "too_long"
    FAILED = "failed"
    NO_LONGER_VALID = "no_longer_valid"
    NOTHING_TO_CORRECT = "nothing_to_correct"


class Certificate(Base):
    """A certificate as issued: its number, the secret of its QR, and the canonical JSON of every printed fact. Append-only.

    ``surname_keys`` are the search keys of the family name, parted by spaces, the Georgian one first: they open the public check together
    with the number, and are what staff search by. ``rule`` names the rule of this code that was applied; what it asked for and the evidence
    stand in the record. ``person_id`` is the record for which it was issued; whose it is today says the enrolment, which follows a merge.
    ``status_list`` and ``status_index`` say which bit of which list tells that it is revoked; None for those without a credential.
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
        sa.Index("uq_certificate_status_bit", "status_list", "status_index", unique=True),
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
    status_list: Mapped[int | None]
    status_index: Mapped[int | None]

    run: Mapped[CourseRun] = relationship()
    enrolment: Mapped[Enrolment] = relationship()


class CertificateFile(Base):
    """The exact bytes of a certificate's PDF and their SHA-256. Append-only, and apart from the register, which is read far more often."""

    __tablename__ = "certificate_file"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    pdf: Mapped[bytes]
    pdf_sha256: Mapped[str] = mapped_column(index=True)


class AdditionKind(StrEnum):
    """What was added to a file after its issue: a timestamp over the whole, or a seal made outside of the portal."""

    TIMESTAMP = "timestamp"
    SEAL = "seal"


class CertificateAddition(Base):
    """What was appended to the file of a certificate since its issue: the file is what was issued and all ``tail``s, in order. Append-only.

    ``file_sha256`` is the digest of the whole file with this tail. The bytes before it never change, so every earlier file stays genuine.
    """

    __tablename__ = "certificate_addition"
    # By these columns alone it is known each minute which of all files are due for a timestamp: no tail is read for it.
    __table_args__ = (sa.Index("ix_certificate_addition_certificate", "certificate_id", "kind", "added_at"),)

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    kind: Mapped[str]
    tail: Mapped[bytes]
    file_sha256: Mapped[str] = mapped_column(index=True)
    added_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    added_at: Mapped[datetime]


class CertificateCredential(Base):
    """The machine-readable twin of a certificate: JSON with a Data Integrity proof, as attached to the PDF, and the JWT. Append-only."""

    __tablename__ = "certificate_credential"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    document: Mapped[bytes]
    jwt: Mapped[str]


class StateReason(StrEnum):
    """Why the state of a certificate was changed, as a code; the words beside it say the rest."""

    NAME_CORRECTED = "name_corrected"
    FACTS_CORRECTED = "facts_corrected"
    ATTENDANCE_CORRECTED = "attendance_corrected"
    ISSUED_IN_ERROR = "issued_in_error"
    MISCONDUCT = "misconduct"
    UNDER_REVIEW = "under_review"
    SETTLED = "settled"
    OTHER = "other"


class CertificateStatus(Base):
    """A change in what a certificate is worth, with its reason. Append-only; the newest counts.

    ``effective_at`` is from when on it holds, where that is not ``at``, when it was noted; ``reason_code`` is a ``StateReason``, empty for
    an issue.
    """

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
    reason_code: Mapped[str] = mapped_column(default="")
    effective_at: Mapped[datetime | None]


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

    ``attempts`` counts those that failed; ``next_attempt_at`` is when the next one is due, None for at once. ``replaces_id`` is the valid
    certificate that is superseded because something on it was wrong, with ``reason_code`` and ``reason``.
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
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    reason_code: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")

    enrolment: Mapped[Enrolment] = relationship()


class BundleKind(StrEnum):
    """What many certificates are put into: an archive of the exact files, or one PDF for printing."""

    ZIP = "zip"
    PDF = "pdf"


class CertificateBundle(Base):
    """Many certificates in one file, made by the worker when staff ask and dropped after some days; ``data`` is None until then.

    ``batch_id`` narrows it to one batch of the run. ``files`` is how many the worker has read so far, ``contents`` the digest of what is in the
    file: once another certificate belongs into it, or one no longer does, it is not handed out any more.
    """

    __tablename__ = "certificate_bundle"
    __table_args__ = (sa.Index("ix_certificate_bundle_run", "run_id", "batch_id", "kind"),)

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("issue_batch.id"))
    kind: Mapped[str]
    asked_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    files: Mapped[int] = mapped_column(default=0)
    contents: Mapped[str] = mapped_column(default="")
    data: Mapped[bytes | None] = mapped_column(deferred=True)


class CertificateShare(Base):
    """A link by which the holder shows a certificate to somebody: which facts, until when, and how often it was used.

    ``shows`` are names of facts. ``token`` stands in the link; ``label`` is the holder's own note.
    """

    __tablename__ = "certificate_share"
    __table_args__ = (sa.Index("ix_certificate_share_certificate", "certificate_id", "id"),)

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    token: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(default="")
    shows: Mapped[list[Any]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    uses: Mapped[int] = mapped_column(default=0)
    last_used_at: Mapped[datetime | None]


class CaseDecision(StrEnum):
    """What staff decided about a certificate of which the evidence has changed."""

    KEPT = "kept"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


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
