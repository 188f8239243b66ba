"""Somebody checks in by themselves: what the ledger says of them is asked under the lock of the run, so that they do so once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import attendance, courses
from portal.attendance import Answer, MarkWish, Operation
from portal.attendance.models import Mark, Source
from portal.foundation.errors import N_, RefusedError
from portal.journeys.correct_outcomes import receive_marks

if TYPE_CHECKING:
    from datetime import datetime

    from portal.attendance import CheckIn, TaughtSession


class CheckInRefusedError(RefusedError):
    """Somebody may not check in; ``stands`` says why."""

    message = N_("You cannot check in now.")

    def __init__(self, stands: CheckIn) -> None:
        super().__init__()
        self.stands = stands


def check_in(session: TaughtSession, person_id: int, *, at: datetime) -> None:
    """Record that a person, who showed the code of the session at the moment ``at``, is there from then to the end.

    What others recorded before is not replaced: the trainer sees both. Neither where the person is nor which device they use is known here.
    Raises ``CheckInRefusedError``, or as ``receive_marks``.
    """
    courses.lock_run(session.run.id)
    stands = attendance.check_in_of((session.starts_at, session.ends_at), attendance.find_own_facts(session.id, person_id), at)
    if stands.answer != Answer.READY or stands.enrolment_id is None:
        raise CheckInRefusedError(stands)
    late = min(attendance.minutes_late(session.starts_at, at), session.minutes - 1)
    name = f"code:{session.id}:{stands.enrolment_id}"
    wish = MarkWish(stands.enrolment_id, Mark.PRESENT, late)
    operation = Operation(client_id=name, device=None, sequence=0, wish=wish, done_at=at, seen_id=0)
    received = receive_marks(session.run.id, session.id, [operation], by=person_id, source=Source.CODE)
    if name in received.refused:
        raise received.refused[name]
