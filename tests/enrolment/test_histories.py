"""Random histories of a run, and of another to which people move: whatever is done, the places stay in order and the log replays to them.

Longer: ``python -m pytest tests/enrolment/test_histories.py`` with ``HISTORIES=200`` in the environment.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portal import courses, enrolment, imports, journeys
from portal.courses.models import CourseRun
from portal.enrolment import queries_line
from portal.enrolment.models import LIVE, TAKES_PLACE, DecisionStage, Enrolment, EnrolmentState
from portal.enrolment.rules import WAITS, gives_freed_places
from portal.enrolment.rules_line import find_next
from portal.foundation import clock, spreadsheets
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit, reading, writing
from portal.imports.models import ImportState, Verdict
from portal.worker import keep_places
from tests import factories
from tests.imports import sheets

if TYPE_CHECKING:
    from collections.abc import Callable

HISTORIES = int(os.environ.get("HISTORIES", "20"))
STEPS = 20
HOMES = ("telavi", "telavi", "telavi", "sighnaghi", "sighnaghi", "kutaisi", "kutaisi", "kutaisi", "batumi", "batumi")
QUOTAS = st.dictionaries(st.sampled_from(["telavi", "sighnaghi", "kutaisi", "region"]), st.integers(1, 3), max_size=3)

NUMBERS = itertools.count(100)
"""Of the people in spreadsheets: another for each."""

people = st.integers(0, len(HOMES) - 1)


class Histories(RuleBasedStateMachine):
    """One run, ten people of four municipalities, coordinators and staff; each rule is one transaction, and may be refused."""

    people: tuple[int, ...]
    places: dict[str, int]
    region: int
    staff: int

    def __init__(self) -> None:
        super().__init__()
        self.clicks = 0
        self.acknowledged: dict[int, set[str]] = {}

    @initialize(
        capacity=st.integers(1, 3),
        quotas=QUOTAS,
        offered=st.booleans(),
        decided_by=st.sampled_from(["at_once", "at_once", "staff", "employer_then_staff"]),
        first=st.permutations(range(len(HOMES))),
    )
    def plan(self, capacity, quotas, offered, decided_by, first) -> None:
        self.now = clock.now()
        with writing():
            run = factories.run(capacity=capacity)
            self.run_id, self.code = run.id, run.code
            self.other_id = factories.run(capacity=2, starts_at=run.starts_at + timedelta(days=7)).id
        self.terms = {"decided_by": decided_by, "freed_places": "offered" if offered else "given"}
        self.set_rules(quotas, invited=False)
        self.enrol(first[:6], twice=False)
        for number in range(6):
            self.decide(number, approve=number != 0, times=2)

    def teardown(self) -> None:
        """The runs do not take place, so that their people are free for the next history."""
        for run_id in (self.run_id, self.other_id):
            with writing():
                journeys.cancel_run(courses.get_run_by_id(run_id), "", by=self.staff)

    def attempt(self, act: Callable[[], object]) -> None:
        """Do it in a transaction of its own, at the time of the history; what is refused changes nothing."""
        with clock.frozen(self.now):
            try:
                with writing():
                    told = act()
                    if isinstance(told, Enrolment):
                        self.acknowledged[told.id] = self.acknowledged.get(told.id, set()) | {told.state}
            except RefusedError:
                pass

    def with_one(self, number: int, act: Callable[[Enrolment], object], *states: str, run_id: int | None = None) -> None:
        """Do it with one of those who stand in one of ``states``, if anybody does."""

        def with_it() -> object:
            found = [one for one, state in enrolment.states_in(run_id or self.run_id).items() if state in states]
            return act(db.session.get_one(Enrolment, found[number % len(found)])) if found else None

        self.attempt(with_it)

    @rule(indices=st.lists(people, min_size=1, max_size=4, unique=True), twice=st.booleans())
    def enrol(self, indices, twice) -> None:
        for index in indices:
            self.clicks += 1
            self.click(self.people[index], f"click-{self.clicks}", 2 if twice else 1)

    def click(self, person_id: int, key: str, times: int) -> None:
        for _click in range(times):
            self.attempt(lambda: enrolment.enrol_by_code(self.code, person_id, by=person_id, form_key=key))

    @rule(code=st.sampled_from(["telavi", "kutaisi"]))
    def nominate(self, code) -> None:
        def act() -> None:
            posts = enrolment.own_posts_of([self.places[code]], self.people)
            journeys.nominate(courses.get_run(self.code), posts[:2], by=self.staff)

        self.attempt(act)

    @rule(
        code=st.sampled_from(["telavi", "kutaisi"]), indices=st.lists(people, min_size=1, max_size=3, unique=True), clicks=st.integers(1, 2)
    )
    def send_list(self, code, indices, clicks) -> None:
        """Those of the people who work there are put on the list, which is sent as it stands."""

        def add() -> None:
            posts = enrolment.own_posts_of([self.places[code]], [self.people[index] for index in indices])
            enrolment.add_to_list(self.run_id, posts, by=self.staff)

        self.attempt(add)
        self.clicks += 1
        key = f"list-{self.clicks}"
        with reading():
            version = enrolment.version_of(one.nomination for one in enrolment.nominees_of(self.run_id, [self.places[code]]))

        def send() -> None:
            journeys.nominate_list(courses.get_run(self.code), [self.places[code]], version=version, by=self.staff, form_key=key)

        for _click in range(clicks):
            self.attempt(send)

    @rule(code=st.sampled_from(["telavi", "kutaisi"]), number=people)
    def take_back(self, code, number) -> None:
        def act() -> None:
            sent = [one.nomination.id for one in enrolment.nominees_of(self.run_id, [self.places[code]]) if one.nomination.sent_at]
            if sent:
                chosen = sent[number % len(sent)]
                enrolment.take_back(self.run_id, [self.places[code]], chosen, by=self.staff, reason="შეცდომა")

        self.attempt(act)

    @rule(code=st.sampled_from(["telavi", "kutaisi"]))
    def nominate_by_spreadsheet(self, code) -> None:
        """Two people whom nobody knows yet: both are nominated, or neither."""
        rows = [sheets.nominee(next(NUMBERS)) for _row in range(2)]
        self.attempt(lambda: self.carry_out(sheets.as_csv(rows), self.places[code]))

    def carry_out(self, data: bytes, municipality_id: int) -> None:
        parked, _fresh = imports.park(
            data, spreadsheets.read(data), "people.csv", run_id=self.run_id, municipality_id=municipality_id, by=self.staff
        )
        entries = imports.entries_of(parked.id)
        journeys.check_import(parked.id, entries)
        imports.confirm(parked, left_out=0, by=self.staff)
        journeys.nominate_import(parked.id, entries)
        numbers = imports.numbers_of_verdicts(parked.id)
        assert (parked.state, numbers[Verdict.NEW]) == (ImportState.DONE, 2)

    @rule(number=people, back=st.booleans())
    def move(self, number, back) -> None:
        here, there = (self.other_id, self.run_id) if back else (self.run_id, self.other_id)

        def act(one: Enrolment) -> object:
            return journeys.move_enrolment(one, courses.get_run_by_id(there), by=self.staff, reason="გადაყვანა")

        self.with_one(number, act, EnrolmentState.CONFIRMED, *WAITS, run_id=here)

    @rule(index=people)
    def add_by_staff(self, index) -> None:
        self.attempt(lambda: enrolment.enrol(self.run_id, self.people[index], by=self.staff, decided=True))

    @rule(index=people)
    def admit_on_the_day(self, index) -> None:
        self.attempt(lambda: enrolment.admit_on_the_day(self.run_id, self.people[index], by=self.staff))

    @rule(number=people, by_staff=st.booleans(), states=st.sampled_from([(EnrolmentState.CONFIRMED,), tuple(WAITS)]))
    def withdraw(self, number, by_staff, states) -> None:
        def act(one: Enrolment) -> object:
            by = self.staff if by_staff else one.person_id
            return enrolment.withdraw(self.run_id, one.person_id, by=by, after_deadline=by_staff)

        self.with_one(number, act, *states)

    @rule(number=people)
    def accept(self, number) -> None:
        self.with_one(number, lambda one: enrolment.accept_offer(one, by=one.person_id), EnrolmentState.OFFERED)

    @rule(number=people, approve=st.booleans(), times=st.integers(1, 4))
    def decide(self, number, approve, times) -> None:
        for _application in range(times):
            self.with_one(
                number,
                lambda one: enrolment.decide(one, DecisionStage(one.stage), approve=approve, by=self.staff),
                EnrolmentState.APPLIED,
            )

    @rule(number=people, stage=st.sampled_from(DecisionStage))
    def undo(self, number, stage) -> None:
        self.with_one(number, lambda one: enrolment.undo_decision(one, stage, by=self.staff), *EnrolmentState)

    @rule(capacity=st.integers(0, 6))
    def change_capacity(self, capacity) -> None:
        self.attempt(lambda: journeys.change_capacity(courses.get_run(self.code), capacity, by=self.staff))

    @rule(quotas=QUOTAS, invited=st.booleans())
    def set_rules(self, quotas, invited) -> None:
        def act() -> None:
            run = courses.get_run(self.code)
            values = courses.PlaceRuleValues(
                quotas=tuple(
                    courses.QuotaValues(region_id=self.region, places=places)
                    if unit == "region"
                    else courses.QuotaValues(municipality_id=self.places[unit], places=places)
                    for unit, places in quotas.items()
                ),
                quotas_end_at=self.now + timedelta(days=2) if quotas else None,
                invited_only=invited,
                invited_ids=tuple(self.places.values())[:3] if invited else (),
                offer_hours=12,
                decision_days=1,
                **self.terms,
            )
            journeys.change_place_rules(run, values, by=self.staff)

        self.attempt(act)

    @rule(hours=st.sampled_from([1, 13, 25, 49, 100]))
    def let_time_pass(self, hours) -> None:
        self.now += timedelta(hours=hours)
        with clock.frozen(self.now):
            keep_places()

    @invariant()
    def the_places_are_in_order(self) -> None:
        with clock.frozen(self.now), reading():
            known = self.in_order(self.run_id) | self.in_order(self.other_id)
            assert self.acknowledged.keys() <= known
            self.nobody_was_told_twice(known)

    def in_order(self, run_id: int) -> set[int]:
        """The ids of everybody's enrolments in the run, when all is as it should be."""
        run = db.session.get_one(CourseRun, run_id)
        rows = list(db.session.scalars(sa.select(Enrolment).where(Enrolment.run_id == run_id)))
        taken = [one for one in rows if one.state in TAKES_PLACE]
        assert len(taken) <= run.capacity
        assert max(Counter(one.person_id for one in rows if one.state in LIVE).values(), default=0) <= 1
        seats = enrolment.seats_of(run.id)
        if seats.in_force:
            assert all(seats.by_municipality[one] <= places for one, places in seats.municipality_quotas.items())
            assert all(seats.by_region[one] <= places for one, places in seats.region_quotas.items())
        if gives_freed_places(run.state, run.starts_at, run.enrolment_closes_at, clock.now()):
            assert find_next(queries_line.waiting_places([run.id])[run.id], seats) is None
        assert all(one.offer_ends_at is not None for one in rows if one.state == EnrolmentState.OFFERED)
        assert all(one.stage and one.decide_by for one in rows if one.state == EnrolmentState.APPLIED)

        played = enrolment.replay_of(run_id)
        assert (played.disagreements, played.states) == ([], {one.id: one.state for one in rows})
        return {one.id for one in rows}

    def nobody_was_told_twice(self, ids: set[int]) -> None:
        """One mail for one step of an enrolment at most: the number of the step stands in the key of its mail."""
        keys = [key.split(":") for key in db.session.scalars(sa.select(OutboxMessage.event_key))]
        told = Counter((number, step) for _kind, number, step, _event in keys if int(number) in ids)
        assert max(told.values(), default=0) <= 1


@pytest.mark.timeout(HISTORIES * 30)
def test_whatever_happens_the_places_stay_in_order(app):
    Histories.people = tuple(factories.person_with_account(municipality=code).id for code in HOMES)
    Histories.places = {code: factories.municipality(code).id for code in dict.fromkeys(HOMES)}
    Histories.region = factories.municipality("telavi").region_id
    Histories.staff = factories.person_with_account(municipality=None).id
    for code in ("telavi", "kutaisi"):
        factories.grant(factories.person_with_account(municipality=code), "coordinator", code)
    commit()
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="HISTORIES" not in os.environ,
            suppress_health_check=checks,
        ),
    )
