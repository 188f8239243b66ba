"""Qualifications by their dates: people are told when one falls due, when it can be renewed, and before it ends, once each."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from portal import people, qualifications
from portal.foundation import clock, outbox
from portal.foundation.addresses import addresses
from portal.foundation.formats import TBILISI, to_tbilisi
from portal.notices import queries, rules
from portal.notices.plan import Planned, with_notices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portal.qualifications import ComingEnd

DUE: Final = "qualification_due"
RENEWAL: Final = "qualification_renewal"
ENDS: Final = "qualification_ends"
BEFORE_END: Final = timedelta(days=30)
"""So long before its last day people are told that a qualification ends."""
LATE: Final = timedelta(days=14)
"""So long after a renewal window opened its notice still goes."""
_WINDOW: Final = timedelta(days=1_500)


def due(now: datetime, until: datetime) -> list[Planned]:
    """The notice of today for those to whom something has fallen due of which they were not told."""
    goes_at = _morning(to_tbilisi(now).date())
    number = len({one.person_id for one in _untold()}) if goes_at < until else 0
    notice = Planned(kind=DUE, key=f"{DUE}:{goes_at.date()}", run=None, goes_at=goes_at, ends_at=goes_at + rules.DAY, people=number)
    return [one for one in with_notices([notice]) if number or one.notice] if goes_at < until else []


def renewals(now: datetime, until: datetime) -> list[Planned]:
    """One notice for all qualifications that can be renewed from a day on."""
    return _planned(RENEWAL, now, until)


def ends(now: datetime, until: datetime) -> list[Planned]:
    """One notice for all qualifications that end on a day."""
    return _planned(ENDS, now, until)


def tell(planned: Sequence[Planned]) -> dict[str, int]:
    """Tell the people; returns how many got each notice."""
    now, told = clock.now(), {}
    for one in planned:
        found = _untold() if one.kind == DUE else _by_day(one.kind, now, now)[one.goes_at]
        told[one.key] = _tell(one.kind, found)
    return told


def _planned(kind: str, now: datetime, until: datetime) -> list[Planned]:
    found = [
        Planned(
            kind=kind,
            key=f"{kind}:{goes_at.date()}",
            run=None,
            goes_at=goes_at,
            ends_at=goes_at + (LATE if kind == RENEWAL else BEFORE_END),
            people=len({one.person_id for one in endings}),
        )
        for goes_at, endings in _by_day(kind, now, until).items()
    ]
    return with_notices(one for one in found if one.goes_at < until and now < one.ends_at)


def _by_day(kind: str, now: datetime, until: datetime) -> dict[datetime, list[ComingEnd]]:
    """The awards of which a notice could go between the two moments, by when it goes."""
    found: defaultdict[datetime, list[ComingEnd]] = defaultdict(list)
    today, last = to_tbilisi(now).date(), to_tbilisi(until).date()
    for one in qualifications.ending_awards(today, last + (_WINDOW if kind == RENEWAL else BEFORE_END)):
        day = one.renewable_from if kind == RENEWAL else one.last_day - BEFORE_END
        if day is not None and today - (LATE if kind == RENEWAL else BEFORE_END) <= day <= last:
            found[_morning(day)].append(one)
    return found


def _untold() -> list[ComingEnd]:
    """What has fallen due for people who were not told of it."""
    found = {_event(DUE, one): one for one in qualifications.due_to_be_reached()}
    told = queries.events_posted(DUE) if found else frozenset()
    return [one for event, one in found.items() if event not in told]


def _event(kind: str, one: ComingEnd) -> str:
    return f"{kind}:{one.qualification_id}:{one.person_id}:{one.last_day}"


def _tell(kind: str, endings: Sequence[ComingEnd]) -> int:
    holders = queries.people_by_id({one.person_id for one in endings})
    for one in endings:
        holder = holders[one.person_id]
        to = people.recipient_of(holder)
        facts = {
            "name": holder.name(to.language),
            "title": one.name(to.language),
            "last_day": one.last_day,
            "qualifications_url": addresses.page("/my/qualifications", to.language),
            "contact": addresses.contact,
        }
        outbox.post(kind, to, facts, event_key=_event(kind, one))
    return len(holders)


def _morning(day: date) -> datetime:
    return datetime.combine(day, rules.HOUR, TBILISI)
