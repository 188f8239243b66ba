"""Commands about qualifications: ``flask --app wsgi standings``."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import click

from portal import qualifications, standings
from portal.foundation import clock
from portal.foundation.transaction import reading

if TYPE_CHECKING:
    from datetime import datetime

HEADS = ("called for", "held", "renewable", "lapsed", "never", "due")


@click.command("standings")
@click.option("--on", "moment", type=click.DateTime(["%Y-%m-%d"]), help="As of this day; today if not said.")
def show_standings(moment: datetime | None) -> None:
    """Say of each qualification how many hold it as of a day, of all people, decided anew from rules and evidence."""
    day = moment.date() if moment else clock.today()
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    with reading():
        for _person_id, found in standings.everyone_on(day):
            for one in found:
                counts[one.qualification_id][one.standing.holding] += 1
                counts[one.qualification_id]["called for"] += one.called_since is not None
                counts[one.qualification_id]["due"] += one.is_due
        click.echo("\t".join((day.isoformat(), *HEADS)))
        for row in qualifications.qualifications_in_order():
            click.echo("\t".join((row.slug, *(str(counts[row.id][head]) for head in HEADS))))
