"""The rules of requests as sentences, tried by a machine that lets anybody do anything at any time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.recognition import rules
from portal.recognition.models import RecognitionState as State
from portal.recognition.rules import Award, Claim, Side, Standing

LEARNER, COORDINATOR, STAFF = 1, 2, 3
BY_PERSON = {State.SUBMITTED, State.WITHDRAWN}
BY_COORDINATOR = {State.CONFIRMED, State.RETURNED}
BEGUN = datetime(2026, 2, 1, 9, tzinfo=UTC)
HOURS = st.decimals(0, 200, places=2)


class Request(RuleBasedStateMachine):
    """One request; whoever wants to do something asks the rules first. What was done is judged by what the machine itself remembers."""

    @initialize(employer=st.booleans())
    def send(self, employer):
        self.employer, self.now, self.done = employer, BEGUN, [(State.SUBMITTED, BEGUN)]

    @property
    def standing(self):
        state, since = self.done[-1]
        return Standing(LEARNER, state, since, self.employer)

    @rule(days=st.integers(0, 12), hours=st.integers(0, 23))
    def time_goes_by(self, days, hours):
        self.now += timedelta(days=days, hours=hours)

    @rule(step=st.sampled_from(State), own=st.booleans())
    def somebody_tries(self, step, own):
        side = Side.PERSON if step in BY_PERSON else Side.COORDINATOR if step in BY_COORDINATOR else Side.STAFF
        by = LEARNER if own or side == Side.PERSON else COORDINATOR if side == Side.COORDINATOR else STAFF
        if rules.find_refusal(self.standing, step, by=by, now=self.now) is None:
            assert side == Side.PERSON or by != LEARNER
            self.done.append((step, self.now))

    @invariant()
    def what_was_done_follows_the_sentences(self):
        states = [state for state, _at in getattr(self, "done", [])]
        for before, (state, _at) in zip(states, getattr(self, "done", [])[1:], strict=False):
            assert before != State.WITHDRAWN, "what was withdrawn is over"
            if state == State.WITHDRAWN:
                assert before in {State.SUBMITTED, State.CONFIRMED, State.RETURNED}, "what was decided is not withdrawn"
            if state == State.SUBMITTED:
                assert before == State.RETURNED, "only what was returned is sent again"
            if state in BY_COORDINATOR:
                assert before == State.SUBMITTED, "the coordinator answers what was sent"
                assert self.employer, "and only where there is one"
            if state == State.REVOKED:
                assert before == State.RECOGNISED, "only what is recognised is revoked"
            if state == State.REFUSED:
                assert before in {State.SUBMITTED, State.CONFIRMED}, "only what waits is refused"

    @invariant()
    def staff_decide_without_the_coordinator_only_after_ten_days(self):
        done = getattr(self, "done", [])
        for (before, sent), (state, at) in pairwise(done):
            if before == State.SUBMITTED and state in {State.RECOGNISED, State.REFUSED}:
                assert not self.employer or at >= sent + timedelta(days=10)

    @invariant()
    def somebody_can_always_go_on_or_it_is_over(self):
        if not hasattr(self, "done"):
            return
        later = self.now + timedelta(days=10)
        open_to = [step for step in State if rules.find_refusal(self.standing, step, by=STAFF, now=later) is None]
        assert bool(open_to) == (self.standing.state != State.WITHDRAWN)


TestRequest = Request.TestCase
TestRequest.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)

CLAIM = Claim("a", "b", date(2025, 4, 7), date(2025, 4, 8), Decimal(16), Decimal(1))


@given(
    claimed=HOURS, contact=HOURS, independent=HOURS, credit=st.none() | HOURS, words=st.sampled_from(["", "because"]), again=st.booleans()
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_decision_needs_something_to_recognise_and_words_unless_it_is_simply_yes(claimed, contact, independent, credit, words, again):
    claim = Claim("a", "b", date(2025, 4, 7), date(2025, 4, 8), claimed, None)
    found = {problem.field for problem in rules.problems_of_award(Award(contact, independent, credit), claim, words, decided_before=again)}
    assert ("contact_hours" in found) == (contact + independent == 0 and not credit)
    assert ("words" in found) == (not words and (again or contact < claimed))
    assert "valid_until" not in found


@pytest.mark.parametrize(("credit", "less"), [(None, True), (Decimal("0.5"), True), (Decimal(1), False), (Decimal(2), False)])
def test_fewer_credits_than_claimed_are_less(credit, less):
    assert rules.gives_less(Award(Decimal(16), credits=credit), CLAIM) is less


def test_a_request_that_was_followed_by_another_is_recognised_no_more():
    refused = Standing(LEARNER, State.REFUSED, BEGUN, employer_confirms=True)
    followed = Standing(LEARNER, State.REFUSED, BEGUN, employer_confirms=True, followed=True)
    assert rules.can_ask_again(refused)
    assert not rules.can_ask_again(followed)
    assert rules.can_decide(refused, by=STAFF, now=BEGUN)
    assert isinstance(rules.find_refusal(followed, State.RECOGNISED, by=STAFF, now=BEGUN), rules.AskedAgainError)


def test_every_step_has_a_side_and_every_state_what_follows():
    assert set(rules.SIDE_OF) == set(State)
    assert set(rules.FOLLOWING) == {None, *State}
