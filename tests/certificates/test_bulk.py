"""Many certificates at once, by processes of their own that truly commit: none is lost, none is double, no number is left out."""

from __future__ import annotations

import pytest

from portal import certificates
from portal.certificates.models import Certificate, CertificateFile, CertificateStatus, IssueBatch
from portal.foundation import outbox
from portal.foundation.database import db
from portal.foundation.transaction import commit
from tests.certificates import scenes, worker_process
from tests.certificates.test_issuing import all_of, ask

pytestmark = pytest.mark.race


@pytest.fixture
def asked(app, cast):
    """Thirty certificates to issue."""
    run = scenes.past_run(cast.staff, 30, state="completed", capacity=30)
    commit()
    ask(run, cast.staff)
    return run


@pytest.fixture
def start(app, nursery):
    """Start a worker in a process of its own; returns the process and the pipe to it."""
    started = []

    def start_one(**values):
        pipe, theirs = nursery.Pipe()
        url = db.engine.url.render_as_string(hide_password=False)
        worker = nursery.Process(target=worker_process.serve, args=(url, app.config["SETTINGS"].data_dir, theirs), kwargs=values)
        worker.start()
        theirs.close()
        started.append((worker, pipe))
        return worker, pipe

    yield start_one
    for worker, pipe in started:
        worker.kill()
        worker.join(60)
        pipe.close()


def assert_thirty():
    found = all_of(Certificate)
    assert sorted(certificate.sequence for certificate in found) == list(range(1, 31))
    assert len({certificate.enrolment_id for certificate in found}) == 30
    assert len(all_of(CertificateFile)) == len(all_of(CertificateStatus)) == len(all_of(outbox.OutboxMessage)) == 30
    assert all_of(IssueBatch)[0].finished_at is not None


def test_killed_at_the_eighth_it_goes_on_at_the_eighth(asked, start):
    """Seven are issued; the process dies while it has the eighth in hand, number taken, file drawn, nothing committed."""
    worker, pipe = start(stop_at=8)
    assert pipe.recv() == "ready"
    pipe.send("go")
    assert pipe.recv() == 8
    worker.kill()
    worker.join(60)
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2, 3, 4, 5, 6, 7]
    progress = certificates.batches_of_run(asked.id)[0]
    assert (progress.done, progress.finished) == (7, False)
    before = [certificates.pdf_of(certificate.id) for certificate in all_of(Certificate)]
    assert scenes.issue_all() == 23
    assert_thirty()
    assert [certificates.pdf_of(certificate.id) for certificate in all_of(Certificate)][:7] == before


def test_of_several_processes_at_once_each_takes_what_no_other_has(asked, start):
    workers = [start() for _number in range(4)]
    for _worker, pipe in workers:
        assert pipe.recv() == "ready"
    for _worker, pipe in workers:
        pipe.send("go")
    served = [pipe.recv() for _worker, pipe in workers]
    assert sum(served) == 30
    assert_thirty()
