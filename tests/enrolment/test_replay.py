"""The log of places, played again on command."""

import pytest
import sqlalchemy as sa

from portal import enrolment
from portal.enrolment.models import Enrolment
from portal.foundation.database import db
from portal.foundation.transaction import commit
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
