"""Certificates that end: their holders are told in time to take the course again, twice, and not when they have done so."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from portal import certificates, people
from portal.foundation import clock, outbox
from portal.foundation.addresses import addresses
from portal.foundation.formats import to_tbilisi
from portal.notices import queries, rules
from portal.notices.plan import Planned, with_notices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from portal.certificates import Ending
    from portal.notices.rules import Timing


def ends(kind: str, timing: Timing, now: datetime, until: datetime) -> list[Planned]:
    """The notices ``kind``, one for all certificates that end on one day, as far as they still can go at ``now`` and go before ``until``."""
    found = [
        Planned(
            kind=kind,
            key=key,
            run=None,
            goes_at=timing.goes_at(of_day[0].expires_at),
            ends_at=timing.ends_at(of_day[0].expires_at),
            people=len({one.person_id for one in of_day}),
        )
        for key, of_day in _by_key(kind, timing, now, until).items()
    ]
    return with_notices(one for one in found if one.goes_at < until and now < one.ends_at)


def tell_holders(timing: Timing, due: Sequence[Planned]) -> dict[str, int]:
    """Tell each holder which certificate ends when, and where the course can be taken again; returns how many people got each notice."""
    now = clock.now()
    return {one.key: _tell(one.kind, _by_key(one.kind, timing, now, now)[one.key]) for one in due}


def _by_key(kind: str, timing: Timing, now: datetime, until: datetime) -> dict[str, list[Ending]]:
    """The certificates of which a notice could go between the two moments, by its key: those that end on one day go together."""
    found: defaultdict[str, list[Ending]] = defaultdict(list)
    for one in certificates.endings(now, until + (timing.days + 1) * rules.DAY):
        found[f"{kind}:{_last_day(one)}"].append(one)
    return found


def _last_day(one: Ending) -> date:
    return to_tbilisi(one.expires_at).date() - rules.DAY


def _tell(kind: str, endings: Sequence[Ending]) -> int:
    holders = queries.people_by_id({one.person_id for one in endings})
    for one in endings:
        holder = holders[one.person_id]
        to = people.recipient_of(holder)
        facts = {
            "name": holder.name(to.language),
            "title": one.title_ka if to.language == "ka" else one.title_en,
            "number": one.number,
            "last_day": _last_day(one),
            "url": addresses.page(f"/courses/{one.slug}" if one.slug else "/courses", to.language),
            "contact": addresses.contact,
        }
        outbox.post(kind, to, facts, event_key=f"{kind}:{one.number}")
    return len(holders)
