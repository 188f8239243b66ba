"""Who was there is asked how it was: on the morning after the last session, and once more half a year later; whoever has answered by then is not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from portal import evaluation, people
from portal.foundation import outbox
from portal.foundation.addresses import addresses
from portal.notices import queries, rules
from portal.notices.plan import Planned, with_notices
from portal.notices.rules import MORNING_AFTER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.evaluation import Round
    from portal.notices.queries import RunLine

LONGEST = 200 * rules.DAY
"""No round is asked for later than this after the end of its run."""


def askings(kind: str, round_: Round, now: datetime, until: datetime) -> list[Planned]:
    """The notices ``kind`` of runs of which somebody is to be asked, as far as they still can go at ``now`` and go before ``until``."""
    events = {run.id: (run, evaluation.opens_at(round_, ends_at)) for run, ends_at in queries.runs_ended(now - LONGEST, until)}
    coming = {
        run_id: (run, event)
        for run_id, (run, event) in events.items()
        if MORNING_AFTER.goes_at(event) < until and now < MORNING_AFTER.ends_at(event)
    }
    people_of = Counter(one.run_id for one in evaluation.to_ask(round_, coming.keys()))
    found = (
        Planned(
            kind=kind,
            key=f"{kind}:{run_id}",
            run=run,
            goes_at=MORNING_AFTER.goes_at(event),
            ends_at=MORNING_AFTER.ends_at(event),
            people=people_of[run_id],
        )
        for run_id, (run, event) in coming.items()
    )
    return with_notices(one for one in found if one.people)


def ask(round_: Round, due: Sequence[Planned]) -> dict[str, int]:
    """Ask everybody who was there and has not answered; returns how many people got each of the notices."""
    return {one.key: _ask(one.kind, round_, one.run) for one in due if one.run}


def _ask(kind: str, round_: Round, run: RunLine) -> int:
    asked = evaluation.to_ask(round_, [run.id])
    participants = queries.people_by_id({one.person_id for one in asked})
    for one in asked:
        person = participants[one.person_id]
        to = people.recipient_of(person)
        facts = {
            "name": person.name(to.language),
            "title": run.title(to.language),
            "last_day": evaluation.closes_at(round_, one.ends_at),
            "url": addresses.page(f"/runs/{run.code}/evaluation", to.language),
            "contact": addresses.contact,
        }
        outbox.post(kind, to, facts, event_key=f"{kind}:{one.enrolment_id}")
    return len(asked)
