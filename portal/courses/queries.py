"""What can be asked about courses, runs, sessions and trainers. The lists of the catalogue stand in ``queries_catalogue``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.courses.models import Course, CourseRun, CourseSession, CourseVersion, FundingProject, RunState, RunTrainer, Topic, Venue
from portal.foundation.database import BigId, db, locked
from portal.foundation.errors import NotFoundError
from portal.foundation.history import HistoryRow
from portal.municipalities.models import Municipality
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.sql.base import ExecutableOption

Row = TypeVar("Row")

# Built once, for every page and mail that names the days or trainers of a run.
_SESSIONS = (
    sa.select(CourseSession)
    .where(CourseSession.run_id.in_(sa.bindparam("runs", expanding=True)))
    .order_by(CourseSession.starts_at, CourseSession.id)
)
_SESSIONS_HELD = _SESSIONS.where(CourseSession.cancelled.is_(False))
_TRAINERS = (
    sa.select(RunTrainer.run_id, Person)
    .join(RunTrainer.person)
    .where(RunTrainer.run_id.in_(sa.bindparam("runs", expanding=True)))
    .order_by(RunTrainer.run_id, RunTrainer.position, RunTrainer.person_id)
)
_WITH_LOGO = sa.select(FundingProject.id).where(
    FundingProject.id.in_(sa.bindparam("projects", expanding=True)), FundingProject.logo.is_not(None)
)

LIVE_STATES = (RunState.OPEN, RunState.CLOSED, RunState.RUNNING)


_CODE, _ID = sa.bindparam("code", type_=sa.String), sa.bindparam("id", type_=BigId)


@cache
def _whole_run() -> tuple[ExecutableOption, ...]:
    """Everything that a page says about a run, in the same statement."""
    return (
        joinedload(CourseRun.version),
        joinedload(CourseRun.course).joinedload(Course.topic),
        joinedload(CourseRun.venue).joinedload(Venue.municipality),
        joinedload(CourseRun.funding_project),
    )


@cache
def _whole_run_where(*conditions: sa.ColumnElement[bool]) -> sa.Select[CourseRun]:
    return sa.select(CourseRun).where(*conditions).options(*_whole_run())


_BY_CODE, _BY_ID, _PUBLISHED = CourseRun.code == _CODE, CourseRun.id == _ID, CourseRun.state != RunState.DRAFT


def get_run(code: str) -> CourseRun:
    """The run with this code, in any state, with version, course, topic, venue and project. Raises ``NotFoundError``."""
    return _one(_whole_run_where(_BY_CODE), code=code)


def get_public_run(code: str) -> CourseRun:
    """As ``get_run``, but a draft is not found: what visitors and learners may know of. Raises ``NotFoundError``."""
    return _one(_whole_run_where(_BY_CODE, _PUBLISHED), code=code)


def get_run_by_id(run_id: int) -> CourseRun:
    """As ``get_run``, by id. Raises ``NotFoundError``."""
    return _one(_whole_run_where(_BY_ID), id=run_id)


def lock_run(run_id: int) -> CourseRun:
    """The run, locked until the transaction ends, as the database has it now. Raises ``NotFoundError``.

    The first statement of everything that gives, frees or adds places: on PostgreSQL a count made before the lock would be too old.
    """
    statement: sa.Select[CourseRun] = locked(sa.select(CourseRun).where(CourseRun.id == run_id))
    return _one(statement.execution_options(populate_existing=True))


def runs_taking_people(at: datetime, *, first: int | None = None) -> Sequence[CourseRun]:
    """The published runs that are not over at the moment ``at``, with their versions: those of the course ``first``, then by their start."""
    return db.session.scalars(
        sa.select(CourseRun)
        .options(joinedload(CourseRun.version))
        .where(CourseRun.state.in_(LIVE_STATES), CourseRun.ends_at > at)
        .order_by(sa.case((CourseRun.course_id == first, 0), else_=1), CourseRun.starts_at, CourseRun.id)
    ).all()


def lock_live_runs() -> None:
    """Lock all runs that take people, in the order of their ids, until the transaction ends: nobody gets or leaves a place meanwhile."""
    statement = sa.select(CourseRun.id).where(CourseRun.state.in_(LIVE_STATES)).order_by(CourseRun.id)
    db.session.execute(locked(statement))


def lock_run_of(session: CourseSession) -> CourseRun:
    """As ``lock_run``, for the run of ``session``, which is read anew too: a colleague may have changed it before the lock was ours."""
    run = lock_run(session.run_id)
    db.session.refresh(session)
    return run


def lock_course(course_id: int) -> Course:
    """The course, locked until the transaction ends: what is asked for it and what is told of it keep their order. Raises ``NotFoundError``."""
    statement: sa.Select[Course] = locked(sa.select(Course).where(Course.id == course_id))
    return _one(statement.execution_options(populate_existing=True))


def planned_like(columns: Mapping[str, Any], *, by: int, since: datetime) -> Sequence[CourseRun]:
    """The runs with exactly these columns that ``by`` planned since that moment."""
    planned = (HistoryRow.action == "run:create", HistoryRow.actor_id == by, HistoryRow.at >= since)
    same = (getattr(CourseRun, name) == value for name, value in columns.items())
    made = sa.and_(HistoryRow.subject_id == sa.cast(CourseRun.id, sa.String), *planned)
    return db.session.scalars(sa.select(CourseRun).join(HistoryRow, made).where(*same).order_by(CourseRun.id)).all()


def sessions_of(run_id: int, *, with_cancelled: bool = False) -> list[CourseSession]:
    """The sessions of a run from first to last; those cancelled are left out unless asked for."""
    return sessions_of_runs([run_id], with_cancelled=with_cancelled)[run_id]


def sessions_of_runs(run_ids: Iterable[int], *, with_cancelled: bool = False) -> dict[int, list[CourseSession]]:
    """The sessions of many runs, in one statement, as ``sessions_of``. Every id has its list."""
    found: dict[int, list[CourseSession]] = {run_id: [] for run_id in run_ids}
    statement = _SESSIONS if with_cancelled else _SESSIONS_HELD
    for session in db.session.scalars(statement, {"runs": list(found)}) if found else ():
        found[session.run_id].append(session)
    return found


def get_session(session_id: int) -> CourseSession:
    """The session with its run and what ``get_run`` loads. Raises ``NotFoundError``."""
    return _one(sa.select(CourseSession).where(CourseSession.id == session_id).options(*_session_with_run()))


@cache
def _session_with_run() -> tuple[ExecutableOption, ...]:
    run = joinedload(CourseSession.run)
    return (
        run.joinedload(CourseRun.version),
        run.joinedload(CourseRun.course),
        run.joinedload(CourseRun.venue).joinedload(Venue.municipality),
    )


def trainers_of(run_id: int) -> list[Person]:
    """The trainers of a run in their order."""
    return trainers_of_runs([run_id])[run_id]


def trainers_of_runs(run_ids: Iterable[int]) -> dict[int, list[Person]]:
    """The trainers of many runs, in one statement. Every id has its list."""
    found: dict[int, list[Person]] = {run_id: [] for run_id in run_ids}
    for run_id, person in db.session.execute(_TRAINERS, {"runs": list(found)}) if found else ():
        found[run_id].append(person)
    return found


def run_trainers(run_id: int) -> list[RunTrainer]:
    """The rows that say who trains in a run, in order."""
    statement = sa.select(RunTrainer).where(RunTrainer.run_id == run_id).order_by(RunTrainer.position, RunTrainer.person_id)
    return list(db.session.scalars(statement))


def get_course(slug: str) -> Course:
    """The course with its topic, whatever its state: for staff. Raises ``NotFoundError``."""
    return _one(sa.select(Course).where(Course.slug == slug).options(joinedload(Course.topic)))


def get_current_version(course_id: int) -> CourseVersion:
    """The newest version of a course, with course and topic. Raises ``NotFoundError``."""
    return _one(_current_versions().where(Course.id == course_id))


def get_public_version(slug: str) -> CourseVersion:
    """The newest version of a published course, with course and topic; not found once it is archived. Raises ``NotFoundError``."""
    return _one(_public_version(), slug=slug)


@cache
def _public_version() -> sa.Select[CourseVersion]:
    slug = sa.bindparam("slug", type_=sa.String)
    return _current_versions().where(Course.slug == slug, Course.published, Course.archived.is_(False))


def current_versions(*, with_archived: bool = False, topic_id: int | None = None) -> list[CourseVersion]:
    """The newest version of every course, with course and topic, by topic and title: for staff."""
    statement = _current_versions().order_by(Topic.position, Topic.id, CourseVersion.title_ka, Course.id)
    if not with_archived:
        statement = statement.where(Course.archived.is_(False))
    if topic_id is not None:
        statement = statement.where(Course.topic_id == topic_id)
    return list(db.session.scalars(statement))


def versions_of(course_id: int) -> list[tuple[CourseVersion, int]]:
    """All versions of a course, newest first, each with the number of runs that go by it."""
    runs = sa.select(sa.func.count()).where(CourseRun.version_id == CourseVersion.id).scalar_subquery()
    statement = sa.select(CourseVersion, runs).where(CourseVersion.course_id == course_id).order_by(CourseVersion.number.desc())
    return [(version, number) for version, number in db.session.execute(statement)]


@cache  # putting it together costs as much as sending it
def _current_versions() -> sa.Select[CourseVersion]:
    later = sa.orm.aliased(CourseVersion)
    newest = sa.select(sa.func.max(later.number)).where(later.course_id == Course.id).scalar_subquery()
    return (
        sa.select(CourseVersion)
        .join(CourseVersion.course)
        .join(Course.topic)
        .where(CourseVersion.number == newest)
        .options(contains_eager(CourseVersion.course).contains_eager(Course.topic))
    )


def version_is_promised(version_id: int) -> bool:
    """Whether a run beyond a draft goes by this version, so that it may not change."""
    return _exists(sa.select(CourseRun.id).where(CourseRun.version_id == version_id, CourseRun.state != RunState.DRAFT))


def has_live_runs(course_id: int) -> bool:
    """Whether a course has runs that are published and not over."""
    return _exists(sa.select(CourseRun.id).where(CourseRun.course_id == course_id, CourseRun.state.in_(LIVE_STATES)))


def drafts_of(course_id: int) -> list[CourseRun]:
    """The draft runs of a course."""
    statement = sa.select(CourseRun).where(CourseRun.course_id == course_id, CourseRun.state == RunState.DRAFT).order_by(CourseRun.id)
    return list(db.session.scalars(statement))


def runs_to_come_at(venue_id: int, at: datetime) -> list[CourseRun]:
    """The published runs at a venue that are not over at the moment ``at``, locked: whoever asks will change them."""
    statement = sa.select(CourseRun).where(CourseRun.venue_id == venue_id, CourseRun.state.in_(LIVE_STATES), CourseRun.ends_at > at)
    return list(db.session.scalars(locked(statement.order_by(CourseRun.id)).execution_options(populate_existing=True)))


def ids_of_runs_to_start(at: datetime) -> list[int]:
    """The ids of published runs whose first session has begun at the moment ``at``, but which are not yet said to be under way."""
    statement = sa.select(CourseRun.id).where(CourseRun.state.in_([RunState.OPEN, RunState.CLOSED]), CourseRun.starts_at <= at)
    return list(db.session.scalars(statement.order_by(CourseRun.starts_at, CourseRun.id)))


def run_ids_of_course(course_id: int) -> list[int]:
    """The ids of all runs of a course."""
    return list(db.session.scalars(sa.select(CourseRun.id).where(CourseRun.course_id == course_id).order_by(CourseRun.id)))


def run_ids_of_topic(topic_id: int) -> list[int]:
    """The ids of all runs of a topic's courses."""
    statement = sa.select(CourseRun.id).join(CourseRun.course).where(Course.topic_id == topic_id)
    return list(db.session.scalars(statement.order_by(CourseRun.id)))


def run_ids_at_venue(venue_id: int) -> list[int]:
    """The ids of all runs at a venue."""
    return list(db.session.scalars(sa.select(CourseRun.id).where(CourseRun.venue_id == venue_id).order_by(CourseRun.id)))


def run_ids_of_trainer(person_id: int) -> list[int]:
    """The ids of all runs that the person teaches or taught."""
    return list(db.session.scalars(sa.select(RunTrainer.run_id).where(RunTrainer.person_id == person_id).order_by(RunTrainer.run_id)))


def slugs_beginning_with(table: type[Course | Topic], text: str) -> set[str]:
    """The addresses of courses or topics that begin with ``text``."""
    statement = sa.select(table.slug).where(table.slug.startswith(text, autoescape=True)).order_by(table.slug)
    return set(db.session.scalars(statement))


def topics_in_order() -> list[Topic]:
    """All topics, in the order that staff gave them."""
    return list(db.session.scalars(sa.select(Topic).order_by(Topic.position, Topic.id)))


def names_of_topics(*, but: int | None = None) -> list[str]:
    """The Georgian names of all topics but one."""
    return [topic.name_ka for topic in topics_in_order() if topic.id != but]


def get_topic(topic_id: int) -> Topic:
    """A topic. Raises ``NotFoundError``."""
    return _one(sa.select(Topic).where(Topic.id == topic_id))


def venues_in_order(*, with_archived: bool = False) -> list[Venue]:
    """Venues by municipality and name, with the municipality."""
    statement = (
        sa.select(Venue)
        .join(Venue.municipality)
        .options(contains_eager(Venue.municipality))
        .order_by(Municipality.tile.is_(None), Municipality.tile, Venue.name_ka, Venue.id)
    )
    return list(db.session.scalars(statement if with_archived else statement.where(Venue.archived.is_(False))))


def names_of_venues(municipality_id: int, *, but: int | None = None) -> list[str]:
    """The Georgian names of the venues of a municipality, archived ones too, but one."""
    statement = sa.select(Venue.name_ka).where(Venue.municipality_id == municipality_id, Venue.id.is_distinct_from(but))
    return list(db.session.scalars(statement.order_by(Venue.id)))


def get_venue(venue_id: int) -> Venue:
    """A venue with its municipality. Raises ``NotFoundError``."""
    return _one(sa.select(Venue).where(Venue.id == venue_id).options(joinedload(Venue.municipality)))


def projects_in_order(*, with_archived: bool = False) -> list[FundingProject]:
    """Funding projects by donor and name."""
    statement = sa.select(FundingProject).order_by(FundingProject.donor_ka, FundingProject.name_ka, FundingProject.id)
    return list(db.session.scalars(statement if with_archived else statement.where(FundingProject.archived.is_(False))))


def get_project(project_id: int) -> FundingProject:
    """A funding project. Raises ``NotFoundError``."""
    return _one(sa.select(FundingProject).where(FundingProject.id == project_id))


def find_logo(project_id: int) -> bytes | None:
    """The PNG logo of a funding project, if it has one."""
    return db.session.scalar(sa.select(FundingProject.logo).where(FundingProject.id == project_id))


def projects_with_logo(project_ids: Iterable[int]) -> set[int]:
    """Which of these projects have a logo."""
    return set(db.session.scalars(_WITH_LOGO, {"projects": list(project_ids)}))


def _one(statement: sa.Select[Row], **values: object) -> Row:
    found = db.session.scalars(statement, values).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def _exists(statement: sa.Select[int]) -> bool:
    return db.session.scalar(sa.select(statement.exists())) or False
