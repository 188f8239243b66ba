"""Issuing: asked for by staff, done by the worker, whole or not at all; and nothing of it changes afterwards."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from decimal import Decimal

import pytest
import sqlalchemy as sa
import zxingcpp

from portal import certificates, credentials
from portal.certificates import issuer, paper
from portal.certificates.facts import canonical_json
from portal.certificates.models import Certificate, CertificateFile, CertificateStatus, IssueBatch, IssueItem
from portal.foundation import clock, outbox
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import pages, scenes, worker_process


def all_of(model):
    return db.session.scalars(sa.select(model).order_by(sa.inspect(model).primary_key[0])).all()


def ask(run, staff, chosen=None):
    with writing():
        return certificates.ask_to_issue(run.id, chosen, by=staff.id)


def test_everyone_who_qualifies_gets_one_in_georgian_order_without_a_gap(cast):
    scenes.issued_run(cast.staff, 4)
    found = all_of(Certificate)
    assert [entry.number for entry in found] == [f"NALAG-{clock.today().year}-{number:06}" for number in range(1, 5)]
    names = [json.loads(entry.record)["name"]["ka"] for entry in found]
    assert names == ["თამარ ბერიძე", "თამარ გელაშვილი", "თამარ კაპანაძე", "თამარ მაისურაძე"]


def test_the_record_is_canonical_and_keeps_facts_rule_and_evidence(cast):
    scenes.issued_run(cast.staff, [cast.learner], version=factories.course(attendance_percent=80, contact_hours=Decimal(16)))
    [certificate], [file] = all_of(Certificate), all_of(CertificateFile)
    record = json.loads(certificate.record)
    assert certificate.record == canonical_json(record)
    assert certificate.record_sha256 == hashlib.sha256(certificate.record).hexdigest()
    assert file.pdf_sha256 == hashlib.sha256(file.pdf).hexdigest()
    assert record["name"] == {"ka": "ნინო აბაშიძე", "latin": "Nino Abashidze"}
    assert record["municipality"] == {"ka": "თელავის მუნიციპალიტეტი", "en": "Telavi Municipality"}
    assert record["attendance_percent"] == 100
    assert record["basis"]["rule"] == certificate.rule == "attendance-and-score/1"
    assert record["basis"]["evidence"] == {"attended_minutes": 960, "total_minutes": 960, "score_percent": None}
    assert record["basis"]["needed"] == {"attendance_percent": 80, "score_percent": None}


def test_the_secret_holds_at_least_128_bits_and_stands_in_the_qr_of_the_drawn_page(cast):
    scenes.issued_run(cast.staff)
    [certificate] = all_of(Certificate)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22,}", certificate.secret)
    [code] = zxingcpp.read_barcodes(pages.picture_of(certificates.pdf_of(certificate.id)))
    assert code.text == f"https://portal.test/verify/{certificate.secret}"


def test_the_file_says_what_the_record_says(cast):
    scenes.issued_run(cast.staff)
    [certificate] = all_of(Certificate)
    text = pages.text_of(certificates.pdf_of(certificate.id))
    record = json.loads(certificate.record)
    for said in (certificate.number, record["name"]["ka"], record["name"]["latin"], record["municipality"]["ka"]):
        assert said in text


def test_one_function_gives_every_column_of_the_register(cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="completed")
    [candidate] = certificates.candidates_of_run(run)
    subject = certificates.get_subject(candidate.enrolment.id)
    facts = certificates.facts_of(subject, number="NALAG-2026-000123", issued_on=clock.today())
    sealed = certificates.seal(subject, facts, "secret", clock.now(), credentials.Place(1, 7))
    columns = certificates.columns_of(subject, facts, sealed, by=cast.staff.id, at=clock.now())
    # the register gives ids, and only a certificate issued anew has a predecessor
    assert {*columns, "id", "supersedes_id"} == {column.name for column in Certificate.__table__.columns}
    assert (columns["year"], columns["sequence"], columns["secret"]) == (2026, 123, "secret")


def test_the_holder_is_told_once(cast):
    scenes.issued_run(cast.staff, [cast.learner])
    [mail] = all_of(outbox.OutboxMessage)
    assert (mail.kind, mail.to_address) == ("certificate_ready", "nino@portal.test")
    assert "https://portal.test/ka/my" in mail.body


def test_who_does_not_qualify_gets_none(cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="completed")
    scenes.attend(run, factories.enrolment(run, cast.colleague, "not_completed"), cast.staff, hours=4)
    commit()
    ask(run, cast.staff)
    scenes.issue_all()
    assert [certificate.person_id for certificate in all_of(Certificate)] == [cast.learner.id]


def test_only_the_chosen_get_one(cast):
    run = scenes.past_run(cast.staff, [cast.learner, cast.colleague], state="completed")
    commit()
    [first, _second] = certificates.candidates_of_run(run)
    ask(run, cast.staff, [first.enrolment.id])
    scenes.issue_all()
    assert [certificate.enrolment_id for certificate in all_of(Certificate)] == [first.enrolment.id]


def test_nobody_to_issue_for_is_refused(cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="completed", hours=2)
    commit()
    with pytest.raises(RefusedError):
        ask(run, cast.staff)


def test_a_run_under_way_gives_none(cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="running")
    commit()
    with pytest.raises(RefusedError):
        ask(run, cast.staff)


def test_asking_twice_gives_the_same_batch_and_the_same_numbers(cast):
    run = scenes.past_run(cast.staff, 3, state="completed")
    commit()
    first, second = ask(run, cast.staff), ask(run, cast.administrator)
    assert first.id == second.id
    scenes.issue_all()
    before = scenes.numbers()
    assert ask(run, cast.staff).id == first.id
    assert scenes.issue_all() == 0
    assert scenes.numbers() == before


def test_who_qualifies_later_gets_one_in_a_second_batch(cast):
    run = scenes.issued_run(cast.staff, [cast.learner])
    late = factories.enrolment(run, cast.colleague, "not_completed")
    scenes.attend(run, late, cast.staff)
    commit()
    ask(run, cast.staff)
    scenes.issue_all()
    assert len(all_of(IssueBatch)) == 2
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2]


class PowerCutError(BaseException):
    """The process is gone: nothing catches this."""


def test_killed_in_the_middle_it_goes_on_where_it_stopped(cast, monkeypatch):
    run = scenes.past_run(cast.staff, 5, state="completed")
    commit()
    ask(run, cast.staff)
    drawn = []

    def draw_twice(*arguments):
        drawn.append(arguments)
        if len(drawn) == 3:
            raise PowerCutError
        return whole(*arguments)

    whole = paper.seal
    monkeypatch.setattr(paper, "seal", draw_twice)
    with pytest.raises(PowerCutError):
        scenes.issue_all()
    assert (len(all_of(Certificate)), len(all_of(CertificateFile)), len(all_of(outbox.OutboxMessage))) == (2, 2, 2)
    assert certificates.batches_of_run(run.id)[0].done == 2
    monkeypatch.undo()
    assert scenes.issue_all() == 3
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2, 3, 4, 5]
    [batch] = all_of(IssueBatch)
    assert batch.finished_at is not None
    assert certificates.batches_of_run(run.id)[0].finished


def test_a_name_that_cannot_be_printed_is_told_and_leaves_no_gap(cast):
    strange = factories.person_with_account("ნინო", "აბაშიძე漢")
    run = scenes.past_run(cast.staff, [strange, *(scenes.participant(number) for number in range(2))], state="completed")
    commit()
    ask(run, cast.staff)
    scenes.issue_all()
    assert [item.refusal for item in all_of(IssueItem)] == ["not_printable", "", ""]
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2]
    strange.family_name_ka, strange.family_name_latin = "აბაშიძე", "Abashidze"
    db.session.merge(strange)
    commit()
    ask(run, cast.staff)
    scenes.issue_all()
    assert len(all_of(Certificate)) == 3


def test_a_drawing_that_breaks_does_not_hold_up_the_others(cast, monkeypatch):
    run = scenes.past_run(cast.staff, 3, state="completed")
    commit()
    ask(run, cast.staff)
    draw = paper.draw_certificate
    broken = iter([True, False, False])

    def draw_badly(*arguments):
        if next(broken):
            raise KeyError
        return draw(*arguments)

    monkeypatch.setattr(paper, "draw_certificate", draw_badly)
    scenes.issue_all()
    assert [item.refusal for item in all_of(IssueItem)] == ["not_printable", "", ""]
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2]


def test_who_stopped_qualifying_while_waiting_gets_none(cast):
    run = scenes.past_run(cast.staff, [cast.learner], state="completed")
    commit()
    ask(run, cast.staff)
    [item] = all_of(IssueItem)
    scenes.attend(run, item.enrolment, cast.staff, hours=0)
    commit()
    scenes.issue_all()
    assert [item.refusal for item in all_of(IssueItem)] == ["not_qualified"]
    assert not all_of(Certificate)


@pytest.mark.parametrize("table", ["certificate", "certificate_file", "certificate_status"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_issued(cast, table, verb):
    scenes.issued_run(cast.staff)
    column = "id" if table == "certificate" else "certificate_id"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing():
        db.session.execute(sa.text(verb.format(table, column, column)))


def test_nothing_of_a_certificate_changes_when_person_course_and_project_do(cast):
    project = factories.funding_project()
    run = scenes.issued_run(cast.staff, [cast.learner], funding_project_id=project.id)
    [before] = [(row.record, certificates.pdf_of(row.id)) for row in all_of(Certificate)]
    person = db.session.get(type(cast.learner), cast.learner.id)
    person.family_name_ka = "სხვა"
    run = db.session.merge(run)
    run.version.title_ka = "სხვა სათაური"
    run.funding_project.name_ka = "სხვა პროექტი"
    commit()
    assert [(row.record, certificates.pdf_of(row.id)) for row in all_of(Certificate)] == [before]


def test_a_preview_has_no_number_and_is_kept_nowhere(cast):
    run = scenes.past_run(cast.staff, [cast.learner])
    commit()
    [candidate] = certificates.candidates_of_run(run)
    drawn = certificates.preview(certificates.get_subject(candidate.enrolment.id), clock.today())
    assert "№ —" in pages.text_of(drawn)
    [code] = zxingcpp.read_barcodes(pages.picture_of(drawn))
    assert certificates.find_by_secret(code.text.rpartition("/")[2]) is None
    assert not all_of(Certificate)


def test_at_most_three_sign():
    assert 1 <= len(issuer.SIGNATORIES) <= 3


def in_parallel(app, count, task):
    """Run ``task`` in ``count`` threads, all let go at once; raises what any of them raised."""
    gate, errors = threading.Barrier(count), []

    def run():
        with app.app_context():
            gate.wait()
            try:
                task()
            except BaseException as error:  # noqa: BLE001  (told by the main thread)
                errors.append(error)

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.race
def test_thirty_clerks_and_workers_at_once_give_thirty_numbers_without_a_gap(app, cast):
    run = scenes.past_run(cast.staff, 30, state="completed", capacity=30)
    commit()
    run_id, staff_id = run.id, cast.staff.id

    def ask_and_issue():
        with writing():
            certificates.ask_to_issue(run_id, by=staff_id)
        scenes.issue_all()

    in_parallel(app, 10, ask_and_issue)
    found = all_of(Certificate)
    assert sorted(certificate.sequence for certificate in found) == list(range(1, 31))
    assert len({certificate.enrolment_id for certificate in found}) == 30
    assert len(all_of(IssueBatch)) == 1
    assert all_of(IssueBatch)[0].finished_at is not None
    assert len(all_of(CertificateStatus)) == len(all_of(outbox.OutboxMessage)) == 30


@pytest.mark.race
def test_thirty_runs_asked_for_at_once_give_thirty_numbers_without_a_gap(app, cast):
    version = factories.course()
    runs = iter([scenes.past_run(cast.staff, [cast.learner], state="completed", version=version).id for _number in range(30)])
    commit()
    staff_id, guard = cast.staff.id, threading.Lock()

    def ask_for_one():
        with guard:
            run_id = next(runs)
        with writing():
            certificates.ask_to_issue(run_id, by=staff_id)
        with writing():
            certificates.issue_next()

    in_parallel(app, 30, ask_for_one)
    scenes.issue_all()
    assert sorted(certificate.sequence for certificate in all_of(Certificate)) == list(range(1, 31))


@pytest.mark.race
def test_of_two_workers_one_is_killed_and_the_other_finishes_without_gap_or_double(app, cast, nursery):
    run = scenes.past_run(cast.staff, 30, state="completed", capacity=30)
    commit()
    ask(run, cast.staff)
    url = db.engine.url.render_as_string(hide_password=False)
    pipe, theirs = nursery.Pipe()
    worker = nursery.Process(target=worker_process.serve, args=(url, app.config["SETTINGS"].data_dir, theirs))
    worker.start()
    theirs.close()
    assert pipe.recv() == "ready"
    pipe.send("go")
    for _item in range(5):
        with writing():
            certificates.issue_next()
    worker.kill()
    worker.join(60)
    pipe.close()
    assert scenes.issue_all() > 0
    found = all_of(Certificate)
    assert sorted(certificate.sequence for certificate in found) == list(range(1, 31))
    assert len({certificate.enrolment_id for certificate in found}) == 30
    assert len(all_of(CertificateFile)) == len(all_of(CertificateStatus)) == len(all_of(outbox.OutboxMessage)) == 30
    assert all_of(IssueBatch)[0].finished_at is not None
