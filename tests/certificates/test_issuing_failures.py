"""A certificate that fails for a reason unforeseen: put aside, tried again, in the end refused; the others never wait for it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal import certificates
from portal.certificates import paper
from portal.certificates.models import Certificate, IssueBatch, IssueItem
from portal.foundation import clock, outbox
from portal.foundation.database import db
from portal.foundation.history import HistoryRow
from portal.foundation.transaction import commit
from tests.certificates import scenes
from tests.certificates.test_issuing import all_of, ask


def recorded(action):
    return db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == action)).all()


def fail_for(monkeypatch, name, times=1000):
    """The next ``times`` certificates of ``name`` fail in the database, when their number is already taken."""
    whole, left = paper.seal, iter(range(times))

    def seal(subject, facts, *rest):
        if facts.name_ka == name and next(left, None) is not None:
            db.session.execute(sa.text("SELECT * FROM missing"))
        return whole(subject, facts, *rest)

    monkeypatch.setattr(paper, "seal", seal)


def ask_for_three_of_whom_the_first_fails(cast, monkeypatch, **values):
    run = scenes.past_run(cast.staff, [cast.learner, *(scenes.participant(number) for number in range(2))], state="completed")
    commit()
    fail_for(monkeypatch, cast.learner.name_ka, **values)
    ask(run, cast.staff)
    return run


def test_one_that_fails_for_whatever_reason_is_put_aside_and_the_others_go_on_without_a_gap(cast, monkeypatch):
    run = ask_for_three_of_whom_the_first_fails(cast, monkeypatch)
    assert scenes.issue_all() == 3
    assert [(item.attempts, item.done_at is None) for item in all_of(IssueItem)] == [(1, True), (0, False), (0, False)]
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2]
    assert len(all_of(outbox.OutboxMessage)) == len(recorded("certificate:issue")) == 2
    [progress] = certificates.batches_of_run(run.id)
    assert (progress.done, progress.finished) == (2, False)
    assert progress.idle_since > clock.now()
    assert scenes.issue_all() == 0


def test_a_failure_that_passes_is_tried_again_when_its_time_has_come(cast, monkeypatch):
    ask_for_three_of_whom_the_first_fails(cast, monkeypatch, times=2)
    start = clock.now()
    served = []
    for minutes in (0, 0.9, 1.1, 3.0, 3.2):
        with clock.frozen(start + timedelta(minutes=minutes)):
            served.append(scenes.issue_all())
    assert served == [3, 0, 1, 0, 1]
    found = all_of(Certificate)
    assert [certificate.sequence for certificate in found] == [1, 2, 3]
    assert found[-1].person_id == cast.learner.id
    assert all_of(IssueBatch)[0].finished_at is not None


def test_one_that_goes_on_failing_is_refused_and_told_and_may_be_asked_for_again(cast, monkeypatch, caplog):
    run = ask_for_three_of_whom_the_first_fails(cast, monkeypatch)
    start = clock.now()
    served = []
    for hours in range(7):
        with clock.frozen(start + timedelta(hours=hours)):
            served.append(scenes.issue_all())
    assert served == [3, 1, 1, 1, 1, 0, 0]
    assert [item.refusal for item in all_of(IssueItem)] == ["failed", "", ""]
    assert len([entry for entry in caplog.records if entry.exc_info and entry.name == "portal.certificates.services"]) == 5
    assert [row.change for row in recorded("certificate:refuse")] == [{"refusal": "failed"}]
    [progress] = certificates.batches_of_run(run.id)
    assert (progress.issued, progress.refused, progress.finished) == (2, 1, True)
    assert all_of(IssueBatch)[0].finished_at is not None
    monkeypatch.undo()
    ask(run, cast.staff)
    assert scenes.issue_all() == 1
    assert [certificate.sequence for certificate in all_of(Certificate)] == [1, 2, 3]


def test_the_page_says_that_what_is_left_is_tried_again_and_in_the_end_why_there_is_none(page, cast, monkeypatch):
    run = ask_for_three_of_whom_the_first_fails(cast, monkeypatch)
    code, start = run.code, clock.now()
    scenes.issue_all()
    [batch] = all_of(IssueBatch)
    path = f"/staff/runs/{code}/certificates/batches/{batch.id}"
    with clock.frozen(start + timedelta(seconds=30)):
        assert "ცდა რამდენიმე წუთში განმეორდება" in page.sign_in(cast.staff).get(path).text
    for hours in range(1, 5):
        with clock.frozen(start + timedelta(hours=hours)):
            scenes.issue_all()
    assert "რამდენიმე ცდის შემდეგაც ვერ მოხერხდა. შეატყობინეთ ადმინისტრატორს" in page.get(path).text
