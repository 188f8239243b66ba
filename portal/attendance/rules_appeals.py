"""Appeals, decided on plain values: who may do which step of an appeal, and until when.

The steps of a person and session form a row; an appeal is what follows a step "appealed", and ends when staff decide or the learner takes it
back. Of each session one appeal can be open. What staff decided stands, unless something else was recorded since.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from portal.attendance.models import AppealStep
from portal.attendance.rules import problem_of, standing
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.attendance.rules import Fact, MarkWish

APPEAL_TIME = timedelta(days=14)
"""How long after the day of a session, or after the day of the newest record of it, somebody may dispute what is recorded; the last day is in it."""
DECISION_TIME = timedelta(days=10)
"""How long staff have to decide: requests of people are answered within ten days, as access requests by law are."""
DECIDED = frozenset({AppealStep.UPHELD, AppealStep.DISMISSED})
ENDED = DECIDED | {AppealStep.TAKEN_BACK}


class Step(NamedTuple):
    """One step of an appeal."""

    id: int
    session_id: int
    enrolment_id: int
    step: str
    words: str
    fact_id: int | None
    by: int
    at: datetime


class AppealRefusedError(RefusedError):
    """A step of an appeal that cannot be done."""


class SessionNotOverError(AppealRefusedError):
    """Nothing can be disputed before the session is over."""

    message = N_("The session is not over yet. What is recorded can be disputed afterwards.")


class OpenAppealError(AppealRefusedError):
    """One appeal for each person and session at a time."""

    message = N_("You have disputed this session already, and it is not decided yet.")


class DecidedAppealError(AppealRefusedError):
    """What staff decided is not disputed again."""

    message = N_("The association has decided on this session already.")


class TooLateToAppealError(AppealRefusedError):
    """The time is over."""

    message = N_("The time in which this session could be disputed is over.")


class AppealEndedError(AppealRefusedError):
    """Somebody decided, or the learner took it back."""

    message = N_("This appeal is over: it was decided or taken back meanwhile.")


class OwnAppealError(AppealRefusedError):
    """Nobody is judge in their own case."""

    message = N_("This is your own appeal: somebody else has to answer it and decide.")


class AnsweredError(AppealRefusedError):
    """One answer for each trainer."""

    message = N_("You have answered this appeal already.")


class ChangedMeanwhileError(AppealRefusedError):
    """The ledger is not as the form showed it."""

    message = N_("Something else was recorded meanwhile. Look at what stands now, and decide again.")


class SameMarkError(AppealRefusedError):
    """Nothing would change."""

    message = N_("This is what is recorded already. Choose another mark, or dismiss the appeal.")


def is_open(steps: Sequence[Step]) -> bool:
    """Whether the newest appeal among ``steps``, oldest first, waits for a decision."""
    return bool(steps) and steps[-1].step not in ENDED


def appeals_among(steps: Iterable[Step]) -> list[tuple[Step, ...]]:
    """The ``steps`` of a person and session, oldest first, appeal by appeal."""
    found: list[list[Step]] = []
    for step in steps:
        if step.step == AppealStep.APPEALED or not found:
            found.append([])
        found[-1].append(step)
    return [tuple(appeal) for appeal in found]


def is_repeated(steps: Sequence[Step], step: AppealStep, words: str, by: int) -> bool:
    """Whether the last of ``steps`` is this very one: the form came twice."""
    return bool(steps) and (steps[-1].step, steps[-1].words, steps[-1].by) == (step, words, by)


def last_day(session_ended: date, recorded_on: date | None) -> date:
    """The last day on which what is recorded of a session can be disputed; a later record gives as much time again."""
    return max(session_ended, recorded_on or session_ended) + APPEAL_TIME


def decide_by(appealed_at: datetime) -> datetime:
    """Until when staff should decide."""
    return appealed_at + DECISION_TIME


def find_appeal_refusal(
    steps: Sequence[Step], *, over: bool, until: date, newest_fact: int | None, today: date
) -> AppealRefusedError | None:
    """Why a learner cannot dispute a session now: it is not ``over``, it is after ``until``, or it was disputed, with these ``steps``."""
    if not over:
        return SessionNotOverError()
    if is_open(steps):
        return OpenAppealError()
    if steps and steps[-1].step in DECIDED and (newest_fact or 0) <= (steps[-1].fact_id or 0):
        return DecidedAppealError()
    return TooLateToAppealError() if today > until else None


def find_step_refusal(steps: Sequence[Step], step: AppealStep, *, by: int, learner: int) -> AppealRefusedError | None:
    """Why ``by`` cannot answer or decide (``step``) the newest appeal of ``learner``, or take it back."""
    if not is_open(steps):
        return AppealEndedError()
    if step == AppealStep.TAKEN_BACK:
        return None
    if by == learner:
        return OwnAppealError()
    current = appeals_among(steps)[-1]
    if step == AppealStep.ANSWERED and any(one.step == AppealStep.ANSWERED and one.by == by for one in current):
        return AnsweredError()
    return None


def find_correction_refusal(wish: MarkWish, facts: Sequence[Fact], *, seen: int, minutes: int) -> RefusedError | None:
    """Why ``wish`` cannot be recorded as the right mark of a person of whom a session of ``minutes`` has these ``facts``.

    ``seen`` is the newest of them that was shown to whoever wishes it; 0 when there was none.
    """
    if newest_of(facts) != seen:
        return ChangedMeanwhileError()
    stands = next(iter(standing(facts).values()), None)
    if stands and not stands.against and replace(wish, reason=None).says_the_same_as(stands.fact, minutes):
        return SameMarkError()
    return problem_of(wish, minutes)


def newest_of(facts: Iterable[Fact]) -> int:
    """The id of the newest of ``facts``; 0 when there is none."""
    return max((fact.id for fact in facts), default=0)
