"""What can be asked about places, waiting lists and who is enrolled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal import courses
from portal.courses.models import CourseRun, CourseSession, CourseVersion, RunState, Venue
from portal.enrolment.models import HOLDS_PLACE, LIVE, TAKES_PLACE, Enrolment, EnrolmentState
from portal.enrolment.rules import Clash, Standing, to_standing
from portal.foundation import clock
from portal.foundation.database import BigId, db, locked
from portal.foundation.errors import NotFoundError
from portal.people import in_force, not_merged
from portal.people.models import Person, Post

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

Earlier = aliased(Enrolment)
Day, OtherDay = aliased(CourseSession), aliased(CourseSession)


def _in_states(states: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(Enrolment.state == state for state in states))


def _number_in(run_id: sa.SQLColumnExpression[int], states: Iterable[str]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(Enrolment).where(Enrolment.run_id == run_id, _in_states(states)).scalar_subquery()


def held_on(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """Build the SQL condition on ``Post`` that it is held on ``day``."""
    return sa.and_(*in_force(Post, day))


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


# Enrolling sends these; they are built once, because building one costs more than the database takes to answer it.
_RUN, _PERSON, _TODAY = sa.bindparam("run", type_=BigId), sa.bindparam("person", type_=BigId), sa.bindparam("today", type_=sa.Date)
_CODE, _FORM_KEY = sa.bindparam("code", type_=sa.String), sa.bindparam("form_key", type_=sa.String)
_WHOLE_RUN = (
    sa.select(CourseRun)
    .options(
        joinedload(CourseRun.version).load_only(CourseVersion.title_ka, CourseVersion.title_en, CourseVersion.target_categories),
        joinedload(CourseRun.venue).joinedload(Venue.municipality),
    )
    .execution_options(populate_existing=True)
)
LOCKED_RUN = locked(_WHOLE_RUN.where(CourseRun.id == _RUN), of=CourseRun)
LOCKED_RUN_BY_CODE = locked(_WHOLE_RUN.where(CourseRun.code == _CODE), of=CourseRun)
_RUN_ID = sa.select(CourseRun.id).where(CourseRun.code == _CODE, CourseRun.state != RunState.DRAFT)
_PLACES = (
    sa.select(CourseRun.id, CourseRun.capacity, _count_if(_in_states(TAKES_PLACE)), _count_if(Enrolment.state == EnrolmentState.WAITING))
    .outerjoin(Enrolment, sa.and_(Enrolment.run_id == CourseRun.id, _in_states(LIVE)))
    .where(CourseRun.id.in_(sa.bindparam("runs", expanding=True)))
    .group_by(CourseRun.id, CourseRun.capacity)
    .order_by(CourseRun.id)
)
_MINE = sa.and_(Enrolment.run_id == _RUN, Enrolment.person_id == _PERSON)
# pages load an enrolment before its run is locked: what stands in the row by now counts
_ENROLMENTS_IN = sa.select(Enrolment).where(_MINE).order_by(Enrolment.id).execution_options(populate_existing=True)
_DAYS_OF_ENROLMENT = sa.and_(OtherDay.run_id == Enrolment.run_id, OtherDay.cancelled.is_(False))
_SAME_TIME = sa.and_(Day.starts_at < OtherDay.ends_at, OtherDay.starts_at < Day.ends_at)
_PLACE_ELSEWHERE = (
    Enrolment.state == EnrolmentState.CONFIRMED,
    Enrolment.run_id != _RUN,
    Day.run_id == _RUN,
    Day.cancelled.is_(False),
)
_CLASHES = (
    sa.select(Enrolment.person_id, CourseRun.code, CourseVersion.title_ka, CourseVersion.title_en, OtherDay.starts_at)
    .join(CourseRun, CourseRun.id == Enrolment.run_id)
    .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
    .join(OtherDay, _DAYS_OF_ENROLMENT)
    .join(Day, _SAME_TIME)
    .where(Enrolment.person_id.in_(sa.bindparam("people", expanding=True)), *_PLACE_ELSEWHERE)
    .order_by(OtherDay.starts_at.desc(), OtherDay.id.desc())
)
_THEIRS = sa.and_(Enrolment.run_id == _RUN, Enrolment.person_id == Person.id)
_THEIR_KEY = sa.cast(_RUN, sa.String) + ":" + sa.cast(Person.id, sa.String) + ":" + _FORM_KEY
_APPLICANTS = (
    sa.select(
        Person,
        Post,
        _number_in(_RUN, TAKES_PLACE),
        _number_in(_RUN, [EnrolmentState.WAITING]),
        sa.exists().where(Enrolment.person_id == Person.id, *_PLACE_ELSEWHERE, _DAYS_OF_ENROLMENT, _SAME_TIME),
        sa.select(sa.func.count()).select_from(Enrolment).where(_THEIRS).scalar_subquery(),
        sa.select(Enrolment.id).where(_THEIRS, _in_states(LIVE)).limit(1).scalar_subquery(),
        sa.select(Enrolment.id).where(Enrolment.form_key == _THEIR_KEY).scalar_subquery(),
        sa.exists().where(Enrolment.reference.in_(sa.bindparam("references", expanding=True))),
    )
    .outerjoin(Post, sa.and_(Post.person_id == Person.id, held_on(_TODAY)))
    .where(Person.id.in_(sa.bindparam("people", expanding=True)), not_merged())
    .order_by(Post.starts_on.desc(), Post.id.desc())
)
_IDS_OF_PLACES = sa.select(Enrolment.id).where(Enrolment.run_id == _RUN, Enrolment.state.in_(HOLDS_PLACE))
# of a version only what lists say: a course has thirty more columns, long texts among them
_OF_PERSON = (
    sa.select(Enrolment)
    .join(Enrolment.run)
    .where(Enrolment.person_id == _PERSON)
    .options(
        contains_eager(Enrolment.run).options(
            joinedload(CourseRun.version).load_only(CourseVersion.title_ka, CourseVersion.title_en, CourseVersion.attendance_percent),
            joinedload(CourseRun.venue).load_only(Venue.name_ka, Venue.name_en).joinedload(Venue.municipality),
        )
    )
    .order_by(CourseRun.starts_at, CourseRun.id, Enrolment.id)
)


@dataclass(frozen=True, slots=True)
class Places:
    """How full a run is."""

    capacity: int
    taken: int
    waiting: int

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return max(self.capacity - self.taken, 0)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who wants a place in a run: the person, today's posts, the newest first, how full the run is, and what they are in it already.

    ``clashes`` says that they have a place elsewhere at the same time. ``earlier`` counts their enrolments in the run, ``live_id`` is the
    one that is live, ``same_id`` the one that came from the same form; ``reference_taken`` says that somebody has a drawn reference.
    """

    person: Person
    posts: list[Post]
    taken: int
    waiting: int
    clashes: bool
    earlier: int
    live_id: int | None
    same_id: int | None
    reference_taken: bool


def get_run_id(code: str) -> int:
    """The id of a run that people may know of, by its code. Raises ``NotFoundError``, for drafts too."""
    run_id = db.session.scalar(_RUN_ID, {"code": code})
    if run_id is None:
        raise NotFoundError
    return run_id


def get_locked_run(run_id: int) -> CourseRun:
    """The run, locked so that nobody else gives its places, as it is now, with what mails say about it. Raises ``NotFoundError``."""
    return _found(db.session.scalar(LOCKED_RUN, {"run": run_id}))


def get_locked_run_by_code(code: str) -> CourseRun:
    """As ``get_locked_run``, by the run's code."""
    return _found(db.session.scalar(LOCKED_RUN_BY_CODE, {"code": code}))


def _found(run: CourseRun | None) -> CourseRun:
    if run is None:
        raise NotFoundError
    return run


def places_of(run_ids: Iterable[int]) -> dict[int, Places]:
    """How full each of the runs is, in one statement."""
    rows = db.session.execute(_PLACES, {"runs": list(run_ids)})
    return {run_id: Places(capacity, taken, waiting) for run_id, capacity, taken, waiting in rows}


@cache
def has_free_place() -> sa.ColumnElement[bool]:
    """Build the SQL condition on ``CourseRun`` that the run has a free place."""
    return _number_in(CourseRun.id, TAKES_PLACE) < CourseRun.capacity


def holds_post_today() -> sa.ColumnElement[bool]:
    """Build the SQL condition on ``Post`` that it is held today."""
    return held_on(clock.today())


def get_applicants(
    run_id: int, person_ids: Iterable[int], *, form_key: str | None = None, references: Iterable[str] = ()
) -> dict[int, Applicant]:
    """Everything that enrolling asks about each of the people, in one statement; whoever is not there is not named.

    ``form_key`` is that of the form which enrols them, ``references`` are those drawn for the new enrolments.
    """
    wanted = {"run": run_id, "people": list(person_ids), "today": clock.today(), "form_key": form_key, "references": list(references)}
    found: dict[int, Applicant] = {}
    for person, post, *known in db.session.execute(_APPLICANTS, wanted):
        applicant = found.setdefault(person.id, Applicant(person, [], *known))
        if post is not None:
            applicant.posts.append(post)
    return found


def get_applicant(run_id: int, person_id: int) -> Applicant:
    """What enrolling would ask about one person. Raises ``NotFoundError``."""
    found = get_applicants(run_id, [person_id]).get(person_id)
    if found is None:
        raise NotFoundError
    return found


def key_of(run_id: int, person_id: int, form_key: str) -> str:
    """What an enrolment keeps of the form from which it came: one form may enrol several people. ``get_applicants`` asks for it as well."""
    return f"{run_id}:{person_id}:{form_key}"


def enrolments_in(run_id: int, person_id: int) -> list[Enrolment]:
    """Everything that a person was in a run, oldest first."""
    return list(db.session.scalars(_ENROLMENTS_IN, {"run": run_id, "person": person_id}))


def get_enrolment(enrolment_id: int) -> Enrolment:
    """The enrolment. Raises ``NotFoundError``."""
    found = db.session.get(Enrolment, enrolment_id, populate_existing=True)
    if found is None:
        raise NotFoundError
    return found


def find_enrolment_of_reference(run_id: int, reference: str) -> Enrolment | None:
    """The enrolment in the run that the person quotes as ``reference``, in whatever state; the person and the run are loaded."""
    return db.session.scalar(
        sa.select(Enrolment)
        .options(joinedload(Enrolment.person), joinedload(Enrolment.run))
        .where(Enrolment.run_id == run_id, Enrolment.reference == reference)
    )


def find_enrolment_of_form(form_key: str) -> Enrolment | None:
    """The enrolment that came of the form with the whole ``form_key``, as the row keeps it."""
    return db.session.scalar(sa.select(Enrolment).options(joinedload(Enrolment.person)).where(Enrolment.form_key == form_key))


def find_live_enrolment(run_id: int, person_id: int) -> Enrolment | None:
    """The place or waiting place of a person in a run."""
    return db.session.scalar(
        sa.select(Enrolment).where(Enrolment.run_id == run_id, Enrolment.person_id == person_id, Enrolment.state.in_(LIVE))
    )


def clashes_of(run_id: int, person_ids: Collection[int], *, days: Collection[int] = ()) -> dict[int, Clash]:
    """For each of the people who has a place elsewhere at the time of this run (of these ``days`` of it, when given): the first such day."""
    statement = _CLASHES.where(Day.id.in_(days)) if days else _CLASHES
    rows = db.session.execute(statement, {"run": run_id, "people": list(person_ids)})
    return {person_id: Clash(code=code, title_ka=ka, title_en=en, starts_at=starts_at) for person_id, code, ka, en, starts_at in rows}


def posts_today(person_ids: Collection[int], municipality_ids: Collection[int] | None = None) -> defaultdict[int, list[tuple[int, str]]]:
    """Municipality and category of the posts that each of the people holds today, in the municipalities when given."""
    statement = sa.select(Post.person_id, Post.municipality_id, Post.category).where(Post.person_id.in_(person_ids), holds_post_today())
    if municipality_ids is not None:
        statement = statement.where(Post.municipality_id.in_(municipality_ids))
    posts = defaultdict(list)
    for person_id, municipality_id, category in db.session.execute(statement.order_by(Post.id)):
        posts[person_id].append((municipality_id, category))
    return posts


def standing_of(applicant: Applicant, posts: Iterable[Post], run_id: int, invited: Collection[int] | None) -> Standing:
    """What counts about one applicant with these ``posts`` for a place in a run for those ``invited``; a clash takes a statement to be named."""
    person_id = applicant.person.id
    clash = clashes_of(run_id, [person_id]).get(person_id) if applicant.clashes else None
    return to_standing([(post.municipality_id, post.category) for post in posts], invited, clash)


def standings_of(run_id: int, person_ids: Collection[int], municipality_ids: Collection[int] | None = None) -> dict[int, Standing]:
    """What counts about each of the people for a place in the run; of their posts only those in the municipalities, when given."""
    posts, clashes = posts_today(person_ids, municipality_ids), clashes_of(run_id, person_ids)
    invited = courses.invited_to([run_id]).get(run_id)
    return {person_id: to_standing(posts[person_id], invited, clashes.get(person_id)) for person_id in person_ids}


def roster(run_id: int) -> list[Enrolment]:
    """Those who have a place in a run, by family name in Georgian order, with person and municipality."""
    return _people_in(run_id, HOLDS_PLACE)


def ids_of_places(run_id: int) -> frozenset[int]:
    """The ids of the enrolments that hold a place in a run."""
    return frozenset(db.session.scalars(_IDS_OF_PLACES, {"run": run_id}))


def live_enrolments_of_run(run_id: int) -> list[Enrolment]:
    """Those who have a place in a run or wait for one, by family name in Georgian order, with person and municipality."""
    return _people_in(run_id, LIVE)


def _people_in(run_id: int, states: Iterable[str]) -> list[Enrolment]:
    return list(
        db.session.scalars(
            sa.select(Enrolment)
            .join(Enrolment.person)
            .where(Enrolment.run_id == run_id, Enrolment.state.in_(states))
            .options(contains_eager(Enrolment.person), joinedload(Enrolment.municipality))
            .order_by(Person.sort_key, Person.id)
        )
    )


def earlier_enrolments(run_id: int) -> dict[int, int]:
    """How many enrolments of the same person in the same run came before each of those that are live; keyed by the enrolment's id."""
    before = sa.and_(Earlier.run_id == Enrolment.run_id, Earlier.person_id == Enrolment.person_id, Earlier.id < Enrolment.id)
    rows = db.session.execute(
        sa.select(Enrolment.id, sa.func.count())
        .join(Earlier, before)
        .where(Enrolment.run_id == run_id, Enrolment.state.in_(LIVE))
        .group_by(Enrolment.id)
        .order_by(Enrolment.id)
    )
    return {enrolment_id: number for enrolment_id, number in rows}  # noqa: C416  (rows are no pairs for mypy)


def enrolments_of_person(person_id: int) -> list[Enrolment]:
    """All that a person was enrolled in, by the start of the run, with run, title, venue and its municipality."""
    return list(db.session.scalars(_OF_PERSON, {"person": person_id}))
