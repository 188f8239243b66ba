"""Applications are decided: by the employer, by the staff, and each decision can be taken back. Each function locks the run first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal import courses
from portal.courses.models import RunState
from portal.enrolment import queries, queries_line, rules
from portal.enrolment.invitations import post
from portal.enrolment.models import TAKES_PLACE, ApplicationDecision, DecisionStage, Enrolment, EnrolmentState, Verdict
from portal.enrolment.queries_decisions import decisions_on
from portal.enrolment.services_filling import fill
from portal.enrolment.services_steps import change, letter_for, lock
from portal.foundation import clock
from portal.foundation.calendar import CANCEL, REQUEST
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.courses.models import CourseRun


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one application in a bulk decision: the enrolment as it stands, or why it could not be decided."""

    enrolment: Enrolment
    refusal: rules.EnrolmentRefusedError | None = None


def decide(enrolment: Enrolment, stage: DecisionStage, *, approve: bool, by: int, words: str = "") -> Enrolment:
    """Approve or reject an application at ``stage``; ``words`` say why and reach the person.

    What the employer approves goes on to the staff. What the staff approve gets a place, or waits in line from the time of the application on.
    Raises ``NotWaitingForDecisionError`` when it is not at this stage any more, ``OwnApplicationError``, and the refusal of the rule that
    keeps the person from a place by now.
    """
    run = lock(enrolment.run_id)
    enrolment = queries.get_enrolment(enrolment.id)
    if enrolment.state != EnrolmentState.APPLIED or enrolment.stage != stage or run.state not in courses.LIVE_STATES:
        raise rules.NotWaitingForDecisionError
    if enrolment.person_id == by:
        raise rules.OwnApplicationError
    if not approve:
        _note(enrolment, stage, Verdict.REJECTED, words, by)
        change(enrolment, EnrolmentState.REJECTED, "not_approved", by=by, words=words)
        post("application_rejected", letter_for(enrolment, run), event="rejected", words=words, stage=str(stage))
    elif stage == DecisionStage.EMPLOYER:
        _note(enrolment, stage, Verdict.APPROVED, words, by)
        _pass_on(run, enrolment, "employer_approved", by=by)
    else:
        _check_may_have_place(run, enrolment)
        _note(enrolment, stage, Verdict.APPROVED, words, by)
        _place(run, enrolment, by=by, words=words)
    return enrolment


def decide_many(enrolments: Iterable[Enrolment], stage: DecisionStage, *, approve: bool, by: int, words: str = "") -> list[Decided]:
    """Decide on several applications alike, run by run and in the order in which people asked; one refusal keeps no other from its decision."""
    outcomes = []
    for enrolment in sorted(enrolments, key=lambda one: (one.run_id, one.queued_at, one.id)):
        try:
            outcomes.append(Decided(decide(enrolment, stage, approve=approve, by=by, words=words)))
        except rules.EnrolmentRefusedError as refusal:
            outcomes.append(Decided(enrolment, refusal))
    return outcomes


def undo_decision(enrolment: Enrolment, stage: DecisionStage, *, by: int, words: str = "") -> Enrolment:
    """Take back the last decision, which was made at ``stage``: the application waits for it again, and the person is told.

    A place that it gave goes to the next in line. Raises ``NothingToUndoError`` when somebody decided after it, the person withdrew or has
    applied anew, or the training has begun.
    """
    run = lock(enrolment.run_id)
    enrolment = queries.get_enrolment(enrolment.id)
    last = next(iter(decisions_on([enrolment.id])[enrolment.id][::-1]), None)
    live = queries.find_live_enrolment(run.id, enrolment.person_id)
    if (
        last is None
        or last.stage != stage
        or last.verdict not in {Verdict.APPROVED, Verdict.REJECTED}
        or not rules.can_undo(enrolment.state, enrolment.state_reason)
        or run.state not in {RunState.OPEN, RunState.CLOSED}
        or (live is not None and live.id != enrolment.id)
    ):
        raise rules.NothingToUndoError
    was = EnrolmentState(enrolment.state)
    _note(enrolment, stage, Verdict.UNDONE, words, by)
    due = rules.decide_by(clock.now(), run.decision_days, run.starts_at)
    change(enrolment, EnrolmentState.APPLIED, "decision_undone", by=by, words=words, stage=stage, decide_by=due)
    letter = letter_for(enrolment, run)
    if not (stage == DecisionStage.EMPLOYER and last.verdict == Verdict.APPROVED):
        method = CANCEL if was == EnrolmentState.CONFIRMED else None
        post("decision_undone", letter, event="decision_undone", method=method, was=str(was), words=words)
    if was in TAKES_PLACE:
        fill(run, letter.sessions, by=None)
    return enrolment


def pass_on_application(run_id: int, enrolment_id: int) -> bool:
    """Let an application whose employer let the time pass go on to the staff; False when that is not so (any more)."""
    run = lock(run_id)
    enrolment = queries.get_enrolment(enrolment_id)
    late = enrolment.decide_by is not None and enrolment.decide_by <= clock.now()
    if enrolment.state != EnrolmentState.APPLIED or enrolment.stage != DecisionStage.EMPLOYER or not late:
        return False
    _note(enrolment, DecisionStage.EMPLOYER, Verdict.PASSED_ON, "", None)
    _pass_on(run, enrolment, "employer_silent", by=None)
    return True


def _pass_on(run: CourseRun, enrolment: Enrolment, reason: str, *, by: int | None) -> None:
    due = rules.decide_by(clock.now(), run.decision_days, run.starts_at)
    change(enrolment, EnrolmentState.APPLIED, reason, by=by, stage=DecisionStage.STAFF, decide_by=due)


def _check_may_have_place(run: CourseRun, enrolment: Enrolment) -> None:
    municipality_ids = [enrolment.municipality_id] if enrolment.municipality_id is not None else None
    standing = queries.standings_of(run.id, [enrolment.person_id], municipality_ids)[enrolment.person_id]
    if refusal := rules.find_person_refusal(standing, run.version.target_categories):
        raise refusal


def _place(run: CourseRun, enrolment: Enrolment, *, by: int, words: str) -> None:
    """The approved one stands in line as of the time of asking; where it is their turn, the place is theirs at once."""
    change(enrolment, EnrolmentState.WAITING, "approved", by=by)
    letter = letter_for(enrolment, run)
    fill(run, letter.sessions, by=by, newcomer=enrolment)
    has_place = enrolment.state == EnrolmentState.CONFIRMED
    position = None if has_place else queries_line.waiting_position(enrolment)
    post(
        "application_approved",
        letter,
        event="approved",
        method=REQUEST if has_place else None,
        has_place=has_place,
        position=position,
        words=words,
    )


def _note(enrolment: Enrolment, stage: DecisionStage, verdict: Verdict, words: str, by: int | None) -> None:
    db.session.add(ApplicationDecision(enrolment_id=enrolment.id, stage=stage, verdict=verdict, words=words, by=by, at=clock.now()))
    db.session.flush()
