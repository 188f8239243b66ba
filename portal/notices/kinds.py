"""Every kind of notice, one row each: when its notices go, and what is sent. Whoever adds one writes its mail in ``templates/mail`` besides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from portal.evaluation import Round
from portal.foundation import clock
from portal.notices import endings, evaluations, holdings, letters, plan
from portal.notices.rules import DAY_BEFORE, MONTHS_BEFORE_END, WEEK_BEFORE, WEEKS_BEFORE_END, Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portal.notices.plan import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKind:
    """A kind of notice; its code is that of its mail.

    ``plan`` gives its notices that can still go at one moment and go before another; ``send`` posts those that are due and says how many people
    got each. Those of a ``gathered`` kind that are due at once are sent together.
    """

    code: str
    plan: Callable[[datetime, datetime], list[Planned]]
    send: Callable[[Sequence[Planned]], dict[str, int]]
    gathered: bool = False


def _reminder(code: str, timing: Timing) -> NoticeKind:
    return NoticeKind(code=code, plan=partial(plan.reminders, code, timing), send=partial(letters.remind, timing))


def _ending(code: str, timing: Timing) -> NoticeKind:
    return NoticeKind(code=code, plan=partial(endings.ends, code, timing), send=partial(endings.tell_holders, timing))


def _evaluation(code: str, round_: Round) -> NoticeKind:
    return NoticeKind(code=code, plan=partial(evaluations.askings, code, round_), send=partial(evaluations.ask, round_))


KINDS = (
    _reminder("reminder_week", WEEK_BEFORE),
    _reminder("reminder_day", DAY_BEFORE),
    NoticeKind(code=plan.DEADLINE_NEAR, plan=plan.deadlines, send=letters.tell_deadlines, gathered=True),
    _ending("certificate_ends", MONTHS_BEFORE_END),
    _ending("certificate_ends_soon", WEEKS_BEFORE_END),
    _evaluation("evaluation_ask", Round.AFTER),
    _evaluation("evaluation_follow_up", Round.LATER),
    NoticeKind(code=holdings.DUE, plan=holdings.due, send=holdings.tell),
    NoticeKind(code=holdings.RENEWAL, plan=holdings.renewals, send=holdings.tell),
    NoticeKind(code=holdings.ENDS, plan=holdings.ends, send=holdings.tell),
    NoticeKind(code=plan.DIGEST, plan=plan.digests, send=letters.send_digests),
)


def notices_to_come(until: datetime) -> list[Planned]:
    """Everything that can still go and goes before ``until``, in the order in which it goes; what has gone already among it."""
    now = clock.now()
    planned = [one for kind in KINDS for one in kind.plan(now, until)]
    return sorted(planned, key=lambda one: (one.goes_at, one.key))
