"""What can be done to runs and their sessions. Starts, ends and the calendars' sequence of a run follow its sessions here."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from portal import people
from portal.courses import moves, queries, rules, trainer_mails
from portal.courses.changes import add_unique, apply, apply_unique, plain
from portal.courses.models import CourseRun, CourseSession, RunForm, RunState, RunTrainer
from portal.courses.moves import Move, MoveKind
from portal.courses.rules import Problem, WrongValuesError
from portal.courses.services_search import index_runs
from portal.courses.values import SessionValues
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.courses.models import Course
    from portal.courses.values import RunValues

OVER = N_("This run is completed or cancelled; it cannot be changed any more.")
CALENDAR_FIELDS_OF_RUN = frozenset({"form", "venue_id"})
TIMES = frozenset({"starts_at", "ends_at"})


def create_run(
    course: Course,
    values: RunValues,
    *,
    capacity: int,
    sessions: Sequence[SessionValues] = (),
    trainer_ids: Sequence[int] = (),
    by: int | None,
    since: datetime | None = None,
) -> CourseRun:
    """Plan a delivery of ``course`` in its newest version, as a draft. Raises ``WrongValuesError``.

    What ``by`` planned with the same values and days ``since`` the form was drawn is not planned again: that run is returned.
    """
    rules.check([*rules.problems_of_run(values), *rules.problems_of_capacity(capacity)])
    version = queries.get_current_version(course.id)
    columns = _run_fields(values) | {"course_id": course.id, "version_id": version.id, "capacity": capacity}
    if since is not None and by is not None and (before := _find_planned(columns, values.code, sessions, by=by, since=since)):
        return before
    run = CourseRun(**columns, state=RunState.DRAFT)
    run.code = values.code or f"new-{secrets.token_hex(8)}"
    add_unique(run, "code")
    if not values.code:
        apply_unique(run, {"code": f"{clock.today():%y}-{run.id:04}"}, "code")
    history.record("run:create", run, by=by, change={"code": run.code, "version": version.number, "capacity": capacity})
    for session in sessions:
        add_session(run, session, by=by)
    if trainer_ids:
        set_trainers(run, trainer_ids, by=by)
    index_runs([run.id])
    return run


def _find_planned(columns: dict[str, Any], code: str, sessions: Sequence[SessionValues], *, by: int, since: datetime) -> CourseRun | None:
    people.lock_turn_of(by)
    days = sorted((session.starts_at, session.ends_at) for session in sessions)
    for run in queries.planned_like(columns | ({"code": code} if code else {}), by=by, since=since):
        if [(session.starts_at, session.ends_at) for session in queries.sessions_of(run.id)] == days:
            return run
    return None


def change_run(run: CourseRun, values: RunValues, *, by: int | None) -> list[Move]:
    """Change a run; an empty code keeps the one it has. Raises ``WrongValuesError``, or ``RefusedError`` when it is over.

    Returns what people must hear of (place or form changed after publication); the caller tells them.
    """
    _refuse_when_over(run)
    rules.check(rules.problems_of_run(values))
    published = run.state != RunState.DRAFT
    if published and values.code and values.code != run.code:
        raise WrongValuesError([Problem("code", N_("The code of a published run stays as it is."))])
    if published and run.starts_at is not None:
        rules.check(
            rules.problems_of_deadlines(starts_at=run.starts_at, closes_at=values.enrolment_closes_at, cancel_until=values.cancel_until)
        )
    was = moves.place_words(run)
    changed = apply_unique(run, _run_fields(values) | {"code": values.code or run.code}, "code")
    if not changed:
        return []
    db.session.expire(run, ["venue", "funding_project"])
    moved = not CALENDAR_FIELDS_OF_RUN.isdisjoint(changed)
    run.calendar_sequence += moved
    _record("run:change", run, by, changed)
    index_runs([run.id])
    return [Move(kind=MoveKind.PLACE, was=was, now=moves.place_words(run))] if moved and published else []


def set_capacity(run: CourseRun, capacity: int, *, by: int | None) -> None:
    """Change the number of places. Raises ``WrongValuesError``.

    Whoever calls this holds the lock on the run, has made sure that the places already given are not more, and fills the new ones.
    """
    _refuse_when_over(run)
    rules.check(rules.problems_of_capacity(capacity))
    changed = apply(run, {"capacity": capacity})
    if changed:
        _record("run:set_capacity", run, by, changed)


def set_trainers(run: CourseRun, person_ids: Sequence[int], *, by: int | None) -> int:
    """Make these people, in this order, the trainers of the run. Of a published run, those given it or taken off it are told; returns how many.

    Raises ``RefusedError`` when the run is over.
    """
    run = queries.lock_run(run.id)
    _refuse_when_over(run)
    wanted = list(dict.fromkeys(person_ids))
    known = {person.id: person for person in queries.trainers_of(run.id)}
    if list(known) == wanted:
        return 0
    for row in queries.run_trainers(run.id):
        db.session.delete(row)
    db.session.flush()
    db.session.add_all(RunTrainer(run_id=run.id, person_id=person_id, position=position) for position, person_id in enumerate(wanted))
    _record("run:set_trainers", run, by, {"trainers": [list(known), wanted]})
    index_runs([run.id])
    if not _public(run) or known.keys() == set(wanted):
        return 0
    run.calendar_sequence += 1
    given = [person for person in queries.trainers_of(run.id) if person.id not in known]
    gone = [person for person_id, person in known.items() if person_id not in wanted]
    return trainer_mails.tell_given(run, given) + trainer_mails.tell_taken_off(run, gone)


def problems_of_publishing(run: CourseRun) -> list[Problem]:
    """What keeps the draft from being published now, field by field; a field that is not named is ready."""
    course = run.course
    return list(
        rules.problems_of_publishing(
            course_open=course.published and not course.archived,
            placed=run.form == RunForm.ONLINE or run.venue_id is not None,
            starts_at=run.starts_at,
            closes_at=run.enrolment_closes_at,
            cancel_until=run.cancel_until,
            at=clock.now(),
        )
    )


def publish_run(run: CourseRun, *, by: int | None) -> None:
    """Open a draft: visitors see it, its enrolment window decides when people can enrol, its trainers are told. Raises ``WrongValuesError``."""
    rules.check(problems_of_publishing(run))
    _become(run, RunState.OPEN, "run:publish", by, allowed_from=(RunState.DRAFT,))
    index_runs([run.id])
    trainer_mails.tell_given(run, queries.trainers_of(run.id))


def close_run(run: CourseRun, *, by: int | None) -> None:
    """Take no more enrolments. Raises ``RefusedError`` unless the run is open."""
    _become(run, RunState.CLOSED, "run:close", by, allowed_from=(RunState.OPEN,))


def reopen_run(run: CourseRun, *, by: int | None) -> None:
    """Take enrolments again, within the enrolment window. Raises ``RefusedError`` unless the run is closed."""
    _become(run, RunState.OPEN, "run:reopen", by, allowed_from=(RunState.CLOSED,))


def start_run(run: CourseRun, *, by: int | None) -> None:
    """Say that the run is under way. Raises ``RefusedError`` unless it is open or closed."""
    _become(run, RunState.RUNNING, "run:start", by)


def mark_completed(run: CourseRun, *, by: int | None) -> None:
    """Say that the run is over. What that means for its participants is the caller's matter. Raises ``RefusedError``."""
    if run.starts_at is None or run.starts_at > clock.now():
        raise RefusedError(N_("The training has not begun yet."))
    _become(run, RunState.COMPLETED, "run:complete", by)


def mark_cancelled(run: CourseRun, *, by: int | None, reason: str) -> None:
    """Say that the run does not take place. What that means for its participants is the caller's matter. Raises ``RefusedError``."""
    _become(run, RunState.CANCELLED, "run:cancel", by, reason=reason)
    run.calendar_sequence += 1
    db.session.flush()


def add_session(run: CourseRun, values: SessionValues, *, by: int | None) -> CourseSession:
    """Add a day or half-day. Raises ``WrongValuesError``, or ``RefusedError`` when the run is over."""
    _refuse_when_over(run)
    rules.check(rules.problems_of_session(values, _times_of_others(run.id)))
    session = CourseSession(run_id=run.id, uid=f"{secrets.token_hex(12)}@session", **asdict(values))
    db.session.add(session)
    _follow_sessions(run, by=by)
    history.record("session:create", session, by=by, change=_plain(asdict(values)), public=_public(run))
    return session


def change_session(session: CourseSession, values: SessionValues, *, by: int | None) -> list[Move]:
    """Change a day: title, link and times. Raises ``WrongValuesError``, or ``RefusedError`` when the run is over.

    Returns what people must hear of; the caller tells them.
    """
    run = _run_of(session)
    rules.check(rules.problems_of_session(values, _times_of_others(run.id, session.id)))
    was = moves.day_words(session)
    changed = apply(session, asdict(values))
    if not changed:
        return []
    moved = []
    if not TIMES.isdisjoint(changed):
        moved.append(Move(kind=MoveKind.DAY, was=was, now=moves.day_words(session), session_id=session.id))
    if "online_link" in changed:
        moved.append(Move(kind=MoveKind.LINK, now=moves.day_words(session)))
    if moved:
        _follow_sessions(run, by=by)
    history.record("session:change", session, by=by, change=changed, public=_public(run))
    db.session.flush()
    return moved if _public(run) else []


def move_session(session: CourseSession, starts_at: datetime, ends_at: datetime, *, by: int | None) -> list[Move]:
    """Move a day to other times. Raises and returns as ``change_session``."""
    same = {name: getattr(session, name) for name in ("title_ka", "title_en", "online_link")}
    return change_session(session, SessionValues(starts_at=starts_at, ends_at=ends_at, **same), by=by)


def cancel_session(session: CourseSession, *, by: int | None) -> None:
    """Strike a day out. Raises ``RefusedError`` when the run is over, or when a published run would have no day left."""
    run = _run_of(session)
    if _public(run) and not list(_times_of_others(run.id, session.id)):
        raise RefusedError(N_("This is the only training day. Cancel the run instead."))
    changed = apply(session, {"cancelled": True})
    if changed:
        _follow_sessions(run, by=by)
        history.record("session:cancel", session, by=by, change=changed, public=_public(run))


def _become(
    run: CourseRun, state: RunState, action: str, by: int | None, *, allowed_from: tuple[RunState, ...] = (), reason: str = ""
) -> None:
    if not rules.may_become(run.state, state) or (allowed_from and run.state not in allowed_from):
        raise RefusedError(N_("That does not go with the state of this run."))
    changed: dict[str, Any] = apply(run, {"state": state})
    if reason:
        changed["reason"] = reason
    history.record(action, run, by=by, change=changed, public=True)
    db.session.flush()


def _record(action: str, run: CourseRun, by: int | None, changed: dict[str, Any]) -> None:
    history.record(action, run, by=by, change=changed, public=_public(run))
    db.session.flush()


def _public(run: CourseRun) -> bool:
    return run.state != RunState.DRAFT


def _refuse_when_over(run: CourseRun) -> None:
    if not rules.can_be_changed(run.state):
        raise RefusedError(OVER)


def _run_of(session: CourseSession) -> CourseRun:
    """The run of a session that may be changed."""
    if session.cancelled:
        raise RefusedError(N_("This training day is cancelled."))
    _refuse_when_over(session.run)
    return session.run


def _times_of_others(run_id: int, session_id: int | None = None) -> list[tuple[datetime, datetime]]:
    return [(other.starts_at, other.ends_at) for other in queries.sessions_of(run_id) if other.id != session_id]


def _follow_sessions(run: CourseRun, *, by: int | None) -> None:
    """Keep start and end of the run those of its first and last session, and let calendars know.

    A run whose first day was moved into the future has not begun any more: places that become free are given again.
    """
    db.session.flush()
    times = _times_of_others(run.id)
    run.starts_at = min((start for start, _end in times), default=None)
    run.ends_at = max((end for _start, end in times), default=None)
    run.calendar_sequence += 1
    db.session.flush()
    if run.state == RunState.RUNNING and (run.starts_at is None or run.starts_at > clock.now()):
        _become(run, RunState.CLOSED, "run:postpone", by)


def _run_fields(values: RunValues) -> dict[str, Any]:
    fields = asdict(values)
    del fields["code"]
    return fields


def _plain(values: dict[str, Any]) -> dict[str, object]:
    return {name: plain(value) for name, value in values.items() if value}
