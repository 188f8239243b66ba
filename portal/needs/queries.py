"""What can be asked about needs. Where one stands follows from the runs that serve it, which are read with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.courses.models import Course, CourseRun, CourseVersion, RunState, Topic
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.municipalities.models import Municipality
from portal.needs.models import NeedRun, NeedState, TrainingBudget, TrainingNeed
from portal.needs.rules import state_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_Newer = sa.orm.aliased(CourseVersion)
_NEWEST = sa.select(sa.func.max(_Newer.number)).where(_Newer.course_id == Course.id).correlate(Course).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Posted:
    """A need with its topic, the newest version of its course if it names one, and the run that serves it."""

    need: TrainingNeed
    topic: Topic
    version: CourseVersion | None
    run: CourseRun | None

    @property
    def state(self) -> NeedState:
        """Where it stands."""
        return state_of(self.need.ended, self.run.state if self.run else None)

    def title(self, language: str) -> str:
        """What is needed: the title of the course, or the municipality's own words."""
        return self.version.title(language) if self.version else self.need.subject


@cache
def _posted() -> sa.Select[TrainingNeed, Topic, CourseVersion, CourseRun]:
    """Needs with what ``Posted`` has; of the runs made for one those that were cancelled do not count."""
    serving = (
        sa.select(NeedRun.need_id, NeedRun.run_id)
        .join(CourseRun, CourseRun.id == NeedRun.run_id)
        .where(CourseRun.state != RunState.CANCELLED)
        .subquery()
    )
    return (
        sa.select(TrainingNeed, Topic, CourseVersion, CourseRun)
        .outerjoin(Course, Course.id == TrainingNeed.course_id)
        .join(Topic, Topic.id == sa.func.coalesce(TrainingNeed.topic_id, Course.topic_id))
        .outerjoin(CourseVersion, sa.and_(CourseVersion.course_id == Course.id, CourseVersion.number == _NEWEST))
        .outerjoin(serving, serving.c.need_id == TrainingNeed.id)
        .outerjoin(CourseRun, CourseRun.id == serving.c.run_id)
        .options(
            joinedload(TrainingNeed.municipality).joinedload(Municipality.region),
            joinedload(TrainingNeed.course),
            joinedload(TrainingNeed.poster),
        )
        .order_by(TrainingNeed.starts_on, Topic.position, TrainingNeed.id)
    )


def _read(*which: sa.ColumnElement[bool]) -> list[Posted]:
    return [Posted(*row) for row in db.session.execute(_posted().where(*which))]


def _in_year(year: int) -> sa.ColumnElement[bool]:
    return TrainingNeed.starts_on.between(date(year, 1, 1), date(year, 12, 31))


def needs_of(municipality_ids: Collection[int], year: int) -> list[Posted]:
    """The needs of these municipalities whose period begins in the year, by their periods. One statement."""
    return _read(TrainingNeed.municipality_id.in_(municipality_ids), _in_year(year))


def get_need(need_id: int, *, municipality_ids: Collection[int] | None = None) -> Posted:
    """A need; of one of ``municipality_ids`` when they are given. Raises ``NotFoundError``."""
    own = () if municipality_ids is None else (TrainingNeed.municipality_id.in_(municipality_ids),)
    found = _read(TrainingNeed.id == need_id, *own)
    if not found:
        raise NotFoundError
    return found[0]


def needs_by_ids(need_ids: Collection[int]) -> list[Posted]:
    """These needs, those first whose period begins first."""
    return _read(TrainingNeed.id.in_(need_ids)) if need_ids else []


def all_needs(*, year: int, region_id: int | None = None, topic_id: int | None = None) -> list[Posted]:
    """The needs of all municipalities whose period begins in the year, of a region or about a topic where that is asked. One statement."""
    which = [_in_year(year)]
    if region_id is not None:
        which.append(TrainingNeed.municipality.has(Municipality.region_id == region_id))
    if topic_id is not None:
        which.append(Topic.id == topic_id)
    return _read(*which)


def open_needs(*, course_id: int | None = None, topic_id: int | None = None) -> list[Posted]:
    """The open needs for a course, or for a topic in own words, whatever their year. One statement."""
    subject = TrainingNeed.course_id == course_id if topic_id is None else TrainingNeed.topic_id == topic_id
    return [one for one in _read(subject, TrainingNeed.ended.is_(None)) if one.state == NeedState.OPEN]


def years_of(municipality_ids: Collection[int] | None = None) -> list[int]:
    """The years in which periods of needs begin, of these municipalities or of all."""
    year = sa.extract("year", TrainingNeed.starts_on)
    statement = sa.select(year).distinct().order_by(year)
    if municipality_ids is not None:
        statement = statement.where(TrainingNeed.municipality_id.in_(municipality_ids))
    return [int(one) for one in db.session.scalars(statement)]


def find_same(columns: dict[str, Any], *, by: int) -> TrainingNeed | None:
    """An open need that ``by`` posted with the same values; categories and free words are compared as they stand."""
    compared = {name: value for name, value in columns.items() if name != "categories"}
    statement = sa.select(TrainingNeed).filter_by(**compared, posted_by=by, ended=None).order_by(TrainingNeed.id)
    return next((one for one in db.session.scalars(statement) if one.categories == columns["categories"]), None)


def lock_needs(need_ids: Iterable[int]) -> list[TrainingNeed]:
    """The needs as they are now, locked in the order of their ids. Raises ``NotFoundError`` when one is missing."""
    wanted = sorted(set(need_ids))
    statement = locked(sa.select(TrainingNeed).where(TrainingNeed.id.in_(wanted)).order_by(TrainingNeed.id))
    found = list(db.session.scalars(statement.execution_options(populate_existing=True)))
    if not wanted or len(found) < len(wanted):
        raise NotFoundError
    return found


def serving(need_ids: Collection[int]) -> dict[int, NeedRun]:
    """The links to the runs that serve these needs, with the runs, by need; those of cancelled runs are left out."""
    links = db.session.scalars(
        sa.select(NeedRun)
        .join(NeedRun.run)
        .options(sa.orm.contains_eager(NeedRun.run))
        .where(NeedRun.need_id.in_(need_ids), CourseRun.state != RunState.CANCELLED)
        .order_by(NeedRun.need_id)
        .execution_options(populate_existing=True)
    )
    return {link.need_id: link for link in links}


def find_budget(municipality_id: int, year: int) -> TrainingBudget | None:
    """The money that the municipality plans for training in the year, if it said."""
    which = (TrainingBudget.municipality_id == municipality_id, TrainingBudget.year == year)
    return db.session.scalar(sa.select(TrainingBudget).where(*which))
