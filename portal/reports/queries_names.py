"""Names of what reports and the history speak of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from portal.certificates.models import Certificate, IssueBatch
from portal.courses.models import Course, CourseRun, CourseSession, CourseVersion, FundingProject, RunMaterial, Topic, Venue
from portal.enrolment.models import CourseInterest, Enrolment, Nomination
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.municipalities.models import Municipality, Region
from portal.needs.models import TrainingBudget, TrainingNeed
from portal.notices.models import Notice
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name in both languages."""

    id: int
    name_ka: str
    name_en: str

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en


def names_of_courses(ids: Iterable[int]) -> dict[int, Named]:
    """The newest titles of these courses."""
    return _named_by_id(ids, _NAMES[Course.__tablename__][1], Course.id)


def names_of_runs(ids: Iterable[int]) -> dict[int, Named]:
    """Code and title of these runs."""
    titles: Any = (CourseRun.code + " · " + title for title in (CourseVersion.title_ka, CourseVersion.title_en))
    return _named_by_id(ids, sa.select(CourseRun.id, *titles).join(CourseVersion, CourseVersion.id == CourseRun.version_id), CourseRun.id)


def _named_by_id(ids: Iterable[int], statement: Any, key: Any) -> dict[int, Named]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {row[0]: Named(*row) for row in db.session.execute(statement.where(key.in_(wanted)).order_by(key))}


def regions_and_municipalities() -> Sequence[Municipality]:
    """Every municipality with its region, those in exile included, in the order of the mosaic."""
    return db.session.scalars(
        sa.select(Municipality)
        .join(Municipality.region)
        .options(sa.orm.contains_eager(Municipality.region))
        .order_by(Municipality.tile.is_(None), Municipality.tile, Region.position, Municipality.id)
    ).all()


def names_of_people(ids: Iterable[int]) -> dict[int, Person]:
    """These people by their ids, in one statement; none when nobody is asked for."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {person.id: person for person in db.session.scalars(_PEOPLE, {"ids": wanted})}


_PEOPLE = (
    sa.select(Person)
    .where(Person.id.in_(sa.bindparam("ids", expanding=True)))
    .options(load_only(Person.given_name_ka, Person.family_name_ka, Person.given_name_latin, Person.family_name_latin))
    .order_by(Person.id)
)


def names_of_subjects(ids_by_kind: Mapping[str, Iterable[int]]) -> dict[tuple[str, int], tuple[str, str]]:
    """What people call these things of the history, in Georgian and in English, by kind and id, in one statement.

    Kinds that have no name of their own (a sign-in) are left out.
    """
    kinds = tuple(sorted(kind for kind, ids in ids_by_kind.items() if ids and kind in _NAMES))
    if not kinds:
        return {}
    rows = db.session.execute(_names_of(kinds), {kind: sorted(set(ids_by_kind[kind])) for kind in kinds})
    return {(row[3], row[0]): (row[1], row[2]) for row in rows}


@cache  # a page of the history has a dozen kinds; putting the statement together costs more than its answer
def _names_of(kinds: tuple[str, ...]) -> sa.CompoundSelect[Any]:
    return sa.union_all(
        *(
            statement.add_columns(sa.literal(kind)).where(key.in_(sa.bindparam(kind, expanding=True)))
            for kind in kinds
            for key, statement in [_NAMES[kind]]
        )
    )


def _with_run(table: Any) -> tuple[Any, Any]:
    return table.id, sa.select(table.id, CourseRun.code, CourseRun.code).join(CourseRun, CourseRun.id == table.run_id)


def _of_municipality(table: Any) -> tuple[Any, Any]:
    return table.id, sa.select(table.id, Municipality.name_ka, Municipality.name_en).join(
        Municipality, Municipality.id == table.municipality_id
    )


def _named(table: Any) -> tuple[Any, Any]:
    return table.id, sa.select(table.id, table.name_ka, table.name_en)


_NEWEST = sa.select(sa.func.max(CourseVersion.number)).where(CourseVersion.course_id == Course.id).correlate(Course).scalar_subquery()

_VERSION = sa.and_(CourseVersion.course_id == Course.id, CourseVersion.number == _NEWEST)

_NAMES: dict[str, tuple[Any, Any]] = {
    Course.__tablename__: (
        Course.id,
        sa.select(Course.id, CourseVersion.title_ka, CourseVersion.title_en).join(CourseVersion, _VERSION),
    ),
    CourseInterest.__tablename__: (
        CourseInterest.id,
        sa.select(CourseInterest.id, CourseVersion.title_ka, CourseVersion.title_en)
        .join(Course, Course.id == CourseInterest.course_id)
        .join(CourseVersion, _VERSION),
    ),
    CourseRun.__tablename__: (CourseRun.id, sa.select(CourseRun.id, CourseRun.code, CourseRun.code)),
    CourseSession.__tablename__: _with_run(CourseSession),
    Enrolment.__tablename__: _with_run(Enrolment),
    Nomination.__tablename__: _with_run(Nomination),
    IssueBatch.__tablename__: _with_run(IssueBatch),
    Notice.__tablename__: _with_run(Notice),
    RunMaterial.__tablename__: _with_run(RunMaterial),
    Certificate.__tablename__: (Certificate.id, sa.select(Certificate.id, Certificate.number, Certificate.number)),
    OutboxMessage.__tablename__: (OutboxMessage.id, sa.select(OutboxMessage.id, OutboxMessage.kind, OutboxMessage.kind)),
    TrainingBudget.__tablename__: _of_municipality(TrainingBudget),
    TrainingNeed.__tablename__: _of_municipality(TrainingNeed),
    Topic.__tablename__: _named(Topic),
    Municipality.__tablename__: _named(Municipality),
    Region.__tablename__: _named(Region),
    Venue.__tablename__: _named(Venue),
    FundingProject.__tablename__: _named(FundingProject),
}


def subjects_of(reference: str) -> dict[str, list[int]]:
    """The things whose history is that of a run or of a certificate, by kind, in one statement; empty when there is neither.

    ``reference`` is a run's code (itself, its sessions, nominations, enrolments and certificates) or a certificate's number (itself and its enrolment).
    """
    run = sa.select(CourseRun.id).where(CourseRun.code == reference).scalar_subquery()
    parts: list[Any] = [sa.select(sa.literal(CourseRun.__tablename__), CourseRun.id).where(CourseRun.code == reference)]
    parts += [
        sa.select(sa.literal(table.__tablename__), table.id).where(table.run_id == run)
        for table in (CourseSession, Enrolment, Nomination, Certificate, IssueBatch, RunMaterial)
    ]
    for table, key in ((Certificate, Certificate.id), (Enrolment, Certificate.enrolment_id)):
        parts.append(sa.select(sa.literal(table.__tablename__), key).where(Certificate.number == reference))
    found: dict[str, list[int]] = {}
    for kind, number in db.session.execute(sa.union_all(*parts)):
        found.setdefault(kind, []).append(number)
    return found
