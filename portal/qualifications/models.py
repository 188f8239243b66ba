"""Tables: qualifications and the editions of their rules, awards, goals, tracks, and whose qualification falls due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.foundation.database import Base, BigId, Key
from portal.municipalities.models import Municipality
from portal.people.models import Person


class Qualification(Base):
    """Something that posts call for, or that people may strive for. What it asks for stands in its versions."""

    __tablename__ = "qualification"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name_ka: Mapped[str]
    name_en: Mapped[str]
    description_ka: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str] = mapped_column(default="")
    archived: Mapped[bool] = mapped_column(default=False)

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en

    def description(self, language: str) -> str:
        """The description in ``language``."""
        return self.description_ka if language == "ka" else self.description_en


class QualificationVersion(Base):
    """One edition of the rule of a qualification, in force from ``effective_on``. Append-only: a change of rule is a new edition.

    ``requirement`` and ``renewal`` are trees as ``requirements.as_document`` writes them. ``categories`` and ``sakrebulo_roles`` say whose posts call
    for it; who begins such a post should hold it within ``grace_months``, and is told ``lead_days`` before that falls due.
    The other columns are those of ``rules.Version``.
    """

    __tablename__ = "qualification_version"
    __table_args__ = (
        sa.UniqueConstraint("qualification_id", "number"),
        sa.UniqueConstraint("qualification_id", "effective_on"),
        sa.CheckConstraint("validity_months > 0", name="validity_months"),
        sa.CheckConstraint("window_months >= 0", name="window_months"),
        sa.CheckConstraint("grace_months >= 0 AND lead_days >= 0", name="grace_and_lead"),
        sa.CheckConstraint("(base = 'fixed') = (fixed_month IS NOT NULL AND fixed_day IS NOT NULL)", name="fixed_day"),
    )

    id: Mapped[Key]
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))
    number: Mapped[int]
    effective_on: Mapped[date]
    requirement: Mapped[dict[str, Any]]
    renewal: Mapped[dict[str, Any] | None]
    categories: Mapped[list[Any]]
    sakrebulo_roles: Mapped[list[Any]]
    validity_months: Mapped[int | None]
    window_months: Mapped[int] = mapped_column(default=0)
    base: Mapped[str]
    fixed_month: Mapped[int | None]
    fixed_day: Mapped[int | None]
    asks_holders: Mapped[bool] = mapped_column(default=False)
    grace_months: Mapped[int] = mapped_column(default=12)
    lead_days: Mapped[int] = mapped_column(default=180)
    words: Mapped[str] = mapped_column(default="")
    published_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    published_at: Mapped[datetime]

    qualification: Mapped[Qualification] = relationship()


class QualificationAward(Base):
    """A person reached a qualification: by which edition of the rule, on which evidence, and until when it is held. Append-only.

    ``sources`` names the evidence, ``since`` is the first day whose evidence counted.
    """

    __tablename__ = "qualification_award"
    __table_args__ = (
        sa.Index("ix_qualification_award_person", "person_id", "qualification_id", "id"),
        sa.Index("ix_qualification_award_held", "qualification_id", "awarded_on", "expires_on"),
        sa.Index("ix_qualification_award_version", "version_id"),
        sa.Index("ix_qualification_award_expiry", "expires_on"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("qualification_version.id"))
    awarded_on: Mapped[date]
    expires_on: Mapped[date | None]
    renews: Mapped[bool]
    since: Mapped[date]
    sources: Mapped[list[Any]]
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    qualification: Mapped[Qualification] = relationship()
    version: Mapped[QualificationVersion] = relationship()


class QualificationAwardEnd(Base):
    """An award ended before its time, from ``ended_on``, its first day without; one that was never due ended on its first day. Append-only."""

    __tablename__ = "qualification_award_end"

    award_id: Mapped[int] = mapped_column(ForeignKey("qualification_award.id"), primary_key=True)
    ended_on: Mapped[date]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]

    award: Mapped[QualificationAward] = relationship()


class DueCourse(Base):
    """A course that would close a gap of somebody whose post calls for a qualification that falls due: they stand first in its line.

    Derived from the awards and posts, and made anew with them; ``due_on`` is by when the qualification should be held.
    """

    __tablename__ = "due_course"
    __table_args__ = (
        sa.Index("ix_due_course_course", "course_id", "person_id"),
        sa.Index("ix_due_course_qualification", "qualification_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    due_on: Mapped[date]


class Goal(Base):
    """So many percent of those whose posts call for a qualification shall hold it by a day: in the country and in each municipality.

    Progress is measured from ``starts_on``. An ended goal stays, with the day and the words why.
    """

    __tablename__ = "goal"
    __table_args__ = (
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        sa.CheckConstraint("due_on > starts_on", name="due_after_start"),
        sa.Index("ix_goal_qualification", "qualification_id"),
    )

    id: Mapped[Key]
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))
    percent: Mapped[int]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    set_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    set_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    words: Mapped[str] = mapped_column(default="")

    qualification: Mapped[Qualification] = relationship()


class GoalShare(Base):
    """Another share than the country's, set for one municipality."""

    __tablename__ = "goal_share"
    __table_args__ = (sa.CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),)

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True, index=True)
    percent: Mapped[int]

    municipality: Mapped[Municipality] = relationship()


class Track(Base):
    """The path of a role, in steps: the induction of newly elected members, say. It is for posts of these categories begun in a period."""

    __tablename__ = "track"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name_ka: Mapped[str]
    name_en: Mapped[str]
    description_ka: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str] = mapped_column(default="")
    categories: Mapped[list[Any]]
    sakrebulo_roles: Mapped[list[Any]]
    begun_from: Mapped[date | None]
    begun_until: Mapped[date | None]
    archived: Mapped[bool] = mapped_column(default=False)

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en

    def description(self, language: str) -> str:
        """The description in ``language``."""
        return self.description_ka if language == "ka" else self.description_en


class TrackStep(Base):
    """One step of a track: what it asks for, to be done within so many days of the beginning of the post (None: without a term).

    One that is ``dropped`` belongs to the track no more; another step may take its position again.
    """

    __tablename__ = "track_step"
    __table_args__ = (sa.UniqueConstraint("track_id", "position"), sa.CheckConstraint("within_days > 0", name="within_days"))

    id: Mapped[Key]
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    position: Mapped[int]
    title_ka: Mapped[str]
    title_en: Mapped[str]
    requirement: Mapped[dict[str, Any]]
    within_days: Mapped[int | None]
    dropped: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    track: Mapped[Track] = relationship()

    def title(self, language: str) -> str:
        """The title in ``language``."""
        return self.title_ka if language == "ka" else self.title_en
