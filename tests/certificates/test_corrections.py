"""Something on a certificate is wrong, or no longer so: another takes its place, under a number of its own, and the old one leads to it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import certificates, people
from portal.certificates import NothingToCorrectError, NotValidError, paper
from portal.certificates.models import Certificate, CertificateCase, CertificateStatus, IssueBatch, IssueItem, StateReason
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import RefusedError
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit, writing
from tests import factories
from tests.certificates import scenes
from tests.certificates.test_issuing import all_of, in_parallel
from tests.enrolment.mailbox import mails_to

WORDS = "ახალი გვარი პირადობის მოწმობაში"


@pytest.fixture
def entry(cast):
    scenes.issued_run(cast.staff, [cast.learner], version=factories.course(validity_months=24))
    return certificates.certificates_of_person(cast.learner.id)[0]


def rename(person, family_ka="ბერიძე", family_latin="Beridze"):
    with writing():
        found = people.get_person(person.id)
        found.family_name_ka, found.family_name_latin = family_ka, family_latin


def ask(entry, by, reason=StateReason.NAME_CORRECTED, words=WORDS):
    with writing():
        return certificates.ask_to_correct(entry.id, reason, words, by=by.id)


def corrected(entry, cast):
    """The certificate that takes the place of ``entry``."""
    ask(entry, cast.staff)
    scenes.issue_all()
    return certificates.get_entry(certificates.kin_of(entry.id).replaced_by)


def test_a_corrected_certificate_takes_the_place_of_the_old_one_which_never_changes(cast, entry):
    [before] = [(row.record, certificates.pdf_of(row.id)) for row in all_of(Certificate)]
    rename(cast.learner)
    with clock.frozen(clock.now() + timedelta(days=40)):
        after = corrected(entry, cast)
        today = clock.today()
    assert (after.facts.name_ka, after.facts.name_latin) == ("ნინო ბერიძე", "Nino Beridze")
    assert after.number != entry.number
    assert after.facts.issued_on == today
    assert (after.facts.valid_until, after.expires_at) == (entry.facts.valid_until, entry.expires_at)
    assert certificates.get_entry(entry.number).standing == "superseded"
    first = all_of(Certificate)[0]
    assert (first.record, certificates.pdf_of(first.id)) == before
    assert [(row.state, row.reason_code, row.reason) for row in all_of(CertificateStatus)] == [
        ("issued", "", ""), ("issued", "", ""), ("superseded", "name_corrected", WORDS),
    ]  # fmt: skip


def test_its_record_names_the_one_that_it_replaces_and_keeps_rule_requirement_and_evidence(cast, entry):
    basis = json.loads(all_of(Certificate)[0].record)["basis"]
    rename(cast.learner)
    run = db.session.merge(all_of(Certificate)[0]).run
    run.version.attendance_percent = 99
    commit()
    corrected(entry, cast)
    new = json.loads(all_of(Certificate)[1].record)["basis"]
    assert new["replaces"] == {"number": entry.number, "reason": "name_corrected", "evidence": basis["evidence"]}
    assert (new["rule"], new["needed"]) == (basis["rule"], basis["needed"])


def test_that_it_is_due_is_not_asked_again_and_attendance_is_what_is_known_now(cast, entry):
    scenes.correct(all_of(Certificate)[0], by=cast.staff, minutes_left=300)
    commit()
    assert len(all_of(CertificateCase)) == 1
    ask(entry, cast.staff, StateReason.FACTS_CORRECTED)
    scenes.issue_all()
    after = certificates.get_entry(certificates.kin_of(entry.id).replaced_by)
    assert (entry.facts.attendance_percent, after.facts.attendance_percent) == (100, 68)
    [case] = all_of(CertificateCase)
    assert (case.decision, case.closed_by) == ("superseded", cast.staff.id)


def test_the_holder_is_told_without_blame(cast, entry):
    rename(cast.learner)
    after = corrected(entry, cast)
    mail = mails_to(cast.learner)[-1]
    assert mail.kind == "certificate_corrected"
    assert f"№ {after.number}" in mail.body
    assert f"№ {entry.number}" in mail.body
    assert f"მიზეზი: სახელი გასწორდა\n{WORDS}\n" in mail.body


def test_the_old_numbers_lead_to_the_newest_over_several(cast, entry):
    rename(cast.learner)
    second = corrected(entry, cast)
    rename(cast.learner, "გელაშვილი", "Gelashvili")
    third = corrected(second, cast)
    for old in (entry, second):
        answer = certificates.find_by_secret(old.secret)
        assert (answer.entry.standing, answer.successor_number, answer.successor_valid) == ("superseded", third.number, True)
    assert certificates.find_by_number_and_surname(entry.number, "აბაშიძე") == entry.secret
    assert [kin.replaces for kin in map(certificates.kin_of, (entry.id, second.id, third.id))] == [None, entry.number, second.number]


def test_where_nothing_would_change_none_is_issued(cast, entry):
    with pytest.raises(NothingToCorrectError):
        ask(entry, cast.staff)


def test_who_signs_and_how_it_is_worded_is_no_reason_for_another(cast, entry, monkeypatch):
    monkeypatch.setattr(paper.issuer, "SIGNATORIES", ())
    monkeypatch.setattr(paper.issuer, "ISSUER", ("სხვა", "Another"))
    with pytest.raises(NothingToCorrectError):
        ask(entry, cast.staff)


@pytest.mark.parametrize("verb", [certificates.suspend, certificates.revoke])
def test_what_is_not_valid_is_not_corrected(cast, entry, verb):
    rename(cast.learner)
    with writing():
        verb(entry.id, "x", by=cast.staff.id)
    with pytest.raises(NotValidError):
        ask(entry, cast.staff)


def test_neither_is_one_that_is_superseded_or_expired(cast, entry):
    rename(cast.learner)
    with clock.frozen(clock.now() + timedelta(days=800)), pytest.raises(NotValidError):
        ask(entry, cast.staff)
    corrected(entry, cast)
    rename(cast.learner, "გელაშვილი", "Gelashvili")
    with pytest.raises(NotValidError):
        ask(entry, cast.staff)


@pytest.mark.parametrize(("reason", "words"), [(StateReason.MISCONDUCT, WORDS), (StateReason.NAME_CORRECTED, "")])
def test_it_needs_a_reason_that_fits_and_words(cast, entry, reason, words):
    rename(cast.learner)
    with pytest.raises(RefusedError):
        ask(entry, cast.staff, reason, words)
    assert not [item for item in all_of(IssueItem) if item.replaces_id]


def test_asked_for_twice_there_is_one(cast, entry):
    rename(cast.learner)
    assert ask(entry, cast.staff).id == ask(entry, cast.administrator).id
    assert scenes.issue_all() == 1
    assert len(all_of(Certificate)) == 2


@pytest.mark.race
def test_of_clerks_who_ask_at_once_all_get_the_one_successor(app, cast, entry):
    rename(cast.learner)
    staff, number = cast.staff.id, entry.id

    def ask_and_issue():
        with writing():
            try:
                certificates.ask_to_correct(number, StateReason.NAME_CORRECTED, WORDS, by=staff)
            except NotValidError:
                return
        scenes.issue_all()

    in_parallel(app, 8, ask_and_issue)
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2]
    assert len(all_of(IssueBatch)) == 2
    assert [mail.kind for mail in mails_to(cast.learner)] == ["certificate_ready", "certificate_corrected"]


@pytest.mark.parametrize("verb", [certificates.suspend, certificates.revoke])
def test_what_became_invalid_while_it_waited_is_not_corrected(cast, entry, verb):
    rename(cast.learner)
    ask(entry, cast.staff)
    with writing():
        verb(entry.id, "x", by=cast.staff.id)
    scenes.issue_all()
    assert [item.refusal for item in all_of(IssueItem)] == ["", "no_longer_valid"]
    assert len(all_of(Certificate)) == 1


def test_what_was_put_right_otherwise_while_it_waited_is_not_corrected(cast, entry):
    rename(cast.learner)
    ask(entry, cast.staff)
    rename(cast.learner, "აბაშიძე", "Abashidze")
    scenes.issue_all()
    assert [item.refusal for item in all_of(IssueItem)] == ["", "nothing_to_correct"]


def test_a_failure_undoes_all_of_it_history_too(cast, entry, monkeypatch):
    rename(cast.learner)
    ask(entry, cast.staff)
    noted = db.session.scalar(sa.select(sa.func.count()).select_from(HistoryRow))
    monkeypatch.setattr(certificates.services.services_states, "tell_holder", lambda *_arguments, **_facts: 1 / 0)
    scenes.issue_all()
    assert certificates.get_entry(entry.number).valid
    assert len(all_of(Certificate)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(HistoryRow)) == noted
    monkeypatch.undo()
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert scenes.issue_all() == 1
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2]


def test_the_valid_ones_with_an_earlier_name_are_found(cast, entry):
    assert certificates.certificates_with_other_name(people.get_person(cast.learner.id)) == []
    rename(cast.learner)
    assert [held.number for held in certificates.certificates_with_other_name(people.get_person(cast.learner.id))] == [entry.number]
    after = corrected(entry, cast)
    assert certificates.certificates_with_other_name(people.get_person(cast.learner.id)) == []
    assert after.valid


def test_a_retake_gets_a_certificate_of_its_own_and_the_old_one_stays_valid_until_its_end(cast, entry):
    version = all_of(Certificate)[0].run.version
    with clock.frozen(clock.now() + timedelta(days=300)):
        scenes.issued_run(cast.staff, [cast.learner], version=db.session.merge(version))
        newer, older = certificates.certificates_of_person(cast.learner.id)
        assert (older.number, older.valid, older.expires_at) == (entry.number, True, entry.expires_at)
        assert newer.valid
        assert newer.expires_at > older.expires_at
        assert certificates.kin_of(newer.id).replaces is None
    with clock.frozen(entry.expires_at + timedelta(seconds=1)):
        newer, older = certificates.certificates_of_person(cast.learner.id)
        assert (newer.standing, older.standing) == ("issued", "expired")
