"""What an approver needs to know of each application, and of each decision of late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from portal import enrolment, reports
from portal.enrolment.models import DecisionStage
from portal.foundation import clock, formats
from portal.web.ids import find_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from portal.access import Actor
    from portal.courses.models import CourseRun
    from portal.enrolment import Places, Queue, Seats
    from portal.enrolment.models import ApplicationDecision, Enrolment
    from portal.people.models import Person

PAGE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose queue it is: who decides, at which stage, for which municipalities (None: for all), and of which run only."""

    actor: Actor
    stage: DecisionStage
    municipality_ids: Collection[int] | None = None
    run: CourseRun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An application in the queue: ``quota`` are places and how many of them are used; ``employer`` is what the employer decided."""

    enrolment: Enrolment
    days: int
    overdue: bool
    places: Places
    quota: tuple[int, int] | None
    employer: ApplicationDecision | None
    own: bool

    @property
    def nominated(self) -> bool:
        """True when others sent the application."""
        return self.enrolment.enrolled_by not in {None, self.enrolment.person_id}


@dataclass(frozen=True, slots=True)
class Settled:
    """A decision of late: who made it (nobody where the portal let the time pass), and whether it can be undone."""

    enrolment: Enrolment
    decision: ApplicationDecision
    by: Person | None
    can_undo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything on the page; ``following`` is where the next page begins."""

    queue: Queue
    oldest_days: int
    cases: list[Case]
    following: int | None
    settled: list[Settled]


def read_desk(desk: Desk, now: datetime, *, since: datetime) -> Shown:
    """Read the page: as many statements for a hundred applications as for one."""
    run_id = desk.run.id if desk.run else None
    queue = enrolment.queue_of(desk.stage, now, municipality_ids=desk.municipality_ids, run_id=run_id)
    found = enrolment.applications(
        desk.stage,
        municipality_ids=desk.municipality_ids,
        run_id=run_id,
        after=find_id(request.args.get("after")),
        size=PAGE_LENGTH + 1,
    )
    shown = found[:PAGE_LENGTH]
    return Shown(
        queue=queue,
        oldest_days=_days_since(queue.oldest_at) if queue.oldest_at else 0,
        cases=_cases(desk, shown, now),
        following=shown[-1].id if len(found) > len(shown) else None,
        settled=_settled(desk, now, since),
    )


def _days_since(moment: datetime) -> int:
    """How many midnights ago it was in Georgia."""
    return (clock.today() - formats.to_tbilisi(moment).date()).days


def _cases(desk: Desk, shown: Sequence[Enrolment], now: datetime) -> list[Case]:
    run_ids = {one.run_id for one in shown}
    if not run_ids:
        return []
    seats, places = enrolment.seats_of_runs(run_ids), enrolment.places_of(run_ids)
    decisions = enrolment.decisions_on([one.id for one in shown])
    return [
        Case(
            enrolment=one,
            days=_days_since(one.queued_at),
            overdue=one.decide_by is not None and one.decide_by <= now,
            places=places[one.run_id],
            quota=_quota(seats[one.run_id], one.municipality_id),
            employer=next((each for each in reversed(decisions[one.id]) if each.stage == DecisionStage.EMPLOYER), None),
            own=one.person_id == desk.actor.person_id,
        )
        for one in shown
    ]


def _quota(seats: Seats, municipality_id: int | None) -> tuple[int, int] | None:
    return seats.quota_of(seats.home_of(municipality_id)) if seats.in_force else None


def _settled(desk: Desk, now: datetime, since: datetime) -> list[Settled]:
    decided = enrolment.recently_decided(desk.stage, since, municipality_ids=desk.municipality_ids)
    decisions = enrolment.decisions_on([one.id for one in decided])
    last = {one.id: next(each for each in reversed(decisions[one.id]) if each.stage == desk.stage) for one in decided}
    people = reports.names_of_people({each.by for each in last.values() if each.by is not None})
    undoable = enrolment.decisions_to_undo(decided, desk.stage, now)
    return [
        Settled(
            enrolment=one,
            decision=last[one.id],
            by=people.get(last[one.id].by or 0),
            can_undo=one.id in undoable and one.person_id != desk.actor.person_id,
        )
        for one in decided
    ]
