"""The enrolments of a record that is merged into another of the same person, and back. The history says it with the merge."""

from __future__ import annotations

from portal.enrolment import queries_merge
from portal.foundation.database import db


def hand_over(merged_id: int, kept_id: int) -> int:
    """Let all enrolments of the merged record be the kept one's; returns how many. They remember whose they were: calendars know them so.

    The caller holds the runs and has asked ``codes_of_both``.
    """
    enrolments = queries_merge.enrolments_from(merged_id)
    for enrolment in enrolments:
        enrolment.person_id, enrolment.merged_from_id = kept_id, merged_id
    db.session.flush()
    return len(enrolments)


def hand_back(merged_id: int, kept_id: int) -> int:
    """Give the merged record back the enrolments that were its own; returns how many."""
    enrolments = queries_merge.enrolments_from(kept_id, merged_from_id=merged_id)
    for enrolment in enrolments:
        enrolment.person_id, enrolment.merged_from_id = merged_id, None
    db.session.flush()
    return len(enrolments)
