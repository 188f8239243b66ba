"""What can be done in a test: begin, save, hand in, mark. Each locks the run first, so that one attempt is begun and one form is taken in.

Everything is added, nothing changed. A result that makes another final score of a participant says so, for the journey that follows it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal import courses
from portal.assessment import queries_attempts, queries_questions, queries_tests, rules_points, rules_tests
from portal.assessment.models import Attempt, AttemptAnswer, AttemptMarking, AttemptResult, FinalScore
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from portal.assessment.models import Occasion
    from portal.enrolment.models import Enrolment

SEED_BITS = 31


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a form: whether it was ``late``, whether the attempt is ``over``, and whether the ``final_score`` changed by it."""

    late: bool = False
    over: bool = False
    final_score: bool = False


def start_attempt(place: Enrolment, occasion: Occasion, *, by: int) -> Attempt:
    """Begin the test, or go on with the attempt that was begun: whoever asks twice has one.

    Raises ``NotOpenError``, ``NoAttemptLeftError``, or ``NotFoundError`` where there is no such test.
    """
    courses.lock_run(place.run_id)
    own = queries_tests.find_own_test(place.id, occasion)
    if own is None:
        raise NotFoundError
    now = clock.now()
    begun = queries_attempts.attempts_of(place.id, own.test.id)
    if begun and begun[-1][1] is None and not rules_tests.is_late(now, begun[-1][0].ends_at):
        return begun[-1][0]
    if refusal := rules_tests.find_start_refusal(own.frame, used=own.used, attempts=own.test.attempts, at=now):
        raise refusal
    attempt = _begin(own, now)
    history.record("attempt:start", attempt, by=by, person=place.person_id, change={"number": attempt.number})
    return attempt


def _begin(own: queries_tests.OwnTest, now: datetime) -> Attempt:
    seed = secrets.randbits(SEED_BITS)
    pool = [version.id for version in queries_questions.questions_of(own.test.id)]
    attempt = Attempt(
        test=own.test,
        enrolment_id=own.enrolment_id,
        number=own.used + 1,
        seed=seed,
        versions=rules_points.draw(pool, own.test.draw, seed),
        pass_percent=own.test.pass_percent,
        started_at=now,
        ends_at=rules_tests.end_of_attempt(now, own.test.minutes, own.frame.closes_at) if own.frame else now,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def save_answers(
    attempt: Attempt, answers: Mapping[int, Any], *, hand_in: bool, by: int, run_id: int, form_key: str | None = None
) -> TakenIn:
    """Keep answers, by the id of the question's edition: to go on later, or to ``hand_in``.

    What arrives after the end is kept as late, and does not count: what was saved in time does, and the attempt is over. A form that was taken
    in before, and any form after the attempt is over, changes nothing.
    """
    courses.lock_run(run_id)
    if queries_attempts.find_result(attempt.id) is not None:
        return TakenIn(over=True)
    if form_key and queries_attempts.has_answer_of_form(form_key):
        return TakenIn()
    now = clock.now()
    late = rules_tests.is_late(now, attempt.ends_at)
    over = hand_in or late
    db.session.add(
        AttemptAnswer(
            attempt_id=attempt.id,
            form_key=form_key,
            answers={str(key): value for key, value in answers.items() if key in attempt.versions},
            handed_in=over,
            late=late,
            at=now,
        )
    )
    db.session.flush()
    if not over:
        return TakenIn()
    return TakenIn(late=late, over=True, final_score=_finish(attempt, min(now, attempt.ends_at), by=by))


def end_attempt(attempt: Attempt, *, run_id: int) -> bool:
    """End an attempt whose time ran out and which nobody handed in: what was saved counts. Returns whether the final score changed."""
    courses.lock_run(run_id)
    if queries_attempts.find_result(attempt.id) is not None or not rules_tests.is_late(clock.now(), attempt.ends_at):
        return False
    return _finish(attempt, attempt.ends_at, by=None)


def mark_answers(run_id: int, marks: Mapping[tuple[int, int], Decimal], *, by: int) -> tuple[int, bool]:
    """Give points for answers in words, by the ids of attempt and edition; the newest count.

    Returns how many were new or changed, and whether a final score changed by them. Raises ``RefusedError`` for more points than there are,
    ``NotFoundError`` for answers of another run.
    """
    courses.lock_run(run_id)
    attempts = {key: queries_attempts.get_attempt_of_run(run_id, key) for key in {attempt_id for attempt_id, _version in marks}}
    changed = 0
    scored = False
    for paper in queries_attempts.papers_of(list(attempts.values())):
        attempt = paper.attempt
        last = queries_attempts.find_result(attempt.id)
        if last is None:
            raise NotFoundError
        new = {key: points for (attempt_id, key), points in marks.items() if attempt_id == attempt.id and paper.markings.get(key) != points}
        texts = {version.id: version.points for version in paper.texts}
        if new.keys() - texts.keys():
            raise NotFoundError
        if any(not 0 <= points <= texts[key] for key, points in new.items()):
            raise RefusedError(N_("Give no more points than the question has."))
        for key, points in new.items():
            db.session.add(AttemptMarking(attempt_id=attempt.id, version_id=key, points=points, by=by, at=clock.now()))
        if new:
            changed += len(new)
            db.session.flush()
            history.record("attempt:mark", attempt, by=by, person=attempt.enrolment.person_id, change={"answers": len(new)})
            scored |= _settle(attempt, last.finished_at, by=by)
    return changed, scored


def _finish(attempt: Attempt, finished_at: datetime, *, by: int | None) -> bool:
    person_id = attempt.enrolment.person_id
    scored = _settle(attempt, finished_at, by=by or person_id)
    history.record("attempt:finish", attempt, by=by, person=person_id, change={"number": attempt.number})
    return scored


def _settle(attempt: Attempt, finished_at: datetime, *, by: int) -> bool:
    """Add what the attempt comes to now. Returns whether the participant's final score is another by it."""
    (paper,) = queries_attempts.papers_of([attempt])
    result = paper.reached
    passed = not result.waits and result.percent >= attempt.pass_percent
    db.session.add(
        AttemptResult(
            attempt_id=attempt.id,
            percent=result.percent,
            waits=result.waits,
            passed=passed,
            finished_at=finished_at,
            at=clock.now(),
        )
    )
    db.session.flush()
    return _feed(attempt, by=by)


def _feed(attempt: Attempt, *, by: int) -> bool:
    """The best post-test attempt that was over after the last score from outside becomes the final score, unless it is that already.

    Only where the course asks for a score.
    """
    run = attempt.enrolment.run
    if run.version.score_percent is None:
        return False
    outside = queries_attempts.find_last_outside_score(attempt.enrolment_id)
    best = queries_attempts.find_best_marked(attempt.enrolment_id, after=outside.recorded_at if outside else None)
    last = queries_attempts.find_last_score(attempt.enrolment_id)
    if best is None or (last is not None and (last.attempt_id, last.percent) == (best[0].id, best[1].percent)):
        return False
    score = FinalScore(
        enrolment_id=attempt.enrolment_id, percent=best[1].percent, recorded_by=by, recorded_at=clock.now(), attempt_id=best[0].id
    )
    db.session.add(score)
    db.session.flush()
    history.record("score:record", run, by=by, change={"first": int(last is None), "corrected": int(last is not None)})
    return True
