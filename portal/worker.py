"""The worker: sends mail and notices, issues certificates and starts runs, beside the web.

Jobs only wake it; the rows in the database say what there is to do, and it looks by itself every minute as well.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from huey import crontab

from portal import certificates, courses, enrolment, imports, journeys, notices, people
from portal.foundation import clock, jobs, outbox
from portal.foundation.errors import RefusedError
from portal.foundation.sending import MailServer, send_due
from portal.foundation.transaction import reading, writing
from portal.imports.models import ImportState

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

log = logging.getLogger(__name__)
THREADS = 3
ROWS_AT_ONCE = 1_000
STOP_WITHIN_SECONDS = 8
"""A mail server that hangs, or a long list of certificates, does not hold up a restart: what is left over stays in the rows."""


def work_of(app: Flask) -> dict[str, Callable[[], object]]:
    """What the worker can be woken for, by name; each does all there is to do and may run at any time, any number of times."""
    settings = app.config["SETTINGS"]

    def send_mail() -> int:
        return send_due(MailServer(settings.mail_url, settings.mail_from)) if settings.mail_url else 0

    return {
        outbox.KICK: send_mail,
        certificates.WAKE: issue_certificates,
        imports.WAKE: nominate_imports,
        "start_runs": start_runs,
        "keep_places": keep_places,
        "send_notices": send_notices,
        "empty_dead_links": empty_dead_links,
        "drop_forgotten_imports": drop_forgotten_imports,
    }


def issue_certificates() -> int:
    """Issue what was asked for, one certificate a transaction; returns how many items were served."""
    served = 0
    while True:
        with writing():
            more = certificates.issue_next()
        if not more:
            return served
        served += 1


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


def drop_forgotten_imports() -> int:
    """Forget the spreadsheets that nobody confirmed; returns how many."""
    with reading():
        forgotten = imports.forgotten_imports()
    if not forgotten:
        return 0
    with writing():
        return imports.drop_forgotten()


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


def send_notices() -> int:
    """Post the reminders and other notices whose time has come, one run a transaction; returns how many."""
    with reading():
        due = notices.due_notices()
    sent = 0
    for kind, part in due:
        with writing():
            sent += notices.send_notices(kind, part)
    return sent


def empty_dead_links() -> int:
    """Forget what was typed for profiles that nobody confirmed; returns how many."""
    with reading():
        dead = people.dead_links_with_payload()
    if not dead:
        return 0
    with writing():
        return people.empty_dead_links()


def run(app: Flask) -> None:
    """Serve jobs until SIGTERM; what is under way is finished first, unless that takes long."""
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
