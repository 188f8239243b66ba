"""Who of the demo holds what: the awards and the courses that fall due, for everybody at once, as the worker would have written them by today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal import qualifications, standings
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.people.models import Person
from portal.qualifications.models import DueCourse, QualificationAward
from portal.standings.models import StandingProgress

if TYPE_CHECKING:
    from portal.demo.world import World
    from portal.qualifications import Award

AT_ONCE = 500


def reach_qualifications(world: World) -> None:
    """Record what is due today, and note that the worker has seen all of the history."""
    book = standings.read_rulebook()
    people = list(db.session.scalars(sa.select(Person.id).order_by(Person.id)))
    for start in range(0, len(people), AT_ONCE):
        outdated = standings.outdated(people[start : start + AT_ONCE], world.today, book)
        for change in outdated.changes:
            for award in change.reconciled.to_record:
                _record(world, change, award)
        for (person_id, qualification_id, course_id), due_on in outdated.wanted.items():
            world.rows.link(DueCourse, person_id=person_id, qualification_id=qualification_id, course_id=course_id, due_on=due_on)
    world.rows.write()
    world.past.write()
    newest = db.session.scalar(sa.select(sa.func.max(HistoryRow.id)))
    world.rows.add(StandingProgress, id=1, history_id=newest, pass_on=world.today, pass_after=None)
    world.rows.write()


def _record(world: World, change: qualifications.Change, award: Award) -> None:
    key = world.rows.add(
        QualificationAward,
        person_id=change.person_id,
        qualification_id=change.qualification_id,
        recorded_at=world.lately,
        **qualifications.columns_of_award(award),
    )
    told = qualifications.told_of_award(change.qualification_id, award)
    world.past.note(world.lately, "award:record", QualificationAward, key, by=None, person=change.person_id, change=told)
