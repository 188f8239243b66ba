"""What goes out: the mails of each kind of notice. The caller holds the locks, and has asked anew what is due."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from portal import courses, enrolment, people
from portal.enrolment.models import DecisionStage
from portal.foundation import clock, formats, outbox
from portal.foundation.addresses import addresses
from portal.notices import queries
from portal.notices.plan import DEADLINE_NEAR, DIGEST, desks_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from portal.enrolment import ToDecide
    from portal.notices.plan import Planned
    from portal.notices.queries import RunLine
    from portal.notices.rules import Timing

QUEUES = {DecisionStage.STAFF: "/staff/applications", DecisionStage.EMPLOYER: "/municipality/applications"}
"""The pages on which is decided."""


def remind(timing: Timing, due: Sequence[Planned]) -> dict[str, int]:
    """Remind those with a confirmed place who were not written to of late; returns how many people got each of the notices."""
    return {one.key: _remind(one.kind, timing, one.run) for one in due if one.run}


def _remind(kind: str, timing: Timing, line: RunLine) -> int:
    needing = {one.enrolment_id for one in enrolment.told_of_places([line.id]) if timing.is_needed(line.starts_at, one.told_at)}
    run, sessions = courses.get_run_by_id(line.id), courses.sessions_of(line.id)
    reminded = [each for each in enrolment.roster(line.id) if each.id in needing]
    for each in reminded:
        enrolment.tell(
            kind,
            enrolment.Letter(enrolment=each, person=each.person, run=run, sessions=sessions),
            event=f"{kind}:{formats.to_tbilisi(line.starts_at).date()}",
            begins_at=line.starts_at,
            links=[day.online_link for day in sessions if day.online_link],
        )
    return len(reminded)


def tell_deadlines(due: Sequence[Planned]) -> dict[str, int]:
    """Tell each coordinator, in one mail, which registrations close soon; returns how many people got each of the notices."""
    runs = {one.run.id: one.run for one in due if one.run}
    runs_of: defaultdict[int, list[RunLine]] = defaultdict(list)
    pairs = queries.coordinators_to_tell(runs)
    for run_id, person_id in pairs:
        runs_of[person_id].append(runs[run_id])
    for person_id, coordinator in queries.people_by_id(runs_of).items():
        to = people.recipient_of(coordinator)
        facts = {
            "name": coordinator.name(to.language),
            "runs": deadlines_in_words(runs_of[person_id], to.language),
            "contact": addresses.contact,
        }
        outbox.post(DEADLINE_NEAR, to, facts, event_key=f"{DEADLINE_NEAR}:{person_id}:{clock.today()}")
    number = Counter(run_id for run_id, _person in pairs)
    return {one.key: number[one.run.id] for one in due if one.run}


def deadlines_in_words(runs: Iterable[RunLine], language: str) -> list[dict[str, Any]]:
    """What a mail says of each of the runs, the earliest deadline first."""
    return [
        {
            "title": run.title(language),
            "begins_at": run.starts_at,
            "closes_at": run.closes_at,
            "url": addresses.page(f"/municipality/nominate/{run.code}", language),
        }
        for run in sorted(runs, key=lambda run: (run.closes_at, run.id))
    ]


def send_digests(due: Sequence[Planned]) -> dict[str, int]:
    """Tell each of those who decide on applications what waits for them; returns how many people got each of the digests."""
    return {one.key: _send_digest(one) for one in due}


def _send_digest(one: Planned) -> int:
    now, waiting = clock.now(), enrolment.to_decide()
    desks, runs = desks_at(one.goes_at, now, waiting), queries.run_lines({each.run_id for each in waiting})
    for person_id, approver in queries.people_by_id(desks).items():
        to = people.recipient_of(approver)
        facts = {
            "name": approver.name(to.language),
            "queues": [queue_in_words(desk.stage, desk.waiting, runs, now, to.language) for desk in desks[person_id]],
            "contact": addresses.contact,
        }
        outbox.post(DIGEST, to, facts, event_key=f"{one.key}:{person_id}")
    return len(desks)


def queue_in_words(
    stage: DecisionStage, waiting: Sequence[ToDecide], runs: Sequence[RunLine], now: datetime, language: str
) -> dict[str, Any]:
    """What a digest says of those who wait, the oldest first, for a decision at ``stage``: numbers, and nothing about who they are."""
    numbers = Counter(one.run_id for one in waiting)
    return {
        "stage": stage,
        "number": len(waiting),
        "oldest_at": waiting[0].queued_at,
        "overdue": sum(one.decide_by is not None and one.decide_by <= now for one in waiting),
        "runs": [
            {"title": run.title(language), "begins_at": run.starts_at, "number": numbers[run.id]} for run in runs if run.id in numbers
        ],
        "url": addresses.page(QUEUES[stage], language),
    }
