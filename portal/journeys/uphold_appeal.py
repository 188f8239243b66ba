"""Staff find that an appeal is right: the mark is corrected, and all that rests on it follows, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import attendance, courses
from portal.attendance.models import Source
from portal.journeys.correct_outcomes import record_marks

if TYPE_CHECKING:
    from portal.attendance import MarkWish


def uphold_appeal(appeal_id: int, wish: MarkWish, *, seen: int, by: int) -> None:
    """Record ``wish``, whose reason says why, as the right mark, and close the appeal; done again by the same form, it changes nothing.

    The run is locked first, then the session: of two who decide at once the second finds the appeal closed. ``seen`` is the newest fact about
    the person that ``by`` was shown. Raises as ``attendance.find_correction``.
    """
    appeal = attendance.get_appeal(appeal_id)
    courses.lock_run(appeal.run_id)
    right = attendance.find_correction(appeal_id, wish, seen=seen, by=by)
    if right is None:
        return
    newest = attendance.newest_fact(appeal.session_id)
    record_marks(appeal.run_id, appeal.session_id, [right], by=by, seen=newest, source=Source.APPEAL)
    attendance.uphold_appeal(appeal_id, right.reason or "", by=by)
