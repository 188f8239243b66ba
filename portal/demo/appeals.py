"""Appeals of the demo: one that the demo trainer has still to answer, one that was answered and waits for the staff, one dismissed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from portal import courses
from portal.attendance.models import AppealStep, AttendanceAppeal, AttendanceFact, Mark
from portal.courses.models import CourseRun, CourseSession
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db

if TYPE_CHECKING:
    from datetime import datetime

    from portal.demo.world import World

NOW, DONE = "DEMO-NOW", "DEMO-DONE"
WAS_THERE = "დილიდან ვესწრებოდი და ფურცელზეც მოვაწერე ხელი, ოღონდ ბოლო რიგში ვიჯექი."
CAME_IN_TIME = "დაგვიანებით ვარ მონიშნული, თუმცა დასაწყისიდანვე ადგილზე ვიყავი."
WAS_MARKED_WRONGLY = "ჩემი დასწრება არასწორად არის მონიშნული: ტრენინგზე მთელი დღე ვიყავი."
ANSWER = "მახსოვს, რომ შესვენების შემდეგ დარბაზში იყო; დილის მონიშვნა მოგვიანებით შევავსე."
NOT_CONFIRMED = "ხელმოწერის ფურცელი და ტრენერის ჩანაწერი ერთმანეთს ემთხვევა."
ABSENT = AttendanceFact.mark == Mark.ABSENT
LATE = AttendanceFact.from_minute > 0
ACTIONS = {AppealStep.APPEALED: "appeal:make", AppealStep.ANSWERED: "appeal:answer", AppealStep.DISMISSED: "appeal:dismiss"}


class _Marked(NamedTuple):
    """What is disputed, and by whom."""

    fact_id: int
    session_id: int
    enrolment_id: int
    person_id: int
    run_id: int


def make_appeals(world: World) -> None:
    """Let three participants dispute what is recorded of them, where somebody was marked so."""
    lately = world.lately
    for one in _first(DONE, ABSENT, lately):
        _step(world, one, AppealStep.APPEALED, WAS_THERE, lately - timedelta(days=4), one.person_id)
        _step(world, one, AppealStep.ANSWERED, ANSWER, lately - timedelta(days=3), courses.trainers_of(one.run_id)[0].id)
    for one in _first(DONE, LATE, lately):
        _step(world, one, AppealStep.APPEALED, CAME_IN_TIME, lately - timedelta(days=5), one.person_id)
        _step(world, one, AppealStep.DISMISSED, NOT_CONFIRMED, lately - timedelta(days=2), world.office.staff.id)
    for one in _first(NOW, ABSENT | LATE, lately):
        _step(world, one, AppealStep.APPEALED, WAS_MARKED_WRONGLY, lately, one.person_id)
    world.rows.write()


def _first(code: str, marked: sa.ColumnElement[bool], over: datetime) -> list[_Marked]:
    """The first in the run who was ``marked`` so on a day that is ``over``, as a list of one; nothing where nobody was."""
    found = db.session.execute(
        sa.select(AttendanceFact.id, AttendanceFact.session_id, Enrolment.id, Enrolment.person_id, Enrolment.run_id)
        .join(Enrolment, Enrolment.id == AttendanceFact.enrolment_id)
        .join(CourseSession, CourseSession.id == AttendanceFact.session_id)
        .join(CourseRun, CourseRun.id == CourseSession.run_id)
        .where(CourseRun.code == code, marked, Enrolment.state.in_(HOLDS_PLACE), CourseSession.ends_at <= over)
        .order_by(AttendanceFact.id)
        .limit(1)
    )
    return [_Marked(*row) for row in found]


def _step(world: World, one: _Marked, step: AppealStep, words: str, at: datetime, by: int) -> None:
    about = {"session_id": one.session_id, "enrolment_id": one.enrolment_id, "fact_id": one.fact_id}
    world.rows.add(AttendanceAppeal, **about, step=step.value, words=words, by=by, at=at)
    world.past.note(at, ACTIONS[step], CourseSession, one.session_id, by=by, person=one.person_id)
