"""Many certificates in one file: asked for by staff or made when a batch is finished, always by the worker, and dropped after some days."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from portal import certificates, worker
from portal.certificates import bundling
from portal.certificates.models import (
    AdditionKind,
    BundleKind,
    Certificate,
    CertificateAddition,
    CertificateBundle,
    CertificateCredential,
    CertificateFile,
)
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.transaction import writing
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_issuing import all_of, in_parallel

ZIP, PDF = BundleKind.ZIP, BundleKind.PDF


@pytest.fixture
def run(cast):
    return scenes.issued_run(cast.staff, [cast.learner])


def ask(run, staff, kind=ZIP, batch_id=None):
    with writing():
        certificates.ask_for_bundle(run.id, batch_id, kind, by=staff.id)


def made(run, kind=ZIP, batch_id=None):
    return certificates.find_made(run.id, batch_id, kind)


def names_in(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_archive_holds_the_exact_files_with_what_was_added_and_the_credentials(cast, run):
    [certificate], [twin] = all_of(Certificate), all_of(CertificateCredential)
    with writing():
        for tail in (b"first", b"second"):
            db.session.add(
                CertificateAddition(
                    certificate_id=certificate.id, kind=AdditionKind.TIMESTAMP, tail=tail, file_sha256=tail.hex(), added_at=clock.now()
                )
            )
    ask(run, cast.staff)
    assert made(run) is None
    assert worker.make_bundles() == 1
    assert names_in(made(run)) == {
        f"{certificate.number}-nino-abashidze.pdf": all_of(CertificateFile)[0].pdf + b"firstsecond",
        f"{certificate.number}.json": twin.document,
    }


def test_a_batch_that_is_finished_is_put_into_both_files_by_itself(cast):
    run = scenes.issued_run(cast.staff, 3)
    [batch] = certificates.batches_of_run(run.id)
    assert worker.make_bundles() == 2
    assert len(PdfReader(io.BytesIO(made(run, PDF, batch.batch_id))).pages) == 3
    assert len(names_in(made(run, ZIP, batch.batch_id))) == 6


def test_a_batch_of_one_is_not(cast, run):
    assert worker.make_bundles() == 0


def test_asked_for_again_it_is_the_same_while_it_waits_and_while_it_holds(cast, run):
    ask(run, cast.staff)
    ask(run, cast.administrator)
    worker.make_bundles()
    ask(run, cast.staff)
    assert len(all_of(CertificateBundle)) == 1
    ask(run, cast.staff, PDF)
    assert len(all_of(CertificateBundle)) == 2


@pytest.mark.race
def test_of_clerks_who_ask_at_once_one_is_heard(app, cast, run):
    run_id, staff_id = run.id, cast.staff.id

    def ask_once():
        with writing():
            certificates.ask_for_bundle(run_id, None, ZIP, by=staff_id)

    in_parallel(app, 8, ask_once)
    assert len(all_of(CertificateBundle)) == 1


@pytest.mark.parametrize("change", ["another", "revoked", "added"])
def test_it_is_not_handed_out_once_a_certificate_of_the_run_changed(cast, change):
    run = scenes.issued_run(cast.staff, [cast.learner, cast.colleague])
    ask(run, cast.staff)
    worker.make_bundles()
    assert made(run)
    first = all_of(Certificate)[0]
    with writing():
        if change == "revoked":
            certificates.revoke(first.id, "x", by=cast.staff.id)
        elif change == "added":
            values = {"kind": AdditionKind.SEAL, "tail": b"x", "file_sha256": "f" * 64, "added_at": clock.now()}
            db.session.add(CertificateAddition(certificate_id=first.id, **values))
        else:
            scenes.attend(run, factories.enrolment(run, cast.coordinator, "completed"), cast.staff)
            certificates.ask_to_issue(run.id, by=cast.staff.id)
    scenes.issue_all()
    assert made(run) is None
    ask(run, cast.staff)
    worker.make_bundles()
    assert len(names_in(made(run))) == {"another": 6, "revoked": 2, "added": 4}[change]


def test_what_was_superseded_is_left_out(cast, run):
    with writing():
        db.session.merge(cast.learner).family_name_ka = "სხვა"
        certificates.ask_to_correct(all_of(Certificate)[0].id, "name_corrected", "x", by=cast.staff.id)
    scenes.issue_all()
    ask(run, cast.staff)
    worker.make_bundles()
    assert [name[:17] for name in names_in(made(run))] == [all_of(Certificate)[1].number] * 2


def test_how_far_it_is_can_be_seen(cast, monkeypatch):
    run = scenes.issued_run(cast.staff, 3)
    worker.make_bundles()
    ask(run, cast.staff)
    monkeypatch.setattr(worker, "FILES_AT_ONCE", 2)
    seen, read = [], certificates.whole_files

    def whole_files(ids):
        found = certificates.bundles_of(run.id)[ZIP]
        seen.append((found.done, found.total, found.waiting))
        return read(ids)

    monkeypatch.setattr(certificates, "whole_files", whole_files)
    worker.make_bundles()
    assert seen == [(0, 3, True), (2, 3, True)]
    found = certificates.bundles_of(run.id)[ZIP]
    assert (found.done, found.made, found.waiting) == (3, True, False)


def test_one_that_cannot_be_made_is_told_holds_up_nothing_and_may_be_asked_for_again(cast, run, monkeypatch, caplog):
    ask(run, cast.staff)
    ask(run, cast.staff, PDF)
    monkeypatch.setattr(bundling, "_archive", lambda _files: 1 / 0)
    assert worker.make_bundles() == 2
    assert certificates.bundles_of(run.id)[ZIP].failed
    assert made(run, PDF)
    monkeypatch.undo()
    ask(run, cast.staff)
    worker.make_bundles()
    assert made(run)
    assert len(caplog.records) == 1


def test_killed_while_making_it_it_is_made_by_the_next_worker(cast, run, monkeypatch):
    class PowerCutError(BaseException):
        """The process is gone: nothing catches this."""

    def cut(*_arguments):
        raise PowerCutError

    ask(run, cast.staff)
    monkeypatch.setattr(certificates, "keep_bundle", cut)
    with pytest.raises(PowerCutError):
        worker.make_bundles()
    monkeypatch.undo()
    assert worker.make_bundles() == 1
    assert made(run)


def test_the_file_is_dropped_after_some_days_and_may_be_asked_for_again(cast, run):
    ask(run, cast.staff)
    worker.make_bundles()
    with clock.frozen(clock.now() + timedelta(days=6)):
        assert worker.drop_old_bundles() == 0
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert worker.drop_old_bundles() == 1
        assert worker.drop_old_bundles() == 0
        assert made(run) is None
        assert db.session.scalar(sa.select(CertificateBundle.data)) is None
        ask(run, cast.staff)
        worker.make_bundles()
        assert made(run)


def test_without_a_valid_certificate_there_is_nothing_to_ask_for(cast, run):
    with writing():
        certificates.revoke(all_of(Certificate)[0].id, "x", by=cast.staff.id)
    with pytest.raises(RefusedError):
        ask(run, cast.staff)


def test_the_same_certificates_give_the_same_bytes(cast, run):
    files = certificates.whole_files([all_of(Certificate)[0].id])
    for kind in BundleKind:
        assert certificates.bundle(kind, files) == certificates.bundle(kind, files)
