"""What can be asked about attendance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.attendance.models import AttendanceFact
from portal.attendance.rules import AttendanceSummary, Fact, SessionTime, Standing, standing, summarise
from portal.courses import USUAL, AttendanceRuleValues
from portal.courses.models import AttendanceBase, CourseRun, CourseSession
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation import clock
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.municipalities.models import Municipality
from portal.people.models import Person, post_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RULE_COLUMNS = tuple(getattr(CourseRun, field.name) for field in fields(AttendanceRuleValues))
"""How a run counts attendance, in the order of ``AttendanceRuleValues``."""
FACT_COLUMNS = tuple(getattr(AttendanceFact, name) for name in Fact._fields)


def is_marked(session_id: int) -> bool:
    """True when anything was recorded of anybody in the session."""
    return bool(db.session.scalar(sa.select(sa.exists().where(AttendanceFact.session_id == session_id))))


def was_marked(enrolment_id: int) -> bool:
    """True when anything was recorded of the person in any session of the run."""
    return bool(db.session.scalar(sa.select(sa.exists().where(AttendanceFact.enrolment_id == enrolment_id))))


class AtWork:
    """Where somebody of a list works, and as what: it tells people of the same name apart."""

    __slots__ = ()
    municipality_ka: str | None
    municipality_en: str | None
    title_ka: str | None
    title_en: str | None
    unit: str | None

    def municipality(self, language: str) -> str:
        """Where the person works."""
        return (self.municipality_ka if language == "ka" else self.municipality_en) or ""

    def post(self, language: str) -> str:
        """What the person is there, and in which unit."""
        return post_line((self.title_en if language != "ka" else "") or self.title_ka or "", self.unit or "")


AT_WORK = (Municipality.name_ka, Municipality.name_en, Enrolment.post_title_ka, Enrolment.post_title_en, Enrolment.post_unit)
"""The columns of ``AtWork`` for a place in a run, as on the day of enrolling."""


@dataclass(frozen=True, slots=True)
class RollRow(AtWork):
    """One person of the roll of a session: who, from where, and what stands of them, with the names of those who recorded it."""

    standing: Standing | None
    recorders: dict[int, tuple[str, str]]
    enrolment_id: int
    person_id: int
    given_name_ka: str
    family_name_ka: str
    given_name_latin: str
    family_name_latin: str
    municipality_ka: str | None
    municipality_en: str | None
    title_ka: str
    title_en: str
    unit: str

    @property
    def fact(self) -> Fact | None:
        """The newest fact that stands."""
        return self.standing.fact if self.standing else None

    @property
    def against(self) -> tuple[Fact, ...]:
        """The facts that contradict it."""
        return self.standing.against if self.standing else ()

    def name(self, language: str) -> str:
        """Family name first, as lists are read."""
        if language == "ka":
            return f"{self.family_name_ka} {self.given_name_ka}"
        return f"{self.family_name_latin} {self.given_name_latin}"

    def recorder(self, language: str, fact: Fact | None = None) -> str:
        """Who recorded the ``fact``, or the newest one that stands."""
        fact = fact or self.fact
        return self.recorders[fact.id][language != "ka"] if fact else ""


def roll(session_id: int) -> list[RollRow]:
    """Everyone with a place in the run of a session, in the order of family names, with what stands of them. One statement."""
    people: dict[int, tuple[Any, ...]] = {}
    facts: list[Fact] = []
    recorders: defaultdict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    for row in db.session.execute(_roll_statement(), {"session": session_id}):
        people[row[0]] = row[:11]
        if fact := fact_or_none(row[13:]):
            facts.append(fact)
            recorders[row[0]][fact.id] = (row[11], row[12])
    stands = standing(facts)
    return [RollRow(stands.get((known, session_id)), recorders[known], *row) for known, row in people.items()]


@cache
def _roll_statement() -> sa.Select[Any]:
    """Built once: to build it takes longer than to run it."""
    recorder = aliased(Person)
    session_id: sa.BindParameter[int] = sa.bindparam("session")
    columns: tuple[Any, ...] = (
        Enrolment.id,
        Person.id,
        Person.given_name_ka,
        Person.family_name_ka,
        Person.given_name_latin,
        Person.family_name_latin,
        *AT_WORK,
        recorder.given_name_ka + " " + recorder.family_name_ka,
        recorder.given_name_latin + " " + recorder.family_name_latin,
        *FACT_COLUMNS,
    )
    return (
        sa.select(*columns)
        .select_from(CourseSession)
        .join(Enrolment, Enrolment.run_id == CourseSession.run_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .outerjoin(AttendanceFact, sa.and_(AttendanceFact.enrolment_id == Enrolment.id, AttendanceFact.session_id == session_id))
        .outerjoin(recorder, recorder.id == AttendanceFact.recorded_by)
        .where(CourseSession.id == session_id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(Person.sort_key, Person.id, AttendanceFact.id)
    )


# Saving a roll sends these; to build one takes longer than to run it.
_LOCKED = locked(sa.select(CourseSession).where(CourseSession.id == sa.bindparam("session"), ~CourseSession.cancelled))
_LEDGER: sa.Select[Any] = sa.select(*FACT_COLUMNS).where(AttendanceFact.session_id == sa.bindparam("session")).order_by(AttendanceFact.id)


def lock_session(session_id: int) -> CourseSession:
    """The session, locked, so that its ledger grows in one order. Raises ``NotFoundError``."""
    found: CourseSession | None = db.session.scalar(_LOCKED, {"session": session_id})
    if found is None:
        raise NotFoundError
    return found


def ledger_of_session(session_id: int) -> list[Fact]:
    """All facts of a session, oldest first."""
    return [Fact._make(row) for row in db.session.execute(_LEDGER, {"session": session_id})]


def known_client_ids(client_ids: Iterable[str]) -> frozenset[str]:
    """Those of the operations that are facts already."""
    known = sa.select(AttendanceFact.client_id).where(AttendanceFact.client_id.in_(list(client_ids)))
    return frozenset(one for one in db.session.scalars(known) if one is not None)


def summaries_of_run(run_id: int, *, known_at: datetime | None = None) -> dict[int, AttendanceSummary]:
    """The summary of everyone with a place in a run, by enrolment id: as of now, or as it was known at that moment. Two statements."""
    return _summaries("run", [run_id], known_at)


def summaries_of_person(person_id: int) -> dict[int, AttendanceSummary]:
    """The summaries of all enrolments in which a person holds a place, by enrolment id. Two statements."""
    return _summaries("person", [person_id])


def summaries_of_people(person_ids: Iterable[int]) -> dict[int, AttendanceSummary]:
    """As ``summaries_of_person``, for many people at once. Two statements."""
    return _summaries("person", list(person_ids))


def summaries_of_places(enrolment_ids: Iterable[int]) -> dict[int, AttendanceSummary]:
    """The summaries of these enrolments, as far as they hold a place, by their ids. Two statements."""
    return _summaries("place", list(enrolment_ids))


def _summaries(of: str, ids: list[int], known_at: datetime | None = None) -> dict[int, AttendanceSummary]:
    of_sessions, of_facts = _summary_statements(of)
    moment = known_at or clock.now()
    values = {"ids": ids, "known_at": known_at or EVER}
    plans, rows = read_plans(of_sessions, values), db.session.execute(of_facts, values).all()
    stands = by_enrolment(fact for row in rows if (fact := fact_or_none(row[2:])))
    return {row[0]: plans[row[1]].summary(stands[row[0]], moment) for row in rows}


@dataclass(frozen=True, slots=True)
class Plan:
    """The sessions of a run, in order, how it counts attendance, and in which of them anybody was marked."""

    policy: AttendanceRuleValues = USUAL
    sessions: list[SessionTime] = field(default_factory=list)
    held: set[int] = field(default_factory=set)

    def summary(self, standings: Mapping[int, Standing], moment: datetime) -> AttendanceSummary:
        """The summary of a person of whom this stands."""
        return summarise(self.sessions, standings, moment, self.policy, self.held)


def read_plans(statement: sa.Executable, values: Mapping[str, Any]) -> defaultdict[int, Plan]:
    """The plans of runs by id, from a statement with the ``PLAN_COLUMNS``; that of a run without sessions is empty."""
    plans: defaultdict[int, Plan] = defaultdict(Plan)
    for run_id, session_id, starts_at, ends_at, was_held, *policy in db.session.execute(statement, values):
        plan = plans.setdefault(run_id, Plan(AttendanceRuleValues(*policy)))
        plan.sessions.append(SessionTime(session_id, starts_at, ends_at))
        if was_held:
            plan.held.add(session_id)
    return plans


EVER = datetime.max.replace(tzinfo=UTC)
KNOWN = AttendanceFact.recorded_at <= sa.bindparam("known_at", type_=CourseSession.starts_at.type)
"""The condition that a fact was known at the moment ``known_at``."""
_MARKED = sa.exists().where(AttendanceFact.session_id == CourseSession.id, KNOWN)
PLAN_COLUMNS = (
    CourseSession.run_id,
    CourseSession.id,
    CourseSession.starts_at,
    CourseSession.ends_at,
    sa.case((CourseRun.attendance_base == AttendanceBase.HELD, _MARKED), else_=sa.false()),  # asked only where it counts
    *RULE_COLUMNS,
)


@cache
def _summary_statements(of: str) -> tuple[sa.Executable, sa.Executable]:
    """The sessions, and the facts, of the places of some runs, of some people, or of themselves. Built once."""
    column = {"run": Enrolment.run_id, "person": Enrolment.person_id, "place": Enrolment.id}[of]
    placed = sa.and_(column.in_(sa.bindparam("ids", expanding=True)), Enrolment.state.in_(HOLDS_PLACE))
    sessions = (
        sa.select(*PLAN_COLUMNS)
        .join(CourseRun, CourseRun.id == CourseSession.run_id)
        .where(CourseSession.run_id.in_(sa.select(Enrolment.run_id).where(placed)), ~CourseSession.cancelled)
        .order_by(CourseSession.starts_at, CourseSession.id)
    )
    facts = (
        sa.select(Enrolment.id, Enrolment.run_id, *FACT_COLUMNS)
        .outerjoin(AttendanceFact, sa.and_(AttendanceFact.enrolment_id == Enrolment.id, KNOWN))
        .where(placed)
        .order_by(Enrolment.id, AttendanceFact.id)
    )
    return sessions, facts


def by_enrolment(facts: Iterable[Fact]) -> defaultdict[int, dict[int, Standing]]:
    """What stands by session id, for each enrolment id; empty for an enrolment without facts."""
    found: defaultdict[int, dict[int, Standing]] = defaultdict(dict)
    for (enrolment_id, session_id), stands in standing(facts).items():
        found[enrolment_id][session_id] = stands
    return found


def still_stands() -> sa.ColumnElement[bool]:
    """Build the SQL condition on ``AttendanceFact`` that no other fact takes its place: as ``rules.standing`` says."""
    other = aliased(AttendanceFact)
    knew = sa.and_(other.id > AttendanceFact.id, sa.or_(other.seen_id.is_(None), other.seen_id >= AttendanceFact.id))
    later = sa.and_(other.device == AttendanceFact.device, other.sequence > AttendanceFact.sequence)
    same = sa.and_(other.session_id == AttendanceFact.session_id, other.enrolment_id == AttendanceFact.enrolment_id)
    return ~sa.exists().where(same, sa.or_(knew, later))


def fact_or_none(columns: Any) -> Fact | None:
    """A fact from the columns of an outer join."""
    return None if columns[0] is None else Fact(*columns)


def marked_enrolments(enrolment_ids: Iterable[int]) -> frozenset[int]:
    """Those of the enrolments of which anything was recorded, on whatever day."""
    marked = sa.exists().where(AttendanceFact.enrolment_id == Enrolment.id)
    return frozenset(db.session.scalars(sa.select(Enrolment.id).where(Enrolment.id.in_(list(enrolment_ids)), marked)))
