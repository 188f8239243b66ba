"""Everything that sends, stops or lets go a notice.

Each function first locks the runs, or takes its turn by the key where there is none: of two who do it at once one waits.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal import courses
from portal.foundation import clock, history
from portal.foundation.database import db, take_turn
from portal.foundation.errors import N_, RefusedError
from portal.notices import queries
from portal.notices.kinds import KINDS, NoticeKind
from portal.notices.models import Notice, NoticeState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.notices.plan import Planned

MOMENT = timedelta(minutes=1)


def due_notices() -> list[tuple[NoticeKind, list[Planned]]]:
    """What goes now, in parts that are each sent in a transaction of its own."""
    due = [(kind, _due(kind)) for kind in KINDS]
    return [(kind, part) for kind, all_due in due for part in _parts(kind, all_due)]


def _due(kind: NoticeKind) -> list[Planned]:
    now = clock.now()
    return [one for one in kind.plan(now, now + MOMENT) if one.is_due(now)]


def _parts(kind: NoticeKind, due: list[Planned]) -> list[list[Planned]]:
    if kind.gathered:
        return [due] if due else []
    return [[one] for one in due]


def send_notices(kind: NoticeKind, part: Sequence[Planned]) -> int:
    """Send what of ``part`` is still due once its runs are locked: neither stopped, moved nor sent meanwhile; returns how many notices went."""
    _lock(part)
    keys = {one.key for one in part}
    due = [one for one in _due(kind) if one.key in keys]
    people = kind.send(due) if due else {}
    for one in due:
        notice = _decide(one, one.notice, NoticeState.GONE, by=None, people=people[one.key])
        history.record("notice:go", notice, by=None, change={"kind": one.kind, "people": notice.people})
    return len(due)


def stop(planned: Planned, reason: str, *, by: int) -> None:
    """Keep a notice from going. Raises ``RefusedError`` when it has gone."""
    _change(planned, NoticeState.STOPPED, "notice:stop", by=by, reason=reason)


def let_go(planned: Planned, *, by: int) -> None:
    """Let a notice that was stopped go after all, at its moment or at once. Raises ``RefusedError`` when it has gone."""
    _change(planned, NoticeState.PLANNED, "notice:let_go", by=by)


def _change(planned: Planned, state: NoticeState, action: str, *, by: int, reason: str = "") -> None:
    _lock([planned])
    notice = queries.notices_of([planned.key]).get(planned.key)
    was = notice.state if notice else NoticeState.PLANNED
    if was == NoticeState.GONE:
        raise RefusedError(N_("This notice has gone already."))
    if was == state:
        return
    notice = _decide(planned, notice, state, by=by, reason=reason)
    history.record(action, notice, by=by, change={"kind": notice.kind, "reason": reason})


def _lock(part: Sequence[Planned]) -> None:
    for run_id in sorted(one.run.id for one in part if one.run):
        courses.lock_run(run_id)
    for key in sorted(one.key for one in part if not one.run):
        take_turn(key)


def _decide(planned: Planned, notice: Notice | None, state: NoticeState, *, by: int | None, reason: str = "", people: int = 0) -> Notice:
    if notice is None:
        notice = Notice(key=planned.key, kind=planned.kind, run_id=planned.run.id if planned.run else None)
        db.session.add(notice)
    notice.goes_at, notice.state, notice.people = planned.goes_at, state, people
    notice.decided_at, notice.decided_by, notice.reason = clock.now(), by, reason
    db.session.flush()
    return notice
