"""Two records turn out to be of one person: one goes into the other, with all that hangs on it, and can come out again.

Certificates, attendance and history are never touched: they hang on enrolments, or name the record of then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import courses, enrolment, people, recognition
from portal.foundation.errors import N_

if TYPE_CHECKING:
    from portal.people.models import PersonMerge


def check_merge(kept_id: int, merged_id: int) -> None:
    """Raise ``people.MergeRefusedError`` when a rule speaks against merging the one record into the other."""
    if refusal := people.find_merge_refusal(people.side_of(kept_id), people.side_of(merged_id)):
        raise refusal
    if codes := enrolment.codes_of_both(kept_id, merged_id):
        raise people.MergeRefusedError(
            N_("Both records are enrolled in the run %(code)s. Take one of them off its list first."), code=codes[0]
        )
    if courses.run_ids_of_trainer(merged_id):
        raise people.MergeRefusedError(N_("The record that would go is a trainer of runs. Keep that one."))


def merge_people(kept_id: int, merged_id: int, reason: str, *, by: int) -> PersonMerge:
    """Merge the record ``merged_id`` into ``kept_id``. Raises as ``check_merge``.

    All runs that take people are locked first, so that nobody gets a place meanwhile under the record that goes.
    """
    courses.lock_live_runs()
    people.lock_people([kept_id, merged_id])
    check_merge(kept_id, merged_id)
    enrolments = enrolment.hand_over(merged_id, kept_id)
    recognition.hand_over(merged_id, kept_id)
    return people.merge_people(kept_id, merged_id, reason, enrolments=enrolments, by=by)


def undo_merge(merge: PersonMerge, *, by: int) -> None:
    """Make two records of one again; undone already, it stays as it is. Raises ``people.MergeRefusedError`` when something cannot come back."""
    courses.lock_live_runs()
    merge = people.lock_merge(merge)
    people.lock_people([merge.kept_id, merge.merged_id])
    if merge.undone_at is not None:
        return
    enrolments = enrolment.hand_back(merge.merged_id, merge.kept_id)
    recognition.hand_back(merge.merged_id, merge.kept_id)
    people.undo_merge(merge, enrolments=enrolments, by=by)
