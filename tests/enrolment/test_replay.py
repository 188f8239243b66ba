"""The log of places, played again on command."""

from datetime import date

import pytest
import sqlalchemy as sa

from portal import enrolment
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.transaction import commit
from portal.qualifications.models import DueCourse
from tests import factories


@pytest.fixture
def run(app):
    """A run of one place: somebody left it, the next got it, one waits."""
    made = factories.run(code="FAIR", capacity=1)
    people = [factories.person_with_account() for _ in range(3)]
    for person in people:
        enrolment.enrol(made.id, person.id, by=person.id)
    enrolment.withdraw(made.id, people[0].id, by=people[0].id)
    commit()
    return made


def replayed(app, *codes):
    return app.test_cli_runner().invoke(args=["replay-places", *codes])


def test_the_log_replays_to_the_allocation_that_stands(app, run):
    answer = replayed(app)
    assert (answer.exit_code, answer.output) == (0, "1 runs replay to the allocation that stands.\n")


def test_a_place_that_was_given_past_the_log_is_found(app, run):
    db.session.execute(sa.update(Enrolment).where(Enrolment.state == "waiting").values(state="confirmed"))
    commit()
    answer = replayed(app, "FAIR")
    assert answer.exit_code == 1
    assert "FAIR: the log does not end where the enrolments stand" in answer.output


def test_somebody_served_before_the_next_in_line_is_found(app, run):
    """The log says that the second got the place; by the time at which the third asked, it was theirs."""
    third = enrolment.waiting_list(run.id)[0]
    third.queued_at = third.queued_at.replace(year=2020)
    third_id = third.id
    commit()
    answer = replayed(app, "FAIR")
    assert answer.exit_code == 1
    assert f"the turn was that of enrolment {third_id}" in answer.output


def test_a_code_of_no_run_is_said(app, run):
    assert "NOWHERE" in replayed(app, "NOWHERE").output


def test_who_was_due_when_a_place_was_given_is_known_when_it_is_played_again(app, run):
    """A qualification falls due for the last in line, who is served first; later none is due any more."""
    late = factories.person_with_account()
    enrolment.enrol(run.id, late.id, by=late.id)
    factories.due_course(run, late, date(2027, 3, 1))
    holder = next(one for one in enrolment.live_enrolments_of_run(run.id) if one.state == "confirmed")
    enrolment.withdraw(run.id, holder.person_id, by=holder.person_id)
    assert next(one for one in enrolment.live_enrolments_of_run(run.id) if one.state == "confirmed").person_id == late.id
    db.session.execute(sa.delete(DueCourse))
    commit()
    answer = replayed(app, "FAIR")
    assert (answer.exit_code, answer.output) == (0, "1 runs replay to the allocation that stands.\n")


def test_a_due_one_who_cannot_have_the_place_is_passed_with_the_reason(app):
    made = factories.run(code="KEPT", capacity=2)
    factories.place_rules(made, {"telavi": 1})
    people = [factories.person_with_account(municipality=code) for code in ("telavi", "kutaisi", "telavi", "kutaisi")]
    for person in people:
        enrolment.enrol(made.id, person.id, by=person.id)
    factories.due_course(made, people[2], date(2027, 3, 1))
    enrolment.withdraw(made.id, people[1].id, by=people[1].id)
    commit()
    made_id, late_id = made.id, people[2].id
    answer = replayed(app, "KEPT")
    assert (answer.exit_code, answer.output) == (0, "1 runs replay to the allocation that stands.\n")
    assert [one.person_id for one in enrolment.waiting_list(made_id)] == [late_id]
