"""What can be asked about the people of a run or session: the matrix of a run, corrections, the sign-in sheet, who might be added."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import courses
from portal.attendance.models import AttendanceFact
from portal.attendance.queries import AT_WORK, EVER, FACT_COLUMNS, KNOWN, PLAN_COLUMNS, AtWork, by_enrolment, fact_or_none, read_plans
from portal.attendance.rules import AttendanceSummary, Fact, SessionTime, Standing, standing
from portal.attendance.sheet import SheetFacts, SheetRow
from portal.courses.models import CourseRun, CourseSession
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.georgian import fold_for_search
from portal.municipalities.models import Municipality
from portal.people import in_force, not_merged
from portal.people.models import Person, Post

if TYPE_CHECKING:
    from datetime import datetime

    from portal.attendance.queries_teaching import TaughtSession

SHORTEST_SEARCH, MOST_WORDS = 3, 5


@dataclass(frozen=True, slots=True)
class Name:
    """A person's names, written family name first."""

    ka: str
    latin: str

    def written(self, language: str) -> str:
        """As lists in ``language`` show it."""
        return self.ka if language == "ka" else self.latin


def _name(of: type[Person]) -> tuple[sa.ColumnElement[str], sa.ColumnElement[str]]:
    return of.family_name_ka + " " + of.given_name_ka, of.family_name_latin + " " + of.given_name_latin


@dataclass(frozen=True, slots=True)
class PersonAttendance(AtWork):
    """One row of a run's matrix: a person, what stands of them by session id, and the summary."""

    enrolment_id: int
    name: Name
    standings: dict[int, Standing]
    summary: AttendanceSummary
    municipality_ka: str | None
    municipality_en: str | None
    title_ka: str
    title_en: str
    unit: str


@dataclass(frozen=True, slots=True)
class RunAttendance:
    """Attendance of a run: how it counts, its sessions in order and its people in the order of family names."""

    policy: courses.AttendanceRuleValues
    sessions: list[SessionTime] = field(default_factory=list)
    people: list[PersonAttendance] = field(default_factory=list)


def attendance_of_run(run_id: int, *, known_at: datetime | None = None) -> RunAttendance:
    """The matrix of a run: as of now, or as it was known at that moment. Two statements."""
    moment, values = known_at or clock.now(), {"known_at": known_at or EVER}
    plan = read_plans(
        sa.select(*PLAN_COLUMNS)
        .join(CourseRun, CourseRun.id == CourseSession.run_id)
        .where(CourseSession.run_id == run_id, ~CourseSession.cancelled)
        .order_by(CourseSession.starts_at, CourseSession.id),
        values,
    )[run_id]
    rows = db.session.execute(
        sa.select(Enrolment.id, *_name(Person), *AT_WORK, *FACT_COLUMNS)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .outerjoin(AttendanceFact, sa.and_(AttendanceFact.enrolment_id == Enrolment.id, KNOWN))
        .where(Enrolment.run_id == run_id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(Person.sort_key, Person.id, AttendanceFact.id),
        values,
    ).all()
    stands = by_enrolment(fact for row in rows if (fact := fact_or_none(row[8:])))
    people = {
        row[0]: PersonAttendance(row[0], Name(row[1], row[2]), stands[row[0]], plan.summary(stands[row[0]], moment), *row[3:8])
        for row in rows
    }
    return RunAttendance(plan.policy, plan.sessions, list(people.values()))


@dataclass(frozen=True, slots=True)
class Correction:
    """A fact that took the place of an older one that its recorder knew."""

    person: Name
    by: Name
    at: datetime
    before: Fact
    after: Fact


def corrections_of(session_id: int) -> list[Correction]:
    """The corrections in a session, newest first. One statement."""
    return _corrections(AttendanceFact.session_id == session_id)


def corrections_of_place(enrolment_id: int) -> list[Correction]:
    """The corrections of somebody's marks, over all sessions of the run, newest first. One statement."""
    return _corrections(AttendanceFact.enrolment_id == enrolment_id)


def _corrections(which: sa.ColumnElement[bool]) -> list[Correction]:
    recorder = aliased(Person)
    rows = db.session.execute(
        sa.select(*_name(Person), *_name(recorder), *FACT_COLUMNS)
        .select_from(AttendanceFact)
        .join(Enrolment, Enrolment.id == AttendanceFact.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(recorder, recorder.id == AttendanceFact.recorded_by)
        .where(which)
        .order_by(AttendanceFact.id)
    )
    earlier: defaultdict[tuple[int, int], list[Fact]] = defaultdict(list)
    found: list[Correction] = []
    for person_ka, person_latin, by_ka, by_latin, *columns in rows:
        after = Fact(*columns)
        known = earlier[after.session_id, after.enrolment_id]
        before = next((fact for fact in reversed(known) if after.replaces(fact)), None)
        if before is not None:
            found.append(Correction(Name(person_ka, person_latin), Name(by_ka, by_latin), after.recorded_at, before, after))
        known.append(after)
    return found[::-1]


def sheet_facts(session: TaughtSession) -> SheetFacts:
    """What stands on the sign-in sheet of ``session``, in Georgian. Two statements."""
    rows = db.session.execute(
        sa.select(Person.given_name_ka, Person.family_name_ka, Municipality.name_ka, Enrolment.post_title_ka)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Municipality, Municipality.id == Enrolment.municipality_id)
        .where(Enrolment.run_id == session.run.id, Enrolment.state.in_(HOLDS_PLACE))
        .order_by(Person.sort_key, Person.id)
    )
    place = ", ".join(part for part in (session.place("ka"), session.address_ka) if part)
    return SheetFacts(
        course_title_ka=session.run.course_ka,
        run_code=session.run.code,
        session_title=session.title_ka,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place_ka=place or "ონლაინ",
        trainers=tuple(person.name_ka for person in courses.trainers_of(session.run.id)),
        rows=tuple(
            SheetRow(number, f"{family} {given}", municipality or "", post)
            for number, (given, family, municipality, post) in enumerate(rows, start=1)
        ),
    )


@dataclass(frozen=True, slots=True)
class Candidate(AtWork):
    """What a trainer may know of somebody who might be added: name, where they work today, and whether they have a place already."""

    person_id: int
    name: Name
    placed: bool
    municipality_ka: str | None
    municipality_en: str | None
    title_ka: str | None
    title_en: str | None
    unit: str | None


def candidates(run_id: int, text: str, *, limit: int = 10) -> list[Candidate]:
    """At most ``limit`` people in whose name, in either alphabet, a word begins with each word of ``text``; in the order of family names.

    One statement. Too short a ``text`` finds nobody: this is no way to leaf through everyone.
    """
    words = fold_for_search(text).split()[:MOST_WORDS]
    if max(map(len, words), default=0) < SHORTEST_SEARCH:
        return []
    named = [
        sa.or_(Person.search_text.startswith(word, autoescape=True), Person.search_text.contains(f" {word}", autoescape=True))
        for word in words
    ]
    found = sa.select(Person.id).where(*named, not_merged()).order_by(Person.sort_key, Person.id).limit(limit).subquery()
    placed = sa.exists().where(Enrolment.run_id == run_id, Enrolment.person_id == Person.id, Enrolment.state.in_(HOLDS_PLACE))
    rows = db.session.execute(
        sa.select(Person.id, *_name(Person), placed, Municipality.name_ka, Municipality.name_en, Post.title_ka, Post.title_en, Post.unit)
        .join(found, found.c.id == Person.id)
        .outerjoin(Post, sa.and_(Post.person_id == Person.id, *in_force(Post)))
        .outerjoin(Municipality, Municipality.id == Post.municipality_id)
        .order_by(Person.sort_key, Person.id, Post.starts_on, Post.id)
    )
    people = {row[0]: Candidate(row[0], Name(row[1], row[2]), *row[3:]) for row in rows}
    return list(people.values())


@dataclass(frozen=True, slots=True)
class AttendedDay:
    """A training day of one participant: how many of its minutes they attended, None while they are not marked."""

    starts_at: datetime
    ends_at: datetime
    minutes: int | None


def days_of_enrolment(enrolment_id: int) -> list[AttendedDay]:
    """The training days of an enrolment's run, from first to last, with what was recorded of this participant. One statement."""
    rows = db.session.execute(
        sa.select(CourseSession.id, CourseSession.starts_at, CourseSession.ends_at, *FACT_COLUMNS)
        .join(Enrolment, Enrolment.run_id == CourseSession.run_id)
        .outerjoin(AttendanceFact, sa.and_(AttendanceFact.session_id == CourseSession.id, AttendanceFact.enrolment_id == Enrolment.id))
        .where(Enrolment.id == enrolment_id, ~CourseSession.cancelled)
        .order_by(CourseSession.starts_at, CourseSession.id, AttendanceFact.id)
    ).all()
    stands = standing(fact for row in rows if (fact := fact_or_none(row[3:])))
    days = dict.fromkeys(SessionTime(*row[:3]) for row in rows)
    return [AttendedDay(day.starts_at, day.ends_at, _attended(stands.get((enrolment_id, day.id)), day.minutes)) for day in days]


def _attended(stands: Standing | None, minutes: int) -> int | None:
    return None if stands is None else stands.attended(minutes)
