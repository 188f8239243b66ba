"""Bundles are asked for by staff, or by a batch that is finished; the worker makes them, and drops them after some days."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from portal import courses
from portal.certificates import queries_bundles
from portal.certificates.models import BundleKind, CertificateBundle
from portal.foundation import clock, history, jobs
from portal.foundation.database import db
from portal.foundation.errors import N_, RefusedError
from portal.foundation.transaction import after_commit

if TYPE_CHECKING:
    from collections.abc import Sequence

WAKE_BUNDLES: Final = "make_bundles"
"""The name of the work for which the worker is woken."""
KEPT_FOR: Final = timedelta(days=7)


def ask_for_bundle(run_id: int, batch_id: int | None, kind: BundleKind, *, by: int) -> None:
    """Have the certificates of a run, or of one of its batches, put into one file, unless that is made or waits already.

    The run is locked, so that of two who ask at once the second finds what the first asked for. Raises ``RefusedError`` when there is no
    certificate.
    """
    run = courses.lock_run(run_id)
    if not queries_bundles.contents_of(run_id, batch_id).ids:
        raise RefusedError(N_("There is no valid certificate to put into a file."))
    found = queries_bundles.bundles_of(run_id, batch_id).get(kind)
    if found is None or found.failed:
        bundle = _add(run_id, batch_id, kind, by=by)
        history.record("certificate_bundle:ask", bundle, by=by, change={"run": run.code})


def open_bundles(run_id: int, batch_id: int, *, by: int) -> None:
    """Have both files made of a batch that is finished: whoever asked for the certificates wants them next."""
    for kind in BundleKind:
        _add(run_id, batch_id, kind, by=by)


def _add(run_id: int, batch_id: int | None, kind: BundleKind, *, by: int) -> CertificateBundle:
    bundle = CertificateBundle(run_id=run_id, batch_id=batch_id, kind=kind, asked_by=by, asked_at=clock.now())
    db.session.add(bundle)
    db.session.flush()
    after_commit(WAKE_BUNDLES, partial(jobs.wake, WAKE_BUNDLES))
    return bundle


def note_files(bundle_id: int, files: int) -> None:
    """Note how many files the worker has read for a bundle."""
    queries_bundles.lock_bundle(bundle_id).files = files


def keep_bundle(bundle_id: int, contents: str, data: bytes) -> None:
    """Keep the file that was made; ``contents`` is the digest of what is in it."""
    bundle = queries_bundles.lock_bundle(bundle_id)
    bundle.contents, bundle.data, bundle.made_at = contents, data, clock.now()


def give_up_bundle(bundle_id: int) -> None:
    """Note that a bundle could not be made; staff may ask again."""
    queries_bundles.lock_bundle(bundle_id).failed_at = clock.now()


def drop_bundles(bundle_ids: Sequence[int]) -> int:
    """Forget the files of bundles; returns of how many."""
    db.session.execute(sa.update(CertificateBundle).where(CertificateBundle.id.in_(bundle_ids)).values(data=None))
    return len(bundle_ids)
