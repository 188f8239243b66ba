"""Everything that gives or takes a place. Each function locks the run first, so that places are counted by one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from portal import courses
from portal.courses.models import DecidedBy
from portal.enrolment import queries, queries_line, rules
from portal.enrolment.invitations import Letter, post, tell_moved_to, tell_taken_back, tell_withdrawn
from portal.enrolment.models import (
    HOLDS_PLACE,
    LEFT_WAITING_LIST,
    LIVE,
    MOVED,
    ON_THE_DAY,
    TAKES_PLACE,
    AnswerPurpose,
    DecisionStage,
    Enrolment,
    EnrolmentState,
)
from portal.enrolment.queries_decisions import has_other_employer
from portal.enrolment.rules_line import Blocked
from portal.enrolment.services_filling import fill
from portal.enrolment.services_links import new_answer_url
from portal.enrolment.services_steps import Entry, add, change, lock, published, read_applicants
from portal.foundation import clock
from portal.foundation.calendar import REQUEST
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from portal.courses.models import CourseRun
    from portal.enrolment.queries import Applicant
    from portal.enrolment.rules_line import Seats
    from portal.people.models import Post

    Outcome = Enrolment | rules.EnrolmentRefusedError

WITHDRAWN_AS = {
    EnrolmentState.CONFIRMED: "withdrawn",
    EnrolmentState.APPLIED: "application_withdrawn",
    EnrolmentState.OFFERED: "offer_declined",
}
"""Words for why somebody is withdrawn, by what they were before; whoever waited left the waiting list."""
TOLD_AS: dict[str, str] = {
    EnrolmentState.APPLIED: "application_received",
    EnrolmentState.CONFIRMED: "place_given",
    EnrolmentState.WAITING: "waiting_list_joined",
}
"""The mail that says what came of a request."""


def enrol(
    run_id: int,
    person_id: int,
    *,
    by: int | None,
    municipality_id: int | None = None,
    form_key: str | None = None,
    decided: bool = False,
) -> Enrolment:
    """Give the person a place in the run, put them on its waiting list, or take their application.

    A mail says which. Whoever is enrolled by a municipality is enrolled with a post there. Of a run on which somebody decides, this is an
    application, unless who enrols has ``decided``. A ``form_key`` sent before by the same person for the same run returns the enrolment of
    then and changes nothing. Raises the ``EnrolmentRefusedError`` of the rule that speaks against it, and ``NotFoundError`` for a run that
    is only a draft.
    """
    return _of_one(_enrol(lock(run_id), {person_id: municipality_id}, by=by, form_key=form_key, decided=decided))


def enrol_by_code(code: str, person_id: int, *, by: int | None, form_key: str | None = None) -> Enrolment:
    """As ``enrol``, for a page that knows the run by its code."""
    return _of_one(_enrol(published(queries.get_locked_run_by_code(code)), {person_id: None}, by=by, form_key=form_key))


def enrol_all(run_id: int, wishes: Mapping[int, int], *, by: int, form_key: str | None = None) -> dict[int, Outcome]:
    """As ``enrol`` for one person after the other, each with the municipality that nominates them; a refusal keeps nobody else from a place."""
    return _enrol(lock(run_id), wishes, by=by, form_key=form_key) if wishes else {}


def _of_one(outcomes: dict[int, Outcome]) -> Enrolment:
    (outcome,) = outcomes.values()
    if isinstance(outcome, rules.EnrolmentRefusedError):
        raise outcome
    return outcome


def _enrol(
    run: CourseRun, wishes: Mapping[int, int | None], *, by: int | None, form_key: str | None, decided: bool = False
) -> dict[int, Outcome]:
    """The one function that gives places to those who ask: it decides on one after the other, and writes what it decided together."""
    read = read_applicants(run.id, wishes, form_key=form_key)
    first, _reference = next(iter(read.values()))
    door = _Door.of(run, first.taken, first.waiting)
    outcomes: dict[int, Outcome] = {}
    entries: list[Entry] = []
    for person_id, municipality_id in wishes.items():
        applicant, reference = read[person_id]
        if applicant.same_id is not None:
            outcomes[person_id] = queries.get_enrolment(applicant.same_id)
            continue
        key = queries.key_of(run.id, person_id, form_key) if form_key else None
        entry = door.decide(applicant, municipality_id, reference=reference, form_key=key, decided=decided)
        if isinstance(entry, rules.EnrolmentRefusedError):
            outcomes[person_id] = entry
            continue
        entries.append(entry)
        if entry.reason == Blocked.OTHERS_WAIT:  # whose turn it is, is only known when all stand in the line
            outcomes |= _write(run, entries, wishes, by=by)
            places = queries.places_of([run.id])[run.id]
            entries, door = [], _Door.of(run, places.taken, places.waiting)
    return outcomes | _write(run, entries, wishes, by=by)


def _write(run: CourseRun, entries: Sequence[Entry], wishes: Mapping[int, int | None], *, by: int | None) -> dict[int, Outcome]:
    """Write what was decided, let the last one in who has come while others wait, if it is their turn, and tell everybody."""
    if not entries:
        return {}
    added, sessions = add(run, entries, by=by), courses.sessions_of(run.id)
    if entries[-1].reason == Blocked.OTHERS_WAIT:
        fill(run, sessions, by=by, newcomers=added[-1:])
    for enrolment, entry in zip(added, entries, strict=True):
        letter = Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=entry.applicant.earlier)
        _tell_new(letter, nominated=by != enrolment.person_id, by_municipality=wishes[enrolment.person_id] is not None)
    return {enrolment.person_id: enrolment for enrolment in added}


@dataclass(slots=True)
class _Door:
    """By which people enter the locked run, one after the other."""

    run: CourseRun
    seats: Seats
    waiting: int
    invited: Collection[int] | None
    closed: rules.EnrolmentRefusedError | None

    @classmethod
    def of(cls, run: CourseRun, taken: int, waiting: int) -> _Door:
        """The door of the run, of which so many places are taken and for which so many wait."""
        invited = courses.invited_to([run.id]).get(run.id) if run.invited_only else None
        closed = rules.find_run_refusal(run.state, courses.enrolment_window(run, clock.now()))
        return cls(run, queries_line.seats_to_give(run, taken), waiting, invited, closed)

    def decide(
        self, applicant: Applicant, municipality_id: int | None, *, reference: str, form_key: str | None, decided: bool
    ) -> Entry | rules.EnrolmentRefusedError:
        """What the next one to ask gets, or why nothing. Whoever comes while others wait stands behind them until ``fill`` looks at all."""
        run, target = self.run, self.run.version.target_categories
        posts = [post for post in applicant.posts if municipality_id in {None, post.municipality_id}]
        if applicant.live_id is not None:
            return rules.AlreadyEnrolledError()
        if refusal := self.closed or rules.find_person_refusal(queries.standing_of(applicant, posts, run.id, self.invited), target):
            return refusal
        held, moment = rules.choose_post(posts, target, self.invited), clock.now()
        entry = partial(Entry, applicant=applicant, held=held, reference=reference, form_key=form_key)
        stage = None if decided else _find_first_stage(run, applicant.person.id, held, nominated=municipality_id is not None)
        if stage is not None:
            due = rules.decide_by(moment, run.decision_days, run.starts_at)
            return entry(state=EnrolmentState.APPLIED, reason="applied", stage=stage, decide_by=due)
        home = self.seats.home_of(held.municipality_id if held else None)
        block = self.seats.find_block(home) or (Blocked.OTHERS_WAIT if self.waiting else None)
        if block is not None:
            self.waiting += 1
            return entry(state=EnrolmentState.WAITING, reason=block)
        self.seats.give(home)
        return entry(state=EnrolmentState.CONFIRMED, reason="at_once")


def _find_first_stage(run: CourseRun, person_id: int, held: Post | None, *, nominated: bool) -> DecisionStage | None:
    asks_employer = run.decided_by == DecidedBy.EMPLOYER_THEN_STAFF and not nominated
    has_employer = asks_employer and held is not None and has_other_employer(held.municipality_id, person_id)
    return rules.find_first_stage(run.decided_by, nominated=nominated, has_employer=has_employer)


def admit_on_the_day(run_id: int, person_id: int, *, by: int, form_key: str | None = None) -> Enrolment:
    """Give a place to somebody who came without one. Only from the first training day on, and never more places than there are.

    Whoever has a place keeps it. Somebody from the waiting list gets a place before those in front of them, and nothing is kept for anybody by
    then: they are here. That is noted. A new place keeps ``form_key``, which no other has.
    Raises ``FullError``, ``NotTheDayError`` or ``RunCancelledError``.
    """
    run = lock(run_id)
    applicant, reference = read_applicants(run_id, [person_id])[person_id]
    live = queries.get_enrolment(applicant.live_id) if applicant.live_id is not None else None
    if live is not None and live.state in HOLDS_PLACE:
        return live
    first_day = to_tbilisi(run.starts_at).date() if run.starts_at else None
    if refusal := rules.find_admission_refusal(run.state, first_day, clock.today()):
        raise refusal
    if applicant.taken >= run.capacity and (live is None or live.state != EnrolmentState.OFFERED):
        raise rules.FullError
    earlier = applicant.earlier
    if live is None:
        held = rules.choose_post(applicant.posts, run.version.target_categories)
        entry = Entry(
            applicant=applicant,
            held=held,
            state=EnrolmentState.CONFIRMED,
            reason=ON_THE_DAY,
            reference=reference,
            form_key=form_key,
        )
        (live,) = add(run, [entry], by=by)
    else:
        line = [enrolment.id for enrolment in queries_line.waiting_list(run_id)]
        before = line[: line.index(live.id)] if live.id in line else []
        change(live, EnrolmentState.CONFIRMED, ON_THE_DAY, by=by, passed=[(enrolment_id, ON_THE_DAY) for enrolment_id in before])
        earlier -= 1
    letter = Letter(enrolment=live, person=applicant.person, run=run, sessions=courses.sessions_of(run_id), earlier=earlier)
    post("place_given", letter, event="admitted_on_the_day", method=REQUEST)
    return live


def withdraw(
    run_id: int,
    person_id: int,
    *,
    by: int | None,
    reason: str = "",
    after_deadline: bool = False,
    declined: bool = False,
    by_municipality: bool = False,
    moved_to: CourseRun | None = None,
) -> Enrolment:
    """Give back the person's place, waiting place, offer or application; the next in line gets a place that becomes free.

    ``reason`` is in the person's own words; when the municipality takes its nomination back, in those of its coordinator, and the person is
    told. Staff may do it ``after_deadline``, or because they move the person; ``declined`` is how somebody who was nominated says no.
    Doing it twice does nothing more. Raises ``TooLateToWithdrawError`` or ``NotEnrolledError``.
    """
    run = lock(run_id)
    before = queries.enrolments_in(run_id, person_id)
    enrolment = next((enrolment for enrolment in before if enrolment.state in LIVE), before[-1] if before else None)
    if enrolment is None:
        raise rules.NotEnrolledError
    if enrolment.state == EnrolmentState.WITHDRAWN:
        return enrolment
    refusal = rules.find_withdrawal_refusal(enrolment.state, run.withdrawal_ends_at, clock.now())
    if refusal and not (after_deadline and isinstance(refusal, rules.TooLateToWithdrawError)):
        raise refusal
    was = EnrolmentState(enrolment.state)
    word = MOVED if moved_to else "declined" if declined else WITHDRAWN_AS.get(was, LEFT_WAITING_LIST)
    change(enrolment, EnrolmentState.WITHDRAWN, word, by=by, words=reason)
    sessions = courses.sessions_of(run_id)
    letter = Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=len(before) - 1)
    if moved_to is not None:
        tell_moved_to(letter, moved_to, had_place=was == EnrolmentState.CONFIRMED)
    elif by_municipality:
        tell_taken_back(letter, had_place=was == EnrolmentState.CONFIRMED, reason=reason)
    else:
        tell_withdrawn(letter, was=was, by_themselves=declined or by == person_id)
    if was in TAKES_PLACE:
        fill(run, sessions, by=None)  # the rule gives the place, not the one who left it
    return enrolment


def fill_free_places(run_id: int, *, by: int | None) -> list[Enrolment]:
    """Give the free places of the run to those who wait, in their order, or offer them; returns who got one."""
    return fill(lock(run_id), courses.sessions_of(run_id), by=by)


def _tell_new(letter: Letter, *, nominated: bool, by_municipality: bool = False) -> None:
    enrolment, run = letter.enrolment, letter.run
    facts: dict[str, Any] = {
        "state": enrolment.state,
        "reason": enrolment.state_reason,
        "stage": enrolment.stage,
        "decide_by": enrolment.decide_by,
    }
    method = REQUEST if enrolment.state == EnrolmentState.CONFIRMED else None
    if nominated:
        until = run.withdrawal_ends_at
        url = new_answer_url(enrolment, AnswerPurpose.NOMINATION, until, letter.language)
        post("nominated", letter, event="nominated", method=method, secret=True, by_municipality=by_municipality, answer_url=url, **facts)
    else:
        post(TOLD_AS[enrolment.state], letter, event="enrolled", method=method, **facts)
