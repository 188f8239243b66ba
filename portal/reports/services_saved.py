"""Keeping reports, and sending word of them: a link and the sums, never anything about a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import sqlalchemy as sa

from portal import people
from portal.foundation import clock, formats, history, outbox
from portal.foundation.addresses import addresses
from portal.foundation.database import db
from portal.reports.figures import Dimension, Figures, Scope
from portal.reports.models import Every, SavedReport
from portal.reports.queries import participation
from portal.reports.queries_saved import KEPT, reports_to_send
from portal.reports.tables import in_thousands

if TYPE_CHECKING:
    from portal.people.models import Person

OVERVIEW = "participation"


def keep_report(values: dict[str, Any], *, by: int) -> SavedReport:
    """Keep a report: ``values`` are its name, report, filters, shared and every. The first mail comes with the next week or month."""
    saved = SavedReport(**values, owner_id=by, created_at=clock.now(), sent_on=clock.today())
    db.session.add(saved)
    db.session.flush()
    history.record("saved_report:keep", saved, by=by, change={name: values[name] for name in ("report", "shared", "every")})
    return saved


def stop_sending(saved: SavedReport, *, by: int) -> None:
    """Send no more mail about it."""
    if saved.every != Every.NEVER:
        history.record("saved_report:stop", saved, by=by, change={"every": [saved.every, Every.NEVER]})
        saved.every = Every.NEVER
        db.session.flush()


def drop_report(saved: SavedReport, *, by: int) -> None:
    """Keep it no longer."""
    saved.dropped_at = clock.now()
    history.record("saved_report:drop", saved, by=by)
    db.session.flush()


def scope_of(saved: SavedReport) -> Scope:
    """What it counts today."""
    filters, year = saved.filters, clock.today().year
    first, last = (formats.parse_date(filters[name]) if name in filters else None for name in ("from", "to"))
    keys = {f"{name}_id": filters.get(name) for name in ("project", "region", "municipality", "topic")}
    return Scope(first=first or date(year, 1, 1), last=last or date(year, 12, 31), **keys)


def sums_of(saved_id: int) -> Figures:
    """Everybody of a kept report."""
    saved = db.session.get_one(SavedReport, saved_id)
    return sum(participation(scope_of(saved), (Dimension.SEX,)).get(Dimension.SEX, {}).values(), Figures())


def send_report(saved_id: int, sums: Figures) -> bool:
    """Post the mail about a kept report, if it is still due; tells whether it went."""
    saved = db.session.scalars(sa.select(SavedReport).where(KEPT, SavedReport.id == saved_id).with_for_update()).first()
    if saved is None or saved_id not in reports_to_send():
        return False
    owner = people.get_person(saved.owner_id)
    saved.sent_on = clock.today()
    outbox.post(
        "saved_report", people.recipient_of(owner), _facts(saved, owner, sums), event_key=f"saved_report:{saved.id}:{saved.sent_on}"
    )
    history.record("saved_report:send", saved, by=None)
    db.session.flush()
    return True


def _facts(saved: SavedReport, owner: Person, sums: Figures) -> dict[str, Any]:
    to, scope = people.recipient_of(owner), scope_of(saved)
    page = "/staff/reports" if saved.report == OVERVIEW else f"/staff/reports/{saved.report}"
    query = f"?{urlencode(saved.filters)}" if saved.filters else ""
    return {
        "name": owner.name(to.language),
        "report": saved.name,
        "first": formats.format_date(scope.first, to.language),
        "last": formats.format_date(scope.last, to.language),
        "people": in_thousands(sums.people, to.language),
        "participations": in_thousands(sums.participations, to.language),
        "hours": in_thousands(sums.hours, to.language),
        "url": addresses.page(f"{page}{query}", to.language),
        "saved_url": addresses.page("/staff/reports/saved", to.language),
        "contact": addresses.contact,
    }
