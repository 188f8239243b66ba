"""The public figures of the demo: those of the month that is over, published at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import reports
from portal.demo.moments import at
from portal.reports.models import StatisticsEdition

if TYPE_CHECKING:
    from portal.demo.world import World


def publish_figures(world: World) -> None:
    """Publish them, as the worker would have."""
    world.rows.write()
    columns, moment = reports.edition_columns(), at(world.today.replace(day=1), 0)
    key = world.rows.add(StatisticsEdition, **columns, made_at=moment)
    world.past.note(moment, "statistics:publish", StatisticsEdition, key, by=None, change={"month": columns["month"]}, public=True)
    world.rows.write()
