"""Publishing the public figures: once a month, as of its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.foundation import clock, history
from portal.foundation.database import db, take_turn
from portal.reports.figures import Dimension, Scope
from portal.reports.models import StatisticsEdition
from portal.reports.public_figures import WAYS, public_figures
from portal.reports.queries import participation, runs_held
from portal.reports.queries_editions import find_newest_edition
from portal.reports.queries_names import regions_and_municipalities

BEGINNING = date(2000, 1, 1)


def last_closed_day() -> date:
    """The last day of the month that is over."""
    return clock.today().replace(day=1) - timedelta(days=1)


def statistics_are_due() -> bool:
    """Whether the month that is over has no edition yet."""
    newest = find_newest_edition()
    return newest is None or newest.month < f"{last_closed_day():%Y-%m}"


def publish_statistics() -> bool:
    """Publish the figures as of the end of the last month, unless that was done; tells whether it did."""
    take_turn("statistics")
    if not statistics_are_due():
        return False
    edition = StatisticsEdition(**edition_columns(), made_at=clock.now())
    db.session.add(edition)
    db.session.flush()
    history.record("statistics:publish", edition, by=None, change={"month": edition.month}, public=True)
    return True


def edition_columns() -> dict[str, Any]:
    """Month and figures of the edition that is due."""
    day, before = last_closed_day(), find_newest_edition()
    scope = Scope(first=BEGINNING, last=day)
    found = participation(scope, WAYS)
    regions: dict[int | str | None, int | str | None] = {place.id: place.region_id for place in regions_and_municipalities()}
    tables = public_figures(found, regions, before.figures["tables"] if before else None)
    reached = len(found.get(Dimension.MUNICIPALITY, {}).keys() - {None})
    return {
        "month": f"{day:%Y-%m}",
        "figures": {"tables": tables, "municipalities": reached, "runs": runs_held(scope).number},
    }
