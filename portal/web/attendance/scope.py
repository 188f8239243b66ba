"""What may be loaded: trainers reach the runs that they teach, staff reach all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import attendance
from portal.access import Permission, can
from portal.foundation import clock
from portal.foundation.errors import NotFoundError

if TYPE_CHECKING:
    from portal.access import Actor
    from portal.attendance import TaughtRun, TaughtSession


def taught_by(actor: Actor) -> int | None:
    """Whose runs ``actor`` may see: their own (the person's id), or everybody's (None)."""
    return None if can(actor, Permission.RUN_MANAGE) else actor.person_id


def taught_session(actor: Actor, session_id: int) -> TaughtSession:
    """The session of the path. Raises ``NotFoundError`` outside the actor's scope."""
    return attendance.get_taught_session(session_id, taught_by=taught_by(actor))


def taught_run(actor: Actor, code: str) -> TaughtRun:
    """The run of the path. Raises ``NotFoundError`` outside the actor's scope."""
    return attendance.get_taught_run(code, taught_by=taught_by(actor))


def walk_ins_welcome(actor: Actor, session: TaughtSession) -> bool:
    """Whether ``actor`` may add somebody to the roll now: on the day; staff afterwards too, from the paper sheet."""
    return attendance.walk_ins_welcome(session.days, clock.today(), afterwards=taught_by(actor) is None)


def session_with_walk_ins(actor: Actor, session_id: int) -> TaughtSession:
    """The session of the path, when somebody may be added to it now. Raises ``NotFoundError`` otherwise."""
    session = taught_session(actor, session_id)
    if not walk_ins_welcome(actor, session):
        raise NotFoundError
    return session
