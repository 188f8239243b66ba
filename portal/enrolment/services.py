"""Everything that gives or takes a place. Each function locks the run first, so that places are counted by one at a time."""

from __future__ import annotations

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
from portal.enrolment.services_steps import add, change, lock, published, read_applicant
from portal.foundation import clock
from portal.foundation.calendar import REQUEST
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from collections.abc import Collection

    from portal.courses.models import CourseRun
    from portal.enrolment.queries import Applicant
    from portal.people.models import Post

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
    municipality_ids: Collection[int] | None = None,
    form_key: str | None = None,
    decided: bool = False,
) -> Enrolment:
    """Give the person a place in the run, put them on its waiting list, or take their application. The one function that gives places.

    A mail says which. Whoever is enrolled by ``municipality_ids`` is enrolled with a post there. Of a run on which somebody decides, this is an
    application, unless who enrols has ``decided``. A ``form_key`` sent before by the same person for the same run returns the enrolment of
    then and changes nothing. Raises the ``EnrolmentRefusedError`` of the rule that speaks against it, and ``NotFoundError`` for a run that
    is only a draft.
    """
    return _enrol(lock(run_id), person_id, by=by, municipality_ids=municipality_ids, form_key=form_key, decided=decided)


def enrol_by_code(code: str, person_id: int, *, by: int | None, form_key: str | None = None) -> Enrolment:
    """As ``enrol``, for a page that knows the run by its code."""
    return _enrol(
        published(queries.get_locked_run_by_code(code)), person_id, by=by, municipality_ids=None, form_key=form_key, decided=False
    )


def _enrol(
    run: CourseRun, person_id: int, *, by: int | None, municipality_ids: Collection[int] | None, form_key: str | None, decided: bool
) -> Enrolment:
    key = key_of(run.id, person_id, form_key) if form_key else None
    applicant, reference = read_applicant(run.id, person_id, municipality_ids=municipality_ids, form_key=key)
    if applicant.same_id is not None:
        return queries.get_enrolment(applicant.same_id)
    if applicant.live_id is not None:
        raise rules.AlreadyEnrolledError
    _check_may_enrol(run, applicant)
    invited = courses.invited_to([run.id]).get(run.id) if run.invited_only else None
    held = rules.choose_post(applicant.posts, run.version.target_categories, invited)
    stage = None if decided else _find_first_stage(run, person_id, held, nominated=municipality_ids is not None)
    if stage is not None:
        due = rules.decide_by(clock.now(), run.decision_days, run.starts_at)
        enrolment = add(
            run, applicant, held, EnrolmentState.APPLIED, "applied", by=by, reference=reference, form_key=key, stage=stage, decide_by=due
        )
    else:
        block = _find_block(run, applicant, held)
        state, reason = (EnrolmentState.CONFIRMED, "at_once") if block is None else (EnrolmentState.WAITING, block)
        enrolment = add(run, applicant, held, state, reason, by=by, reference=reference, form_key=key)
    letter = Letter(enrolment=enrolment, person=applicant.person, run=run, sessions=courses.sessions_of(run.id), earlier=applicant.earlier)
    if enrolment.state_reason == Blocked.OTHERS_WAIT:
        fill(run, letter.sessions, by=by, newcomers=[enrolment])
    _tell_new(letter, nominated=by != person_id, by_municipality=municipality_ids is not None)
    return enrolment


def _find_first_stage(run: CourseRun, person_id: int, held: Post | None, *, nominated: bool) -> DecisionStage | None:
    asks_employer = run.decided_by == DecidedBy.EMPLOYER_THEN_STAFF and held is not None
    has_employer = asks_employer and held is not None and has_other_employer(held.municipality_id, person_id)
    return rules.find_first_stage(run.decided_by, nominated=nominated, has_employer=has_employer)


def _find_block(run: CourseRun, applicant: Applicant, held: Post | None) -> Blocked | None:
    """Say why a new request goes to the waiting list. Whoever comes while others wait stands behind them until ``fill`` looks at all."""
    if applicant.taken >= run.capacity:
        return Blocked.ALL_TAKEN
    if run.quotas_end_at is not None and run.quotas_released_at is None:
        seats = queries_line.seats_of(run.id)
        if block := seats.find_block(seats.home_of(held.municipality_id if held else None)):
            return block
    return Blocked.OTHERS_WAIT if applicant.waiting else None


def key_of(run_id: int, person_id: int, form_key: str) -> str:
    """What an enrolment keeps of the form from which it came: one form may enrol several people."""
    return f"{run_id}:{person_id}:{form_key}"


def admit_on_the_day(run_id: int, person_id: int, *, by: int, form_key: str | None = None) -> Enrolment:
    """Give a place to somebody who came without one. Only from the first training day on, and never more places than there are.

    Whoever has a place keeps it. Somebody from the waiting list gets a place before those in front of them, and nothing is kept for anybody by
    then: they are here. That is noted. A new place keeps ``form_key``, which no other has.
    Raises ``FullError``, ``NotTheDayError`` or ``RunCancelledError``.
    """
    run = lock(run_id)
    applicant, reference = read_applicant(run_id, person_id)
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
        live = add(run, applicant, held, EnrolmentState.CONFIRMED, "on_the_day", by=by, reference=reference, form_key=form_key)
    else:
        line = [enrolment.id for enrolment in queries_line.waiting_list(run_id)]
        before = line[: line.index(live.id)] if live.id in line else []
        change(live, EnrolmentState.CONFIRMED, "on_the_day", by=by, passed=[(enrolment_id, "on_the_day") for enrolment_id in before])
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


def _check_may_enrol(run: CourseRun, applicant: Applicant) -> None:
    """Raise the refusal of the first rule that keeps the applicant from enrolling now."""
    if refusal := rules.find_run_refusal(run.state, courses.enrolment_window(run, clock.now())):
        raise refusal
    if refusal := rules.find_person_refusal(queries.standing_of(applicant, run), run.version.target_categories):
        raise refusal


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
