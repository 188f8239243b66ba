"""What can be asked about attendance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.attendance.models import AttendanceFact
from portal.attendance.rules import AttendanceSummary, Fact, SessionTime, newest, summarise
from portal.courses.models import CourseSession
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation import clock
from portal.foundation.database import db, locked
from portal.foundation.errors import NotFoundError
from portal.municipalities.models import Municipality
from portal.people.models import Person, post_line

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    """One person of the roll of a session: who, from where, and the newest fact with the name of who recorded it."""

    fact: Fact | None
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
    recorder_ka: str | None
    recorder_latin: str | None

    def name(self, language: str) -> str:
        """Family name first, as lists are read."""
        if language == "ka":
            return f"{self.family_name_ka} {self.given_name_ka}"
        return f"{self.family_name_latin} {self.given_name_latin}"

    def recorder(self, language: str) -> str:
        """Who recorded the fact."""
        return (self.recorder_ka if language == "ka" else self.recorder_latin) or ""


def roll(session_id: int) -> list[RollRow]:
    """Everyone with a place in the run of a session, in the order of family names, with their newest facts. One statement."""
    rows = db.session.execute(_roll_statement(), {"session": session_id})
    return [RollRow(fact_or_none(row[13:]), *row[:13]) for row in rows]


@cache
def _roll_statement() -> sa.Select[Any]:
    """Built once: to build it takes longer than to run it."""
    recorder = aliased(Person)
    session_id: sa.BindParameter[int] = sa.bindparam("session")
    latest = sa.select(sa.func.max(AttendanceFact.id)).where(AttendanceFact.session_id == session_id).group_by(AttendanceFact.enrolment_id)
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
        .outerjoin(AttendanceFact, sa.and_(AttendanceFact.enrolment_id == Enrolment.id, AttendanceFact.id.in_(latest)))
        .outerjoin(recorder, recorder.id == AttendanceFact.recorded_by)
        .where(CourseSession.id == session_id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(Person.sort_key, Person.id)
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


def summaries_of_run(run_id: int) -> dict[int, AttendanceSummary]:
    """The summary, as of now, of everyone with a place in a run, by enrolment id. Two statements."""
    return _summaries("run", [run_id])


def summaries_of_person(person_id: int) -> dict[int, AttendanceSummary]:
    """The summaries of all enrolments in which a person holds a place, by enrolment id. Two statements."""
    return _summaries("person", [person_id])


def summaries_of_people(person_ids: Iterable[int]) -> dict[int, AttendanceSummary]:
    """As ``summaries_of_person``, for many people at once. Two statements."""
    return _summaries("person", list(person_ids))


def _summaries(of: str, ids: list[int]) -> dict[int, AttendanceSummary]:
    of_sessions, of_facts = _summary_statements(of)
    sessions: dict[int, list[SessionTime]] = defaultdict(list)
    for run_id, session_id, starts_at, ends_at in db.session.execute(of_sessions, {"ids": ids}):
        sessions[run_id].append(SessionTime(session_id, starts_at, ends_at))
    rows = db.session.execute(of_facts, {"ids": ids}).all()
    facts = facts_by_enrolment(fact for row in rows if (fact := fact_or_none(row[2:])))
    moment = clock.now()
    return {row[0]: summarise(sessions[row[1]], facts[row[0]], moment) for row in rows}


@cache
def _summary_statements(of: str) -> tuple[sa.Executable, sa.Executable]:
    """The sessions, and the facts, of the places of some runs or of some people. Built once."""
    column = {"run": Enrolment.run_id, "person": Enrolment.person_id}[of]
    placed = sa.and_(column.in_(sa.bindparam("ids", expanding=True)), Enrolment.state.in_(HOLDS_PLACE))
    sessions = (
        sa.select(CourseSession.run_id, CourseSession.id, CourseSession.starts_at, CourseSession.ends_at)
        .where(CourseSession.run_id.in_(sa.select(Enrolment.run_id).where(placed)), ~CourseSession.cancelled)
        .order_by(CourseSession.starts_at, CourseSession.id)
    )
    facts = (
        sa.select(Enrolment.id, Enrolment.run_id, *FACT_COLUMNS)
        .outerjoin(AttendanceFact, AttendanceFact.enrolment_id == Enrolment.id)
        .where(placed)
        .order_by(Enrolment.id, AttendanceFact.id)
    )
    return sessions, facts


def facts_by_enrolment(facts: Iterable[Fact]) -> defaultdict[int, dict[int, Fact]]:
    """The newest fact by session id, for each enrolment id; empty for an enrolment without facts."""
    found: defaultdict[int, dict[int, Fact]] = defaultdict(dict)
    for (enrolment_id, session_id), fact in newest(facts).items():
        found[enrolment_id][session_id] = fact
    return found


def fact_or_none(columns: Any) -> Fact | None:
    """A fact from the columns of an outer join."""
    return None if columns[0] is None else Fact(*columns)


def marked_enrolments(enrolment_ids: Iterable[int]) -> frozenset[int]:
    """Those of the enrolments of which anything was recorded, on whatever day."""
    marked = sa.exists().where(AttendanceFact.enrolment_id == Enrolment.id)
    return frozenset(db.session.scalars(sa.select(Enrolment.id).where(Enrolment.id.in_(list(enrolment_ids)), marked)))
