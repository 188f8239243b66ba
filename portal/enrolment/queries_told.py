"""When people were last written to about their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from portal.enrolment.models import Enrolment, EnrolmentState
from portal.foundation.database import db
from portal.foundation.outbox import MessageState, OutboxMessage

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_ABOUT_IT = sa.and_(
    OutboxMessage.person_id == Enrolment.person_id,
    OutboxMessage.event_key.like(sa.literal("enrolment:") + sa.cast(Enrolment.id, sa.String) + sa.literal(":%")),
    OutboxMessage.state.not_in([MessageState.FAILED, MessageState.STOPPED]),
)
_TOLD = (
    sa.select(
        Enrolment.run_id, Enrolment.id, Enrolment.changed_at, sa.func.max(OutboxMessage.created_at, type_=OutboxMessage.created_at.type)
    )
    .outerjoin(OutboxMessage, _ABOUT_IT)
    .where(Enrolment.run_id.in_(sa.bindparam("runs", expanding=True)), Enrolment.state == EnrolmentState.CONFIRMED)
    .group_by(Enrolment.run_id, Enrolment.id, Enrolment.changed_at)
    .order_by(Enrolment.run_id, Enrolment.id)
)


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody with a confirmed place, and when they last heard of it: when they got it, or of anything that was written about it since."""

    run_id: int
    enrolment_id: int
    told_at: datetime


def told_of_places(run_ids: Collection[int]) -> list[Told]:
    """Those who have a confirmed place in one of the runs, with when they last heard of it, in one statement."""
    rows = db.session.execute(_TOLD, {"runs": list(run_ids)})
    return [Told(run_id, enrolment_id, max(changed_at, written_at or changed_at)) for run_id, enrolment_id, changed_at, written_at in rows]
