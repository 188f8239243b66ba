"""What people of the demo hold: every state is there, and it is what the worker would have written."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal import qualifications, standings
from portal.courses.models import CourseRun, RunState
from portal.foundation import clock
from portal.foundation.database import db
from portal.people.models import Account, Person
from portal.qualifications import Holding
from portal.qualifications.models import DueCourse, QualificationAward

pytestmark = pytest.mark.usefixtures("seeded")


def own() -> list[standings.OwnStanding]:
    learner = db.session.scalars(sa.select(Account.person_id).where(Account.email == "learner@portal.example")).one()
    return standings.standings_of(learner, clock.today())


def test_there_are_qualifications_with_an_older_and_a_newer_edition_goals_and_tracks():
    named = qualifications.qualifications_in_order()
    assert len(named) >= 6
    assert any(len(qualifications.versions_of(one.id)) == 2 for one in named)
    goals = qualifications.goals_in_order()
    assert len(goals) == 3
    assert all(qualifications.shares_of([goal.id])[goal.id] for goal in goals)
    assert [len(steps) for steps in qualifications.steps_of([one.id for one in qualifications.tracks_in_order()]).values()] == [3, 4]


def test_people_stand_in_every_way_to_what_their_posts_call_for():
    seen = {(one.standing.holding, one.is_due) for _person, found in standings.everyone_on(clock.today()) for one in found}
    assert {holding for holding, _due in seen} == set(Holding)
    assert {(Holding.NEVER, True), (Holding.NEVER, False), (Holding.RENEWABLE, True)} <= seen


def test_the_demo_learner_holds_one_can_renew_one_and_is_due_to_take_a_course_that_is_open():
    by_state = {(one.standing.holding, one.is_due): one for one in own()}
    assert {(Holding.HELD, False), (Holding.RENEWABLE, False), (Holding.NEVER, True)} <= by_state.keys()
    courses = {course for one in own() for course in one.due_courses()}
    open_runs = db.session.scalars(sa.select(CourseRun.code).where(CourseRun.course_id.in_(courses), CourseRun.state == RunState.OPEN))
    assert "DEMO-OPEN" in set(open_runs)


def test_the_worker_finds_nothing_that_it_would_have_written_otherwise():
    assert standings.find_work() is None
    people = list(db.session.scalars(sa.select(Person.id)))
    outdated = standings.outdated(people, clock.today(), standings.read_rulebook())
    assert (outdated.changes, outdated.people) == ([], frozenset())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QualificationAward)) > 100
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DueCourse)) > 100
