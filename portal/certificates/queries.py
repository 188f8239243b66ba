"""What can be asked about certificates, and about those who may get one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, undefer

from portal import assessment, attendance, courses, enrolment
from portal.certificates import paper, rules
from portal.certificates.designs.queries import composition_of, words_of
from portal.certificates.designs.rules import placeholders_in
from portal.certificates.models import Certificate, CertificateState, IssueBatch, IssueItem
from portal.certificates.paper import Subject
from portal.certificates.queries_register import newest_state
from portal.certificates.rules import Evidence, Requirement, Verdict
from portal.courses.models import CourseRun, FundingProject, RunState, Venue
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portal.attendance import AttendanceSummary


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with a place in a run: what is known of them, and whether they get a certificate.

    ``verdict`` is about now, ``prospect`` about the moment at which the run is completed with this evidence. ``number`` is that of the
    newest certificate, which stands in the way of another unless it is ``revoked``; ``batch_id`` that of the batch in which one is waiting
    to be issued.
    """

    enrolment: Enrolment
    evidence: Evidence
    completes: bool
    verdict: Verdict
    prospect: Verdict
    number: str | None
    revoked: bool
    batch_id: int | None

    @property
    def can_be_issued(self) -> bool:
        """True when a certificate is due as soon as the run is completed."""
        return self.prospect.ok and self.batch_id is None


def candidates_of_run(run: CourseRun) -> list[Candidate]:
    """Everyone with a place in ``run`` (version loaded), in Georgian order. Whether they get a certificate says the rule, and the designs' texts.

    Six statements, whatever the number of people; some more where a text has placeholders.
    """
    places = enrolment.roster(run.id)
    summaries, scores = attendance.summaries_of_run(run.id), assessment.scores_of_run(run.id)
    issued = {row[0]: row[1:] for row in db.session.execute(_issued(run.id))}
    requirement, today = _requirement(run), clock.today()
    completed = run.state == RunState.COMPLETED
    words = words_of(run)
    trainers = courses.trainers_of(run.id) if placeholders_in(words.texts) else []
    candidates = []
    for place in places:
        evidence = evidence_of(summaries.get(place.id), scores.get(place.id))
        number, state, batch_id = issued.get(place.id, (None, None, None))
        revoked = state == CertificateState.REVOKED
        held = None if revoked else number
        gaps = paper.gaps_of(Subject(place, trainers, evidence, words), today)
        candidates.append(
            Candidate(
                place,
                evidence,
                held is not None or not rules.shortfalls(requirement, evidence),
                rules.qualifies(requirement, evidence, run_completed=completed, issued=held, gaps=gaps),
                rules.qualifies(requirement, evidence, run_completed=True, issued=held, gaps=gaps),
                number,
                revoked,
                batch_id,
            )
        )
    return candidates


def _issued(run_id: int) -> sa.Select[Any]:
    """For each enrolment of a run the number and state of its newest certificate, and the batch in which one is waiting; if it has any."""
    return (
        sa.select(Enrolment.id, Certificate.number, newest_state, IssueItem.batch_id)
        .select_from(Enrolment)
        .outerjoin(Certificate, sa.and_(Certificate.enrolment_id == Enrolment.id, _not_replaced()))
        .outerjoin(IssueItem, sa.and_(IssueItem.enrolment_id == Enrolment.id, IssueItem.done_at.is_(None)))
        .where(Enrolment.run_id == run_id, sa.or_(Certificate.id.is_not(None), IssueItem.id.is_not(None)))
        .order_by(Enrolment.id)
    )


def _not_replaced() -> sa.ColumnElement[bool]:
    successor = aliased(Certificate)
    return ~sa.exists().where(successor.supersedes_id == Certificate.id)


def evidence_of(summary: AttendanceSummary | None, score: int | None) -> Evidence:
    """What attendance and assessment know of a participant, as the rule wants it."""
    if summary is None:
        return Evidence(score_percent=score)
    return Evidence(summary.attended_minutes, summary.total_minutes, summary.unmarked_sessions + summary.disputed_sessions, score)


def _requirement(run: CourseRun) -> Requirement:
    return Requirement(run.version.attendance_percent, run.version.score_percent)


def get_subject(enrolment_id: int, *, run_id: int | None = None) -> Subject:
    """All that the certificate of an enrolment (of ``run_id``, when given) is made from, as of now. Six statements, or seven with pictures.

    Raises ``NotFoundError`` when there is no such enrolment.
    """
    statement = (
        sa.select(Enrolment)
        .join(Enrolment.run)
        .where(Enrolment.id == enrolment_id)
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.municipality),
            contains_eager(Enrolment.run).options(
                joinedload(CourseRun.course),
                joinedload(CourseRun.version),
                joinedload(CourseRun.venue).joinedload(Venue.municipality),
                joinedload(CourseRun.funding_project).options(undefer(FundingProject.logo)),
            ),
        )
    )
    if run_id is not None:
        statement = statement.where(Enrolment.run_id == run_id)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    summaries, scores = attendance.summaries_of_person(found.person_id), assessment.scores_of_person(found.person_id)
    evidence = evidence_of(summaries.get(found.id), scores.get(found.id))
    return Subject(found, courses.trainers_of(found.run_id), evidence, composition_of(found.run))


def verdict_of(subject: Subject) -> Verdict:
    """Whether a first certificate may be issued for ``subject`` now."""
    return rules.qualifies(_requirement(subject.run), subject.evidence, run_completed=subject.run.state == RunState.COMPLETED)


def find_newest_certificate(enrolment_id: int) -> tuple[int, str] | None:
    """The id and the state of the certificate of an enrolment that none replaces."""
    row = db.session.execute(
        sa.select(Certificate.id, newest_state).where(Certificate.enrolment_id == enrolment_id, _not_replaced())
    ).first()
    return None if row is None else (row[0], row[1])


def worth_of(enrolment_ids: Iterable[int]) -> dict[int, tuple[str, datetime | None]]:
    """Of each of these enrolments that has a certificate: the state of the newest one, and when it ends. One statement."""
    rows = db.session.execute(
        sa.select(Certificate.enrolment_id, newest_state, Certificate.expires_at)
        .where(Certificate.enrolment_id.in_(list(enrolment_ids)), _not_replaced())
        .order_by(Certificate.enrolment_id)
    )
    return {enrolment_id: (state, expires_at) for enrolment_id, state, expires_at in rows}


def take_due_item() -> IssueItem | None:
    """The next item that is to be issued by now and that no other worker has in hand, locked."""
    return db.session.scalar(_due().limit(1))


def take_due_items() -> Sequence[IssueItem]:
    """All such items, locked."""
    return db.session.scalars(_due()).all()


def _due() -> sa.Select[IssueItem]:
    due = sa.or_(IssueItem.next_attempt_at.is_(None), IssueItem.next_attempt_at <= clock.now())
    return sa.select(IssueItem).where(IssueItem.done_at.is_(None), due).order_by(IssueItem.id).with_for_update(skip_locked=True)


def get_batch(batch_id: int) -> IssueBatch:
    """The batch ``batch_id``, which an item names."""
    return db.session.get_one(IssueBatch, batch_id)


def lock_batch(batch_id: int) -> IssueBatch:
    """The batch, locked, so that of two workers at its last items one sees that it is finished."""
    batch: IssueBatch = db.session.scalars(locked(sa.select(IssueBatch).where(IssueBatch.id == batch_id))).one()
    return batch


def has_waiting_items(batch_id: int) -> bool:
    """True while something of the batch is still to be issued."""
    waiting = sa.select(IssueItem.id).where(IssueItem.batch_id == batch_id, IssueItem.done_at.is_(None))
    return bool(db.session.scalar(sa.select(waiting.exists())))


def number_issued(batch_id: int) -> int:
    """How many certificates a batch has given."""
    return db.session.scalar(sa.select(sa.func.count(IssueItem.certificate_id)).where(IssueItem.batch_id == batch_id)) or 0


def find_batch_of(run_id: int, enrolment_ids: Iterable[int] | None = None) -> IssueBatch | None:
    """The newest batch of a run, of those that hold one of ``enrolment_ids`` when given."""
    statement = sa.select(IssueBatch).where(IssueBatch.run_id == run_id).order_by(IssueBatch.id.desc()).limit(1)
    if enrolment_ids is not None:
        statement = statement.where(IssueBatch.id.in_(sa.select(IssueItem.batch_id).where(IssueItem.enrolment_id.in_(list(enrolment_ids)))))
    return db.session.scalar(statement)


_PACE: Final = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: asked for, served first and last, and when the first of the items that wait is due (None when none waits).

    ``unsigned`` is how many wait because the worker has no keys to sign with.
    """

    batch_id: int
    asked_at: datetime
    total: int
    issued: int
    refused: int
    first_at: datetime | None
    last_at: datetime | None
    due_at: datetime | None
    unsigned: int

    @property
    def idle_since(self) -> datetime:
        """Since when something could have been done and was not; in the future while all that is left was put aside."""
        return max(filter(None, (self.asked_at, self.last_at, self.due_at)))

    @property
    def done(self) -> int:
        """Items that need nothing any more."""
        return self.issued + self.refused

    @property
    def finished(self) -> bool:
        """True when nothing is left to do."""
        return self.done == self.total

    def seconds_left(self) -> int | None:
        """An estimate from the pace of the items served so far, None while there are fewer than two: what it waited before is no pace."""
        if self.first_at is None or self.last_at is None or self.done < _PACE:
            return None
        pace = (self.last_at - self.first_at).total_seconds() / (self.done - 1)
        return max(1, round(pace * (self.total - self.done)))


def batches_of_run(run_id: int) -> list[Progress]:
    """The batches of a run, newest first. One statement."""
    return [Progress(*row) for row in db.session.execute(_progress().where(IssueBatch.run_id == run_id))]


def get_progress(run_id: int, batch_id: int) -> Progress:
    """How far a batch of a run is. Raises ``NotFoundError`` when the run has no such batch."""
    row = db.session.execute(_progress().where(IssueBatch.run_id == run_id, IssueBatch.id == batch_id)).first()
    if row is None:
        raise NotFoundError
    return Progress(*row)


def _progress() -> sa.Select[int, datetime, int, int, int, datetime | None, datetime | None, datetime | None, int]:
    return (
        sa.select(
            IssueBatch.id,
            IssueBatch.asked_at,
            sa.func.count(IssueItem.id),
            sa.func.count(IssueItem.certificate_id),
            sa.func.count(sa.func.nullif(IssueItem.refusal, "")),
            sa.func.min(IssueItem.done_at),
            sa.func.max(IssueItem.done_at),
            sa.func.min(sa.case((IssueItem.done_at.is_(None), sa.func.coalesce(IssueItem.next_attempt_at, IssueBatch.asked_at)))),
            sa.func.count(sa.case((sa.and_(IssueItem.done_at.is_(None), IssueItem.attempts == 0), IssueItem.next_attempt_at))),
        )
        .join(IssueItem, IssueItem.batch_id == IssueBatch.id)
        .group_by(IssueBatch.id, IssueBatch.asked_at)
        .order_by(IssueBatch.id.desc())
    )


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a batch: whose it is, and the number of the certificate or the reason why there is none."""

    person: Person
    number: str | None
    refusal: str
    done_at: datetime | None


def items_of_batch(batch_id: int) -> list[ItemRow]:
    """The items of a batch in the order in which they are issued. One statement."""
    rows = db.session.execute(
        sa.select(Person, Certificate.number, IssueItem.refusal, IssueItem.done_at)
        .join(Enrolment, Enrolment.id == IssueItem.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .select_from(IssueItem)
        .outerjoin(Certificate, Certificate.id == IssueItem.certificate_id)
        .where(IssueItem.batch_id == batch_id)
        .order_by(IssueItem.id)
    )
    return [ItemRow(*row) for row in rows]
