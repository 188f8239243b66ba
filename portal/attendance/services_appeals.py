"""What can be done in an appeal: each step is a row of its own, made under the lock of the session, and tells those whom it concerns.

The history says that there was a step, never the words: those are between the learner, the trainers and the staff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import enrolment
from portal.attendance import appeal_mails, queries, queries_appeals, rules_appeals
from portal.attendance.models import AppealStep, AttendanceAppeal
from portal.attendance.rules import SessionTime
from portal.attendance.services import NoPlaceError
from portal.enrolment.models import HOLDS_PLACE
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from portal.attendance.queries_appeals import Appeal
    from portal.attendance.rules import Fact, MarkWish
    from portal.courses.models import CourseSession
    from portal.enrolment.models import Enrolment

_ACTIONS = {
    AppealStep.APPEALED: "appeal:make",
    AppealStep.ANSWERED: "appeal:answer",
    AppealStep.UPHELD: "appeal:uphold",
    AppealStep.DISMISSED: "appeal:dismiss",
    AppealStep.TAKEN_BACK: "appeal:take_back",
}


def make_appeal(session_id: int, place: Enrolment, words: str, *, by: int) -> int:
    """Dispute what is recorded of the participant ``place`` in a session of the run, and tell its trainers; returns the appeal's id.

    The same form sent again changes nothing. Raises ``AppealRefusedError`` before the session is over, after the time for it, while an appeal is
    open, and when staff decided and nothing was recorded since; ``NotFoundError`` when there is no such session, or no place any more.
    """
    session = queries.lock_session(session_id)
    if session.run_id != place.run_id or place.state not in HOLDS_PLACE:
        raise NotFoundError
    steps, facts = queries_appeals.steps_of(session_id, place.id), _facts_of(session_id, place.id)
    if rules_appeals.is_repeated(steps, AppealStep.APPEALED, words, by):
        return steps[-1].id
    times = SessionTime(session_id, session.starts_at, session.ends_at)
    _until, refusal = queries_appeals.time_to_appeal(times, facts, steps)
    if refusal:
        raise refusal
    step = _add(session, place.id, place.person_id, AppealStep.APPEALED, words, by=by)
    appeal_mails.tell_trainers(queries_appeals.get_appeal(step.id), step)
    return step.id


def answer_appeal(appeal_id: int, words: str, *, by: int) -> None:
    """Answer an appeal as a trainer of the run; the learner is told. Raises ``AppealRefusedError`` when it is over, answered, or one's own."""
    _take(appeal_id, AppealStep.ANSWERED, words, by=by)


def take_back_appeal(appeal_id: int, *, by: int) -> None:
    """Take one's own appeal back. Raises ``AppealEndedError`` when it is decided."""
    _take(appeal_id, AppealStep.TAKEN_BACK, "", by=by)


def dismiss_appeal(appeal_id: int, words: str, *, by: int) -> None:
    """Decide that what is recorded stays; ``words`` say why, and the learner is told. Raises ``AppealRefusedError`` when it is over or one's own."""
    _take(appeal_id, AppealStep.DISMISSED, words, by=by)


def find_correction(appeal_id: int, wish: MarkWish, *, seen: int, by: int) -> MarkWish | None:
    """The mark to record so that the appeal can be upheld; None when it was, by the same person and with the same words (the wish's reason).

    The session stays locked. ``seen`` is the newest fact about the person that the decision is based on, 0 when there was none. Raises
    ``AppealRefusedError`` when the appeal is over or one's own, or the mark is what stands already, and ``RefusedError`` for a wrong mark.
    """
    appeal, session, steps = _locked(appeal_id)
    facts, minutes = _facts_of(session.id, appeal.enrolment_id), appeal.minutes
    if rules_appeals.is_repeated(steps, AppealStep.UPHELD, wish.reason or "", by):
        recorded = next((fact for fact in facts if fact.id == steps[-1].fact_id), None)
        if wish.says_the_same_as(recorded, minutes):
            return None
    if refusal := rules_appeals.find_step_refusal(steps, AppealStep.UPHELD, by=by, learner=appeal.person_id):
        raise refusal
    if problem := rules_appeals.find_correction_refusal(wish, facts, seen=seen, minutes=minutes):
        raise problem
    if appeal.enrolment_id not in enrolment.ids_of_places(appeal.run_id):
        raise NoPlaceError
    return wish


def uphold_appeal(appeal_id: int, words: str, *, by: int) -> None:
    """Note that the appeal was right and its mark is recorded (``find_correction`` came before); the learner is told."""
    _take(appeal_id, AppealStep.UPHELD, words, by=by)


def _take(appeal_id: int, kind: AppealStep, words: str, *, by: int) -> None:
    appeal, session, steps = _locked(appeal_id)
    if rules_appeals.is_repeated(steps, kind, words, by):
        return
    if refusal := rules_appeals.find_step_refusal(steps, kind, by=by, learner=appeal.person_id):
        raise refusal
    step = _add(session, appeal.enrolment_id, appeal.person_id, kind, words, by=by)
    if kind != AppealStep.TAKEN_BACK:
        appeal_mails.tell_learner(appeal, step, max(_facts_of(session.id, appeal.enrolment_id), default=None))


def _locked(appeal_id: int) -> tuple[Appeal, CourseSession, list[rules_appeals.Step]]:
    """The appeal with its session, locked, and its steps as they are by now; an appeal that another has followed is over."""
    appeal = queries_appeals.get_appeal(appeal_id)
    session = queries.lock_session(appeal.session_id)
    steps = rules_appeals.appeals_among(queries_appeals.steps_of(appeal.session_id, appeal.enrolment_id))
    return appeal, session, [step for of_one in steps if of_one[0].id == appeal_id for step in of_one]


def _facts_of(session_id: int, enrolment_id: int) -> list[Fact]:
    return [fact for fact in queries.ledger_of_session(session_id) if fact.enrolment_id == enrolment_id]


def _add(session: CourseSession, enrolment_id: int, person_id: int, kind: AppealStep, words: str, *, by: int) -> AttendanceAppeal:
    step = AttendanceAppeal(
        session_id=session.id,
        enrolment_id=enrolment_id,
        step=kind.value,
        words=words,
        fact_id=rules_appeals.newest_of(_facts_of(session.id, enrolment_id)) or None,
        by=by,
        at=clock.now(),
    )
    db.session.add(step)
    db.session.flush()
    history.record(_ACTIONS[kind], session, by=by, person=person_id)
    return step
