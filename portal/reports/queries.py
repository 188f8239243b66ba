"""What reports count. Each function is one grouped statement, whatever the number of rows behind it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from portal.courses.models import Course, CourseRun, CourseSession
from portal.foundation import clock
from portal.foundation.database import Moment, db
from portal.foundation.history import HistoryRow
from portal.foundation.outbox import OutboxMessage
from portal.reports.figures import OVERVIEW, Dimension, Figures, Scope, of_one_sex
from portal.reports.queries_held import began, held, of_course, somebody

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

Key = int | str | None
TEXTS = {Dimension.SEX, Dimension.CATEGORY, Dimension.FORM, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR}


def participation(scope: Scope, dimensions: Sequence[Dimension] = OVERVIEW) -> dict[Dimension, dict[Key, Figures]]:
    """Figures of each group of each dimension; the key None stands for those of whom it is not known.

    Each group is counted apart by sex and put together here, since nobody is counted twice over the sexes; the same person may well stand
    in two groups of one dimension.
    """
    found: defaultdict[Dimension, dict[Key, Figures]] = defaultdict(dict)
    for dimension, key, _sex, group in _groups(scope, dimensions):
        found[dimension][key] = found[dimension].get(key, Figures()) + group
    return found


def by_sex(scope: Scope, dimension: Dimension) -> dict[Key, dict[Key, Figures]]:
    """Figures of each group of ``dimension``, those of each sex apart."""
    found: defaultdict[Key, dict[Key, Figures]] = defaultdict(dict)
    for _dimension, key, sex, group in _groups(scope, [dimension]):
        found[key][sex] = found[key].get(sex, Figures()) + group
    return found


def _groups(scope: Scope, dimensions: Sequence[Dimension]) -> Iterator[tuple[Dimension, Key, Key, Figures]]:
    """The places held are gathered once and then grouped in each way."""
    places = held(scope)
    counted = (
        sa.func.count(places.c.person_id.distinct()),
        sa.func.count(),
        *(sa.func.sum(places.c[name]) for name in ("attended", "held", "completed", "finished", "certified")),
    )
    groups = []
    for dimension in dimensions:
        # one type for all keys of the union
        key = sa.cast(places.c[dimension], sa.String)
        groups.append(sa.select(sa.literal(str(dimension)), key, places.c.sex, *counted).group_by(key, places.c.sex))
    rows: Any = db.session.execute(sa.union_all(*groups))
    for name, text, sex, *counts in rows:
        dimension = Dimension(name)
        yield dimension, _key(dimension, text), sex or None, of_one_sex(sex, tuple(int(count) for count in counts))


def _key(dimension: Dimension, text: str | None) -> Key:
    if text is None or dimension in TEXTS:
        return text or None
    return int(text)


@dataclass(frozen=True, slots=True)
class Runs:
    """How many runs began in the period, and how many places they had."""

    number: int
    capacity: int


def runs_held(scope: Scope) -> Runs:
    """The runs that began in the period with at least one participant in scope."""
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(CourseRun.capacity), 0))
        .select_from(CourseRun)
        .join(Course, Course.id == CourseRun.course_id)
        .where(*began(scope), *of_course(scope), somebody(scope))
    ).one()
    return Runs(int(row[0]), int(row[1]))


class LastChange(NamedTuple):
    """What every figure depends on: the last thing that was done, other than with mail, and the last run and training day that began."""

    digest: str | None
    run: datetime | None
    session: datetime | None


_NOW = sa.bindparam("now", type_=Moment())
_LAST_CHANGE = sa.select(
    sa.select(HistoryRow.digest)
    .where(HistoryRow.subject_kind != OutboxMessage.__tablename__)
    .order_by(HistoryRow.id.desc())
    .limit(1)
    .scalar_subquery(),
    *(sa.select(sa.func.max(table.starts_at)).where(table.starts_at <= _NOW).scalar_subquery() for table in (CourseRun, CourseSession)),
)


def last_change() -> LastChange:
    """What there was last to change a figure. While it stays the same, so does every report."""
    return LastChange._make(db.session.execute(_LAST_CHANGE, {"now": clock.now()}).one())
