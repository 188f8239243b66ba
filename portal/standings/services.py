"""What the worker does with standings: it keeps the rows (awards, courses that are due) the same as what the rules say today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import qualifications
from portal.foundation import clock
from portal.foundation.database import db
from portal.standings import queries, queries_work
from portal.standings.models import StandingProgress
from portal.standings.queries_work import place_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from portal.standings.queries_work import Work


def refresh(person_ids: Collection[int]) -> int:
    """Record and end the awards of these people as is due today, and make the courses anew that they are due to take; returns how many rows.

    One at a time: whoever comes meanwhile waits, and finds nothing left to do.
    """
    queries_work.find_progress(lock=True)
    outdated = queries.outdated(person_ids, clock.today(), queries.read_rulebook())
    qualifications.set_due_courses(person_ids, outdated.wanted)
    return qualifications.write_awards(outdated.changes)


def carry_out(work: Work, outdated: Collection[int]) -> int:
    """Refresh the ``outdated`` ones among the people of a piece of work, and note that it is done; returns how many rows that took.

    Somebody else who did the same piece meanwhile did it as well.
    """
    row = queries_work.find_progress(lock=True)
    written = refresh(outdated) if outdated else 0
    if row is None:
        row = StandingProgress(id=1)
        db.session.add(row)
    elif place_of(row) != work.before:
        return written
    row.history_id, row.pass_on, row.pass_after = work.after.history_id, work.after.pass_on, work.after.pass_after
    db.session.flush()
    return written
