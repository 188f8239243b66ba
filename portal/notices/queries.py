"""What can be asked about notices: which runs they are about, who gets them, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal import courses, enrolment, people
from portal.courses.models import CourseRun, CourseVersion, RunState
from portal.enrolment.models import DecisionStage, Enrolment
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.notices.models import Notice, NoticeState
from portal.people.models import Account, Person, Role, RoleGrant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

COMING = (RunState.OPEN, RunState.CLOSED)


@dataclass(frozen=True, slots=True)
class RunLine:
    """What a notice must know of a run."""

    id: int
    code: str
    title_ka: str
    title_en: str
    starts_at: datetime
    opens_at: datetime
    closes_at: datetime

    def title(self, language: str) -> str:
        """The title in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


_LINES: Any = sa.select(
    CourseRun.id,
    CourseRun.code,
    CourseVersion.title_ka,
    CourseVersion.title_en,
    CourseRun.starts_at,
    CourseRun.enrolment_opens_at,
    CourseRun.enrolment_closes_at,
).join(CourseVersion, CourseVersion.id == CourseRun.version_id)


def runs_starting(after: datetime, before: datetime) -> list[RunLine]:
    """The runs that take place and begin between the two moments."""
    found = _LINES.where(CourseRun.state.in_(COMING), CourseRun.starts_at > after, CourseRun.starts_at < before)
    return [RunLine(*row) for row in db.session.execute(found.order_by(CourseRun.starts_at, CourseRun.id))]


def runs_ended(after: datetime, before: datetime) -> list[tuple[RunLine, datetime]]:
    """The runs that took place and end between the two moments, each with its end."""
    did_not = (RunState.DRAFT, RunState.CANCELLED)
    found = _LINES.add_columns(CourseRun.ends_at).where(
        CourseRun.state.not_in(did_not), CourseRun.ends_at > after, CourseRun.ends_at < before
    )
    return [(RunLine(*row[:-1]), row[-1]) for row in db.session.execute(found.order_by(CourseRun.ends_at, CourseRun.id))]


def runs_closing(after: datetime, before: datetime) -> list[RunLine]:
    """The runs with free places that are to come and whose registration closes between the two moments."""
    found = _LINES.where(
        CourseRun.state == RunState.OPEN,
        CourseRun.starts_at > after,
        CourseRun.enrolment_closes_at > after,
        CourseRun.enrolment_closes_at < before,
        enrolment.has_free_place(),
    )
    return [RunLine(*row) for row in db.session.execute(found.order_by(CourseRun.enrolment_closes_at, CourseRun.id))]


def run_lines(run_ids: Collection[int]) -> list[RunLine]:
    """These runs, the next first."""
    found = _LINES.where(CourseRun.id.in_(run_ids)).order_by(CourseRun.starts_at, CourseRun.id)
    return [RunLine(*row) for row in db.session.execute(found)]


def coordinators_to_tell(run_ids: Collection[int]) -> list[tuple[int, int]]:
    """For each of the runs the people who coordinate a municipality that may nominate for it, has nominated nobody yet, and has places left.

    Pairs of the run's id and the person's. A municipality may nominate for every run that is open to all or invites it; it has no place left
    while the quota that counts for it is in force and used up.
    """
    nominated = sa.exists().where(
        Enrolment.run_id == CourseRun.id,
        Enrolment.municipality_id == RoleGrant.municipality_id,
        Enrolment.enrolled_by.in_(_coordinators_ever()),
    )
    rows = db.session.execute(
        sa.select(CourseRun.id, RoleGrant.person_id, RoleGrant.municipality_id)
        .distinct()
        .join(RoleGrant, sa.and_(RoleGrant.role == Role.COORDINATOR, *people.in_force(RoleGrant)))
        .join(Account, sa.and_(Account.person_id == RoleGrant.person_id, Account.active))
        .where(CourseRun.id.in_(run_ids), ~nominated)
        .order_by(CourseRun.id, RoleGrant.person_id, RoleGrant.municipality_id)
    ).all()
    told_of = {row.id for row in rows}
    invited, seats = courses.invited_to(told_of), enrolment.seats_of_runs(told_of)

    def may_nominate(run_id: int, municipality_id: int | None) -> bool:
        places = seats[run_id]
        is_invited = run_id not in invited or municipality_id in invited[run_id]
        return is_invited and places.find_block(places.home_of(municipality_id)) != enrolment.Blocked.QUOTA_USED

    return list(dict.fromkeys((run_id, person_id) for run_id, person_id, municipality_id in rows if may_nominate(run_id, municipality_id)))


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for somebody's decision at ``stage``, the oldest first."""

    stage: DecisionStage
    waiting: list[enrolment.ToDecide]


def desks_of_approvers(waiting: Collection[enrolment.ToDecide], on: date) -> dict[int, list[Desk]]:
    """The desks of each of the people who have something to decide on the day ``on``, by their ids.

    The staff decide for the association; administrators may, and are not asked. Coordinators and their deputies decide for their
    municipalities. Nobody decides on their own application.
    """
    desks: dict[int, list[Desk]] = {}
    for (person_id, role), municipality_ids in _approvers(on).items() if waiting else ():
        stage = DecisionStage.STAFF if role == Role.STAFF else DecisionStage.EMPLOYER
        theirs = [
            one
            for one in waiting
            if one.stage == stage and one.person_id != person_id and (role == Role.STAFF or one.municipality_id in municipality_ids)
        ]
        if theirs:
            desks.setdefault(person_id, []).append(Desk(stage, theirs))
    return desks


def _approvers(on: date) -> dict[tuple[int, str], set[int | None]]:
    """Staff and coordinators of the day ``on`` who can sign in, by id and role, with the municipalities that they coordinate."""
    rows = db.session.execute(
        sa.select(RoleGrant.person_id, RoleGrant.role, RoleGrant.municipality_id)
        .join(Account, sa.and_(Account.person_id == RoleGrant.person_id, Account.active))
        .where(RoleGrant.role.in_([Role.STAFF, Role.COORDINATOR]), *people.in_force(RoleGrant, on))
        .order_by(RoleGrant.person_id, RoleGrant.role.desc(), RoleGrant.id)
    )
    found: defaultdict[tuple[int, str], set[int | None]] = defaultdict(set)
    for person_id, role, municipality_id in rows:
        found[person_id, role].add(municipality_id)
    return found


def _coordinators_ever() -> sa.Select[int]:
    """Whoever was a coordinator of the municipality of the outer statement's grant at any time."""
    ever = aliased(RoleGrant)
    ours = sa.select(ever.person_id).where(ever.role == Role.COORDINATOR, ever.municipality_id == RoleGrant.municipality_id)
    return ours.correlate(RoleGrant)


def people_by_id(person_ids: Collection[int]) -> dict[int, Person]:
    """These people by their ids."""
    return {one.id: one for one in db.session.scalars(sa.select(Person).where(Person.id.in_(person_ids)).order_by(Person.id))}


def events_posted(kind: str) -> frozenset[str]:
    """What mails ``kind`` were about, by the keys of their events."""
    rows = sa.select(OutboxMessage.event_key).where(OutboxMessage.kind == kind).order_by(OutboxMessage.event_key)
    return frozenset(db.session.scalars(rows))


def notices_of(keys: Iterable[str]) -> dict[str, Notice]:
    """What became of the notices with these keys, those that have a row, as it is now."""
    found = sa.select(Notice).where(Notice.key.in_(list(keys))).options(joinedload(Notice.decider)).order_by(Notice.id)
    return {notice.key: notice for notice in db.session.scalars(found.execution_options(populate_existing=True))}


def find_last_gone(kind: str) -> datetime | None:
    """When the last notice of ``kind`` went."""
    gone = (Notice.kind == kind, Notice.state == NoticeState.GONE)
    return db.session.scalar(sa.select(sa.func.max(Notice.decided_at, type_=Notice.decided_at.type)).where(*gone))


def notices_since(since: datetime) -> Sequence[Notice]:
    """Notices of after ``since`` that have gone or were stopped, the latest first, with run and title and who stopped them."""
    return db.session.scalars(
        sa.select(Notice)
        .where(Notice.goes_at >= since, Notice.state != NoticeState.PLANNED)
        .options(joinedload(Notice.run).joinedload(CourseRun.version), joinedload(Notice.decider))
        .order_by(Notice.goes_at.desc(), Notice.id.desc())
    ).all()
