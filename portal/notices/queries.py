"""What can be asked about notices: which runs they are about, who gets them, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal import enrolment, people
from portal.courses.models import CourseRun, CourseVersion, RunState
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.notices.models import Notice, NoticeState
from portal.people.models import Account, Person, Role, RoleGrant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

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


def coordinators_to_tell(run_ids: Collection[int]) -> list[tuple[int, int]]:
    """For each of the runs the people who coordinate a municipality that may nominate for it and has nominated nobody yet.

    Pairs of the run's id and the person's. Every municipality may nominate for every run that is open.
    """
    nominated = sa.exists().where(
        Enrolment.run_id == CourseRun.id,
        Enrolment.municipality_id == RoleGrant.municipality_id,
        Enrolment.enrolled_by.in_(_coordinators_ever()),
    )
    rows = db.session.execute(
        sa.select(CourseRun.id, RoleGrant.person_id)
        .distinct()
        .join(RoleGrant, sa.and_(RoleGrant.role == Role.COORDINATOR, *people.in_force(RoleGrant)))
        .join(Account, sa.and_(Account.person_id == RoleGrant.person_id, Account.active))
        .where(CourseRun.id.in_(run_ids), ~nominated)
        .order_by(CourseRun.id, RoleGrant.person_id)
    )
    return [(run_id, person_id) for run_id, person_id in rows]


def _coordinators_ever() -> sa.Select[int]:
    """Whoever was a coordinator of the municipality of the outer statement's grant at any time."""
    ever = aliased(RoleGrant)
    ours = sa.select(ever.person_id).where(ever.role == Role.COORDINATOR, ever.municipality_id == RoleGrant.municipality_id)
    return ours.correlate(RoleGrant)


def people_by_id(person_ids: Collection[int]) -> dict[int, Person]:
    """These people by their ids."""
    return {one.id: one for one in db.session.scalars(sa.select(Person).where(Person.id.in_(person_ids)).order_by(Person.id))}


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
