"""What is appended to the file of a certificate after its issue: in order, once, and never instead of what was there."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from portal import certificates, signing, worker
from portal.certificates.models import Certificate, CertificateAddition, CertificateFile
from portal.foundation import clock
from portal.foundation.transaction import writing
from tests.certificates import scenes
from tests.certificates.test_issuing import all_of
from tests.signing import judging


@pytest.fixture
def issued(app, cast, signing_dir):
    run = scenes.issued_run(cast.staff, 3)
    signing.use(signing_dir, development=True, timestamp_url="own")
    return run


def test_the_worker_stamps_each_certificate_once_and_again_after_a_year(issued):
    assert worker.stamp_certificates() == 3
    assert worker.stamp_certificates() == 0
    with clock.frozen(clock.now() + timedelta(days=364)):
        assert worker.stamp_certificates() == 0
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert worker.stamp_certificates() == 3
        assert worker.stamp_certificates() == 0
    assert [addition.kind for addition in all_of(CertificateAddition)] == ["timestamp"] * 6


def test_the_file_is_what_was_issued_and_all_that_was_appended(issued):
    run_id = issued.id
    worker.stamp_certificates()
    with clock.frozen(clock.now() + timedelta(days=366)):
        worker.stamp_certificates()
    additions, originals = all_of(CertificateAddition), {each.certificate_id: each.pdf for each in all_of(CertificateFile)}
    for stored, certificate in zip(certificates.whole_files(certificates.contents_of(run_id).ids), all_of(Certificate), strict=True):
        tails = [addition.tail for addition in additions if addition.certificate_id == certificate.id]
        assert stored.pdf == originals[certificate.id] + b"".join(tails)
        assert stored.pdf == certificates.get_file(certificate.number).pdf
        assert certificates.pdf_of(certificate.id) == stored.pdf
        assert judging.holds(stored.pdf)
        last = next(addition for addition in reversed(additions) if addition.certificate_id == certificate.id)
        assert last.file_sha256 == hashlib.sha256(stored.pdf).hexdigest()
        for digest in (last.file_sha256, hashlib.sha256(originals[certificate.id]).hexdigest()):
            assert certificates.find_by_digest(digest) == certificate.secret


def test_nothing_is_appended_to_a_file_that_grew_meanwhile(issued):
    certificate_id = all_of(Certificate)[0].id
    tail = signing.stamp_pdf(certificates.pdf_of(certificate_id))
    with writing():
        assert certificates.add_timestamp(certificate_id, tail, after=None)
    with writing():
        assert not certificates.add_timestamp(certificate_id, tail, after=None)
    assert len(all_of(CertificateAddition)) == 1


def test_one_file_that_cannot_be_stamped_does_not_hold_up_the_others(issued, monkeypatch, caplog):
    first = certificates.pdf_of(all_of(Certificate)[0].id)
    whole = signing.stamp_pdf

    def stamp(pdf):
        if pdf == first:
            raise signing.NotStampedError(reason="unknown root")
        return whole(pdf)

    monkeypatch.setattr(signing, "stamp_pdf", stamp)
    assert worker.stamp_certificates() == 2
    assert [record.getMessage() for record in caplog.records if "unknown root" in record.getMessage()]
    monkeypatch.undo()
    assert worker.stamp_certificates() == 1


def test_files_that_fail_each_time_do_not_hold_up_those_behind_them(app, cast, signing_dir, monkeypatch):
    scenes.issued_run(cast.staff, 5)
    signing.use(signing_dir, development=True, timestamp_url="own")
    failing = {certificates.pdf_of(each.id) for each in all_of(Certificate)[: worker.FAILURES_IN_A_ROW]}
    whole, asked = signing.stamp_pdf, []

    def stamp(pdf):
        asked.append(pdf)
        if pdf in failing:
            raise signing.NotStampedError(reason="unknown root")
        return whole(pdf)

    monkeypatch.setattr(signing, "stamp_pdf", stamp)
    turn = worker.Stamping()
    assert [turn(), turn()] == [0, 2]
    assert [turn(), turn()] == [0, 0]
    assert len(asked) == 5 + len(failing)  # one round more: those that failed are asked for again


def test_what_is_under_way_is_not_begun_a_second_time():
    begun = []

    def task():
        begun.append("once")
        return 1 + once()

    once = worker.alone(task)
    assert (once(), once(), len(begun)) == (1, 1, 2)


def test_without_an_authority_the_worker_stamps_nothing(app, cast):
    scenes.issued_run(cast.staff, 1)
    assert worker.stamp_certificates() == 0
