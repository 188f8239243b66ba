"""What must be known to take the report of an online meeting over into the ledger."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.attendance.models import AttendanceFact
from portal.attendance.rules_online import Expected, Roster
from portal.courses.models import CourseSession
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.people import fold_email
from portal.people.models import Account, Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.attendance.queries import RollRow


def roster_of(session_id: int, rows: Iterable[RollRow]) -> Roster:
    """Those on the roll of a session, by every name and address that the portal knows of them. One statement."""
    emails = _emails(session_id)
    return Roster(
        Expected(
            row.enrolment_id,
            (f"{row.given_name_ka} {row.family_name_ka}", f"{row.given_name_latin} {row.family_name_latin}"),
            emails[row.enrolment_id],
        )
        for row in rows
    )


def _emails(session_id: int) -> dict[int, frozenset[str]]:
    """The addresses to write to and to sign in with, folded, of everyone enrolled in the run of a session, by enrolment id."""
    statement = (
        sa.select(Enrolment.id, Person.email, Account.email)
        .select_from(CourseSession)
        .join(Enrolment, Enrolment.run_id == CourseSession.run_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(CourseSession.id == session_id)
        .order_by(Enrolment.id)
    )
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for enrolment_id, *emails in db.session.execute(statement):
        found[enrolment_id] |= {fold_email(email) for email in emails if email}
    return found


def recorded_by_form(session_id: int, client: str) -> dict[int, tuple[str, int | None, int | None]]:
    """Mark and minutes that the form ``client`` recorded in a session before, by enrolment id."""
    fact = AttendanceFact
    statement = (
        sa.select(fact.enrolment_id, fact.mark, fact.from_minute, fact.to_minute)
        .where(fact.session_id == session_id, fact.client_id.startswith(f"{session_id}:{client}:", autoescape=True))
        .order_by(fact.id)
    )
    return {enrolment_id: (mark, start, end) for enrolment_id, mark, start, end in db.session.execute(statement)}
