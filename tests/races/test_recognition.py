"""Several at the same request at once: each step follows from the one before, and whoever comes too late is told."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from portal import recognition
from portal.foundation.database import db
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit
from tests.recognition.samples import state_of

pytestmark = pytest.mark.race
NUMBER = 6


def requests(cast, race, *, confirmed):
    """Sent by those who act later: what the history seals opens with the keys of their process only."""
    commit()
    race.run([[("send_training", number, cast.learner.id, None) for number in range(NUMBER)]])
    made = sorted(seen.request.id for seen in recognition.requests_of(cast.learner.id))
    assert len(made) == NUMBER
    if confirmed:
        for one in made:
            recognition.confirm_request(one, by=cast.coordinator.id)
    commit()
    return made


def steps_of(made):
    return [tuple(step.step for step in recognition.get_request(one).steps) for one in made]


def test_who_withdraws_wins_or_comes_after_and_the_coordinator_is_told(cast, race):
    made = requests(cast, race, confirmed=False)
    withdrawing = [("withdraw_training", one, cast.learner.id, None) for one in made]
    confirming = [("confirm_training", one, cast.coordinator.id, None) for one in made]
    outcomes = Counter(came for _step, came in race.run([withdrawing, confirming]))
    assert outcomes["withdrawn"] == outcomes["confirmed"] + outcomes["MovedOnError"] == NUMBER
    allowed = {("submitted", "withdrawn"), ("submitted", "confirmed", "withdrawn")}
    assert set(steps_of(made)) <= allowed
    assert {state_of(one) for one in made} == {"withdrawn"}


def test_of_withdrawing_recognising_and_refusing_one_wins(cast, race):
    made = requests(cast, race, confirmed=True)
    outcomes = Counter(
        came
        for _step, came in race.run(
            [
                [("withdraw_training", one, cast.learner.id, None) for one in made],
                [("recognise_training", one, cast.staff.id, None) for one in made],
                [("refuse_training", one, cast.administrator.id, None) for one in made],
            ]
        )
    )
    # what was refused can be recognised, but then it says why
    assert outcomes["MovedOnError"] + outcomes["WrongValuesError"] == 2 * NUMBER
    assert set(steps_of(made)) <= {("submitted", "confirmed", last) for last in ("withdrawn", "recognised", "refused")}
    told = db.session.scalar(sa.select(sa.func.count()).where(OutboxMessage.kind.like("recognition_%")))
    assert told == outcomes["recognised"] + outcomes["refused"]
    assert len(recognition.recognised_of([cast.learner.id])) == outcomes["recognised"]
