"""Runs that are over, with people who were there: where certificates come from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from portal import attendance, certificates, journeys
from portal.attendance.models import AttendanceFact, Mark
from portal.courses.models import CourseRun, CourseSession
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.transaction import writing
from tests import factories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.certificates.models import Certificate
    from portal.enrolment.models import Enrolment
    from portal.people.models import Person

FAMILIES = ("ბერიძე", "გელაშვილი", "მაისურაძე", "კაპანაძე", "წიკლაური", "ხარაზიშვილი", "ჩხეიძე", "ღლონტი")


def past_run(staff: Person, people: int | Sequence[Person] = 3, *, state: str = "running", hours: int = 8, **values: Any) -> CourseRun:
    """A run of two days that ended last week, with ``people`` who were present for ``hours`` of the eight of each day."""
    first = (clock.now().astimezone(clock.TBILISI) - timedelta(days=9)).replace(hour=10, minute=0, second=0, microsecond=0)
    run = factories.run(starts_at=first, state=state, **values)
    who = [participant(number) for number in range(people)] if isinstance(people, int) else people
    for person in who:
        attend(run, factories.enrolment(run, person, "completed" if state == "completed" else "confirmed"), staff, hours=hours)
    return run


def participant(number: int, **values: Any) -> Person:
    """Somebody with a post in Telavi and a mail address."""
    family = FAMILIES[number % len(FAMILIES)]
    return factories.person_with_account("თამარ", family, **values)


def attend(run: CourseRun, enrolment: Enrolment, staff: Person, *, hours: int = 8) -> None:
    """Present for ``hours`` of each day; absent when none."""
    for session in sessions(run):
        factories.add(
            AttendanceFact(
                session_id=session.id,
                enrolment_id=enrolment.id,
                mark="present" if hours else "absent",
                from_minute=0 if hours else None,
                to_minute=hours * 60 if hours else None,
                recorded_by=staff.id,
                recorded_at=clock.now(),
            )
        )


def sessions(run: CourseRun) -> list[CourseSession]:
    return db.session.query(CourseSession).filter_by(run_id=run.id).order_by(CourseSession.id).all()


def issue_all() -> int:
    """What the worker does: serve items until none waits. Returns how many were served."""
    served = 0
    while True:
        with writing():
            more = certificates.issue_next()
        if not more:
            return served
        served += 1


def issued_run(staff: Person, people: int | Sequence[Person] = 1, **values: Any) -> CourseRun:
    """A completed run for which certificates were issued."""
    with writing():
        run = past_run(staff, people, state="completed", **values)
        certificates.ask_to_issue(run.id, by=staff.id)
    issue_all()
    return run


def numbers() -> list[str]:
    """The numbers in the register, in the order of issue."""
    return [entry.number for entry in reversed(certificates.register_page(certificates.RegisterSearch(), 1000).entries)]


def tbilisi(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=clock.TBILISI)


def correct(certificate: Certificate, *, by: Person, minutes_left: int = 60) -> None:
    """Somebody finds out that the holder left so many minutes early on the first day."""
    run, wish = certificate.run, attendance.MarkWish(certificate.enrolment_id, Mark.PRESENT, left=minutes_left)
    journeys.record_marks(run.id, sessions(run)[0].id, [wish], by=by.id, seen=10**9, reason="ფურცლის მიხედვით")
