"""What can be asked about applications: what waits for an approver's decision, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal import people
from portal.courses.models import CourseRun, CourseVersion, RunState
from portal.enrolment import rules
from portal.enrolment.models import ApplicationDecision, DecisionStage, Enrolment, EnrolmentState, Verdict
from portal.enrolment.queries import held_on
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.people.models import Post

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

MOST_SHOWN = 100
_ALIVE = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Queue:
    """How much waits for a decision: how many applications, since when the oldest, and how many should have been decided by now."""

    number: int
    oldest_at: datetime | None
    overdue: int


def has_other_employer(municipality_id: int, person_id: int) -> bool:
    """Whether somebody other than the person decides for the municipality as an employer: a coordinator who can sign in."""
    return any(one != person_id for one in people.coordinator_ids(municipality_id))


def _of_own(municipality_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """Made from one of the municipalities, by somebody who works there to this day: whoever left is another employer's, and goes on to the staff."""
    held = sa.and_(Post.person_id == Enrolment.person_id, Post.municipality_id == Enrolment.municipality_id, held_on(clock.today()))
    return sa.and_(Enrolment.municipality_id.in_(municipality_ids), sa.select(Post.id).where(held).exists())


def _to_decide(stage: DecisionStage, municipality_ids: Collection[int] | None, run_id: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    conditions: list[sa.ColumnElement[bool]] = [
        Enrolment.state == EnrolmentState.APPLIED,
        Enrolment.stage == stage,
        CourseRun.state.in_(_ALIVE),
    ]
    if municipality_ids is not None:
        conditions.append(_of_own(municipality_ids))
    if run_id is not None:
        conditions.append(Enrolment.run_id == run_id)
    return tuple(conditions)


def applications(
    stage: DecisionStage,
    *,
    municipality_ids: Collection[int] | None = None,
    run_id: int | None = None,
    after: int | None = None,
    size: int = MOST_SHOWN,
) -> Sequence[Enrolment]:
    """What waits for a decision at ``stage``, the most urgent first: with person, municipality, run and its title.

    ``municipality_ids`` are those that an employer decides for, as long as the person works there; ``run_id`` asks about one run only.
    ``after`` is the id of the enrolment behind which the page begins; the first page for one that waits no more.
    """
    run = contains_eager(Enrolment.run)
    return db.session.scalars(
        sa.select(Enrolment)
        .join(Enrolment.run)
        .where(*_to_decide(stage, municipality_ids, run_id), *([] if after is None else [_behind(after)]))
        .options(
            run.joinedload(CourseRun.version).load_only(CourseVersion.title_ka, CourseVersion.title_en),
            joinedload(Enrolment.person),
            joinedload(Enrolment.municipality),
        )
        .order_by(Enrolment.decide_by, Enrolment.id)
        .limit(size)
    ).all()


def _behind(enrolment_id: int) -> sa.ColumnElement[bool]:
    reached = aliased(Enrolment)
    due = sa.select(reached.decide_by).where(reached.id == enrolment_id).scalar_subquery()
    return sa.or_(due.is_(None), Enrolment.decide_by > due, sa.and_(Enrolment.decide_by == due, Enrolment.id > enrolment_id))


def queue_of(stage: DecisionStage, at: datetime, *, municipality_ids: Collection[int] | None = None, run_id: int | None = None) -> Queue:
    """How much waits for a decision at ``stage`` at the moment ``at``, as ``applications`` lists it."""
    overdue = sa.func.coalesce(sa.func.sum(sa.case((Enrolment.decide_by <= at, 1), else_=0)), 0)
    number, oldest_at, late = db.session.execute(
        sa.select(sa.func.count(), sa.func.min(Enrolment.queued_at), overdue)
        .select_from(Enrolment)
        .join(CourseRun, CourseRun.id == Enrolment.run_id)
        .where(*_to_decide(stage, municipality_ids, run_id))
    ).one()
    return Queue(number, oldest_at, late)


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An application that waits for a decision: at which stage, from which municipality, whose and for which run; since and until when."""

    stage: str | None
    municipality_id: int | None
    person_id: int
    run_id: int
    queued_at: datetime
    decide_by: datetime | None


def to_decide() -> list[ToDecide]:
    """All applications that wait for a decision, whoever decides, in one statement."""
    columns = (Enrolment.stage, Enrolment.municipality_id, Enrolment.person_id, Enrolment.run_id, Enrolment.queued_at, Enrolment.decide_by)
    rows = db.session.execute(
        sa.select(*columns)
        .join(CourseRun, CourseRun.id == Enrolment.run_id)
        .where(Enrolment.state == EnrolmentState.APPLIED, CourseRun.state.in_(_ALIVE))
        .order_by(Enrolment.queued_at, Enrolment.id)
    )
    return [ToDecide(*row) for row in rows]


def get_application(reference: str, municipality_ids: Collection[int] | None = None) -> Enrolment:
    """The enrolment quoted as ``reference`` in whatever state, with person and run; of people of the municipalities only, when given.

    Raises ``NotFoundError``.
    """
    conditions: list[sa.ColumnElement[bool]] = [Enrolment.reference == reference]
    if municipality_ids is not None:
        conditions.append(_of_own(municipality_ids))
    found = db.session.scalar(
        sa.select(Enrolment)
        .where(*conditions)
        .options(joinedload(Enrolment.person), joinedload(Enrolment.run), joinedload(Enrolment.municipality))
    )
    if found is None:
        raise NotFoundError
    return found


def applications_of_references(references: Collection[str], municipality_ids: Collection[int] | None = None) -> list[Enrolment]:
    """As ``get_application`` for several, in one statement. Raises ``NotFoundError`` when one of them is not there."""
    conditions: list[sa.ColumnElement[bool]] = [Enrolment.reference.in_(references)]
    if municipality_ids is not None:
        conditions.append(_of_own(municipality_ids))
    loaded = (joinedload(Enrolment.person), joinedload(Enrolment.municipality))
    found = list(db.session.scalars(sa.select(Enrolment).where(*conditions).options(*loaded).order_by(Enrolment.id)))
    if len(found) != len(set(references)):
        raise NotFoundError
    return found


def decisions_on(enrolment_ids: Collection[int]) -> dict[int, list[ApplicationDecision]]:
    """What was decided on each of the enrolments, oldest first, in one statement. Every id has its list."""
    found: dict[int, list[ApplicationDecision]] = {enrolment_id: [] for enrolment_id in enrolment_ids}
    statement = (
        sa.select(ApplicationDecision)
        .where(ApplicationDecision.enrolment_id.in_(list(found)))
        .order_by(ApplicationDecision.enrolment_id, ApplicationDecision.id)
    )
    for decision in db.session.scalars(statement) if found else ():
        found[decision.enrolment_id].append(decision)
    return found


def decisions_to_undo(enrolments: Collection[Enrolment], stage: DecisionStage, at: datetime) -> dict[int, ApplicationDecision]:
    """The last decision on each of the enrolments that was made at ``stage`` and can be taken back at the moment ``at``, by the enrolment's id.

    It can while it stands as it was made, the person has not enrolled anew, and the training gives places. Their runs are loaded.
    """
    last = {one: decisions[-1] for one, decisions in decisions_on([one.id for one in enrolments]).items() if decisions}
    anew = _ids_followed_by_another([one.id for one in enrolments])
    return {
        one.id: last[one.id]
        for one in enrolments
        if one.id in last
        and one.id not in anew
        and last[one.id].stage == stage
        and last[one.id].verdict in {Verdict.APPROVED, Verdict.REJECTED}
        and rules.decision_stands(one.state, one.state_reason)
        and rules.gives_freed_places(one.run.state, one.run.starts_at, one.run.enrolment_closes_at, at)
    }


def _ids_followed_by_another(enrolment_ids: Collection[int]) -> frozenset[int]:
    later = aliased(Enrolment)
    anew = sa.and_(later.run_id == Enrolment.run_id, later.person_id == Enrolment.person_id, later.id > Enrolment.id)
    statement = sa.select(Enrolment.id).where(Enrolment.id.in_(enrolment_ids), sa.select(later.id).where(anew).exists())
    return frozenset(db.session.scalars(statement)) if enrolment_ids else frozenset()


def recently_decided(
    stage: DecisionStage, since: datetime, *, municipality_ids: Collection[int] | None = None, size: int = MOST_SHOWN
) -> Sequence[Enrolment]:
    """The enrolments on which somebody decided at ``stage`` since then, the newest decision first; as ``applications``."""
    newest = (
        sa.select(ApplicationDecision.enrolment_id, sa.func.max(ApplicationDecision.id).label("decision_id"))
        .where(ApplicationDecision.stage == stage, ApplicationDecision.at >= since)
        .group_by(ApplicationDecision.enrolment_id)
        .subquery()
    )
    statement = (
        sa.select(Enrolment)
        .join(newest, newest.c.enrolment_id == Enrolment.id)
        .options(
            joinedload(Enrolment.run).joinedload(CourseRun.version).load_only(CourseVersion.title_ka, CourseVersion.title_en),
            joinedload(Enrolment.person),
            joinedload(Enrolment.municipality),
        )
        .order_by(newest.c.decision_id.desc())
        .limit(size)
    )
    if municipality_ids is not None:
        statement = statement.where(_of_own(municipality_ids))
    return db.session.scalars(statement).all()


def ids_of_applications_to_pass_on(at: datetime) -> list[tuple[int, int]]:
    """Run and enrolment of each application whose employer let the time pass, by the moment ``at``."""
    rows = db.session.execute(
        sa.select(Enrolment.run_id, Enrolment.id)
        .join(CourseRun, CourseRun.id == Enrolment.run_id)
        .where(*_to_decide(DecisionStage.EMPLOYER, None, None), Enrolment.decide_by <= at)
        .order_by(Enrolment.run_id, Enrolment.id)
    )
    return [(run_id, enrolment_id) for run_id, enrolment_id in rows]


def ids_of_ended_offers(at: datetime) -> list[tuple[int, int]]:
    """Run and enrolment of each offer that was not answered in time, by the moment ``at``."""
    rows = db.session.execute(
        sa.select(Enrolment.run_id, Enrolment.id)
        .where(Enrolment.state == EnrolmentState.OFFERED, Enrolment.offer_ends_at <= at)
        .order_by(Enrolment.offer_ends_at, Enrolment.id)
    )
    return [(run_id, enrolment_id) for run_id, enrolment_id in rows]
