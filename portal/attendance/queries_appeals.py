"""What can be asked about appeals: one's own attendance session by session, the queue of those who answer and decide, and one appeal.

``taught_by`` is the person whose runs alone may be seen; None is for staff, who see all of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.attendance import rules_appeals
from portal.attendance.models import AppealStep, AttendanceAppeal, AttendanceFact
from portal.attendance.queries import AT_WORK, FACT_COLUMNS, AtWork, fact_or_none
from portal.attendance.queries_people import Name
from portal.attendance.queries_teaching import TAUGHT_STATES
from portal.attendance.rules import Fact, SessionTime, Standing, standing
from portal.attendance.rules_appeals import ENDED, Step
from portal.courses.models import CourseRun, CourseSession, CourseVersion, RunTrainer
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError
from portal.foundation.formats import to_tbilisi
from portal.municipalities.models import Municipality
from portal.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from portal.attendance.rules_appeals import AppealRefusedError

_STEP_COLUMNS = tuple(getattr(AttendanceAppeal, name) for name in Step._fields)
_STEP_WIDTH = len(_STEP_COLUMNS)


def _names(of: type[Person]) -> tuple[sa.ColumnElement[str], sa.ColumnElement[str]]:
    return of.family_name_ka + " " + of.given_name_ka, of.family_name_latin + " " + of.given_name_latin


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step of an appeal and who did it."""

    said: Step
    by: Name

    @property
    def step(self) -> str:
        """What was done."""
        return self.said.step


@dataclass(frozen=True, slots=True)
class Appeal(AtWork):
    """An appeal, with the person and the session that it is about; its id is that of its first step."""

    steps: tuple[ToldStep, ...]
    id: int
    session_id: int
    enrolment_id: int
    person_id: int
    name: Name
    run_id: int
    run_code: str
    course_ka: str
    course_en: str
    day_title_ka: str
    day_title_en: str
    starts_at: datetime
    ends_at: datetime
    municipality_ka: str | None
    municipality_en: str | None
    title_ka: str
    title_en: str
    unit: str

    @property
    def minutes(self) -> int:
        """How long the session lasts."""
        return SessionTime(self.session_id, self.starts_at, self.ends_at).minutes

    @property
    def at(self) -> datetime:
        """When the learner appealed."""
        return self.steps[0].said.at

    @property
    def decide_by(self) -> datetime:
        """Until when staff should decide."""
        return rules_appeals.decide_by(self.at)

    @property
    def open(self) -> bool:
        """Whether it waits for a decision."""
        return rules_appeals.is_open([one.said for one in self.steps])

    @property
    def answered(self) -> bool:
        """Whether a trainer has answered."""
        return any(one.step == AppealStep.ANSWERED for one in self.steps)

    def answered_by(self, person_id: int) -> bool:
        """Whether this trainer has answered."""
        return any(one.step == AppealStep.ANSWERED and one.said.by == person_id for one in self.steps)

    def course(self, language: str) -> str:
        """The course's title."""
        return self.course_ka if language == "ka" else self.course_en

    def day_title(self, language: str) -> str:
        """The session's own title; may be empty."""
        return self.day_title_ka if language == "ka" else self.day_title_en


def get_appeal(appeal_id: int, *, taught_by: int | None = None) -> Appeal:
    """The appeal. Raises ``NotFoundError`` when there is none in this scope. Two statements."""
    found = _read(_openings(taught_by).where(AttendanceAppeal.id == appeal_id))
    if not found:
        raise NotFoundError
    return found[0]


def open_appeals(*, taught_by: int | None, after: int | None = None, limit: int) -> list[Appeal]:
    """At most ``limit`` appeals that wait for a decision, the oldest first; from the appeal ``after`` on. Two statements."""
    statement = _openings(taught_by).where(~_ended())
    if after is not None:
        statement = statement.where(AttendanceAppeal.id > after)
    return _read(statement.order_by(AttendanceAppeal.id).limit(limit))


def number_of_open_appeals(most: int) -> int:
    """How many appeals wait for a decision of the staff, ``most`` at most. One statement."""
    waiting = (
        sa.select(AttendanceAppeal.id)
        .join(CourseSession, CourseSession.id == AttendanceAppeal.session_id)
        .where(AttendanceAppeal.step == AppealStep.APPEALED, ~CourseSession.cancelled, ~_ended())
        .limit(most)
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


def decided_appeals(*, taught_by: int | None, since: datetime, limit: int) -> list[Appeal]:
    """At most ``limit`` appeals that ended after ``since``, the newest first. Two statements."""
    statement = _openings(taught_by).where(_ended(since))
    return _read(statement.order_by(AttendanceAppeal.id.desc()).limit(limit))


def _ended(since: datetime | None = None) -> sa.ColumnElement[bool]:
    """The condition on the first step of an appeal that it has ended: no later step of the same person and session begins another before."""
    end, other = aliased(AttendanceAppeal), aliased(AttendanceAppeal)
    another = sa.exists().where(
        _same(other, AttendanceAppeal), other.step == AppealStep.APPEALED, other.id > AttendanceAppeal.id, other.id < end.id
    )
    found = [_same(end, AttendanceAppeal), end.id > AttendanceAppeal.id, end.step.in_(ENDED), ~another]
    return sa.exists().where(*found, *([end.at >= since] if since else []))


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(one.session_id == other.session_id, one.enrolment_id == other.enrolment_id)


_OPENING: tuple[Any, ...] = (
    AttendanceAppeal.id,
    AttendanceAppeal.session_id,
    AttendanceAppeal.enrolment_id,
    Person.id,
    *_names(Person),
    CourseRun.id,
    CourseRun.code,
    CourseVersion.title_ka,
    CourseVersion.title_en,
    CourseSession.title_ka,
    CourseSession.title_en,
    CourseSession.starts_at,
    CourseSession.ends_at,
    *AT_WORK,
)
_OWN_DAY: tuple[Any, ...] = (
    CourseSession.id,
    CourseSession.starts_at,
    CourseSession.ends_at,
    CourseSession.title_ka,
    CourseSession.title_en,
    *FACT_COLUMNS,
)


def _openings(taught_by: int | None) -> sa.Select[Any]:
    statement = (
        sa.select(*_OPENING)
        .select_from(AttendanceAppeal)
        .join(CourseSession, CourseSession.id == AttendanceAppeal.session_id)
        .join(CourseRun, CourseRun.id == CourseSession.run_id)
        .join(CourseVersion, CourseVersion.id == CourseRun.version_id)
        .join(Enrolment, Enrolment.id == AttendanceAppeal.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .where(AttendanceAppeal.step == AppealStep.APPEALED, ~CourseSession.cancelled)
    )
    if taught_by is None:
        return statement
    taught = sa.select(RunTrainer.run_id).where(RunTrainer.person_id == taught_by)
    return statement.where(CourseRun.state.in_(TAUGHT_STATES), CourseRun.id.in_(taught))


def _read(openings: sa.Select[Any]) -> list[Appeal]:
    rows: list[Any] = list(db.session.execute(openings))
    told = _told_steps(AttendanceAppeal.enrolment_id.in_({row[2] for row in rows})) if rows else {}
    appeals = {steps[0].id: steps for of_one in told.values() for steps in rules_appeals.appeals_among(one.said for one in of_one)}
    by = {one.said.id: one.by for of_one in told.values() for one in of_one}
    return [_appeal(row, tuple(ToldStep(step, by[step.id]) for step in appeals[row[0]])) for row in rows]


def _appeal(row: Any, steps: tuple[ToldStep, ...]) -> Appeal:
    values: list[Any] = [*row[:4], Name(row[4], row[5]), *row[6:]]
    return Appeal(steps, *values)


def _told_steps(*which: sa.ColumnElement[bool]) -> Mapping[tuple[int, int], list[ToldStep]]:
    """The steps by session and enrolment id, oldest first."""
    found: defaultdict[tuple[int, int], list[ToldStep]] = defaultdict(list)
    statement = sa.select(*_STEP_COLUMNS, *_names(Person)).join(Person, Person.id == AttendanceAppeal.by).where(*which)
    for row in db.session.execute(statement.order_by(AttendanceAppeal.id)):
        step = Step(*row[:_STEP_WIDTH])
        found[step.session_id, step.enrolment_id].append(ToldStep(step, Name(*row[_STEP_WIDTH:])))
    return found


def steps_of(session_id: int, enrolment_id: int) -> list[Step]:
    """All steps about a person and session, oldest first, as the database has them now."""
    mine = (AttendanceAppeal.session_id == session_id, AttendanceAppeal.enrolment_id == enrolment_id)
    return [Step(*row) for row in db.session.execute(sa.select(*_STEP_COLUMNS).where(*mine).order_by(AttendanceAppeal.id))]


def newest_fact(session_id: int) -> int:
    """The id of the newest fact of anybody in a session; 0 when there is none."""
    newest = sa.select(sa.func.max(AttendanceFact.id)).where(AttendanceFact.session_id == session_id)
    return db.session.scalar(newest) or 0


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact, who recorded it, whether it stands, and of the corrections the one whose place it took."""

    fact: Fact
    by: Name
    stands: bool
    before: Fact | None


def recorded_of(session_id: int, enrolment_id: int) -> list[RecordedFact]:
    """All that was recorded of a person in a session, oldest first. One statement."""
    rows = db.session.execute(
        sa.select(*_names(Person), *FACT_COLUMNS)
        .select_from(AttendanceFact)
        .join(Person, Person.id == AttendanceFact.recorded_by)
        .where(AttendanceFact.session_id == session_id, AttendanceFact.enrolment_id == enrolment_id)
        .order_by(AttendanceFact.id)
    )
    return _recorded([(Name(row[0], row[1]), Fact(*row[2:])) for row in rows])


def _recorded(found: Sequence[tuple[Name, Fact]]) -> list[RecordedFact]:
    facts = [fact for _name, fact in found]
    stand = {fact.id for stands in standing(facts).values() for fact in (stands.fact, *stands.against)}
    return [
        RecordedFact(fact, name, fact.id in stand, next((one for one in reversed(facts[:place]) if fact.replaces(one)), None))
        for place, (name, fact) in enumerate(found)
    ]


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A session of one's own run: what stands, what was corrected, what one disputed, and whether one still can, ``until`` when."""

    session: SessionTime
    title_ka: str
    title_en: str
    standing: Standing | None
    corrections: tuple[tuple[Fact, Fact], ...]
    appeal: tuple[ToldStep, ...]
    until: date
    refusal: AppealRefusedError | None

    def title(self, language: str) -> str:
        """The session's own title; may be empty."""
        return self.title_ka if language == "ka" else self.title_en

    @property
    def open(self) -> bool:
        """Whether one's appeal waits for a decision."""
        return rules_appeals.is_open([one.said for one in self.appeal])

    @property
    def over(self) -> bool:
        """Whether the session is over."""
        return not isinstance(self.refusal, rules_appeals.SessionNotOverError)


def own_days(enrolment_id: int) -> list[OwnDay]:
    """The sessions of the run of an enrolment, first to last, as its holder sees them. Two statements."""
    mine = sa.and_(AttendanceFact.session_id == CourseSession.id, AttendanceFact.enrolment_id == Enrolment.id)
    rows = db.session.execute(
        sa.select(*_OWN_DAY)
        .select_from(CourseSession)
        .join(Enrolment, Enrolment.run_id == CourseSession.run_id)
        .outerjoin(AttendanceFact, mine)
        .where(Enrolment.id == enrolment_id, ~CourseSession.cancelled)
        .order_by(CourseSession.starts_at, CourseSession.id, AttendanceFact.id)
    ).all()
    facts: defaultdict[int, list[Fact]] = defaultdict(list)
    for row in rows:
        if fact := fact_or_none(row[5:]):
            facts[row[0]].append(fact)
    told = _told_steps(AttendanceAppeal.enrolment_id == enrolment_id)
    days = dict.fromkeys(tuple(row[:5]) for row in rows)
    return [_own_day(SessionTime(*day[:3]), (day[3], day[4]), facts[day[0]], told.get((day[0], enrolment_id), [])) for day in days]


def _own_day(session: SessionTime, titles: tuple[str, str], facts: Sequence[Fact], told: Sequence[ToldStep]) -> OwnDay:
    stands = next(iter(standing(facts).values()), None)
    until, refusal = time_to_appeal(session, facts, [one.said for one in told])
    last = {step.id for step in (rules_appeals.appeals_among(one.said for one in told) or [()])[-1]}
    corrections = [(one.before, one.fact) for one in _recorded([(Name("", ""), fact) for fact in facts]) if one.before is not None]
    appeal = tuple(one for one in told if one.said.id in last)
    return OwnDay(session, titles[0], titles[1], stands, tuple(corrections), appeal, until, refusal)


def time_to_appeal(session: SessionTime, facts: Sequence[Fact], steps: Sequence[Step]) -> tuple[date, AppealRefusedError | None]:
    """Until when a session can be disputed of which a person has these ``facts`` and ``steps``, and why it cannot be now."""
    newest = max(facts, default=None)
    recorded_on = to_tbilisi(newest.recorded_at).date() if newest else None
    until = rules_appeals.last_day(to_tbilisi(session.ends_at).date(), recorded_on)
    over, today = session.ends_at <= clock.now(), clock.today()
    newest_id = newest.id if newest else None
    return until, rules_appeals.find_appeal_refusal(steps, over=over, until=until, newest_fact=newest_id, today=today)
