"""Tables: what is taught (topics, courses), its deliveries (runs, sessions), and where and by whose money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.foundation.database import Base, BigId, Hours, Key
from portal.municipalities.models import Municipality
from portal.people.models import Person, PostCategory


class RunForm(StrEnum):
    """How a run is held."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class RunState(StrEnum):
    """Where a run is in its life. ``open`` is published; its enrolment window says when people can enrol."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class DecidedBy(StrEnum):
    """Who decides on a request for a place in a run."""

    AT_ONCE = "at_once"
    STAFF = "staff"
    EMPLOYER_THEN_STAFF = "employer_then_staff"


class FreedPlaces(StrEnum):
    """How a place that becomes free goes to the next in line: it is theirs at once, or offered to them with a deadline."""

    GIVEN = "given"
    OFFERED = "offered"


LISTED = "(state IN ('open', 'closed')) IS TRUE"
"""What visitors see of the runs to come, as the index of them says it. Written so that SQLite cannot take it for a search in the index by
state, after which it would have to sort all that it found."""

CURRENT = "(state IN ('draft', 'open', 'closed', 'running')) IS TRUE"
"""What staff see first: runs that are planned, open or under way. Written as ``LISTED`` is, for an index too."""


class Topic(Base):
    """A subject area of the catalogue."""

    __tablename__ = "topic"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name_ka: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en


class Course(Base):
    """A training programme. Its texts and rules are versioned; ``current_version`` is the newest."""

    __tablename__ = "course"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    archived: Mapped[bool] = mapped_column(default=False)
    published: Mapped[bool] = mapped_column(default=False)

    topic: Mapped[Topic] = relationship()


class CourseVersion(Base):
    """Texts and rules of a course as of one edition: every field of the state register of training programmes.

    ``attendance_percent`` (of contact hours) and ``score_percent`` (of the final score) make the certificate rule; an empty one is not asked for.
    ``target_categories`` are post categories; empty means everybody. ``assessment`` is a list of {name_ka, name_en, minimum, maximum}.
    ``learning_outcomes_*`` and ``curriculum_*`` hold one item per line. A run keeps the version that it started with.
    """

    __tablename__ = "course_version"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "number"),
        sa.CheckConstraint("attendance_percent BETWEEN 0 AND 100", name="attendance_percent"),
        sa.CheckConstraint("score_percent BETWEEN 0 AND 100", name="score_percent"),
    )

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    title_ka: Mapped[str]
    title_en: Mapped[str]
    summary_ka: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    goal_ka: Mapped[str] = mapped_column(default="")
    goal_en: Mapped[str] = mapped_column(default="")
    learning_outcomes_ka: Mapped[str] = mapped_column(default="")
    learning_outcomes_en: Mapped[str] = mapped_column(default="")
    curriculum_ka: Mapped[str] = mapped_column(default="")
    curriculum_en: Mapped[str] = mapped_column(default="")
    prerequisite_ka: Mapped[str] = mapped_column(default="")
    prerequisite_en: Mapped[str] = mapped_column(default="")
    teaching_method_ka: Mapped[str] = mapped_column(default="")
    teaching_method_en: Mapped[str] = mapped_column(default="")
    target_categories: Mapped[list[Any]]
    assessment: Mapped[list[Any]]
    contact_hours: Mapped[Decimal] = mapped_column(Hours)
    independent_hours: Mapped[Decimal] = mapped_column(Hours, default=Decimal(0))
    credits: Mapped[Decimal | None] = mapped_column(Hours)
    minimum_group: Mapped[int]
    maximum_group: Mapped[int]
    attendance_percent: Mapped[int | None]
    score_percent: Mapped[int | None]
    validity_months: Mapped[int | None]
    created_at: Mapped[datetime]

    course: Mapped[Course] = relationship()

    @property
    def is_for_everybody(self) -> bool:
        """Whether no category of posts is left out: none is named, or all are."""
        return not self.target_categories or set(PostCategory) <= set(self.target_categories)

    def title(self, language: str) -> str:
        """The title in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


class AttendanceBase(StrEnum):
    """Which sessions of a run make up the contact time of which attendance is a share."""

    EVERY = "every"
    HELD = "held"


class ExcusedCounts(StrEnum):
    """What an excused absence is when attendance is counted: missed, left out of the contact time, or as good as present."""

    MISSED = "missed"
    LEFT_OUT = "left_out"
    PRESENT = "present"


class Venue(Base):
    """A place where runs are held."""

    __tablename__ = "venue"

    id: Mapped[Key]
    name_ka: Mapped[str]
    name_en: Mapped[str]
    address_ka: Mapped[str]
    address_en: Mapped[str]
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    archived: Mapped[bool] = mapped_column(default=False)

    municipality: Mapped[Municipality] = relationship()

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en

    def address(self, language: str) -> str:
        """The address in ``language``."""
        return self.address_ka if language == "ka" else self.address_en


class FundingProject(Base):
    """A donor's project that pays for runs. ``logo`` is a PNG, re-encoded at upload, or empty."""

    __tablename__ = "funding_project"

    id: Mapped[Key]
    name_ka: Mapped[str]
    name_en: Mapped[str]
    donor_ka: Mapped[str]
    donor_en: Mapped[str]
    logo: Mapped[bytes | None] = mapped_column(deferred=True)
    archived: Mapped[bool] = mapped_column(default=False)

    def name(self, language: str) -> str:
        """The project's name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en

    def donor(self, language: str) -> str:
        """The donor's name in ``language``."""
        return self.donor_ka if language == "ka" else self.donor_en


class CourseRun(Base):
    """One delivery of a course. ``starts_at`` and ``ends_at`` are those of its first and last session, kept by the services.

    ``calendar_sequence`` grows with every change that calendars must hear of. ``quotas_end_at`` is when places kept for municipalities and
    regions go to everybody, empty when none are kept; ``quotas_released_at`` is when that happened. Each approver decides within
    ``decision_days``; ``offer_hours`` is how long a freed place is offered to one person. The last four say how attendance counts: which
    sessions, what an excused absence is, how many missed sessions are free, and which share of a session is the least that counts.
    """

    __tablename__ = "course_run"
    __table_args__ = (
        sa.CheckConstraint("capacity >= 0", name="capacity"),
        sa.Index(
            "ix_course_run_quotas_due",
            "quotas_end_at",
            sqlite_where=sa.text("quotas_released_at IS NULL"),
            postgresql_where=sa.text("quotas_released_at IS NULL"),
        ),
        sa.Index("ix_course_run_state_start", "state", "starts_at", "id"),
        sa.Index("ix_course_run_start", "starts_at", "id"),
        sa.Index("ix_course_run_listed", "starts_at", "id", sqlite_where=sa.text(LISTED), postgresql_where=sa.text(LISTED)),
        sa.Index("ix_course_run_current", "starts_at", "id", sqlite_where=sa.text(CURRENT), postgresql_where=sa.text(CURRENT)),
        sa.Index("ix_course_run_course", "course_id", "starts_at"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    form: Mapped[str]
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    language: Mapped[str] = mapped_column(default="ka")
    capacity: Mapped[int]
    enrolment_opens_at: Mapped[datetime]
    enrolment_closes_at: Mapped[datetime]
    cancel_until: Mapped[datetime]
    funding_project_id: Mapped[int | None] = mapped_column(ForeignKey("funding_project.id"), index=True)
    state: Mapped[str] = mapped_column(default=RunState.DRAFT)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[str] = mapped_column(default=DecidedBy.AT_ONCE)
    decision_days: Mapped[int] = mapped_column(default=5)
    invited_only: Mapped[bool] = mapped_column(default=False)
    freed_places: Mapped[str] = mapped_column(default=FreedPlaces.GIVEN)
    offer_hours: Mapped[int] = mapped_column(default=48)
    quotas_end_at: Mapped[datetime | None]
    quotas_released_at: Mapped[datetime | None]
    attendance_base: Mapped[str] = mapped_column(default=AttendanceBase.EVERY)
    excused_counts: Mapped[str] = mapped_column(default=ExcusedCounts.MISSED)
    free_absences: Mapped[int] = mapped_column(default=0)
    least_percent: Mapped[int] = mapped_column(default=0)

    course: Mapped[Course] = relationship()
    version: Mapped[CourseVersion] = relationship()
    venue: Mapped[Venue | None] = relationship()
    funding_project: Mapped[FundingProject | None] = relationship()

    @property
    def withdrawal_ends_at(self) -> datetime:
        """Until when people may withdraw by themselves; never after the run began, though a day may have been moved to before the deadline."""
        return self.cancel_until if self.starts_at is None else min(self.cancel_until, self.starts_at)


class RunInvitation(Base):
    """A municipality that a run invites; only those invited count when the run is ``invited_only``."""

    __tablename__ = "run_invitation"

    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True, index=True)


class RunQuota(Base):
    """Places of a run that are kept for the people of one municipality or one region. They can have these, and no more, until quotas end."""

    __tablename__ = "run_quota"
    __table_args__ = (
        sa.CheckConstraint("places > 0", name="places"),
        sa.CheckConstraint("(municipality_id IS NULL) <> (region_id IS NULL)", name="one_of_both"),
        sa.UniqueConstraint("run_id", "municipality_id"),
        sa.UniqueConstraint("run_id", "region_id"),
    )

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    places: Mapped[int]


class CourseSession(Base):
    """A day or half-day of a run. ``uid`` is its stable name in calendars; the link is shown only to those with a place."""

    __tablename__ = "course_session"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.Index("ix_course_session_run", "run_id", "starts_at"),
    )

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    uid: Mapped[str] = mapped_column(unique=True)
    title_ka: Mapped[str] = mapped_column(default="")
    title_en: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    online_link: Mapped[str] = mapped_column(default="")
    cancelled: Mapped[bool] = mapped_column(default=False)

    run: Mapped[CourseRun] = relationship()

    @property
    def minutes(self) -> int:
        """How long the session lasts, in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def title(self, language: str) -> str:
        """The title in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


class RunTrainer(Base):
    """A trainer of a run."""

    __tablename__ = "run_trainer"

    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    run: Mapped[CourseRun] = relationship()
    person: Mapped[Person] = relationship()


class RunMaterial(Base):
    """Something to read or watch that belongs to a run: a link, or a file. Whoever has a place sees it until it is taken away."""

    __tablename__ = "run_material"
    __table_args__ = (sa.CheckConstraint("(link = '') <> (data IS NULL)", name="link_or_file"),)

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"), index=True)
    title: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(default="")
    data: Mapped[bytes | None] = mapped_column(deferred=True)
    added_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class SearchWord(Base):
    """A word that occurs in some run's texts, folded: the vocabulary that searches are matched against."""

    __tablename__ = "search_word"

    id: Mapped[Key]
    word: Mapped[str] = mapped_column(sa.String().with_variant(sa.String(collation="C"), "postgresql"), unique=True)
    gram_count: Mapped[int]


class SearchGram(Base):
    """A trigram of a vocabulary word."""

    __tablename__ = "search_gram"

    gram: Mapped[str] = mapped_column(primary_key=True)
    word_id: Mapped[int] = mapped_column(ForeignKey("search_word.id"), primary_key=True)


class RunWord(Base):
    """A vocabulary word stands in the texts of a run."""

    __tablename__ = "run_word"

    word_id: Mapped[int] = mapped_column(ForeignKey("search_word.id"), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"), primary_key=True, index=True)
