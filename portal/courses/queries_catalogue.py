"""Lists of runs, page by page: the catalogue of visitors and the list of staff.

Columns are read instead of whole rows, in one statement a page, along an index and no further than the page: 3,000 runs cost what 30 do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from portal.courses.models import CURRENT, LISTED, Course, CourseRun, CourseSession, CourseVersion, RunState, Topic, Venue
from portal.courses.queries_search import conditions_for
from portal.foundation.clock import TBILISI
from portal.foundation.database import Moment, db
from portal.municipalities.models import Municipality, Region

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

PAGE = 20
STAFF_PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_POSITION = re.compile("([0-9]{1,17})-([0-9]{1,15})")
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of a list begins or ends: start and id of a run. Written "1796018400000000-12" in addresses."""

    starts_at: datetime
    run_id: int

    def __str__(self) -> str:
        return f"{(self.starts_at - _EPOCH) // _MICROSECOND}-{self.run_id}"


def find_position(text: str) -> Position | None:
    """The position written in an address, or None when it is none."""
    matched = _POSITION.fullmatch(text)
    try:
        return Position(_EPOCH + int(matched[1]) * _MICROSECOND, int(matched[2])) if matched else None
    except OverflowError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs a list shows; what is left out does not narrow it. ``month`` is any day of it; ``current`` runs are not over.

    ``after`` and ``before`` are the position that the page follows or precedes; one of them at most.
    """

    text: str = ""
    topic_id: int | None = None
    region_id: int | None = None
    course_id: int | None = None
    course_ids: frozenset[int] | None = None
    funding_project_id: int | None = None
    form: str | None = None
    state: str | None = None
    month: date | None = None
    current: bool = False
    after: Position | None = None
    before: Position | None = None


@dataclass(frozen=True, slots=True)
class ListedRun:
    """One line of a list of runs."""

    id: int
    code: str
    state: str
    form: str
    language: str
    capacity: int
    starts_at: datetime
    ends_at: datetime
    enrolment_opens_at: datetime
    enrolment_closes_at: datetime
    title_ka: str
    title_en: str
    contact_hours: Decimal
    place_ka: str | None
    place_en: str | None
    session_count: int
    invited_only: bool

    def title(self, language: str) -> str:
        """The title in ``language``."""
        return self.title_ka if language == "ka" else self.title_en

    def place(self, language: str) -> str | None:
        """The municipality in ``language``; None online."""
        return self.place_ka if language == "ka" else self.place_en


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of a list, with the positions for the pages before and after it where there are any."""

    runs: Sequence[ListedRun]
    earlier: Position | None
    later: Position | None


Lines = sa.Select[*tuple[Any, ...]]

_LISTED: sa.ColumnElement[bool] = sa.literal_column(LISTED.replace("state", "course_run.state"))
_CURRENT: sa.ColumnElement[bool] = sa.literal_column(CURRENT.replace("state", "course_run.state"))

_LINES = (
    sa.select(
        CourseRun.id,
        CourseRun.code,
        CourseRun.state,
        CourseRun.form,
        CourseRun.language,
        CourseRun.capacity,
        CourseRun.starts_at,
        CourseRun.ends_at,
        CourseRun.enrolment_opens_at,
        CourseRun.enrolment_closes_at,
        CourseVersion.title_ka,
        CourseVersion.title_en,
        CourseVersion.contact_hours,
        Municipality.name_ka,
        Municipality.name_en,
        sa.select(sa.func.count())
        .where(CourseSession.run_id == CourseRun.id, CourseSession.cancelled.is_(False))
        .correlate(CourseRun)
        .scalar_subquery(),
        CourseRun.invited_only,
    )
    .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
    .outerjoin(Venue, Venue.id == CourseRun.venue_id)
    .outerjoin(Municipality, Municipality.id == Venue.municipality_id)
)


_AT, _LINES_WANTED = sa.bindparam("at", type_=Moment()), sa.bindparam("lines", type_=sa.Integer)
_start_and_id = sa.tuple_(CourseRun.starts_at, CourseRun.id)


_ORDERS = {False: (CourseRun.starts_at, CourseRun.id), True: (CourseRun.starts_at.desc(), CourseRun.id.desc())}


def _in_both_orders(statement: Lines) -> dict[bool, Lines]:
    """``statement`` limited and in order, by whether the order is descending. Built once: building costs more than the database's answer."""
    return {descending: statement.order_by(*order).limit(_LINES_WANTED) for descending, order in _ORDERS.items()}


_PUBLIC = _in_both_orders(_LINES.where(_LISTED, CourseRun.starts_at > _AT))
# For conditions whose runs no index has in order, as several states: ids are sorted, not whole lines.
_IDS = (
    sa.select(CourseRun.id)
    .outerjoin(Venue, Venue.id == CourseRun.venue_id)
    .outerjoin(Municipality, Municipality.id == Venue.municipality_id)
    .where(CourseRun.starts_at.is_not(None))
)
_ALL, _ALL_IDS = _in_both_orders(_LINES.where(CourseRun.starts_at.is_not(None))), _in_both_orders(_IDS)


def list_public_runs(
    wanted: RunFilter, *, at: datetime, size: int = PAGE, only: Sequence[sa.ColumnElement[bool]] = (), **values: Any
) -> RunPage:
    """Runs that visitors see, published and beginning after the moment ``at``, the next first.

    ``only`` are conditions of floors above, and ``values`` what they name.
    """
    return _page(_public_with(tuple(only)), _conditions(wanted), wanted, size, newest_first=False, at=at, **values)


@lru_cache(16)  # the conditions are few, and each is the same object every time
def _public_with(only: tuple[sa.ColumnElement[bool], ...]) -> dict[bool, Lines]:
    return {descending: statement.where(*only) for descending, statement in _PUBLIC.items()}


def list_staff_runs(
    wanted: RunFilter, *, size: int = STAFF_PAGE, only: Sequence[sa.ColumnElement[bool]] = (), newest_first: bool = True
) -> RunPage:
    """Runs in every state, the last to begin first unless said otherwise. ``only`` are conditions of floors above.

    Drafts without a training day are not among them, see ``list_undated_runs``.
    """
    statements = _ALL_IDS if only else _ALL
    return _page(statements, [*only, *_conditions(wanted)], wanted, size, newest_first=newest_first, ids_only=bool(only))


@dataclass(frozen=True, slots=True)
class UndatedRun:
    """A draft without a training day."""

    id: int
    code: str
    form: str
    title_ka: str
    title_en: str

    def title(self, language: str) -> str:
        """The title in ``language``."""
        return self.title_ka if language == "ka" else self.title_en


_UNDATED = (
    sa.select(CourseRun.id, CourseRun.code, CourseRun.form, CourseVersion.title_ka, CourseVersion.title_en)
    .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
    .where(CourseRun.state == RunState.DRAFT, CourseRun.starts_at.is_(None))
    .order_by(CourseRun.id.desc())
    .limit(_LINES_WANTED)
)


def list_undated_runs(*, code: str = "", size: int = STAFF_PAGE) -> list[UndatedRun]:
    """Drafts without a training day, newest first; those whose code contains ``code``."""
    statement = _UNDATED.where(CourseRun.code.icontains(code, autoescape=True)) if code else _UNDATED
    return [UndatedRun(*row) for row in db.session.execute(statement, {"lines": size})]


@dataclass(frozen=True, slots=True)
class Choice:
    """A topic or a region that a list can be narrowed to; ``code`` stands in addresses."""

    id: int
    code: str
    name_ka: str
    name_en: str

    def name(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_ka if language == "ka" else self.name_en


@dataclass(frozen=True, slots=True)
class Offer:
    """What the catalogue can be narrowed to. ``last_start`` is when the last run to come begins; None when there is none."""

    topics: Sequence[Choice]
    regions: Sequence[Choice]
    last_start: datetime | None


_ACTIVE_REGIONS = sa.select(Municipality.region_id).where(Municipality.active)
_CHOICES = sa.union_all(
    sa.select(sa.literal(0).label("kind"), Topic.position, Topic.id, Topic.slug, Topic.name_ka, Topic.name_en),
    sa.select(sa.literal(1), Region.position, Region.id, Region.iso, Region.name_ka, Region.name_en).where(Region.id.in_(_ACTIVE_REGIONS)),
).subquery()
_LAST_START = sa.select(sa.func.max(CourseRun.starts_at)).where(_LISTED, CourseRun.starts_at > sa.bindparam("at", type_=Moment()))
_OFFER = sa.select(_CHOICES, _LAST_START.scalar_subquery()).order_by(_CHOICES.c.kind, _CHOICES.c.position, _CHOICES.c.id)


def read_offer(at: datetime) -> Offer:
    """What the catalogue can be narrowed to at the moment ``at``, in one statement."""
    rows = db.session.execute(_OFFER, {"at": at}).all()
    choices: tuple[list[Choice], list[Choice]] = [], []
    for kind, _position, *values, _last in rows:
        choices[kind].append(Choice(*values))
    return Offer(*choices, last_start=rows[0][-1] if rows else None)


@cache
def takes_enrolments() -> sa.ColumnElement[bool]:
    """The condition for ``list_public_runs`` that one can enrol at its moment, or later."""
    return sa.and_(CourseRun.state == RunState.OPEN, CourseRun.enrolment_closes_at > _AT)


def _conditions(wanted: RunFilter) -> list[sa.ColumnElement[bool]]:
    conditions = conditions_for(wanted.text)
    if wanted.topic_id is not None:
        courses = sa.select(Course.id).where(Course.topic_id == wanted.topic_id)
        conditions.append(CourseRun.course_id.in_(courses))
    if wanted.region_id is not None:
        conditions.append(Municipality.region_id == wanted.region_id)
    for column in (CourseRun.course_id, CourseRun.funding_project_id, CourseRun.form, CourseRun.state):
        value = getattr(wanted, column.key)
        if value is not None:
            conditions.append(column == value)
    if wanted.course_ids is not None:
        conditions.append(CourseRun.course_id.in_(sorted(wanted.course_ids)))
    if wanted.current:
        conditions.append(_CURRENT)
    if wanted.month is not None:
        first, following = month_bounds(wanted.month)
        conditions += [CourseRun.starts_at >= first, CourseRun.starts_at < following]
    return conditions


def month_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moments, in Georgia, of the month of ``day`` and of the following month."""
    first = datetime(day.year, day.month, 1, tzinfo=TBILISI)
    return first, (first + timedelta(days=32)).replace(day=1)


def _page(
    statements: dict[bool, Lines],
    conditions: Sequence[sa.ColumnElement[bool]],
    wanted: RunFilter,
    size: int,
    *,
    newest_first: bool,
    ids_only: bool = False,
    **values: Any,
) -> RunPage:
    """The page after or before a position; one line more than shown tells whether the list goes on. ``statements`` may give ids only."""
    position, backwards = (wanted.before, True) if wanted.before else (wanted.after, False)
    descending = newest_first != backwards
    statement = statements[descending].where(*conditions) if conditions else statements[descending]
    if position is not None:
        there = sa.tuple_(sa.literal(position.starts_at, Moment()), sa.literal(position.run_id))
        statement = statement.where(_start_and_id < there if descending else _start_and_id > there)
    if ids_only:
        statement = _LINES.where(CourseRun.id.in_(statement)).order_by(*_ORDERS[descending])
    lines = [ListedRun(*row) for row in db.session.execute(statement, values | {"lines": size + 1})]
    goes_on, lines = len(lines) > size, lines[:size]
    if backwards:
        lines.reverse()
    here = position is not None and bool(lines)
    return RunPage(
        runs=lines,
        earlier=_position(lines[0]) if (goes_on if backwards else here) else None,
        later=_position(lines[-1]) if (here if backwards else goes_on) else None,
    )


def _position(line: ListedRun) -> Position:
    return Position(line.starts_at, line.id)
