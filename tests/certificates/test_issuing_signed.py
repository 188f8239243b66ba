"""Every certificate is signed before it is final; without keys none is issued, and those asked for wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import certificates, signing
from portal.certificates.models import Certificate, CertificateFile, IssueItem
from portal.foundation import clock, outbox
from portal.foundation.transaction import commit
from tests.certificates import scenes
from tests.certificates.test_issuing import all_of, ask
from tests.signing import judging


@pytest.fixture
def asked(app, cast):
    run = scenes.past_run(cast.staff, 3, state="completed")
    commit()
    ask(run, cast.staff)
    return run


def test_a_certificate_leaves_signed_and_certified(asked, tmp_path):
    scenes.issue_all()
    for stored in certificates.whole_files(certificates.contents_of(asked.id).ids):
        assert judging.holds(stored.pdf)
        assert "Signature is Valid" in judging.pdfsig(stored.pdf, tmp_path)


def test_a_preview_is_not_signed(asked):
    [first, *_others] = certificates.candidates_of_run(asked)
    assert not judging.seals(certificates.preview(certificates.get_subject(first.enrolment.id), clock.today()))


def test_without_keys_nothing_is_issued_and_all_wait_without_a_failed_attempt(page, cast, asked, signing_dir, tmp_path, caplog):
    run_id, path = asked.id, f"/staff/runs/{asked.code}/certificates/batches/{all_of(IssueItem)[0].batch_id}"
    signing.use(tmp_path, development=False)
    start = clock.now()
    with clock.frozen(start):
        assert scenes.issue_all() == 0
        assert scenes.issue_all() == 0
    assert (all_of(Certificate), all_of(CertificateFile), all_of(outbox.OutboxMessage)) == ([], [], [])
    assert [(item.attempts, item.refusal, item.done_at) for item in all_of(IssueItem)] == [(0, "", None)] * 3
    assert [record.getMessage().count("\n") for record in caplog.records if "cannot be read" in record.getMessage()] == [0]
    [progress] = certificates.batches_of_run(run_id)
    assert (progress.unsigned, progress.done) == (3, 0)
    for language, words in (("ka", "ხელმოწერა გამართული არ არის"), ("en", "No certificate is issued unsigned.")):
        assert words in page.sign_in(cast.staff).get(f"/{language}{path}").text
    assert page.get(f"{path}/progress").response.json["failed"]
    signing.use(signing_dir, development=True)
    with clock.frozen(start + timedelta(minutes=2)):
        assert scenes.issue_all() == 3
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2, 3]
    assert not certificates.batches_of_run(run_id)[0].unsigned
    assert "Certificates are issued" in page.get(f"/en{path}").text
