"""Tables: spreadsheets of nominees that wait to be looked at and confirmed, and what became of each row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.courses.models import CourseRun
from portal.foundation.database import Base, BigId, Key
from portal.municipalities.models import Municipality
from portal.people.models import Person


class ImportState(StrEnum):
    """How far an import is. ``UPLOADED`` waits to be checked, ``CONFIRMED`` to be carried out; in the last two nothing is left to do."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DONE = "done"
    DROPPED = "dropped"


class Verdict(StrEnum):
    """What a row turned out to be."""

    WRONG = "wrong"
    ASK = "ask"  # somebody known may be meant
    NEW = "new"
    MOVED = "moved"  # known, but holds no post here yet
    KNOWN = "known"
    ENROLLED = "enrolled"


class NominationImport(Base):
    """A spreadsheet that somebody uploaded to nominate people of a municipality for a run.

    ``fingerprint`` is a keyed digest of the file: the same file is found again, and says nothing about what stood in it. ``columns`` names what
    each column holds. ``done_rows`` counts those checked so far. ``notice`` says why a confirmation was not carried out.
    """

    __tablename__ = "nomination_import"
    __table_args__ = (
        sa.Index(
            "uq_nomination_import_file",
            "run_id",
            "municipality_id",
            "fingerprint",
            unique=True,
            sqlite_where=sa.text("state <> 'dropped'"),
            postgresql_where=sa.text("state <> 'dropped'"),
        ),
        sa.Index("ix_nomination_import_state", "state", "id"),
        sa.Index("ix_nomination_import_uploader", "uploaded_by", "id"),
    )

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    uploaded_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    fingerprint: Mapped[str]
    file_name: Mapped[str]
    headings: Mapped[list[Any]]
    columns: Mapped[list[Any]]
    rows: Mapped[int]
    done_rows: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=ImportState.UPLOADED)
    notice: Mapped[str] = mapped_column(default="")
    uploaded_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    changed_at: Mapped[datetime]

    run: Mapped[CourseRun] = relationship()
    municipality: Mapped[Municipality] = relationship()


class NominationImportRow(Base):
    """A row of an import. ``cells`` are sealed, and forgotten once the import is done or dropped; the reasons hold no personal data.

    ``rank`` orders the preview: wrong rows, then questions, then the rest. ``candidates`` are the ids of those who may be meant; ``answer`` is the
    id of the one who is, or 0 for somebody else. ``outcome`` is the state of the enrolment that came of the row.
    """

    __tablename__ = "nomination_import_row"
    __table_args__ = (sa.Index("ix_nomination_import_row_order", "import_id", "rank", "number"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("nomination_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[bytes | None]
    rank: Mapped[int] = mapped_column(default=0)
    verdict: Mapped[str] = mapped_column(default="")
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    answer: Mapped[int | None] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    outcome: Mapped[str] = mapped_column(default="")

    person: Mapped[Person | None] = relationship()
