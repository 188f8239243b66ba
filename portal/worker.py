"""The worker: sends mail and notices, issues certificates and starts runs, beside the web.

Jobs only wake it; the rows in the database say what there is to do, and it looks by itself every minute as well.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from huey import crontab

from portal import (
    assessment,
    certificates,
    courses,
    enrolment,
    imports,
    journeys,
    notices,
    people,
    qualifications,
    reports,
    signing,
    standings,
)
from portal.foundation import clock, jobs, outbox
from portal.foundation.errors import NotFoundError, RefusedError
from portal.foundation.sending import MailServer, send_due
from portal.foundation.transaction import reading, writing
from portal.imports.models import ImportState

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

log = logging.getLogger(__name__)
THREADS = 3
STAMPED_AT_ONCE, FAILURES_IN_A_ROW = 50, 3
ROWS_AT_ONCE = 1_000
FILES_AT_ONCE = 100
STOP_WITHIN_SECONDS = 8
"""A mail server that hangs, or a long list of certificates, does not hold up a restart: what is left over stays in the rows."""


def work_of(app: Flask) -> dict[str, Callable[[], object]]:
    """What the worker can be woken for, by name; each does all there is to do and may run at any time, any number of times."""
    settings = app.config["SETTINGS"]

    def send_mail() -> int:
        return send_due(MailServer(settings.mail_url, settings.mail_from)) if settings.mail_url else 0

    return {
        "publish_keys": publish_keys,
        outbox.KICK: send_mail,
        certificates.WAKE: issue_certificates,
        certificates.WAKE_BUNDLES: alone(make_bundles),
        certificates.WAKE_LISTS: build_status_lists,
        "sign_register_heads": sign_register_heads,
        "stamp_certificates": alone(stamp_certificates),
        imports.WAKE: nominate_imports,
        "start_runs": start_runs,
        "keep_places": keep_places,
        qualifications.WAKE: alone(keep_standings),
        "end_attempts": end_attempts,
        "send_notices": send_notices,
        "send_saved_reports": alone(send_saved_reports),
        "publish_statistics": alone(publish_statistics),
        "empty_dead_links": empty_dead_links,
        "drop_forgotten_imports": drop_forgotten_imports,
        "drop_old_bundles": drop_old_bundles,
    }


def alone(task: Callable[[], int]) -> Callable[[], int]:
    """``task`` for one thread at a time: what takes long would else be begun again each minute, until no thread is left for the rest.

    Whoever is turned away leaves its work to the one that is at it, or to the next minute.
    """
    busy = threading.Lock()

    def unless_busy() -> int:
        if not busy.acquire(blocking=False):
            return 0
        try:
            return task()
        finally:
            busy.release()

    return unless_busy


def if_due(find: Callable[[], object], carry_out: Callable[[], int]) -> Callable[[], int]:
    """``carry_out`` in a transaction that writes, when ``find`` finds anything to do in one that reads."""

    def look() -> int:
        with reading():
            due = find()
        if not due:
            return 0
        with writing():
            return carry_out()

    return look


drop_forgotten_imports = if_due(imports.forgotten_imports, imports.drop_forgotten)
empty_dead_links = if_due(people.dead_links_with_payload, people.empty_dead_links)
publish_statistics = if_due(reports.statistics_are_due, reports.publish_statistics)


def publish_keys() -> int:
    """Make known what this worker signs with; returns how many keys changed. Without keys nothing is issued, and all else goes on."""
    try:
        with reading():
            changed = signing.has_keys_to_publish()
    except signing.SigningUnavailableError as problem:
        log.error("%s Certificates wait.", problem)  # noqa: TRY400  (one clear line)
        return 0
    if not changed:
        return 0
    with writing():
        return signing.publish_keys()


def issue_certificates() -> int:
    """Issue what was asked for, one certificate a transaction; returns how many items were served."""
    served = 0
    while True:
        with writing():
            more = certificates.issue_next()
        if not more:
            build_status_lists()  # the first certificate in a list brings it about
            return served
        served += 1


def build_status_lists() -> int:
    """Sign the lists of what was revoked that are due; returns how many. Without keys they wait, as certificates do."""
    with reading():
        due = certificates.lists_to_build()
    if not due:
        return 0
    try:
        with writing():
            return certificates.build_status_lists()
    except signing.SigningUnavailableError:
        return 0


def sign_register_heads() -> int:
    """Sign where the register stood at the end of each day that has no signed head yet; returns how many. Without keys they wait too."""
    with reading():
        due = certificates.heads_are_due()
    if not due:
        return 0
    try:
        with writing():
            return certificates.sign_heads()
    except signing.SigningUnavailableError:
        return 0


class Stamping:
    """Appends a timestamp to certificates that have none of the last year, a few a turn, if there is an authority.

    Nothing is locked while the authority is asked. Which are due stands in the rows; a turn begins behind the file at which the one before
    ended, so that files which fail each time hold up nobody.
    """

    def __init__(self) -> None:
        self._behind = 0

    def __call__(self) -> int:
        """One turn; returns how many were stamped."""
        if not signing.may_stamp():
            return 0
        stamped = failed = 0
        with reading():
            due = certificates.certificates_to_stamp(STAMPED_AT_ONCE, behind=self._behind)
        for certificate_id, newest in due:
            self._behind = certificate_id
            try:
                stamped += self._stamp(certificate_id, newest)
            except (signing.NotStampedError, signing.SigningUnavailableError) as problem:
                log.error("certificate %s: %s", certificate_id, problem)  # noqa: TRY400  (one clear line)
                failed += 1
                if failed == FAILURES_IN_A_ROW:  # it may be the authority: the next turn asks for others
                    return stamped
            else:
                failed = 0
        if len(due) < STAMPED_AT_ONCE:
            self._behind = 0
        return stamped

    def _stamp(self, certificate_id: int, newest: int | None) -> bool:
        with reading():
            pdf = certificates.pdf_of(certificate_id)
        tail = signing.stamp_pdf(pdf)
        with writing():
            return certificates.add_timestamp(certificate_id, tail, after=newest)


stamp_certificates = Stamping()


def make_bundles() -> int:
    """Put certificates into the archives and merged files that were asked for, one after the other; returns how many."""
    made = 0
    while bundle := _due_bundle():
        try:
            make_bundle(*bundle)
        except Exception:
            log.exception("bundle %s could not be made", bundle[0])
            with writing():
                certificates.give_up_bundle(bundle[0])
        made += 1
    return made


def _due_bundle() -> tuple[int, str, certificates.Contents] | None:
    with reading():
        bundle = certificates.find_due_bundle()
        return None if bundle is None else (bundle.id, bundle.kind, certificates.contents_of(bundle.run_id, bundle.batch_id))


def make_bundle(bundle_id: int, kind: str, contents: certificates.Contents) -> None:
    """Make one bundle: its files are read piece by piece, and how far it is can be seen."""
    files: list[certificates.WholeFile] = []
    for start in range(0, len(contents.ids), FILES_AT_ONCE):
        with reading():
            files += certificates.whole_files(contents.ids[start : start + FILES_AT_ONCE])
        with writing():
            certificates.note_files(bundle_id, len(files))
    data = certificates.bundle(kind, files)
    with writing():
        certificates.keep_bundle(bundle_id, contents.digest, data)


def drop_old_bundles() -> int:
    """Forget the archives and merged files that were made days ago; returns how many. They can be asked for again."""
    with reading():
        old = certificates.bundles_to_drop(clock.now() - certificates.BUNDLES_KEPT_FOR)
    if not old:
        return 0
    with writing():
        return certificates.drop_bundles(old)


def nominate_imports() -> int:
    """Check the spreadsheets that are too long to be checked while somebody waits, and nominate by those confirmed; returns how many."""
    served = 0
    for state, carry_out in ((ImportState.UPLOADED, journeys.check_import), (ImportState.CONFIRMED, journeys.nominate_import)):
        while import_id := _due_import(state):
            try:
                entries = entries_of(import_id)
                with writing():
                    carry_out(import_id, entries)
            except Exception:
                log.exception("import %s could not be carried out", import_id)
                with writing():
                    imports.note_failure(import_id)
            served += 1
    return served


def _due_import(state: ImportState) -> int | None:
    with reading():
        return imports.find_due_import(state)


def entries_of(import_id: int) -> list[imports.Entry]:
    """What the rows say, read piece by piece outside of the transaction that writes; how far it is can be seen."""
    entries: list[imports.Entry] = []
    while True:
        with reading():
            piece = imports.entries_of(import_id, after=entries[-1].number if entries else 0, most=ROWS_AT_ONCE)
        if not piece:
            return entries
        entries += piece
        with writing():
            imports.note_progress(import_id, len(entries))


def start_runs() -> int:
    """Mark the runs whose first session has begun as under way; returns how many."""
    with reading():
        due = courses.ids_of_runs_to_start(clock.now())
    started = 0
    for run_id in due:
        try:
            with writing():
                courses.start_run(courses.lock_run(run_id), by=None)
        except RefusedError:
            log.info("run %s was not started: staff changed it meanwhile", run_id)
        else:
            started += 1
    return started


def keep_places() -> int:
    """Do what is due with places: what quotas kept goes to everybody, offers end, applications go on; returns how many things it did."""
    with reading():
        now = clock.now()
        quotas, offers = courses.ids_of_quotas_to_release(now), enrolment.ids_of_ended_offers(now)
        applications = enrolment.ids_of_applications_to_pass_on(now)
    for run_id in quotas:
        with writing():
            journeys.release_quotas(run_id)
    for run_id, enrolment_id in offers:
        with writing():
            enrolment.end_offer(run_id, enrolment_id)
    for run_id, enrolment_id in applications:
        with writing():
            enrolment.pass_on_application(run_id, enrolment_id)
    return len(quotas) + len(offers) + len(applications)


def keep_standings() -> int:
    """Record and end the awards that are due since something changed, or since another day began; returns how many rows that took.

    What is to be done is found without a lock, so that only those of whom something differs are written.
    """
    written = 0
    while True:
        with reading():
            work = standings.find_work()
            if work is None:
                return written
            outdated = standings.outdated(work.people, clock.today(), standings.read_rulebook()).people if work.people else ()
        with writing():
            written += standings.carry_out(work, outdated)


def end_attempts() -> int:
    """End the attempts at tests whose time ran out, one a transaction; returns how many. What was saved in time counts."""
    with reading():
        due = assessment.attempts_that_ran_out(clock.now())
    for run_id, attempt_id in due:
        try:
            with writing():
                journeys.end_attempt(run_id, attempt_id)
        except NotFoundError:
            log.info("attempt %s was not ended: its place was given back meanwhile", attempt_id)
    return len(due)


def send_notices() -> int:
    """Post the reminders and other notices whose time has come, one run a transaction; returns how many."""
    with reading():
        due = notices.due_notices()
    sent = 0
    for kind, part in due:
        with writing():
            sent += notices.send_notices(kind, part)
    return sent


def send_saved_reports() -> int:
    """Send word of the reports that staff keep, each counted before its mail is written; returns how many went."""
    with reading():
        due = {saved_id: reports.sums_of(saved_id) for saved_id in reports.reports_to_send()}
    sent = 0
    for saved_id, sums in due.items():
        with writing():
            sent += reports.send_report(saved_id, sums)
    return sent


def run(app: Flask) -> None:
    """Serve jobs until SIGTERM; what is under way is finished first, unless that takes long."""
    signing.use_settings(app.config["SETTINGS"])
    work = work_of(app)

    def within_app(name: str, task: Callable[[], object]) -> Callable[[], None]:
        def serve() -> None:
            with app.app_context():
                try:
                    task()
                except Exception:
                    log.exception("the work %s failed; it is tried again within a minute", name)

        return serve

    for name, task in work.items():
        jobs.handle(name, within_app(name, task))
    queue = jobs.queue()

    @queue.periodic_task(crontab())
    def look_at_everything() -> None:
        for name in work:
            queue.look(name)

    for name in work:
        queue.look(name)
    queue.create_consumer(
        workers=THREADS, initial_delay=0.1, max_delay=1.0, graceful_signal="TERM", shutdown_timeout=STOP_WITHIN_SECONDS
    ).run()
