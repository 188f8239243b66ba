"""Tables: who has, had or waits for a place in a run, and who wants to hear when a course runs again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.courses.models import Course, CourseRun
from portal.foundation.database import Base, BigId, Key
from portal.municipalities.models import Municipality
from portal.people.models import Person, post_line


class EnrolmentState(StrEnum):
    """What has become of somebody's wish to take part."""

    APPLIED = "applied"
    WAITING = "waiting"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


HOLDS_PLACE = (EnrolmentState.CONFIRMED, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
"""States of those who take part, or took part."""
TAKES_PLACE = (EnrolmentState.OFFERED, *HOLDS_PLACE)
"""States that use up a place of the run: it is kept for whoever has been offered it, until they answer."""
LIVE = (EnrolmentState.APPLIED, EnrolmentState.WAITING, *TAKES_PLACE)
"""States of which a person has at most one in a run."""


class DecisionStage(StrEnum):
    """Who is to decide on an application now."""

    EMPLOYER = "employer"
    STAFF = "staff"


class Verdict(StrEnum):
    """What was decided on an application, or that a decision was taken back, or that the employer let the time pass."""

    APPROVED = "approved"
    REJECTED = "rejected"
    UNDONE = "undone"
    PASSED_ON = "passed_on"


ON_THE_DAY = "on_the_day"
"""The reason of a place that somebody got who came without one."""
LEFT_WAITING_LIST = "left_waiting_list"
"""The reason of a withdrawal from the waiting list."""
MOVED = "moved"
"""The reason of a withdrawal by which staff moved somebody to another run."""
LEFT_EARLIER = frozenset({LEFT_WAITING_LIST, MOVED, "application_withdrawn", "offer_declined", "offer_ended", "declined"})
"""Reasons of withdrawals that say more than that a place was given back."""


class Enrolment(Base):
    """One person in one run. The post is a snapshot of the day of enrolling, since people move and certificates do not.

    ``reference`` is what the person quotes; ``form_key`` makes a form sent twice one enrolment; ``enrolled_by`` is who sent it. ``queued_at``
    orders the waiting list (with the id for equal times); ``state_reason`` is a word for why the state is what it is. An application has the
    ``stage`` at which it is and until when it should be decided; an offer has its end. ``steps`` counts what became of it so far.
    ``merged_from_id`` is the record of the person whose enrolment it was before two records of one person were merged.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.Index(
            "uq_enrolment_live",
            "run_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state IN ('applied', 'waiting', 'offered', 'confirmed', 'completed', 'not_completed')"),
            postgresql_where=sa.text("state IN ('applied', 'waiting', 'offered', 'confirmed', 'completed', 'not_completed')"),
        ),
        sa.Index("ix_enrolment_run_state", "run_id", "state", "queued_at", "id"),
        sa.Index("ix_enrolment_person", "person_id", "id"),
        sa.Index("ix_enrolment_municipality", "municipality_id", "run_id"),
        sa.Index(
            "ix_enrolment_to_decide",
            "stage",
            "decide_by",
            "id",
            sqlite_where=sa.text("state = 'applied'"),
            postgresql_where=sa.text("state = 'applied'"),
        ),
        sa.Index(
            "ix_enrolment_offer_end",
            "offer_ends_at",
            "id",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        ),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(unique=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    merged_from_id: Mapped[int | None] = mapped_column(BigId)
    enrolled_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    state: Mapped[str]
    state_reason: Mapped[str] = mapped_column(default="")
    queued_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    post_unit: Mapped[str] = mapped_column(default="")
    post_title_ka: Mapped[str] = mapped_column(default="")
    post_title_en: Mapped[str] = mapped_column(default="")
    post_category: Mapped[str] = mapped_column(default="")
    post_rank: Mapped[int | None]
    stage: Mapped[str | None]
    decide_by: Mapped[datetime | None]
    offer_ends_at: Mapped[datetime | None]
    steps: Mapped[int] = mapped_column(default=0)

    run: Mapped[CourseRun] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    municipality: Mapped[Municipality | None] = relationship()

    def post_line(self, language: str) -> str:
        """The post of that day, title and unit; the Georgian title while nobody has given another."""
        return post_line((self.post_title_en if language != "ka" else "") or self.post_title_ka, self.post_unit)

    @property
    def outcome(self) -> str:
        """The word for what people are told became of it: the state, but leaving the waiting list is another thing than withdrawing."""
        return self.state_reason if self.state_reason in LEFT_EARLIER else self.state


class ApplicationDecision(Base):
    """What an approver decided on an application. ``words`` reach the person; ``by`` is None where the portal let the time pass."""

    __tablename__ = "application_decision"
    __table_args__ = (sa.Index("ix_application_decision_enrolment", "enrolment_id", "id"),)

    id: Mapped[Key]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    stage: Mapped[str]
    verdict: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    at: Mapped[datetime]

    enrolment: Mapped[Enrolment] = relationship()


class AnswerPurpose(StrEnum):
    """What somebody is asked by mail: whether they take the place they are offered, or whether they come, being nominated."""

    OFFER = "offer"
    NOMINATION = "nomination"


class AnswerLink(Base):
    """A link by which somebody answers without signing in. It works while the question is open: until ``expires_at`` and the first answer."""

    __tablename__ = "answer_link"

    id: Mapped[Key]
    token_digest: Mapped[str] = mapped_column(unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    enrolment: Mapped[Enrolment] = relationship()


class InterestEnd(StrEnum):
    """Why nobody need tell a person any more when a course runs again."""

    WITHDRAWN = "withdrawn"
    TOLD = "told"
    SERVED = "served"


class CourseInterest(Base):
    """Somebody's wish to hear when a course runs again: one mail, then it is over. The municipality is that of their post on the day of asking."""

    __tablename__ = "course_interest"
    __table_args__ = (
        sa.Index(
            "uq_course_interest_live",
            "course_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_course_interest_person", "person_id", "id"),
    )

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    merged_from_id: Mapped[int | None] = mapped_column(BigId)

    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship()


class Nomination(Base):
    """Somebody on the list that a municipality keeps for a run, in the order of its preference, ``position``.

    Rows that are not sent wait there for any coordinator of the municipality. ``enrolment_id`` is what came of one that was sent. A row that
    was taken off, or taken back after sending, keeps when and a word for why.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        sa.Index(
            "uq_nomination_live",
            "run_id",
            "municipality_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("dropped_at IS NULL"),
            postgresql_where=sa.text("dropped_at IS NULL"),
        ),
        sa.Index("ix_nomination_municipality", "municipality_id", "run_id"),
        sa.CheckConstraint("(sent_at IS NULL) = (enrolment_id IS NULL)", name="sent_with_enrolment"),
    )

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(ForeignKey("course_run.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int]
    added_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    added_at: Mapped[datetime]
    sent_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    sent_at: Mapped[datetime | None]
    enrolment_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("enrolment.id"), unique=True)
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[str] = mapped_column(default="")
    merged_from_id: Mapped[int | None] = mapped_column(BigId)
