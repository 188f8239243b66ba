"""Every figure of a plan, counted again slowly and apart, for every municipality and year of the demo."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import attendance, needs
from portal.courses.models import CourseRun, RunInvitation, RunQuota
from portal.enrolment.models import Enrolment
from portal.foundation import clock
from portal.foundation.database import db
from portal.municipalities.models import Municipality
from portal.needs.models import NeedRun, TrainingBudget, TrainingNeed
from tests.statements import counting

PUBLIC = {"open", "closed", "running", "completed"}
HAS_PLACE = {"confirmed", "completed", "not_completed"}


def everything():
    """All rows that a plan counts, read whole."""
    tables = (CourseRun, Enrolment, RunQuota, RunInvitation, TrainingNeed, NeedRun, TrainingBudget)
    return {table: db.session.scalars(sa.select(table)).all() for table in tables}


def slowly(rows, place, year, minutes):
    """The totals of ``place`` in ``year``, row by row."""
    runs = {run.id: run for run in rows[CourseRun]}
    served = {link.need_id: runs[link.run_id].state for link in rows[NeedRun] if runs[link.run_id].state != "cancelled"}
    asked = [one for one in rows[TrainingNeed] if one.municipality_id == place and one.starts_on.year == year and one.ended is None]
    places = [one for one in rows[Enrolment] if one.municipality_id == place and one.state in HAS_PLACE]
    ours = [run for run in runs.values() if run.state in PUBLIC and run.starts_at and run.starts_at.astimezone(clock.TBILISI).year == year]
    done = [one for one in places if any(one.run_id == run.id and run.state == "completed" for run in ours)]
    coming = {run.id for run in ours if run.state != "completed"}
    return {
        "asked": sum(one.people for one in asked),
        "kept": sum(one.places for one in rows[RunQuota] if one.municipality_id == place and one.run_id in coming),
        "to_come": sum(one.run_id in coming for one in places),
        "participations": len(done),
        "people_taught": len({one.person_id for one in done}),
        "completed": sum(one.state == "completed" for one in done),
        "hours": attendance.hours(sum(minutes(one) for one in done)),
        "cost": sum((one.cost or Decimal(0) for one in asked), Decimal(0)),
        "cost_done": sum((one.cost or Decimal(0) for one in asked if served.get(one.id) == "completed"), Decimal(0)),
    }


@pytest.fixture
def demo(demo_app):
    with demo_app.app_context():
        yield everything()
        db.session.remove()


def test_every_figure_of_every_plan_is_what_a_slow_count_gives(demo):
    matrices = {}

    def minutes(one):
        if one.run_id not in matrices:
            matrices[one.run_id] = {
                row.enrolment_id: row.summary.attended_minutes for row in attendance.attendance_of_run(one.run_id).people
            }
        return matrices[one.run_id][one.id]

    counted = 0
    for place in db.session.scalars(sa.select(Municipality).where(Municipality.active).order_by(Municipality.id)):
        for year in range(clock.today().year - 2, clock.today().year + 2):
            plan = needs.plan_of(place.id, year)
            expected = slowly(demo, place.id, year, minutes)
            assert {name: getattr(plan.totals, name) for name in expected} == expected, (place.code, year)
            budget = [one.amount for one in demo[TrainingBudget] if (one.municipality_id, one.year) == (place.id, year)]
            assert plan.left == (budget[0] - expected["cost"] if budget else None)
            counted += sum(bool(value) for value in expected.values())
    assert counted > 300


def test_a_plan_takes_six_statements(demo):
    telavi = db.session.scalars(sa.select(Municipality).where(Municipality.code == "telavi")).one()
    with counting() as statements:
        plan = needs.plan_of(telavi.id, clock.today().year)
    assert (len(plan.done) > 0, len(statements)) == (True, 6)


def test_the_demo_has_groups_of_neighbours_a_planned_a_done_a_declined_and_a_withdrawn_need(demo):
    states = [needs.get_need(one.id).state for one in demo[TrainingNeed]]
    assert {state: states.count(state) for state in set(states)} == {"open": 16, "planned": 3, "done": 2, "declined": 1, "withdrawn": 1}
    assert len({one.municipality_id for one in demo[TrainingNeed]}) >= 12
