"""How long a register of 100,000 rows takes to be looked through, in naive certificates of the same run.

Run it as `python -m tests.benchmarks.register [--postgresql]`. The rows are made up: half certificates with records and credentials of the usual
size, half states. The bytes of files, which `verify-register --quick` leaves out, are measured by themselves, on fewer.
"""

from __future__ import annotations

import argparse
import atexit
import hashlib
import secrets
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

import flask_migrate

from config import Settings
from portal import create_app
from portal.certificates import Inspection
from portal.certificates.models import Certificate, CertificateCredential, CertificateFile
from portal.foundation import typeface
from portal.foundation.database import db
from portal.foundation.transaction import reading
from tests.benchmarks.certificates import logo_png, naive, person
from tests.certificates.many import fill
from tests.databases import Database, start_postgresql, stop_postgresql

if TYPE_CHECKING:
    from tests.certificates.many import Rows

ROWS: Final = 100_000
FILES: Final = 2_000
TARGET: Final = 400
NAIVE_TIMES: Final = 15
RECORD_BYTES, CREDENTIAL_BYTES, JWT_LETTERS, FILE_BYTES = 2_000, 4_500, 5_000, 40_000


def naive_seconds() -> float:
    """The unit: one naive certificate, by the clock on the wall as the rest, which waits for the database too."""
    typeface.register()
    logo, took = logo_png(), []
    for number in range(3 + NAIVE_TIMES):
        started = time.perf_counter()
        naive(*person(number), logo)
        took.append(time.perf_counter() - started)
    return median(took[3:])


def made_up(number: int, *, file_bytes: int) -> Rows:
    """Rows of a certificate that the inspection finds nothing wrong with."""
    record, pdf = secrets.token_bytes(RECORD_BYTES), secrets.token_bytes(file_bytes)
    at = datetime.now(UTC)
    certificate = {
        "id": number,
        "number": f"NALAG-{at.year}-{number:06}",
        "year": at.year,
        "sequence": number,
        "secret": secrets.token_urlsafe(18),
        "enrolment_id": number,
        "run_id": 1,
        "person_id": number,
        "record": record,
        "record_sha256": hashlib.sha256(record).hexdigest(),
        "rule": "attendance-and-score/1",
        "surname_keys": "beridze",
        "issued_by": 1,
        "issued_at": at,
        "expires_at": None,
        "supersedes_id": None,
        "status_list": 1,
        "status_index": number,
    }
    return {
        Certificate: certificate,
        CertificateFile: {"certificate_id": number, "pdf": pdf, "pdf_sha256": hashlib.sha256(pdf).hexdigest()},
        CertificateCredential: {
            "certificate_id": number,
            "document": secrets.token_bytes(CREDENTIAL_BYTES),
            "jwt": secrets.token_hex(JWT_LETTERS // 2),
        },
    }


def looked_through(*, files: bool) -> tuple[float, Inspection]:
    """Seconds of wall time of one inspection, which must find nothing."""
    inspection = Inspection(bytes_of_files=files)
    started = time.perf_counter()
    with reading():
        found = [finding for finding in inspection.findings() if not finding.startswith("head of")]  # no worker runs here
    assert found == [], found[:5]
    return time.perf_counter() - started, inspection


def measured(engine: str, certificates: int, *, file_bytes: int, files: bool) -> tuple[float, float, int]:
    """Seconds, the most memory (MB) that it took, and links, of a register with so many certificates."""
    database = Database(engine)
    environ = {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": database.url, "PORTAL_DATA_DIR": str(database.folder)}
    app = create_app(Settings.from_environment(environ))
    try:
        with app.app_context():
            flask_migrate.upgrade()
            fill(certificates, partial(made_up, file_bytes=file_bytes), {})
            seconds, inspection = min((looked_through(files=files) for _time in range(2)), key=lambda result: result[0])
            tracemalloc.start()
            looked_through(files=files)
            memory = tracemalloc.get_traced_memory()[1] / 2**20
            tracemalloc.stop()
            db.session.remove()
            db.engine.dispose()
    finally:
        database.drop()
    return seconds, memory, inspection.entries


def main(engine: str = "sqlite") -> int:
    """Print what it takes; the answer is 0 when the target is reached."""
    unit = naive_seconds()
    seconds, memory, rows = measured(engine, ROWS // 2, file_bytes=10, files=False)
    print(f"register of {rows} rows: {seconds:.1f} s, {seconds / unit:.0f} naive certificates (allowed: {TARGET}), {memory:.0f} MB at most")
    for_files, _memory, _rows = measured(engine, FILES, file_bytes=FILE_BYTES, files=True)
    print(f"with the bytes of {FILES} files: {for_files:.2f} s, {for_files / FILES * 1000:.2f} ms a file")
    return 0 if seconds / unit <= TARGET else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true")
    if parser.parse_args().postgresql:
        start_postgresql()
        atexit.register(stop_postgresql)
        sys.exit(main("postgresql"))
    sys.exit(main())
