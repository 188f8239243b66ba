"""Credentials in units of one naive reportlab certificate: a certificate with its credential, and the status lists of a million certificates.

Run it as `python -m tests.benchmarks.credentials`. The register of a million is made on SQLite, in a folder that is dropped.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from portal import create_app, credentials, signing
from portal.certificates import queries_lists, twin
from portal.certificates.drawing import CertificateBatch, Design
from portal.foundation import clock, typeface
from portal.foundation.addresses import addresses
from portal.foundation.database import Base, db
from tests.benchmarks.certificates import WARM_UP, logo_png, naive, person
from tests.conftest import settings_for
from tests.credentials.samples import AT, BADGE, BASE

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 40
REGISTER: Final = 1_000_000
REVOKED: Final = 10_000
PER_LIST: Final = credentials.PLACES * 9 // 10
MOST_OF_ONE: Final = 0.25
MOST_OF_LISTS: Final = 2.0


def milliseconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def with_credential(batch: CertificateBatch, number: int) -> bytes:
    """One certificate, unsigned, with its credential inside."""
    facts, address = person(number)
    badge = replace(BADGE, address=f"{address}.json", number=facts.number, holder_name=(facts.name_ka, facts.name_latin))
    return batch.draw(facts, address, twin.attached(credentials.issue(badge, AT)))


def fill_register(path: Path) -> None:
    """A million certificates in places that lie apart, as full as lists become; one in a hundred is revoked. Nobody stands behind them."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(f"""
            CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {REGISTER}) SELECT i FROM n;
            INSERT INTO certificate (id, number, year, sequence, secret, enrolment_id, run_id, person_id, record, record_sha256, rule, surname_keys,
                                     issued_by, issued_at, status_list, status_index)
            SELECT i + 1, i, 2026, i, i, i, 1, 1, zeroblob(200), '', '', '', 1, '2026-11-20 08:30:00.000000',
                   i / {PER_LIST} + 1, i % {PER_LIST} * 7919 % {credentials.PLACES} FROM n;
            INSERT INTO certificate_status (certificate_id, state, reason, by_id, at, reason_code)
            SELECT i + 1, 'issued', '', 1, '2026-11-20 08:30:00.000000', '' FROM n;
            INSERT INTO certificate_status (certificate_id, state, reason, by_id, at, reason_code)
            SELECT i + 1, 'revoked', '', 1, '2026-11-21 08:30:00.000000', '' FROM n WHERE i % {REGISTER // REVOKED} = 0;
            ANALYZE;
        """)


def build() -> int:
    """All lists, as the worker does after a change."""
    changes, marked, now = queries_lists.changes_of_states(), queries_lists.marked_places(), clock.now()
    for number in sorted(marked):
        credentials.status_documents(number, marked[number], now)
    return changes


def main() -> int:
    """Print the table; the answer is 0 when the targets are reached."""
    typeface.register()
    logo, batch = logo_png(), CertificateBatch(Design())
    with tempfile.TemporaryDirectory() as folder:
        signing.use(Path(folder) / "signing", development=True)
        app = create_app(settings_for(f"sqlite:///{folder}/register.sqlite3", Path(folder)))
        addresses.use(BASE, "")
        with app.app_context():
            Base.metadata.create_all(db.engine)
            fill_register(Path(folder) / "register.sqlite3")
            work: dict[str, Callable[[int], object]] = {
                "naive certificate": lambda number: naive(*person(number), logo),
                "with credential, unsigned": lambda number: with_credential(batch, number),
                "credential alone": lambda number: credentials.issue(replace(BADGE, number=str(number)), AT),
                "lists of a million": lambda _number: build(),
            }
            costs: dict[str, list[float]] = {name: [] for name in work}
            for turn in range(WARM_UP + ROUNDS):
                for name, do in work.items():
                    costs[name].append(milliseconds(lambda do=do, turn=turn: do(turn)))
            db.session.remove()
            db.engine.dispose()
    medians = {name: median(values[WARM_UP:]) for name, values in costs.items()}
    unit = medians["naive certificate"]
    for name, cost in medians.items():
        sys.stdout.write(f"{name:<26}{cost:7.2f} ms {cost / unit:6.2f} naive certificates\n")
    reached = medians["with credential, unsigned"] <= MOST_OF_ONE * unit and medians["lists of a million"] <= MOST_OF_LISTS * unit
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
