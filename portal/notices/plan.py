"""What goes when: each kind of notice says which of its notices are planned, whoever asks, the worker or the page of staff."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal import enrolment
from portal.foundation.formats import to_tbilisi
from portal.notices import queries, rules
from portal.notices.models import Notice, NoticeState
from portal.notices.rules import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.enrolment import ToDecide
    from portal.notices.queries import Desk, RunLine
    from portal.notices.rules import Timing

DEADLINE_NEAR = "deadline_near"
DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One notice to come. ``people`` would get it as things stand; ``notice`` is what became of it already, if anything.

    ``key`` names what makes it the same notice: a run that is moved gets another one.
    """

    kind: str
    key: str
    run: RunLine | None
    goes_at: datetime
    ends_at: datetime
    people: int
    notice: Notice | None = None

    @property
    def state(self) -> NoticeState:
        """What has become of it."""
        return NoticeState(self.notice.state) if self.notice else NoticeState.PLANNED

    def is_due(self, now: datetime) -> bool:
        """Whether it goes now."""
        return self.state == NoticeState.PLANNED and rules.is_due(self.goes_at, self.ends_at, now)


def reminders(kind: str, timing: Timing, now: datetime, until: datetime) -> list[Planned]:
    """The reminders ``kind`` of the runs that begin, as far as they still can go at ``now`` and go before ``until``."""
    runs = {run.id: run for run in queries.runs_starting(now, until + (timing.days + 1) * rules.DAY)}
    told = enrolment.told_of_places(runs)
    people = Counter(one.run_id for one in told if timing.is_needed(runs[one.run_id].starts_at, one.told_at))
    found = (
        Planned(
            kind=kind,
            key=reminder_key(kind, run.id, run.starts_at),
            run=run,
            goes_at=timing.goes_at(run.starts_at),
            ends_at=timing.ends_at(run.starts_at),
            people=people[run.id],
        )
        for run in runs.values()
    )
    return with_notices(one for one in found if one.goes_at < until and now < one.ends_at)


def reminder_key(kind: str, run_id: int, starts_at: datetime) -> str:
    """The key of a reminder: of this run, as it is planned now."""
    return f"{kind}:{run_id}:{to_tbilisi(starts_at).date()}"


def deadlines(now: datetime, until: datetime) -> list[Planned]:
    """The deadlines that coordinators hear of; those of one day in one mail, so that what comes up after it waits for the next morning."""
    gathering = rules.next_gathering(now, queries.find_last_gone(DEADLINE_NEAR))
    runs = queries.runs_closing(now, until + (DEADLINE.days + 1) * rules.DAY)
    people = Counter(run_id for run_id, _person in queries.coordinators_to_tell([run.id for run in runs]))
    found = (
        Planned(
            kind=DEADLINE_NEAR,
            key=f"{DEADLINE_NEAR}:{run.id}",
            run=run,
            goes_at=max(DEADLINE.goes_at(run.closes_at), run.opens_at, gathering),
            ends_at=DEADLINE.ends_at(run.closes_at),
            people=people[run.id],
        )
        for run in runs
    )
    return with_notices(one for one in found if one.goes_at < min(until, one.ends_at))


def digests(now: datetime, until: datetime) -> list[Planned]:
    """The weekly digests for those who decide on applications: one for all of them, in the weeks in which something waits for somebody."""
    waiting = enrolment.to_decide()
    moments = rules.digest_moments(now, until)
    found = (
        Planned(
            kind=DIGEST,
            key=f"{DIGEST}:{moment.date()}",
            run=None,
            goes_at=moment,
            ends_at=moment + rules.DAY,
            people=len(desks_at(moment, now, waiting)),
        )
        for moment in moments
    )
    return with_notices(one for one in found if one.people)


def desks_at(moment: datetime, now: datetime, waiting: Iterable[ToDecide]) -> dict[int, list[Desk]]:
    """What of ``waiting`` the digest of ``moment`` says to whom: what came before it, to those who decide then, or now if it is late."""
    return queries.desks_of_approvers([one for one in waiting if one.queued_at < moment], to_tbilisi(max(moment, now)).date())


def with_notices(planned: Iterable[Planned]) -> list[Planned]:
    """``planned``, each with what has become of it."""
    planned = list(planned)
    notices = queries.notices_of(one.key for one in planned)
    return [replace(one, notice=notices.get(one.key)) for one in planned]
