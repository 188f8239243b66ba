"""What a record that is merged into another of the same person leaves to it, and gets back. The history says it with the merge."""

from __future__ import annotations

from portal.enrolment import queries_merge
from portal.enrolment.models import Enrolment
from portal.foundation.database import db


def hand_over(merged_id: int, kept_id: int) -> int:
    """Let the enrolments, nominations and wishes of the merged record be the kept one's; returns how many enrolments.

    They remember whose they were: calendars know enrolments so. The caller holds the runs and has asked ``codes_of_both``.
    """
    rows = queries_merge.rows_to_hand_over(merged_id, kept_id)
    for row in rows:
        row.person_id, row.merged_from_id = kept_id, merged_id
    db.session.flush()
    return sum(isinstance(row, Enrolment) for row in rows)


def hand_back(merged_id: int, kept_id: int) -> int:
    """Give the merged record back what was its own; returns how many enrolments."""
    rows = queries_merge.rows_handed_over(kept_id, merged_id)
    for row in rows:
        row.person_id, row.merged_from_id = merged_id, None
    db.session.flush()
    return sum(isinstance(row, Enrolment) for row in rows)
