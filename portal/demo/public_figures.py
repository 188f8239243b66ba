"""The public figures of the demo, those of the month that is over, published at its end; and a report that the staff keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import reports
from portal.demo.moments import at
from portal.reports.models import Every, SavedReport, StatisticsEdition

if TYPE_CHECKING:
    from portal.demo.world import World


def publish_figures(world: World) -> None:
    """Publish them, as the worker would have."""
    world.rows.write()
    columns, moment = reports.edition_columns(), at(world.today.replace(day=1), 0)
    key = world.rows.add(StatisticsEdition, **columns, made_at=moment)
    world.past.note(moment, "statistics:publish", StatisticsEdition, key, by=None, change={"month": columns["month"]}, public=True)
    world.rows.write()


def keep_report(world: World) -> None:
    """The staff keep the report on courses of this year, for all of them, with a mail each month."""
    moment, staff = at(world.today.replace(day=1), 9), world.office.staff.id
    values = {"report": "courses", "shared": True, "every": Every.MONTH.value}
    name = "დასწრება და დასრულება წელს"
    row = {"owner_id": staff, "name": name, "filters": {}, "created_at": moment, "sent_on": world.today, "dropped_at": None}
    key = world.rows.add(SavedReport, **row, **values)
    world.past.note(moment, "saved_report:keep", SavedReport, key, by=staff, change=values)
    world.rows.write()
