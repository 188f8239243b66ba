"""Counting heads: how many people are in the room, whoever they are. Counts are added, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.attendance import queries, rules
from portal.attendance.models import HeadCount
from portal.attendance.services import TooEarlyError
from portal.foundation import clock, history
from portal.foundation.database import db
from portal.foundation.formats import to_tbilisi

if TYPE_CHECKING:
    from typing import Final

MOST_HEADS: Final = 2_000


def count_heads(session_id: int, people: int, *, by: int) -> HeadCount:
    """Note that ``by`` counted so many ``people`` in the room. Raises ``TooEarlyError`` before the day, or ``NotFoundError``."""
    session = queries.lock_session(session_id)
    if not rules.can_be_marked(to_tbilisi(session.starts_at).date(), clock.today()):
        raise TooEarlyError
    count = HeadCount(session_id=session.id, people=people, counted_by=by, counted_at=clock.now())
    db.session.add(count)
    db.session.flush()
    history.record("attendance:count", session, by=by, change={"people": people})
    return count
