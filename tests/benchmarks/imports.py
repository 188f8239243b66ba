"""What a spreadsheet of nominees costs: reading, checking and carrying it out, in one transaction, on both engines.

Run it as `python -m tests.benchmarks.imports [ROWS]`; 10,000 if not said.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import flask_migrate

from portal import imports, journeys, worker
from portal.foundation import spreadsheets
from portal.foundation.transaction import writing
from tests import factories
from tests.cast import Cast
from tests.conftest import portal_on
from tests.databases import ENGINES, Database, start_postgresql, stop_postgresql
from tests.imports import sheets

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 10_000


def timed(name: str, task: Callable[[], object]) -> object:
    """Do ``task`` and print its seconds, and those of this process alone: the database's are not in them on PostgreSQL."""
    started, own = time.monotonic(), time.process_time()
    done = task()
    print(f"  {name:<10}{time.monotonic() - started:8.2f} s, {time.process_time() - own:8.2f} s of processor time", flush=True)
    return done


def carry_out(rows: int) -> None:
    """Nominate ``rows`` new people for a run with 200 places."""
    cast = Cast.assemble()
    with writing():
        run_id, municipality_id, by = factories.run(capacity=200).id, factories.municipality("telavi").id, cast.coordinator.id
    data = sheets.as_xlsx(sheets.nominee(number) for number in range(rows))
    table = timed("read", lambda: spreadsheets.read(data))

    def park() -> int:
        with writing():
            return imports.park(data, table, "x", run_id=run_id, municipality_id=municipality_id, by=by)[0].id

    import_id = timed("park", park)
    timed("check", worker.nominate_imports)
    with writing():
        imports.confirm(imports.lock_import(import_id), left_out=0, by=by)
    entries = timed("read rows", lambda: worker.entries_of(import_id))

    def nominate() -> None:
        with writing():
            journeys.nominate_import(import_id, entries)

    timed("nominate", nominate)


def main() -> None:
    """Measure on both engines."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    start_postgresql()
    try:
        for engine in ENGINES:
            database = Database(engine)
            app = portal_on(database)
            with app.app_context():
                flask_migrate.upgrade()
                print(f"{engine}, {rows} rows")
                carry_out(rows)
            database.drop()
    finally:
        stop_postgresql()


if __name__ == "__main__":
    main()
