"""Reminders: who gets one, when, and that it is one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import courses, enrolment, journeys, notices, worker
from portal.foundation import clock, outbox
from portal.foundation.database import db
from portal.foundation.formats import TBILISI
from portal.foundation.outbox import OutboxMessage
from portal.foundation.transaction import commit, writing
from portal.notices.models import Notice
from tests import factories
from tests.enrolment.mailbox import kinds_to, mails_to
from tests.notices.workers import work, work_twice

START = datetime(2026, 12, 14, 10, tzinfo=TBILISI)
LONG_AGO = datetime(2026, 11, 1, 12, tzinfo=TBILISI)
REMINDERS = {"reminder_week", "reminder_day"}


def at(day, hour=10, minute=0):
    return datetime(2026, 12, day, hour, minute, tzinfo=TBILISI)


@pytest.fixture
def run(app, cast):
    """A run on 14 and 15 December."""
    with clock.frozen(LONG_AGO):
        return factories.run(code="REMIND", starts_at=START)


def enrolled(run, who, state="confirmed", changed_at=LONG_AGO, **values):
    return factories.enrolment(run, who, state, changed_at=changed_at, queued_at=changed_at, **values)


def reminders_to(person):
    return [kind for kind in kinds_to(person) if kind in REMINDERS]


def notices_gone():
    return db.session.scalars(sa.select(Notice).where(Notice.kind.in_(REMINDERS)).order_by(Notice.id))


def test_participants_hear_a_week_and_a_day_before(run, cast):
    enrolled(run, cast.learner)
    for day in range(1, 16):
        for hour in (9, 10, 11, 18):
            work(at(day, hour))
    assert reminders_to(cast.learner) == ["reminder_week", "reminder_day"]
    assert [mail.created_at for mail in mails_to(cast.learner)] == [at(7), at(13)]
    assert [(notice.kind, notice.people) for notice in notices_gone()] == [
        ("reminder_week", 1),
        ("reminder_day", 1),
    ]


@pytest.mark.parametrize("state", ["applied", "waiting", "offered", "withdrawn", "cancelled", "rejected"])
def test_only_those_who_still_come_are_reminded(run, cast, state):
    enrolled(run, cast.learner, state)
    work(at(7))
    work(at(13))
    assert reminders_to(cast.learner) == []


@pytest.mark.parametrize(
    ("changed_at", "expected"),
    [
        (at(5, 10), ["reminder_week", "reminder_day"]),
        (at(5, 10, 1), ["reminder_day"]),
        (at(7, 9, 59), ["reminder_day"]),
        (at(12, 10), ["reminder_day"]),
        (at(12, 10, 1), []),
        (at(13, 9), []),
    ],
)
def test_whoever_has_just_got_the_place_is_not_reminded(run, cast, changed_at, expected):
    enrolled(run, cast.learner, changed_at=changed_at)
    if changed_at <= at(7):
        work(at(7))
    work(at(13))
    assert reminders_to(cast.learner) == expected


def test_whoever_enrols_between_the_moment_and_a_worker_that_was_down_is_not_reminded(run, cast):
    enrolled(run, cast.learner, changed_at=at(8))
    work(at(9))
    assert reminders_to(cast.learner) == []


def test_a_worker_that_was_down_reminds_late_and_never_twice_at_once(run, cast):
    enrolled(run, cast.learner)
    work(at(10, 17))
    assert reminders_to(cast.learner) == ["reminder_week"]
    work(at(14, 9))
    assert reminders_to(cast.learner) == ["reminder_week", "reminder_day"]


@pytest.mark.parametrize(("moment", "expected"), [(at(11), []), (at(12, 12), []), (at(13, 12), ["reminder_day"]), (START, [])])
def test_what_makes_no_sense_any_more_does_not_go(run, cast, moment, expected):
    enrolled(run, cast.learner)
    work(moment)
    assert reminders_to(cast.learner) == expected


@pytest.mark.parametrize("state", ["draft", "cancelled", "running", "completed"])
def test_a_run_that_does_not_take_place_reminds_nobody(run, cast, state):
    enrolled(run, cast.learner)
    run.state = state
    work(at(7))
    work(at(13))
    assert reminders_to(cast.learner) == []


def test_a_run_that_is_moved_reminds_of_its_new_day_and_not_of_the_old(run, cast):
    enrolled(run, cast.learner)
    work(at(7))
    with clock.frozen(at(8)):
        for session in courses.sessions_of(run.id):
            later = timedelta(days=10)
            journeys.move_session(session, session.starts_at + later, session.ends_at + later, by=None)
    for day in range(8, 26):
        work(at(day))
    assert [mail.created_at.date().day for mail in mails_to(cast.learner) if mail.kind in REMINDERS] == [7, 17, 23]


def test_whoever_was_just_told_of_a_new_day_is_not_reminded_of_it(run, cast):
    enrolled(run, cast.learner)
    with clock.frozen(at(13, 9)):
        for session in courses.sessions_of(run.id):
            journeys.move_session(session, session.starts_at + timedelta(hours=1), session.ends_at + timedelta(hours=1), by=None)
    work(at(13))
    assert kinds_to(cast.learner) == ["run_moved", "run_moved"]


def test_a_mail_that_staff_stopped_has_told_nobody(run, cast):
    place = enrolled(run, cast.learner)
    with clock.frozen(at(13, 9)):
        enrolment.tell(
            "no_place_freed",
            enrolment.Letter(enrolment=place, person=cast.learner, run=run, sessions=[]),
            event="any",
        )
        db.session.flush()
        db.session.execute(sa.update(OutboxMessage).values(state=outbox.MessageState.STOPPED))
    work(at(13))
    assert reminders_to(cast.learner) == ["reminder_day"]


def test_a_reminder_says_when_where_and_how_to_withdraw(run, cast):
    cast.learner.language = "en"
    enrolled(run, cast.learner)
    courses.sessions_of(run.id)[0].online_link = "https://meet.example/abc"
    work(at(7))
    (mail,) = mails_to(cast.learner)
    assert mail.subject == "Reminder: Construction permits and their legal regulation — 14 December, 10:00"
    for words in (
        "14 December 2026, 10:00–18:00",
        "Hotel Alazani",
        "https://meet.example/abc",
        "withdraw on the training's page",
        "/en/runs/REMIND",
    ):
        assert words in mail.body


def test_somebody_without_an_address_holds_up_nobody(run, cast):
    enrolled(run, factories.person("გია", "ბერიძე"))
    enrolled(run, cast.learner)
    work(at(7))
    assert reminders_to(cast.learner) == ["reminder_week"]


def test_two_workers_send_once(run, cast):
    """The second asked what is due before the first had sent it."""
    enrolled(run, cast.learner)
    commit()
    db.session.expunge_all()
    with clock.frozen(at(7)):
        asked = notices.due_notices()
        assert [worker.send_notices(), worker.send_notices()] == [1, 0]
        (late,) = asked
        with writing():
            assert notices.send_notices(*late) == 0
    assert reminders_to(cast.learner) == ["reminder_week"]


def test_two_workers_at_the_same_moment_send_once(app, run, cast):
    enrolled(run, cast.learner)
    assert work_twice(app, at(7)) == [0, 1]
    assert reminders_to(cast.learner) == ["reminder_week"]


def test_one_run_that_cannot_be_reminded_of_does_not_undo_another(run, cast, monkeypatch):
    other = factories.run(code="OTHER", starts_at=START + timedelta(minutes=5))
    enrolled(run, cast.learner)
    enrolled(other, cast.colleague)
    tell = enrolment.tell

    def sometimes(kind, letter, **more):
        if letter.run.id == other.id:
            raise ZeroDivisionError
        tell(kind, letter, **more)

    monkeypatch.setattr(enrolment, "tell", sometimes)
    with pytest.raises(ZeroDivisionError):
        work(at(7))
    monkeypatch.undo()
    work(at(7, 11))
    assert (reminders_to(cast.learner), reminders_to(cast.colleague)) == (["reminder_week"], ["reminder_week"])
