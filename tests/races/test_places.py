"""Places under a rush: never one too many, none left free while somebody waits, nobody twice."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import sqlalchemy as sa

from portal import enrolment, people
from portal.enrolment.models import HOLDS_PLACE, LIVE, Enrolment
from portal.foundation.database import db
from portal.foundation.history import HistoryRow, broken_links
from portal.foundation.outbox import OutboxMessage
from tests import factories
from tests.races.clients import UNLOCKED

pytestmark = pytest.mark.race
CLIENTS = 4


def officials(number):
    return [factories.official(f"სახელი{index}", "გვარი", email=f"official{index}@portal.test") for index in range(number)]


def dealt(steps):
    """The steps, dealt out to the clients like cards."""
    return [steps[first::CLIENTS] for first in range(CLIENTS)]


def states_in(run):
    return Counter(db.session.scalars(sa.select(Enrolment.state).where(Enrolment.run_id == run.id)))


def check_invariants(run):
    """What must hold at any moment between two transactions."""
    places = enrolment.places_of([run.id])[run.id]
    assert places.taken <= places.capacity
    assert not (places.free and places.waiting)
    live = db.session.scalars(sa.select(Enrolment.person_id).where(Enrolment.run_id == run.id, Enrolment.state.in_(LIVE))).all()
    assert len(live) == len(set(live))
    assert list(broken_links(db.session.scalars(sa.select(HistoryRow).order_by(HistoryRow.id)))) == []


def test_without_the_lock_more_places_are_given_than_there_are(app, race):
    run = factories.run(capacity=2)
    steps = [("enrol", run.id, person.id, None) for person in officials(12)]
    race.run(dealt(steps), way=UNLOCKED)
    assert states_in(run)["confirmed"] > 2


def test_with_the_lock_forty_people_get_twenty_places_and_twenty_wait(app, race):
    run = factories.run(capacity=20)
    steps = [("enrol", run.id, person.id, None) for person in officials(40)]
    outcomes = Counter(state for _step, state in race.run(dealt(steps)))
    assert outcomes == states_in(run) == {"confirmed": 20, "waiting": 20}
    positions = enrolment.waiting_positions([run.id])
    assert sorted(positions.values()) == list(range(1, 21))
    check_invariants(run)


def test_everybody_clicking_twice_gets_one_place_and_one_mail(app, race):
    run = factories.run(capacity=5)
    people = officials(10)
    clicks = [("enrol", run.id, person.id, f"form-{person.id}") for person in people]
    outcomes = race.run([clicks, clicks, clicks])
    assert len(outcomes) == 30
    for person in people:
        assert len({state for step, state in outcomes if step[2] == person.id}) == 1
    assert states_in(run) == {"confirmed": 5, "waiting": 5}
    assert db.session.scalar(sa.select(sa.func.count(OutboxMessage.id))) == 10


def test_coming_and_going_leaves_no_place_free_while_somebody_waits(app, race):
    run = factories.run(capacity=4)
    people, dice = officials(8), random.Random(20261122)
    works = [
        [(dice.choice(["enrol", "enrol", "withdraw"]), run.id, dice.choice(people).id, f"{client}-{step}") for step in range(20)]
        for client in range(CLIENTS)
    ]
    outcomes = race.run(works)
    assert {state for _step, state in outcomes} <= {
        "confirmed",
        "waiting",
        "withdrawn",
        "AlreadyEnrolledError",
        "NotEnrolledError",
    }
    check_invariants(run)
    holders = sum(number for state, number in states_in(run).items() if state in HOLDS_PLACE)
    assert holders == min(4, sum(number for state, number in states_in(run).items() if state in LIVE))


def test_a_list_that_two_coordinators_send_at_once_is_sent_once(app, race):
    run = factories.run(capacity=3)
    *nominees, first, second = officials(8)
    enrolment.add_to_list(run.id, [people.find_current_post(one.id) for one in nominees], by=first.id)
    here = people.find_current_post(first.id).municipality_id
    version = enrolment.version_of(one.nomination for one in enrolment.nominees_of(run.id, [here]))
    clicks = [[("send_list", run.id, who.id, version)] * 2 for who in (first, second)]
    outcomes = Counter(told for _step, told in race.run(clicks))
    assert outcomes == {"sent 6": 1, "sent 0": 1, "ListChangedError": 2}
    assert states_in(run) == {"confirmed": 3, "waiting": 3}
    assert [one.enrolment.state for one in enrolment.nominees_of(run.id, [here])] == ["confirmed"] * 3 + ["waiting"] * 3
    check_invariants(run)


def test_what_was_acknowledged_survives_a_kill(app, race):
    run = factories.run(capacity=50)
    race.ready([[("enrol", run.id, person.id, None) for person in officials(50)]])
    (client,) = race.started
    race.go()
    acknowledged = [client.told() for _ in range(8)]
    client.process.kill()
    client.process.join()
    for (_verb, run_id, person_id, _key), state in acknowledged:
        assert enrolment.find_live_enrolment(run_id, person_id).state == state == "confirmed"
    assert states_in(run)["confirmed"] >= 8
    check_invariants(run)
