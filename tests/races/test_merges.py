"""Records merged and people moved, several at once."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from portal import people
from portal.enrolment.models import HOLDS_PLACE, Enrolment
from portal.foundation.database import db
from portal.people.models import Person, PersonMerge
from tests import factories
from tests.races.test_places import check_invariants, dealt, officials

pytestmark = pytest.mark.race


def test_of_two_merges_of_the_same_records_one_is_done(app, race):
    pairs = [(officials(2)) for _ in range(6)]
    one_way = [("merge", one.id, two.id, None) for one, two in pairs]
    the_other = [("merge", two.id, one.id, None) for one, two in pairs]
    outcomes = race.run([one_way, the_other, one_way, the_other])
    assert Counter(state for _step, state in outcomes) == {"merged": 6, "MergeRefusedError": 18}
    assert len(db.session.scalars(sa.select(Person).where(people.not_merged())).all()) == 6


def test_a_record_that_takes_one_in_is_not_merged_away_at_the_same_time(app, race):
    chain = officials(8)
    steps = [("merge", chain[number].id, chain[number + 1].id, None) for number in range(7)]
    race.run(dealt(steps))
    merges = db.session.scalars(sa.select(PersonMerge)).all()
    assert merges
    assert {merge.kept_id for merge in merges}.isdisjoint(merge.merged_id for merge in merges)


def test_nobody_is_enrolled_under_a_record_that_goes(app, race):
    run, pairs = factories.run(capacity=50), [officials(2) for _ in range(20)]
    enrols = [("enrol", run.id, gone.id, None) for _kept, gone in pairs]
    merges = [("merge", kept.id, gone.id, None) for kept, gone in pairs]
    outcomes = race.run([enrols, merges])
    assert Counter(state for step, state in outcomes if step[0] == "merge") == {"merged": 20}
    assert {state for step, state in outcomes if step[0] == "enrol"} <= {"confirmed", "NotFoundError"}
    merged = sa.select(PersonMerge.merged_id)
    assert db.session.scalars(sa.select(Enrolment).where(Enrolment.person_id.in_(merged))).all() == []


def test_people_moved_both_ways_at_once_overfill_nothing(app, race):
    here, there = factories.run(capacity=8), factories.run(capacity=8)
    going = [factories.enrolment(here, person) for person in officials(6)]
    coming = [factories.enrolment(there, person) for person in officials(6)]
    ways = [("move", there.id, one.id, None) for one in going], [("move", here.id, one.id, None) for one in coming]
    outcomes = race.run([*ways])
    assert {state for _step, state in outcomes} <= {"confirmed", "NoPlaceToMoveToError"}
    holders = sa.select(sa.func.count()).select_from(Enrolment).where(Enrolment.state.in_(HOLDS_PLACE))
    assert db.session.scalar(holders) == 12
    for run in (here, there):
        check_invariants(run)
