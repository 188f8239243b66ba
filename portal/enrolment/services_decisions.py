"""Applications are decided: by the employer, by the staff, and each decision can be taken back. Each function locks the run first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from portal import courses
from portal.enrolment import queries, queries_line, rules
from portal.enrolment.invitations import Letter, post
from portal.enrolment.models import TAKES_PLACE, ApplicationDecision, DecisionStage, Enrolment, EnrolmentState, Verdict
from portal.enrolment.queries_decisions import decisions_to_undo
from portal.enrolment.services_filling import fill
from portal.enrolment.services_steps import change, letter_for, lock
from portal.foundation import clock
from portal.foundation.calendar import CANCEL, REQUEST
from portal.foundation.database import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.courses.models import CourseRun


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one application in a bulk decision: the enrolment as it stands, or why it could not be decided."""

    enrolment: Enrolment
    refusal: rules.EnrolmentRefusedError | None = None


def decide(enrolment: Enrolment, stage: DecisionStage, *, approve: bool, by: int, words: str = "") -> Enrolment:
    """Approve or reject an application at ``stage``; ``words`` say why and reach the person.

    What the employer approves goes on to the staff. What the staff approve gets a place, or waits in line from the time of the application on.
    Raises ``NotWaitingForDecisionError`` when it is not at this stage any more, ``OwnApplicationError``, ``TooLateToApproveError``, and the
    refusal of the rule that keeps the person from a place by now.
    """
    (outcome,) = decide_many([enrolment], stage, approve=approve, by=by, words=words)
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome.enrolment


def decide_many(enrolments: Iterable[Enrolment], stage: DecisionStage, *, approve: bool, by: int, words: str = "") -> list[Decided]:
    """Decide on several applications alike, run by run; one refusal keeps no other from its decision.

    Those who are approved together stand in line before the first place is given: so the published rule, and not the order of a list, says
    who gets one.
    """
    outcomes: list[Decided] = []
    for run_id, asked in groupby(sorted(enrolments, key=lambda one: (one.run_id, one.queued_at, one.id)), key=lambda one: one.run_id):
        run = lock(run_id)
        decided = [_decide(run, one.id, stage, approve=approve, by=by, words=words) for one in asked]
        _place(run, [one.enrolment for one in decided if approve and stage == DecisionStage.STAFF and not one.refusal], by=by, words=words)
        outcomes += decided
    return outcomes


def _decide(run: CourseRun, enrolment_id: int, stage: DecisionStage, *, approve: bool, by: int, words: str) -> Decided:
    """One application, but for the place: whoever is approved by the staff waits for it."""
    enrolment = queries.get_enrolment(enrolment_id)
    if refusal := _find_refusal(run, enrolment, stage, approve=approve, by=by):
        return Decided(enrolment, refusal)
    _note(enrolment, stage, Verdict.APPROVED if approve else Verdict.REJECTED, words, by)
    if not approve:
        change(enrolment, EnrolmentState.REJECTED, "not_approved", by=by, words=words)
        post("application_rejected", letter_for(enrolment, run), event="rejected", words=words, stage=str(stage))
    elif stage == DecisionStage.EMPLOYER:
        _pass_on(run, enrolment, "employer_approved", by=by, words=words)
    else:
        change(enrolment, EnrolmentState.WAITING, "approved", by=by, words=words)
    return Decided(enrolment)


def _find_refusal(
    run: CourseRun, enrolment: Enrolment, stage: DecisionStage, *, approve: bool, by: int
) -> rules.EnrolmentRefusedError | None:
    if enrolment.state != EnrolmentState.APPLIED or enrolment.stage != stage or run.state not in courses.LIVE_STATES:
        return rules.NotWaitingForDecisionError()
    if enrolment.person_id == by:
        return rules.OwnApplicationError()
    if not approve:
        return None
    if not rules.gives_freed_places(run.state, run.starts_at, run.enrolment_closes_at, clock.now()):
        return rules.TooLateToApproveError()
    return _find_standing_refusal(run, enrolment) if stage == DecisionStage.STAFF else None


def undo_decision(enrolment: Enrolment, stage: DecisionStage, *, by: int, words: str = "") -> Enrolment:
    """Take back the last decision, which was made at ``stage``: the application waits for it again, and the person is told.

    A place that it gave goes to the next in line. Raises ``NothingToUndoError`` when somebody decided after it, the person withdrew or has
    applied anew, or the training has begun; ``OwnApplicationError`` for one's own.
    """
    run = lock(enrolment.run_id)
    enrolment = queries.get_enrolment(enrolment.id)
    if enrolment.person_id == by:
        raise rules.OwnApplicationError
    last = decisions_to_undo([enrolment], stage, clock.now()).get(enrolment.id)
    if last is None:
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


def _pass_on(run: CourseRun, enrolment: Enrolment, reason: str, *, by: int | None, words: str = "") -> None:
    due = rules.decide_by(clock.now(), run.decision_days, run.starts_at)
    change(enrolment, EnrolmentState.APPLIED, reason, by=by, words=words, stage=DecisionStage.STAFF, decide_by=due)


def _find_standing_refusal(run: CourseRun, enrolment: Enrolment) -> rules.EnrolmentRefusedError | None:
    municipality_ids = [enrolment.municipality_id] if enrolment.municipality_id is not None else None
    standing = queries.standings_of(run.id, [enrolment.person_id], municipality_ids)[enrolment.person_id]
    return rules.find_person_refusal(standing, run.version.target_categories)


def _place(run: CourseRun, approved: Sequence[Enrolment], *, by: int, words: str) -> None:
    """The approved stand in line as of the time of asking; where it is their turn, the place is theirs at once. All are told."""
    if not approved:
        return
    sessions, earlier = courses.sessions_of(run.id), queries.earlier_enrolments(run.id)
    fill(run, sessions, by=by, newcomers=approved)
    positions = queries_line.waiting_positions([run.id])
    for enrolment in approved:
        has_place = enrolment.state == EnrolmentState.CONFIRMED
        letter = Letter(enrolment=enrolment, person=enrolment.person, run=run, sessions=sessions, earlier=earlier.get(enrolment.id, 0))
        post(
            "application_approved",
            letter,
            event="approved",
            method=REQUEST if has_place else None,
            has_place=has_place,
            position=positions.get(enrolment.id),
            words=words,
        )


def _note(enrolment: Enrolment, stage: DecisionStage, verdict: Verdict, words: str, by: int | None) -> None:
    db.session.add(ApplicationDecision(enrolment_id=enrolment.id, stage=stage, verdict=verdict, words=words, by=by, at=clock.now()))
    db.session.flush()
